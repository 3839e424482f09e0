"""A what-if is of the rows that are shown as they are: altered, unreadable, behind; it writes nothing."""

from pathlib import Path

import pytest

from events.log import Connection
from projections.live import Live
from services.correcting.correction import Correcting
from services.correcting.proposal import Scope
from tests.facts import BODY, appointed
from tests.projections.recorded import Recorder, catch_up
from tests.services.correcting.small_world import ACT, OTHER, OVERALL, counts, told

pytestmark = pytest.mark.servers


@pytest.mark.usefixtures("bodies")
@pytest.mark.parametrize("whose", [ACT, "typical-2025"], ids=["that would change", "that would not"])
def test_rows_that_were_altered_are_told_of_and_not_looked_into(
    correcting: Correcting, tmp_path: Path, owner: Connection, whose: str
) -> None:
    """Whether the proposal is of the act that decides them or of another."""
    file = tmp_path / "overall.toml"
    file.write_text(OVERALL.replace(ACT, whose))
    proposal = correcting.read(file, Scope())
    before = correcting.what_if(proposal).tally
    owner.execute("UPDATE projection.grades SET grade = 'proper' WHERE kind = 'quarterly'")
    tally = correcting.what_if(proposal).tally
    assert bool([one for one in before.changed if one.kind == "quarterly"]) == (whose == ACT)
    assert not [one for one in tally.changed if one.kind == "quarterly"]
    assert {why for _, why, _ in tally.unread} == {"row-not-authentic"}
    people = owner.execute(
        "SELECT count(DISTINCT (ledger, person)) FROM projection.grades WHERE kind = 'quarterly'"
    ).fetchone()
    assert people == (sum(count for _, _, count in tally.unread),)
    assert (before.unread, tally.rows) == ((), before.rows)


@pytest.mark.usefixtures("bodies")
def test_whose_documents_cannot_be_read_is_told_of_once(
    correcting: Correcting, overall: Path, owner: Connection
) -> None:
    proposal = correcting.read(overall, Scope())
    before = correcting.what_if(proposal).tally
    sanctions = "ledger.events WHERE type = 'DisciplineRecorded'"
    for (table,) in owner.execute(f"SELECT DISTINCT tableoid::regclass::text FROM {sanctions}".encode()):
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
    owner.execute("UPDATE ledger.events SET payload = '' WHERE type = 'DisciplineRecorded'")
    tally = correcting.what_if(proposal).tally
    assert {(body, why) for body, why, _ in tally.unread} == {(BODY, "unreadable"), (OTHER, "unreadable")}
    assert tally.results < before.results
    assert tally.rows == before.rows


@pytest.mark.usefixtures("bodies")
def test_nothing_is_written_but_what_a_projector_would_have(
    correcting: Correcting, overall: Path, bodies: Recorder
) -> None:
    proposal = correcting.read(overall, Scope())
    level = counts(bodies.conn)
    correcting.what_if(proposal)
    assert counts(bodies.conn) == level
    bodies.record([appointed("e-4"), *told("e-4")])
    behind = counts(bodies.conn)
    correcting.what_if(proposal)
    brought = counts(bodies.conn)
    catch_up(bodies.conn, Live(bodies.log.keyring))
    assert counts(bodies.conn) == brought != behind


def test_the_law_that_is_asked_about_is_brought_to_what_is_shown_first(
    bodies: Recorder, correcting: Correcting, tmp_path: Path, overall: Path
) -> None:
    proposal = correcting.read(overall, Scope())
    correcting.apply(proposal, correcting.what_if(proposal), "read anew", workers=0)
    file = tmp_path / "back.toml"
    file.write_text(overall.read_text().replace('"overall"', '"parameter"'))
    before = correcting.what_if(correcting.read(file, Scope())).tally
    # As if nobody had taken the rows to the law of today.
    bodies.conn.execute("UPDATE projection.checkpoints SET agency_seq = 1")
    assert correcting.what_if(correcting.read(file, Scope())).tally == before
    assert before.results > 0
