"""Makes the small archive that is kept under tests/projections/archives/fixtures.

Made anew (`python -m tests.services.archivist.kept_archive`) only for a new version of the format, beside the
old ones: what one release wrote every later one must read.
"""

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from backports import zstd

from events import keyring
from projections.archives.extract import encode
from projections.archives.parts import Archive, escrow_keys
from services.archivist.exporting import Order, export
from services.archivist.extracting import Making, extract
from services.archivist.found import Reading
from services.archivist.key_files import escrow_private, escrow_public, log_key_line, make_escrow
from services.servers import connect, running
from tests.facts import BODY, assessed, body_and_servant, ref, sanctioned
from tests.projections.recorded import Recorder
from tests.services.deciding.telling import delivered

FIXTURES = Path(__file__).parents[2] / "projections" / "archives" / "fixtures"
MARKS = ("4", "4", "4", "4", "5")
AT = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)


def make(folder: Path) -> None:
    """Writes archive, extract, the escrow's private key and the log's public one."""
    keys = keyring.create(os.urandom)
    with tempfile.TemporaryDirectory(dir="/tmp") as home, running(Path(home)) as servers:
        from events import schema as ledgers  # noqa: PLC0415 - imports alembic
        from projections import schema as projections  # noqa: PLC0415

        ledgers.migrate(servers.postgres_url)
        projections.migrate(servers.postgres_url)
        with connect(servers, "bagalau_writer", autocommit=True) as conn:
            Recorder(conn, keys).record(
                [
                    *body_and_servant(),
                    *assessed(MARKS),
                    delivered(),
                    *assessed(MARKS, ref(period="2026-Q2")),
                    sanctioned("remark", "2026-03-02"),
                ]
            )
        private, public = folder / "escrow-for-tests-alone.pem", Path(home) / "escrow.pub"
        make_escrow(private, public, force=True)
        order = Order(BODY, 2026, AT, "0.0.0", escrow_public(public))
        with (
            connect(servers, "bagalau_auditor", autocommit=True) as proving,
            connect(servers, "bagalau_projector", autocommit=True) as opening,
        ):
            reading = Reading(proving, opening, keys)
            export(reading, Path(home), order, folder / "year-1.archive", force=True)
    (folder / "log.vkey").write_text(log_key_line(keys.log_key) + "\n")
    data = memoryview((folder / "year-1.archive").read_bytes())
    archive = Archive(data, escrow_keys(data, escrow_private(private)))
    made = extract(data, archive, "e-1", Making(AT, "0.0.0", keys.log_key))
    (folder / "extract-1.json.zst").write_bytes(zstd.compress(encode(made), 19))


if __name__ == "__main__":
    make(FIXTURES)
