"""A body with a told, restated and annual result, and the archive of its year."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from events.keyring import Keyring
from events.log import Connection
from services.archivist.exporting import Exported, Order, export
from services.archivist.found import Reading
from services.servers import Servers, connect
from tests.facts import BODY
from tests.projections.recorded import Recorder

AT = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def recorder(own_servers: Servers, keys: Keyring) -> Iterator[Recorder]:
    with connect(own_servers, "bagalau_writer", autocommit=True) as conn:
        yield Recorder(conn, keys)


Exporting = Callable[..., Exported]


@pytest.fixture
def exporting(auditor: Connection, reader: Connection, keys: Keyring, tmp_path: Path) -> Exporting:
    """Exports a body's year to a file of the test's own."""

    def run(path: Path, body: str = BODY, year: int = 2026, **more: Any) -> Exported:
        force = more.pop("force", False)
        order = Order(body, year, AT, "0.0.0", **more)
        return export(Reading(auditor, reader, keys), tmp_path / "home", order, path, force=force)

    return run
