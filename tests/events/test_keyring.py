import contextlib
import os
import pickle
import re
import traceback
from base64 import b64decode, b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from rich.pretty import pretty_repr

from events.keyring import NAME_BYTES, WRAPPED_BYTES, Keyring, KeyringError, create, load, save
from events.seal import DocumentKey, new_key

STREAM = UUID("0f8fad5b-d9cb-469f-a165-70867728950e")
OTHER = UUID("7d444840-9dc0-11d1-b245-5ffdce74fad2")
KEYRING = create(os.urandom)
KEY = new_key(os.urandom)


def refusal(refused: Callable[[], object]) -> str:
    with pytest.raises(KeyringError) as refusal:
        refused()
    return refusal.value.code


def secrets(keyring: Keyring) -> list[bytes]:
    held = (*keyring.keks.values(), keyring.naming, keyring.digesting, keyring.signing)
    return [secret.raw for secret in held]


def leaked(text: str, keyring: Keyring) -> list[bytes]:
    """The secrets of which the text shows a part, as hex, base64 or a Python literal."""
    return [
        raw
        for raw in secrets(keyring)
        for shown in (raw.hex(), b64encode(raw).decode(), repr(raw)[2:-1])
        if any(shown[at : at + 8] in text for at in range(len(shown) - 8))
    ]


def test_a_new_keyring_draws_every_key_apart() -> None:
    drawn = iter(range(1, 9))
    keyring = create(lambda size: bytes([next(drawn)]) * size)
    assert [raw[0] for raw in secrets(keyring)] == [1, 2, 3, 4]
    assert keyring.newest == 1


def test_a_wrapped_key_is_unwrapped_for_its_stream() -> None:
    number, wrapped = KEYRING.wrap(STREAM, KEY)
    assert (number, len(wrapped)) == (1, WRAPPED_BYTES)
    assert KEYRING.unwrap(STREAM, number, wrapped).raw == KEY.raw
    assert KEY.raw not in wrapped


def test_a_key_is_never_wrapped_alike_twice() -> None:
    assert len({KEYRING.wrap(STREAM, KEY)[1][:12] for _ in range(200)}) == 200


def test_a_wrapped_key_is_refused_for_another_stream_keyring_or_length() -> None:
    number, wrapped = KEYRING.wrap(STREAM, KEY)
    assert refusal(lambda: KEYRING.unwrap(OTHER, number, wrapped)) == "not-unwrapped"
    assert refusal(lambda: create(os.urandom).unwrap(STREAM, number, wrapped)) == "not-unwrapped"
    assert refusal(lambda: KEYRING.unwrap(STREAM, number, wrapped[:-1])) == "not-unwrapped"
    assert refusal(lambda: KEYRING.unwrap(STREAM, number, b"")) == "not-unwrapped"
    assert refusal(lambda: KEYRING.unwrap(STREAM, 2, wrapped)) == "unknown-kek"


