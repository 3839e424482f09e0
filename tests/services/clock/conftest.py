"""A migrated database of the test's own, founded, and its writer."""

import os
from collections.abc import Iterator

import pytest

from events import keyring
from events.log import Connection, Log
from services.intake.opening import found
from services.servers import Servers, connect


@pytest.fixture
def log() -> Log:
    return Log(keyring.create(os.urandom))


@pytest.fixture
def conn(own_servers: Servers, log: Log) -> Iterator[Connection]:
    with connect(own_servers, "bagalau_writer", autocommit=True) as writer:
        found(writer, log)
        yield writer


@pytest.fixture
def another(own_servers: Servers, conn: Connection) -> Iterator[Connection]:
    """A second session, as of a second clock or of the intake."""
    assert not conn.closed
    with connect(own_servers, "bagalau_writer", autocommit=True) as writer:
        yield writer
