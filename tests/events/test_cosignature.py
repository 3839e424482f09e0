"""Cosignatures of checkpoints (C2SP tlog-cosignature v1), and files of many notes."""

from base64 import b64decode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from events.checkpoint import (
    COSIGNATURE,
    ED25519,
    Checkpoint,
    CheckpointError,
    cosign,
    notes_in,
    open_note,
    origin_of,
    parse_checkpoint,
    parse_vkey,
    sign,
    verifier_of,
)

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WITNESS = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
NAME = "zhanakorgan.example/hr"
ORIGIN = origin_of("zhanakorgan")
CHECKPOINT = Checkpoint(ORIGIN, 20_852_163, bytes(range(32)))
SIGNED = sign(CHECKPOINT, KEY)
AT = 1_679_315_147
COSIGNED = cosign(SIGNED, WITNESS, NAME, AT)
LOG, COSIGNER = verifier_of(ORIGIN, KEY), verifier_of(NAME, WITNESS, COSIGNATURE)
# The note that the specification gives as its example.
EXAMPLE = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""  # noqa: E501


def refusal(note: str, *verifiers: object) -> str:
    with pytest.raises(CheckpointError) as refused:
        open_note(note, verifiers)  # type: ignore[arg-type]
    return refused.value.code


def test_a_cosignature_is_laid_out_as_the_specification_says() -> None:
    line = COSIGNED.splitlines()[-1]
    dash, name, encoded = line.split(" ")
    raw = b64decode(encoded)
    assert (dash, name, raw[:4], int.from_bytes(raw[4:12])) == ("—", NAME, COSIGNER.key_id, AT)
    text = SIGNED.partition("\n\n")[0] + "\n"
    WITNESS.public_key().verify(raw[12:], f"cosignature/v1\ntime {AT}\n{text}".encode())
    example = b64decode(EXAMPLE.splitlines()[-1].split(" ")[2])
    assert (len(example), int.from_bytes(example[4:12])) == (len(raw), AT)
    assert parse_checkpoint(EXAMPLE).size == CHECKPOINT.size


def test_either_key_opens_the_note() -> None:
    assert open_note(COSIGNED, [LOG]) == open_note(COSIGNED, [COSIGNER]) == CHECKPOINT
    assert open_note(COSIGNED, [COSIGNER, LOG]) == CHECKPOINT


def test_a_key_of_one_kind_does_not_verify_the_other() -> None:
    assert refusal(COSIGNED, verifier_of(NAME, WITNESS, ED25519)) == "unknown-key"
    assert refusal(SIGNED, verifier_of(ORIGIN, KEY, COSIGNATURE)) == "unknown-key"
    assert COSIGNER.key_id != verifier_of(NAME, WITNESS).key_id


def test_a_cosigners_key_is_written_down_and_read_again() -> None:
    assert parse_vkey(COSIGNER.vkey) == COSIGNER
    assert COSIGNER.vkey.startswith(f"{NAME}+{COSIGNER.key_id.hex()}+B")


@given(place=st.integers(0, 8 * (8 + 64) - 1))
def test_a_flipped_bit_of_time_or_signature_is_found(place: int) -> None:
    from base64 import b64encode  # noqa: PLC0415

    body, _, line = COSIGNED.rstrip("\n").rpartition("\n")
    raw = bytearray(b64decode(line.split(" ")[2]))
    raw[4 + place // 8] ^= 1 << place % 8
    flipped = f"{body}\n— {NAME} {b64encode(bytes(raw)).decode()}\n"
    assert refusal(flipped, COSIGNER) == "wrong-signature"
    # To whom that key is unknown it is a signature among others.
    assert open_note(flipped, [LOG]) == CHECKPOINT


@pytest.mark.parametrize("at", [-1, 2**63])
def test_a_time_that_does_not_fit_is_refused(at: int) -> None:
    with pytest.raises(CheckpointError):
        cosign(SIGNED, WITNESS, NAME, at)


@given(apart=st.lists(st.sampled_from(["", "\n", "\n\n"]), min_size=1, max_size=5))
def test_a_file_holds_many_notes_however_far_apart(apart: list[str]) -> None:
    notes = [sign(Checkpoint(ORIGIN, size, bytes(32)), KEY) for size in range(1, len(apart) + 1)]
    written = "".join(blank + note for blank, note in zip(apart, notes, strict=True))
    assert [note.decode() for note in notes_in(written.encode())] == notes
    assert [note.decode() for note in notes_in(written.rstrip("\n").encode())] == notes


@pytest.mark.parametrize("content", [b"text\n", b"text\n\nmore\n"])
def test_what_holds_no_signature_is_no_note(content: bytes) -> None:
    with pytest.raises(CheckpointError):
        list(notes_in(content))


def test_an_empty_file_holds_none() -> None:
    assert list(notes_in(b"\n\n")) == []
