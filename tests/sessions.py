"""A migrated database of the test's own, its keyring, and sessions, each under the one role of a process."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from events import keyring
from events.keyring import Keyring
from events.log import Connection
from services.servers import Servers, connect


@pytest.fixture
def own_servers(servers: Servers, database: str) -> Servers:
    """A database of the test's own, beside NATS as the tests before have left it."""
    return Servers(database, servers.nats_url, embedded=servers.embedded)


@pytest.fixture
def keys() -> Keyring:
    return keyring.create(os.urandom)


@pytest.fixture
def keyring_file(keys: Keyring, tmp_path: Path) -> Path:
    """The keyring as a process opens it."""
    file = tmp_path / "keyring.json"
    keyring.save(keys, file)
    return file


@pytest.fixture
def writer(own_servers: Servers) -> Iterator[Connection]:
    with connect(own_servers, "bagalau_writer", autocommit=True) as conn:
        yield conn


@pytest.fixture
def projector(own_servers: Servers) -> Iterator[Connection]:
    with connect(own_servers, "bagalau_projector", autocommit=True) as conn:
        yield conn


@pytest.fixture
def reader(own_servers: Servers) -> Iterator[Connection]:
    """Who reads everything, beside the projector that writes."""
    with connect(own_servers, "bagalau_projector", autocommit=True) as conn:
        yield conn


@pytest.fixture
def auditor(own_servers: Servers) -> Iterator[Connection]:
    with connect(own_servers, "bagalau_auditor", autocommit=True) as conn:
        yield conn


@pytest.fixture
def destroyer(own_servers: Servers) -> Iterator[Connection]:
    with connect(own_servers, "bagalau_destroyer", autocommit=True) as conn:
        yield conn


@pytest.fixture
def owner(own_servers: Servers) -> Iterator[Connection]:
    """Whoever administers the server, and whoever tampers with it."""
    with connect(own_servers, autocommit=True) as conn:
        yield conn
