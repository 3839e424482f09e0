from base64 import b64decode, b64encode
from collections.abc import Callable
from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import assume, given
from hypothesis import strategies as st

from events.checkpoint import (
    MAX_SIGNATURES,
    Checkpoint,
    CheckpointError,
    Verifier,
    open_note,
    open_text,
    origin_of,
    parse_vkey,
    sign,
    sign_text,
    verifier_of,
)

# The keys and the note that the tests of golang.org/x/mod/sumdb/note (BSD-3-Clause) publish.
PETER_VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
ENOCH_VKEY = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = """\
If you think cryptography is the answer to your problem,
then you don't know what your problem is.
"""
PETER_SIGNATURE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuG"
    "UgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
ENOCH_SIGNATURE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2t"
    "iOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)
NOTE = TEXT + "\n" + PETER_SIGNATURE
PETER, ENOCH = parse_vkey(PETER_VKEY), parse_vkey(ENOCH_VKEY)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ORIGIN = origin_of("zhanakorgan")
VERIFIER = verifier_of(ORIGIN, KEY)
CHECKPOINT = Checkpoint(ORIGIN, 20_852_163, bytes(range(32)))
SIGNED = sign(CHECKPOINT, KEY)

checkpoints = st.builds(
    Checkpoint,
    origin=st.from_regex(r"bagalau/[a-z][a-z0-9-]{0,30}", fullmatch=True),
    size=st.integers(0, 2**63 - 1),
    root=st.binary(min_size=32, max_size=32),
)


def refusal(refused: Callable[[], object]) -> str:
    with pytest.raises(CheckpointError) as refusal:
        refused()
    return refusal.value.code


def test_the_published_note_is_opened_and_signed_to_the_byte() -> None:
    seed = b64decode(PETER_SKEY.split("+", 4)[4])[1:]
    assert open_text(NOTE, [PETER]) == TEXT
    assert sign_text(TEXT, Ed25519PrivateKey.from_private_bytes(seed), "PeterNeumann") == NOTE
    assert open_text(TEXT + "\n" + ENOCH_SIGNATURE, [ENOCH]) == TEXT


def test_published_verifier_keys_are_printed_as_they_were_read() -> None:
    assert (PETER.vkey, ENOCH.vkey) == (PETER_VKEY, ENOCH_VKEY)
    assert (PETER.name, PETER.key_id.hex()) == ("PeterNeumann", "c74f20a3")


def test_every_mangling_of_a_verifier_key_is_refused() -> None:
    parts = {PETER_VKEY[i:j] for i in range(len(PETER_VKEY)) for j in range(i, len(PETER_VKEY) + 1)}
    manglings = parts - {PETER_VKEY}
    for at, each in enumerate(PETER_VKEY):
        manglings.add(PETER_VKEY[:at] + chr(ord(each) + 1) + PETER_VKEY[at + 1 :])
    manglings |= {
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        PETER_VKEY + "\n",
        PETER_VKEY.replace("c74f20a3", "C74F20A3"),
    }
    for mangled in manglings:
        assert refusal(partial(parse_vkey, mangled)) == "malformed-key"


@pytest.mark.parametrize(
    "malformed",
    [
        TEXT,
        TEXT + "\n",
        NOTE[:-1],
        "\x01" + NOTE,
        "\t" + NOTE,
        NOTE.replace("\n", "\r\n"),
        b"\xff" + NOTE.encode(),
        b"\x00" + NOTE.encode(),
        "\ud800" + NOTE,
        TEXT + "\n" + PETER_SIGNATURE.replace("PeterNeumann", "Bad Name"),
        TEXT + "\n" + PETER_SIGNATURE.replace("PeterNeumann", "Peter\u00a0Neumann"),
        TEXT + "\n" + PETER_SIGNATURE.replace("PeterNeumann", "Peter+Neumann"),
        TEXT + "\n" + PETER_SIGNATURE.replace("PeterNeumann ", " "),
        TEXT + "\n" + PETER_SIGNATURE.replace("—", "-"),
        TEXT + "\n" + PETER_SIGNATURE.replace("=", ""),
        TEXT + "\n" + PETER_SIGNATURE.replace("nAM=", "nAN="),
        TEXT + "\n" + "— PeterNeumann x08gow==\n",
        NOTE + "Unexpected line.\n",
        NOTE + "\n",
        TEXT + "\n" + PETER_SIGNATURE * (MAX_SIGNATURES + 1),
        "",
    ],
)
def test_malformed_notes_are_refused(malformed: str | bytes) -> None:
    assert refusal(lambda: open_text(malformed, [PETER])) == "malformed-note"


def test_signatures_by_unknown_keys_are_ignored() -> None:
    both = NOTE + ENOCH_SIGNATURE
    assert open_text(both, [PETER]) == open_text(both, [ENOCH]) == open_text(both, [PETER, ENOCH]) == TEXT
    assert open_text(TEXT + "\n" + PETER_SIGNATURE * MAX_SIGNATURES, [PETER]) == TEXT
    assert refusal(lambda: open_text(NOTE, [])) == "unknown-key"
    assert refusal(lambda: open_text(NOTE, [ENOCH])) == "unknown-key"
    renamed = Verifier("EnochRoot", PETER.public_key)
    assert refusal(lambda: open_text(NOTE, [renamed])) == "unknown-key"


def test_one_failed_signature_of_a_known_key_spoils_the_note() -> None:
    forged = PETER_SIGNATURE.replace("ZJku", "ABCD")
    assert refusal(lambda: open_text(NOTE + forged, [PETER])) == "wrong-signature"
    assert refusal(lambda: open_text(NOTE + forged + ENOCH_SIGNATURE, [PETER, ENOCH])) == "wrong-signature"


