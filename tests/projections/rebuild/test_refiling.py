"""The table of dossiers is set right by what the documents say, and by nothing less."""

from collections.abc import Callable
from uuid import UUID

import pytest

from events.keyring import Keyring
from events.log import Connection, head
from projections.dossiers import Reader
from projections.live import Live
from projections.rebuild.deriving import read_ledger
from projections.rebuild.refiling import refile
from projections.rebuild.scanning import Misfiled, documents
from tests.facts import BODY, appointed
from tests.projections.rebuild.misfiling import NOBODY, TAMPERINGS, TWO, Dossiers
from tests.projections.recorded import Recorder, catch_up

pytestmark = pytest.mark.servers


@pytest.fixture
def table(recorder: Recorder, projector: Connection, owner: Connection, keys: Keyring) -> Dossiers:
    recorder.record(TWO)
    catch_up(projector, Live(keys))
    return Dossiers(owner, keys)


def set_right(conn: Connection, keys: Keyring, upto: int) -> int:
    folding = read_ledger(conn, Reader(keys), BODY, upto, trusted=False).folding
    return refile(conn, BODY, folding.found, upto, [one.stream for one in folding.orphans])


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda one: one.__name__)
def test_whatever_was_altered_it_is_as_it_was(
    table: Dossiers, projector: Connection, keys: Keyring, tampering: Callable[[Dossiers], object]
) -> None:
    before = table.rows()
    tampering(table)
    assert table.rows() != before
    set_right(projector, keys, head(projector, BODY).size)

    assert table.rows() == before
    assert set_right(projector, keys, head(projector, BODY).size) == 0


def test_what_came_later_what_does_not_open_and_what_was_destroyed_stays(
    table: Dossiers, recorder: Recorder, projector: Connection, owner: Connection, keys: Keyring
) -> None:
    size = head(projector, BODY).size
    recorder.record([appointed("e-3", "p-3")])
    catch_up(projector, Live(keys))
    owner.execute(
        "UPDATE ledger.documents SET key = sha256(key) WHERE stream = %s",
        [table.stream("DisciplineRecorded")],
    )
    owner.execute("DELETE FROM ledger.documents WHERE stream = %s", [table.stream("EmployeeAppointed")])
    before = table.rows()
    assert set_right(projector, keys, size) == 0
    assert table.rows() == before


def test_a_document_in_two_dossiers_or_in_one_and_no_ledger_is_seen_without_opening_any(
    table: Dossiers, projector: Connection
) -> None:
    there = documents(projector, BODY, trusted=False).keys()
    assert documents(projector, BODY).keys() == there
    for stream in (table.stream("DisciplineRecorded"), UUID(int=7)):
        table.file(stream, NOBODY)
        with pytest.raises(Misfiled):
            documents(projector, BODY)
        assert documents(projector, BODY, trusted=False).keys() == there
        table.owner.execute("DELETE FROM projection.dossiers WHERE person = %s", [NOBODY])
