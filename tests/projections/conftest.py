"""Sessions of a migrated database, each under the one role that its process has."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from events import keyring
from events.keyring import Keyring
from events.log import Connection
from projections.live import Live
from services.servers import Servers, connect
from tests.projections.rebuild.building import Builder
from tests.projections.recorded import Recorder, catch_up, sample


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


@pytest.fixture
def administrator(own_servers: Servers) -> Iterator[Connection]:
    """Whoever may change what is shown."""
    with connect(own_servers, autocommit=True) as conn:
        conn.execute("SET ROLE bagalau_owner")
        yield conn


@pytest.fixture
def builder(own_servers: Servers, administrator: Connection, keys: Keyring) -> Iterator[Builder]:
    with (
        connect(own_servers, "bagalau_projector", autocommit=True) as reading,
        connect(own_servers, "bagalau_projector", autocommit=True) as writing,
    ):
        yield Builder(administrator, reading, writing, keys)


@pytest.fixture
def keyring_file(keys: Keyring, tmp_path: Path) -> Path:
    file = tmp_path / "keyring.json"
    keyring.save(keys, file)
    return file


@pytest.fixture
def country(recorder: Recorder, projector: Connection, keys: Keyring) -> Recorder:
    assert recorder.record(sample(500, bodies=3)) > 400
    catch_up(projector, Live(keys))
    return recorder