@given(st.integers(0, WRAPPED_BYTES * 8 - 1))
def test_a_flipped_bit_of_a_wrapped_key_is_refused(bit: int) -> None:
    number, wrapped = KEYRING.wrap(STREAM, KEY)
    changed = bytearray(wrapped)
    changed[bit // 8] ^= 1 << bit % 8
    assert refusal(lambda: KEYRING.unwrap(STREAM, number, bytes(changed))) == "not-unwrapped"


def test_the_newest_key_wraps_and_the_older_still_unwraps() -> None:
    old_number, old = KEYRING.wrap(STREAM, KEY)
    rotated = KEYRING.rotated(os.urandom)
    number, wrapped = rotated.wrap(STREAM, KEY)
    assert (old_number, number, KEYRING.newest) == (1, 2, 1)
    assert rotated.unwrap(STREAM, 1, old).raw == rotated.unwrap(STREAM, 2, wrapped).raw == KEY.raw


def test_what_an_erased_key_wrapped_is_lost() -> None:
    number, wrapped = KEYRING.wrap(STREAM, KEY)
    erased = KEYRING.rotated(os.urandom).without(1)
    assert refusal(lambda: erased.unwrap(STREAM, number, wrapped)) == "unknown-kek"
    assert erased.rotated(os.urandom).newest == 3


def test_the_key_that_wraps_is_not_erased() -> None:
    assert refusal(lambda: KEYRING.without(1)) == "kek-in-use"
    assert refusal(lambda: KEYRING.without(7)) == "unknown-kek"


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_a_document_has_one_name_in_a_ledger_and_another_elsewhere(
    ledger: str, key: str, other_ledger: str, other_key: str
) -> None:
    one, other = KEYRING.name(ledger, key), KEYRING.name(other_ledger, other_key)
    assert len(one) == NAME_BYTES
    assert (one == other) == ((ledger, key) == (other_ledger, other_key))


def test_names_and_digests_need_the_keyring() -> None:
    other = create(os.urandom)
    assert KEYRING.name("agency", "E-1") != other.name("agency", "E-1")
    assert KEYRING.digest(b"4.20") != other.digest(b"4.20")


def test_names_and_digests_stay_what_they_are() -> None:
    # A name written today must be found by every later release: HMAC-SHA-256 and this message.
    keyring = create(lambda size: b"\x0b" * size)
    assert keyring.digest(b"Hi There").hex() == (
        "198a607eb44bfbc69903a0f1cf2bbdc5ba0aa3f3d9ae3c1c7a3b1696a0b68cf7"
    )
    assert keyring.name("agency", "Hi There") == keyring.digest(b"\x00\x06agencyHi There")[:NAME_BYTES]


def test_a_saved_keyring_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "keyring"
    keyring = KEYRING.rotated(os.urandom)
    number, wrapped = keyring.wrap(STREAM, KEY)
    save(keyring, path)
    loaded = load(path)
    assert secrets(loaded) == secrets(keyring)
    assert loaded.unwrap(STREAM, number, wrapped).raw == KEY.raw
    assert loaded.log_key.sign(b"root") == keyring.log_key.sign(b"root")
    assert [each.name for each in tmp_path.iterdir()] == ["keyring"]


def test_a_saved_keyring_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "keyring"
    save(KEYRING, path)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o610, 0o666])
def test_a_keyring_that_others_may_use_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keyring"
    save(KEYRING, path)
    path.chmod(mode)
    assert refusal(lambda: load(path)) == "keyring-exposed"
    path.chmod(0o400)
    assert secrets(load(path)) == secrets(KEYRING)


def test_a_keyring_is_not_written_over_by_mistake(tmp_path: Path) -> None:
    path = tmp_path / "keyring"
    save(KEYRING, path)
    rotated = KEYRING.rotated(os.urandom)
    assert refusal(lambda: save(rotated, path)) == "keyring-exists"
    assert secrets(load(path)) == secrets(KEYRING)
    save(rotated, path, replace=True)
    assert secrets(load(path)) == secrets(rotated)
    assert path.stat().st_mode & 0o777 == 0o600


def test_of_keyrings_made_at_once_one_stays(tmp_path: Path) -> None:
    path = tmp_path / "keyring"

    def first_run(_: int) -> str:
        try:
            save(create(os.urandom), path)
        except KeyringError as error:
            return error.code
        return "saved"

    with ThreadPoolExecutor(8) as runs:
        outcomes = list(runs.map(first_run, range(16)))
    assert sorted(outcomes) == ["keyring-exists"] * 15 + ["saved"]
    load(path)


def test_a_write_that_fails_leaves_the_old_keyring_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "keyring"
    save(KEYRING, path)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    rotated = KEYRING.rotated(os.urandom)
    assert refusal(lambda: save(rotated, path, replace=True)) == "keyring-unwritable"
    assert secrets(load(path)) == secrets(KEYRING)
    assert [each.name for each in tmp_path.iterdir()] == ["keyring"]


def test_a_keyring_that_is_not_there_is_missing(tmp_path: Path) -> None:
    assert refusal(lambda: load(tmp_path / "keyring")) == "keyring-missing"
    assert refusal(lambda: save(KEYRING, tmp_path / "none" / "keyring")) == "keyring-unwritable"
    tmp_path.chmod(0o700)
    assert refusal(lambda: load(tmp_path)) == "keyring-unreadable"


def written(directory: Path, content: bytes) -> Path:
    path = directory / "keyring"
    path.touch(mode=0o600)
    path.write_bytes(content)
    return path


