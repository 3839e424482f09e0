"""Sessions of a migrated database, each under the one role that its process has."""

from collections.abc import Iterator

import pytest

from events.keyring import Keyring
from events.log import Connection
from projections.live import Live
from services.servers import Servers, connect
from tests.projections.rebuild.building import Builder
from tests.projections.recorded import Recorder, catch_up, sample


@pytest.fixture
def viewer(own_servers: Servers) -> Iterator[Connection]:
    """Who reads results for somebody, and says nothing of whom yet."""
    with connect(own_servers, "bagalau_reader", autocommit=True) as conn:
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
def country(recorder: Recorder, projector: Connection, keys: Keyring) -> Recorder:
    assert recorder.record(sample(500, bodies=3)) > 400
    catch_up(projector, Live(keys))
    return recorder
