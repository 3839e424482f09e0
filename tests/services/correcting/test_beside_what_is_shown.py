"""A what-if is of the rows that are shown as they are: altered, unreadable, behind; it writes nothing."""

import csv
from pathlib import Path

import pytest
from msgspec.structs import replace

from events.log import Connection
from projections.live import Live
from services.correcting.asking import QuestionProgress
from services.correcting.correction import Correcting
from services.correcting.listing import List
from services.correcting.proposal import CorrectionError, Scope, current_acts, proposed
from tests.facts import BODY, appointed
from tests.projections.recorded import Recorder, catch_up
from tests.services.correcting.small_world import ACT, IDLE, OTHER, OVERALL, counts, told

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


@pytest.mark.usefixtures("bodies")
def test_of_whom_nothing_could_be_told_is_told_once_his_rows_are_derived(
    correcting: Correcting, overall: Path, owner: Connection
) -> None:
    proposal = correcting.read(overall, Scope())
    owner.execute("UPDATE projection.grades SET grade = 'proper' WHERE kind = 'quarterly'")
    foretold = correcting.what_if(proposal)
    assert foretold.tally.announced == 0
    applied = correcting.apply(proposal, foretold, "read anew", workers=0, idle=True)
    assert applied.restated == {BODY: 2, OTHER: 1}


@pytest.mark.usefixtures("bodies")
def test_a_law_that_changes_while_it_is_asked_is_asked_about_anew(
    correcting: Correcting, overall: Path, tmp_path: Path
) -> None:
    file = tmp_path / "idle.toml"
    file.write_text(IDLE)
    other = correcting.read(file, Scope())
    foretold = correcting.what_if(other)
    left = [None]

    def watch(_: QuestionProgress) -> None:
        if left:
            left.pop()
            correcting.apply(other, foretold, "read anew", workers=0, idle=True)

    with pytest.raises(CorrectionError) as refused:
        correcting.what_if(correcting.read(overall, Scope()), watch=watch)
    assert refused.value.code == "question-overtaken"


@pytest.mark.usefixtures("bodies")
def test_other_consequences_of_the_same_grades_are_told_and_are_no_idle_correction(
    correcting: Correcting, tmp_path: Path
) -> None:
    law = correcting.law()
    acts = current_acts(law)
    assert not acts[ACT].consequences
    code, printed = next(iter(acts["sjc-2017"].consequences.items()))
    follows = replace(printed, grades=(), kinds=("quarterly",), years_running=None)
    proposal = proposed(law, replace(acts[ACT], consequences={code: follows}), Scope())
    into = tmp_path / "list.csv"
    foretold = correcting.what_if(proposal, into=List(into))
    tally = foretold.tally
    assert (tally.results, tally.people, tally.is_idle) == (0, 0, False)
    assert sum(one.gained for one in tally.turns) > 0 == sum(one.lost for one in tally.turns)
    with into.open(newline="") as file:
        listed = list(csv.DictReader(file))
    assert {row["gained"].split()[0] for row in listed} == {code}
    # What a panel decided of e-1 stays under the revision of its day.
    whose = {(row["body"], row["employee"]) for row in listed}
    assert whose == {(BODY, "e-2"), (BODY, "e-3"), (OTHER, "e-2")}
    assert correcting.apply(proposal, foretold, "read anew", workers=0).restated == {}
