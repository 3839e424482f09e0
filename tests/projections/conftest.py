"""Sessions of a migrated database, each under the one role that its process has."""

import os
from collections.abc import Iterator

import pytest

from events import keyring
from events.keyring import Keyring
from events.log import Connection
from services.servers import Servers, connect
from tests.projections.recorded import Recorder


@pytest.fixture
def own_servers(servers: Servers, database: str) -> Servers:
    """A database of the test's own."""
    return Servers(database, servers.nats_url, embedded=servers.embedded)


@pytest.fixture
def keys() -> Keyring:
    return keyring.create(os.urandom)


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
    with connect(own_servers, "bagalau_reader", autocommit=True) as conn:
        yield conn


@pytest.fixture
def owner(own_servers: Servers) -> Iterator[Connection]:
    """Whoever administers the server, and whoever tampers with it."""
    with connect(own_servers, autocommit=True) as conn:
        yield conn


@pytest.fixture
def recorder(writer: Connection, keys: Keyring) -> Recorder:
    """Ledgers with nothing but what the agency's holds from the first day."""
    return Recorder(writer, keys)
