"""A database of the test's own, with a session of each role that has to do with destruction."""

import os
from pathlib import Path

import pytest

from events import keyring
from events.keyring import Keyring
from events.log import Connection
from services.keys import open_keyring
from tests.projections.recorded import Recorder
from tests.services.destroying.years_ago import Archive, body


@pytest.fixture
def keyring_file(tmp_path: Path) -> Path:
    file = tmp_path / "keyring.json"
    keyring.save(keyring.create(os.urandom), file)
    return file


@pytest.fixture
def keys(keyring_file: Path) -> Keyring:
    return open_keyring(keyring_file)


@pytest.fixture
def archive(
    writer: Connection, projector: Connection, destroyer: Connection, keys: Keyring, keyring_file: Path
) -> Archive:
    """Two servants of a body, whose 2026 was formed long ago."""
    found = Archive(Recorder(writer, keys), destroyer, projector, keys, keyring_file)
    found.tell(*body("e-1", "e-2"))
    found.form_the_year()
    found.project()
    return found
