"""A correction over a whole country, from who would change to what is told anew, on real ledgers."""

import json
import stat
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from msgspec.structs import replace

from events.envelope import Event
from events.log import Connection, heads
from projections import marks, store
from projections.grade import Grade
from projections.live import Live
from services.correcting.correction import Applied, Correcting
from services.correcting.listing import List
from services.correcting.proposal import Scope
from services.correcting.tally import Tally
from tests.ledgers import events_of
from tests.projections.rebuild.building import rows
from tests.projections.recorded import Recorder, catch_up, folded
from tests.services.correcting import by_hand
from tests.services.correcting.small_world import counts

pytestmark = pytest.mark.servers

ACT = "typical-2025"
OVERALL = f'corrects = "{ACT}"\n[readings.discipline-cap-scope]\nvalue = "overall"\n'
BACK = OVERALL.replace('"overall"', '"parameter"')


@pytest.fixture
def overall(tmp_path: Path) -> Path:
    file = tmp_path / "overall.toml"
    file.write_text(OVERALL)
    return file


def corrected(correcting: Correcting, file: Path, scope: Scope | None = None) -> tuple[Applied, Tally]:
    proposal = correcting.read(file, scope or Scope())
    foretold = correcting.what_if(proposal)
    return correcting.apply(proposal, foretold, "read anew", workers=0), foretold.tally


def everything(recorder: Recorder) -> dict[str, list[Event]]:
    return {one.ledger: events_of(recorder.conn, recorder.log, one.ledger) for one in heads(recorder.conn)}


def told_anew(recorder: Recorder) -> list[Event]:
    return [
        event
        for ledger, events in everything(recorder).items()
        for event in events
        if event.type == "ResultRestated" and event.data.cause == "MethodologyActivated"
    ]


def told_last(recorder: Recorder) -> dict[tuple[str, str, str, str], Event]:
    """The last that was told of each result, by body, employee, position and period."""
    return {
        (ledger, data.employee, data.position, data.period): event
        for ledger, events in everything(recorder).items()
        for event in events
        if event.type in {"ResultAnnounced", "ResultRestated"}
        for data in [event.data]
        if data.form != "competencies"
    }


def sizes(conn: Connection) -> dict[str, int]:
    return {one.ledger: one.size for one in heads(conn)}


def as_matrix(tally: Tally) -> Counter[tuple[str, str, str, str]]:
    return Counter({(one.body, one.kind, one.before, one.after): one.count for one in tally.changed})


def test_a_what_if_tells_who_would_change_and_leaves_no_trace(
    country: Recorder, correcting: Correcting, overall: Path, owner: Connection, tmp_path: Path
) -> None:
    before = folded(country.conn, country.log)
    expected = by_hand.corrected(before, everything(country), ACT)
    assert len({one.body for one in expected.values()}) > 1
    assert {one.kind for one in expected.values()} == {"quarterly", "annual"}
    traces = sizes(owner), counts(owner)

    proposal = correcting.read(overall, Scope())
    tally = correcting.what_if(proposal, into=List(tmp_path / "list.json", "ru")).tally

    assert as_matrix(tally) == by_hand.matrix(before, expected)
    assert (sizes(owner), counts(owner)) == traces
    told = told_last(country)
    announced = {key for key in expected if key[1:] in told}
    assert tally.announced == len(announced) > 0
    assert tally.people == len({key[1:3] for key in expected})
    listed = json.loads((tmp_path / "list.json").read_text())
    entries = {
        (one["kind"], person["body"], person["employee"], one["position"], one["period"]): one
        for person in listed["people"]
        for one in person["results"]
    }
    assert {key: one["after"]["score"] for key, one in entries.items()} == {
        key: one.score for key, one in expected.items()
    }
    assert {key for key, one in entries.items() if one["announced"]} == announced
    one = next(one for key, one in entries.items() if key[0] == "quarterly")
    assert {step["rule"] for step in one["after"]["steps"]} >= {"cap-overall"}
    assert "cap-overall" not in {step["rule"] for step in one["before"]["steps"]}
    assert len(one["after"]["explanation"]) == len(one["after"]["steps"])
    assert stat.S_IMODE((tmp_path / "list.json").stat().st_mode) == 0o600


def test_what_changes_goes_live_and_is_told_anew_and_the_way_back_restores_every_row(
    country: Recorder, correcting: Correcting, overall: Path, owner: Connection
) -> None:
    before = folded(country.conn, country.log)
    expected = by_hand.corrected(before, everything(country), ACT)
    announced = {key[1:] for key in expected if key[1:] in told_last(country)}
    first_rows = rows(owner, marks.live_generation(owner))

    done, tally = corrected(correcting, overall)

    assert as_matrix(tally) == by_hand.matrix(before, expected)
    after = {one.key: one for one in folded(country.conn, country.log)}
    changed = {one.key for one in before if (one.score, one.grade) != _said(after[one.key])}
    assert changed == expected.keys()
    assert {key: _said(after[key]) for key in expected} == {key: _said(expected[key]) for key in expected}
    assert marks.live_generation(owner) == done.generation
    said = told_anew(country)
    assert {(one.ledger, one.data.employee, one.data.position, one.data.period) for one in said} == announced
    assert done.restated == Counter(one.ledger for one in said)
    for one in said:
        key = (one.data.kind, one.ledger, one.data.employee, one.data.position, one.data.period)
        assert (one.data.score, one.data.grade) == _said(expected[key])
        assert (one.data.methodology, one.data.revision) == (ACT, 2)
        assert one.data.readings["discipline-cap-scope"] == "overall"
        assert one.data.digest == correcting.law().methodologies[ACT].revisions[2].digest
    # Live takes it on: nothing is to be derived anew.
    assert [one.ledger for one in catch_up(owner, Live(country.log.keyring)) if one.whole] == []

    overall.write_text(BACK)
    again, way_back = corrected(correcting, overall)

    assert again.revision == 3
    assert as_matrix(way_back) == Counter(
        {(body, kind, new, old): n for (body, kind, old, new), n in as_matrix(tally).items()}
    )
    assert len(told_anew(country)) == 2 * len(said)
    live = rows(owner, marks.live_generation(owner))
    assert live.keys() == first_rows.keys()
    # The same, every figure of it, but for the number of the revision that says so.
    assert plain(store.grades(owner, country.log.keyring)) == plain(before)
    assert len(before) == len(live) > 0


def plain(grades: Iterable[Grade]) -> list[Grade]:
    found = (replace(one, revision=1, readings=dict(one.readings)) for one in grades)
    return sorted(found, key=lambda one: one.key)


def _said(grade: object) -> tuple[str | None, str | None]:
    return grade.score, grade.grade  # type: ignore[attr-defined]