def saved(directory: Path) -> bytes:
    save(KEYRING, directory / "saved")
    return (directory / "saved").read_bytes()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff",
        b'{"format": 1}',
        b'{"format": "1"}',
        b'{"format":' + b"[" * 100_000,
    ],
)
def test_a_file_that_is_not_a_keyring_is_corrupt(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path, content)
    assert refusal(lambda: load(path)) == "keyring-corrupt"


def test_a_keyring_of_a_later_release_says_so(tmp_path: Path) -> None:
    path = written(tmp_path, b'{"format": 2, "keys": "another shape"}')
    assert refusal(lambda: load(path)) == "keyring-format"


def test_every_cut_of_a_keyring_is_corrupt(tmp_path: Path) -> None:
    content = saved(tmp_path)
    for size in range(len(content.rstrip()) - 1):
        path = written(tmp_path, content[:size])
        assert refusal(partial(load, path)) == "keyring-corrupt"


def test_no_flipped_bit_changes_a_key(tmp_path: Path) -> None:
    content = saved(tmp_path)
    for at in range(len(content)):
        for bit in (0, 1, 4):
            path = written(tmp_path, content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :])
            with contextlib.suppress(KeyringError):
                assert secrets(load(path)) == secrets(KEYRING)


def test_a_key_encryption_key_stands_once_and_at_least_once(tmp_path: Path) -> None:
    content = msgspec.json.decode(saved(tmp_path))
    for keks in ([], content["keys"]["keks"] * 2, [{**content["keys"]["keks"][0], "number": 0}]):
        path = written(tmp_path, msgspec.json.encode(with_check({**content["keys"], "keks": keks})))
        assert refusal(partial(load, path)) == "keyring-corrupt"


def with_check(keys: dict[str, object]) -> dict[str, object]:
    return {
        "format": 1,
        "keys": keys,
        "check": b64encode(sha256(msgspec.json.encode(keys)).digest()).decode(),
    }


def test_a_short_key_is_corrupt_even_under_a_fitting_check_sum(tmp_path: Path) -> None:
    keys = msgspec.json.decode(saved(tmp_path))["keys"]
    written(tmp_path, msgspec.json.encode(with_check(keys)))
    load(tmp_path / "keyring")
    for field in ("naming", "digest", "signing"):
        short = {**keys, field: b64encode(b64decode(keys[field])[:-1]).decode()}
        path = written(tmp_path, msgspec.json.encode(with_check(short)))
        assert refusal(partial(load, path)) == "keyring-corrupt"


def test_a_keyring_does_not_tell_itself() -> None:
    keyring = KEYRING.rotated(os.urandom)
    for text in (repr(keyring), str(keyring), f"{keyring}", pretty_repr(keyring), repr(keyring.keks)):
        assert not leaked(text, keyring)
    assert leaked(b64encode(keyring.naming.raw).decode(), keyring)
    for encode in (msgspec.json.encode, msgspec.msgpack.encode, pickle.dumps):
        with pytest.raises(TypeError):
            encode(keyring)


def test_no_error_shows_a_key(tmp_path: Path) -> None:
    content = saved(tmp_path)
    number, wrapped = KEYRING.wrap(STREAM, KEY)
    refused: list[Callable[[], object]] = [
        lambda: KEYRING.unwrap(OTHER, number, wrapped),
        lambda: KEYRING.unwrap(STREAM, number, wrapped[1:]),
        lambda: KEYRING.without(1),
        lambda: load(written(tmp_path, content[: len(content) // 2])),
        lambda: load(written(tmp_path, re.sub(rb'"number": 1', b'"number": "1"', content))),
        lambda: load(written(tmp_path, re.sub(rb'"naming": "..', b'"naming": "', content))),
        lambda: load(written(tmp_path, content.replace(b'"check": "', b'"check": "AAAA'))),
    ]
    for each in refused:
        with pytest.raises(KeyringError) as refusal:
            each()
        told = "".join(traceback.format_exception(refusal.value))
        assert not leaked(told, KEYRING)
        assert KEY.raw.hex()[:8] not in told


def test_the_log_key_signs_as_its_public_half_verifies() -> None:
    keyring = create(lambda size: b"k" * size)
    expected = Ed25519PrivateKey.from_private_bytes(b"k" * 32).public_key().public_bytes_raw()
    assert keyring.log_key.public_key().public_bytes_raw() == expected
    assert isinstance(keyring.unwrap(STREAM, *keyring.wrap(STREAM, KEY)), DocumentKey)
