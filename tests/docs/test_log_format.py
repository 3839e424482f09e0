import re
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.checkpoint import Checkpoint, open_note, origin_of, parse_vkey, sign, verifier_of
from events.header import Header, encode_header, event_leaf, leaf_data
from events.merkle import Edge, append, leaf_hash, root, root_of
from events.seal import DocumentKey, seal, unseal

PAGE = Path(__file__).parents[2] / "docs" / "log-format.md"
BLOCKS = re.findall(r"```text\n(.*?)```", PAGE.read_text().split("## Worked vectors")[1], re.DOTALL)


def rows(block: str) -> dict[str, str]:
    return dict(re.split(r" +", line, maxsplit=1) for line in block.splitlines())


MARK, SHEET, TREE = (rows(block) for block in BLOCKS[:3])
NOTE = BLOCKS[3]


def header_of(vector: dict[str, str]) -> Header:
    return Header(
        ledger=vector["ledger"],
        seq=int(vector["seq"]),
        stream=UUID(vector["stream"]),
        version=int(vector["version"]),
        type=vector["type"],
        recorded_at=int(vector["recorded_at"]),
        agency_seq=int(vector["agency_seq"]),
    )


def test_the_events_are_sealed_and_hashed_as_the_page_says() -> None:
    assert len(BLOCKS) == 4
    for vector in (MARK, SHEET):
        header = encode_header(header_of(vector))
        key, plaintext = DocumentKey(bytes.fromhex(vector["key"])), vector["plaintext"].encode()
        sealed = seal(key, header, plaintext, bytes.fromhex(vector["nonce"]))
        assert header.hex() == vector["header"]
        assert sealed.hex() == vector["sealed"]
        assert unseal(key, header, bytes.fromhex(vector["sealed"])) == plaintext
        assert leaf_data(header, sealed).hex() == vector["header"] + vector["payload_digest"]
        assert leaf_hash(leaf_data(header, sealed)).hex() == vector["leaf"]
        assert event_leaf(header, sealed).hex() == vector["leaf"]


def test_a_header_without_its_strings_is_as_long_as_the_page_says() -> None:
    length = len(encode_header(Header("", 0, UUID(int=0), 0, "", 0, 0)))
    assert f"A header without its two strings is {length} bytes." in PAGE.read_text()


def test_the_tree_and_its_checkpoint_are_as_the_page_says() -> None:
    leaves = [bytes.fromhex(vector["leaf"]) for vector in (MARK, SHEET)]
    edge, _ = append(Edge(), leaves)
    origin = origin_of(MARK["ledger"])
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(TREE["signing_key"]))
    checkpoint = Checkpoint(origin, int(TREE["size"]), bytes.fromhex(TREE["root"]))
    assert (edge.size, root(edge)) == (checkpoint.size, checkpoint.root)
    assert root_of(leaves) == checkpoint.root
    assert sign(checkpoint, key) == NOTE
    assert verifier_of(origin, key).vkey == TREE["vkey"]
    assert open_note(NOTE, [parse_vkey(TREE["vkey"])], origin) == checkpoint
