"""The sessions that a correction reads and records on."""

from typing import Final

from events.log import Connection
from services.servers import Servers, connect

_APPLICATION: Final = "bagalau-correct"


def projector(servers: Servers) -> Connection:
    """A session of whoever reads what is shown and derives it."""
    return connect(servers, "bagalau_projector", autocommit=True, application_name=_APPLICATION)


def writer(servers: Servers) -> Connection:
    """A session of whoever appends to ledgers."""
    return connect(servers, "bagalau_writer", autocommit=True, application_name=_APPLICATION)