def test_two_keys_under_one_name_and_id_are_refused() -> None:
    note = sign_text(TEXT, KEY, "key")
    signer = verifier_of("key", KEY)
    # A pair that collides in the id's four bytes, found by search.
    one, other = (Verifier("key", number.to_bytes(32, "big")) for number in (33_796, 63_930))
    assert one.key_id == other.key_id
    assert open_text(note, [signer, one, one, signer]) == TEXT
    assert refusal(lambda: open_text(note, [signer, one, other])) == "ambiguous-key"


def test_a_text_may_hold_empty_lines() -> None:
    text = "first\n\n\nlast\n\n"
    assert open_text(sign_text(text, KEY, "key"), [verifier_of("key", KEY)]) == text


def test_a_checkpoint_is_three_lines_and_a_signature() -> None:
    origin, size, root, blank, signature, end = SIGNED.split("\n")
    assert (origin, size, root) == (
        "bagalau/zhanakorgan",
        "20852163",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    )
    assert (blank, end) == ("", "")
    assert signature.startswith("— bagalau/zhanakorgan ")


@given(checkpoints)
def test_a_signed_checkpoint_opens(checkpoint: Checkpoint) -> None:
    verifier = verifier_of(checkpoint.origin, KEY.public_key())
    note = sign(checkpoint, KEY)
    assert parse_vkey(verifier.vkey) == verifier
    assert open_note(note, [verifier], checkpoint.origin) == checkpoint
    assert open_note(note.encode(), [verifier]) == checkpoint


def test_any_flipped_bit_is_refused() -> None:
    signed = SIGNED.encode()
    for at in range(len(signed)):
        for bit in range(8):
            changed = signed[:at] + bytes([signed[at] ^ 1 << bit]) + signed[at + 1 :]
            refusal(partial(open_note, changed, [VERIFIER]))


@given(st.binary(max_size=4), st.integers(0, len(SIGNED.encode())), st.integers(0, 4))
def test_any_splice_is_refused(inserted: bytes, at: int, dropped: int) -> None:
    signed = SIGNED.encode()
    changed = signed[:at] + inserted + signed[at + dropped :]
    assume(changed != signed)
    refusal(lambda: open_note(changed, [VERIFIER]))


@pytest.mark.parametrize("lines", [2, 1])
def test_a_note_without_size_or_root_is_no_checkpoint(lines: int) -> None:
    text = "\n".join(SIGNED.split("\n")[:lines]) + "\n"
    note = sign_text(text, KEY, ORIGIN)
    assert refusal(lambda: open_note(note, [VERIFIER])) == "malformed-checkpoint"


@pytest.mark.parametrize("size", ["", "-1", "01", "+1", "1.0", " 1", "١", "1_0", "9" * 5000])
def test_a_size_is_plain_decimal(size: str) -> None:
    note = sign_text(f"{ORIGIN}\n{size}\n{b64encode(bytes(32)).decode()}\n", KEY, ORIGIN)
    assert refusal(lambda: open_note(note, [VERIFIER])) == "malformed-checkpoint"


@pytest.mark.parametrize(
    "root", ["", b64encode(bytes(31)).decode(), b64encode(bytes(33)).decode(), "A" * 42 + "B="]
)
def test_a_root_is_32_bytes_in_plain_base64(root: str) -> None:
    note = sign_text(f"{ORIGIN}\n1\n{root}\n", KEY, ORIGIN)
    assert refusal(lambda: open_note(note, [VERIFIER])) == "malformed-checkpoint"


def test_extension_lines_are_left_out_unless_empty() -> None:
    body = SIGNED.split("\n\n")[0]
    assert open_note(sign_text(f"{body}\nextension\n", KEY, ORIGIN), [VERIFIER]) == CHECKPOINT
    note = sign_text(f"{body}\n\nextension\n", KEY, ORIGIN)
    assert refusal(lambda: open_note(note, [VERIFIER])) == "malformed-checkpoint"


def test_a_checkpoint_of_another_ledger_is_refused() -> None:
    assert refusal(lambda: open_note(SIGNED, [VERIFIER], origin_of("agency"))) == "wrong-origin"


def test_a_key_may_sign_under_another_name() -> None:
    note = sign(CHECKPOINT, KEY, "witness.example")
    assert open_note(note, [verifier_of("witness.example", KEY)]) == CHECKPOINT
    assert refusal(lambda: open_note(note, [VERIFIER])) == "unknown-key"


@pytest.mark.parametrize(
    ("code", "refused"),
    [
        ("malformed-checkpoint", lambda: sign(Checkpoint("", 1, bytes(32)), KEY)),
        ("malformed-checkpoint", lambda: sign(Checkpoint("a\nb", 1, bytes(32)), KEY)),
        ("malformed-checkpoint", lambda: sign(Checkpoint(ORIGIN, -1, bytes(32)), KEY)),
        ("malformed-checkpoint", lambda: sign(Checkpoint(ORIGIN, 1, bytes(31)), KEY)),
        ("malformed-note", lambda: sign(Checkpoint("a\tb", 1, bytes(32)), KEY, "key")),
        ("malformed-note", lambda: sign_text("\ud800\n", KEY, "key")),
        ("malformed-note", lambda: sign_text("no newline", KEY, "key")),
        ("malformed-key", lambda: sign(CHECKPOINT, KEY, "two words")),
        ("malformed-key", lambda: sign(CHECKPOINT, KEY, "")),
        ("malformed-key", lambda: verifier_of("a+b", KEY)),
    ],
)
def test_what_others_could_not_open_is_not_signed(code: str, refused: Callable[[], object]) -> None:
    assert refusal(refused) == code
