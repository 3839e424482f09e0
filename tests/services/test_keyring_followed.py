"""A keyring that is changed under a running process: what it holds follows the file."""

import os
from pathlib import Path
from uuid import uuid4

import pytest

from events import keyring
from events.keyring import KeyringError, load, save
from events.seal import new_key
from services.keys import fingerprint, open_keyring


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "keyring.json"
    save(keyring.create(os.urandom), path)
    return path


def turned(file: Path) -> None:
    """A new key is made, and the old one erased."""
    ring = load(file).rotated(os.urandom)
    save(ring, file, replace=True)
    save(ring.without(ring.newest - 1), file, replace=True)


def test_it_wraps_under_the_newest_key_of_the_file(file: Path) -> None:
    ring, stream, key = open_keyring(file), uuid4(), new_key(os.urandom)
    assert ring.wrap(stream, key)[0] == 1
    save(load(file).rotated(os.urandom), file, replace=True)
    number, wrapped = ring.wrap(stream, key)
    assert number == 2
    assert load(file).unwrap(stream, number, wrapped).raw == key.raw


def test_it_opens_what_another_wrapped_under_a_key_that_it_did_not_know(file: Path) -> None:
    ring, stream, key = open_keyring(file), uuid4(), new_key(os.urandom)
    turned(file)
    number, wrapped = load(file).wrap(stream, key)
    assert ring.unwrap(stream, number, wrapped).raw == key.raw
    assert list(ring.keks) == [2]


def test_an_erased_key_is_forgotten_and_opens_nothing(file: Path) -> None:
    ring, stream = open_keyring(file), uuid4()
    number, wrapped = ring.wrap(stream, new_key(os.urandom))
    turned(file)
    assert ring.newest == 2
    with pytest.raises(KeyringError) as caught:
        ring.unwrap(stream, number, wrapped)
    assert caught.value.code == "unknown-kek"


@pytest.mark.parametrize("spoil", [Path.unlink, lambda path: path.write_bytes(b"{}")])
def test_a_file_that_is_away_or_spoilt_changes_nothing(file: Path, spoil: object) -> None:
    ring = open_keyring(file)
    assert callable(spoil)
    spoil(file)
    assert ring.wrap(uuid4(), new_key(os.urandom))[0] == 1


def test_another_databases_keyring_in_its_place_is_not_taken_over(file: Path) -> None:
    ring = open_keyring(file)
    save(keyring.create(os.urandom).rotated(os.urandom), file, replace=True)
    assert ring.newest == 1


def test_the_fingerprint_outlives_every_turn(file: Path) -> None:
    before = fingerprint(open_keyring(file))
    turned(file)
    assert fingerprint(open_keyring(file)) == before


def test_what_is_replaced_is_written_over(file: Path) -> None:
    with file.open("rb") as old:
        before = old.read()
        save(load(file).rotated(os.urandom), file, replace=True)
        old.seek(0)
        assert not set(before.split(b'"')) & set(old.read().split(b'"'))
    assert load(file).newest == 2


def test_one_who_reads_the_file_while_it_is_written_over_reads_the_new_one(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = load(file)
    opened = Path.open
    turns = iter([True])

    def late(path: Path, *arguments: str) -> object:
        found = opened(path, *arguments)
        if path == file and arguments == ("rb",) and next(turns, False):
            save(ring.rotated(os.urandom), file, replace=True)
        return found

    monkeypatch.setattr(Path, "open", late)
    assert load(file).newest == 2
