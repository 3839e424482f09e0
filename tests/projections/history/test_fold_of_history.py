"""A person's history: every event in order, and the result before and after it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.envelope import AGENCY, Event
from events.vocabulary import Data
from events.vocabulary import assessment as sheets
from events.vocabulary.commission import CommissionSat, VoteCast
from events.vocabulary.methodology import MethodologyActivated
from events.vocabulary.obligation import TermsMarked
from methodologies.model.clause import LANGUAGES
from projections.grade import Grade
from projections.history import Entry, changes_told, concerns, history, known_at, sessions_of, tell
from services.history import Recorded, recorded_in
from services.offline import Ledgers, rejections
from tests import ledger
from tests.facts import (
    BODY,
    adopted,
    appointed,
    assessed,
    body_and_servant,
    fact,
    id_of,
    issued,
    ref,
    registered,
    sanctioned,
    scored,
    signed,
    worked,
)
from tests.projections.history.correcting import correction, founded, of_agency
from tests.projections.recorded import sample
from tests.services.deciding.calibrating import asked, convened, feedback, filed, told, votes

FIVES = ("5", "5", "5", "5", "5")
Stands = tuple[str, str | None, str | None, str | None]


def one(lines: Sequence[bytes], employee: str = "e-1") -> Recorded:
    """What the lines record of him in the one body that knows him."""
    (recorded,) = recorded_in(lines, employee)
    return recorded


def story(entries: Sequence[Entry]) -> list[Stands]:
    """Each event with the score before and after it, and the grade."""
    return [(entry.type, entry.score_before, entry.score_after, entry.grade_after) for entry in entries]


def of(entries: Sequence[Entry], type_: str) -> Entry:
    (found,) = (entry for entry in entries if entry.type == type_)
    return found


def last_results(entries: Sequence[Entry]) -> dict[tuple[str, ...], Any]:
    """What the history says last of each result."""
    found: dict[tuple[str, ...], Any] = {}
    for entry in entries:
        for change in entry.changes:
            grade = change.result
            place = (grade.kind, grade.position if grade.kind != "annual" else "", grade.period)
            found[place] = change.after and stands(change.after)
    return {place: grade for place, grade in found.items() if grade is not None}


def stands(grade: Grade) -> tuple[Any, ...]:
    return (grade.status, grade.reason, grade.score, grade.grade, grade.results, grade.revision)


def derived(ledgers: Ledgers, employee: str, body: str = BODY) -> dict[tuple[str, ...], Any]:
    return {
        (grade.kind, grade.position if grade.kind != "annual" else "", grade.period): stands(grade)
        for grade in ledgers.grades(explained=False)
        if (grade.body, grade.employee) == (body, employee)
    }


def later(event: Event, agency_seq: int) -> Event:
    """The event, decided when the agency's ledger went so far."""
    return msgspec.structs.replace(event, agency_seq=agency_seq)


def test_a_quarter_from_the_appointment_to_the_announced_result_and_a_late_sanction() -> None:
    lines = [
        *body_and_servant(),
        *assessed(("5", "4", "4", "4", "5")),
        told(),
        sanctioned("severe-reprimand", "2026-02-11"),
    ]
    assert story(one(lines).history()) == [
        ("EmployeeAppointed", None, None, None),
        ("WorkdaysReported", None, None, None),
        ("SheetIssued", None, None, None),
        *[("ScoreSubmitted", None, None, None)] * 5,
        ("SheetSigned", None, "4.40", "effective"),
        ("ResultDelivered", "4.40", "4.40", "effective"),
        ("ResultAnnounced", "4.40", "4.40", "effective"),
        ("DisciplineRecorded", "4.40", "4.00", "effective"),
        ("ResultRestated", "4.00", "4.00", "effective"),
    ]


def test_a_sanction_changes_the_quarter_and_the_year_and_is_the_cause_of_the_restatement() -> None:
    entries = one([*body_and_servant(), *assessed(), told(), sanctioned("remark", "2026-02-11")]).history()
    recorded = of(entries, "DisciplineRecorded")
    assert [(one.result.kind, one.result.score, one.is_any) for one in recorded.changes] == [
        ("quarterly", "4.60", True),
        ("annual", "4.60", True),
    ]
    assert not recorded.concerns_result
    restated = of(entries, "ResultRestated")
    assert (restated.cause, restated.actor, restated.period) == ("DisciplineRecorded", "system", "2026-Q1")
    assert [(one.result.kind, one.is_any) for one in restated.changes] == [("quarterly", False)]


def test_a_result_contested_before_a_panel() -> None:
    lines = [
        *body_and_servant(),
        *assessed(("4", "4", "4", "4", "3")),
        told(),
        asked(),
        convened(),
        *votes("4.5", "4.5", "3.8"),
        filed(),
        feedback(),
    ]
    entries = one(lines).history()
    contested = story(entries)[[entry.type for entry in entries].index("CalibrationRequested") :]
    assert contested == [
        ("CalibrationRequested", "3.80", "3.80", "proper"),
        ("CalibrationConvened", "3.80", "3.80", "proper"),
        ("VoteCast", "3.80", "3.80", "proper"),
        ("VoteCast", "3.80", "3.80", "proper"),
        ("CalibrationConcluded", "3.80", "4.50", "effective"),
        ("ResultRestated", "4.50", "4.50", "effective"),
        ("VoteCast", "4.50", "4.50", "effective"),
        ("ProtocolFiled", "4.50", "4.50", "effective"),
        ("FeedbackGiven", "4.50", "4.50", "effective"),
    ]


def test_an_event_tells_the_form_of_the_sheet_that_it_speaks_of() -> None:
    entries = one([*body_and_servant(), *assessed()]).history()
    assert {entry.form for entry in entries if entry.type in {"SheetIssued", "SheetSigned"}} == {"annex-2"}
    assert of(entries, "EmployeeAppointed").form is None


def test_a_sanction_of_an_earlier_year_changes_that_year_alone() -> None:
    lines = [*body_and_servant(), *assessed(of=ref(period="2025-Q4")), *assessed()]
    recorded = of(one([*lines, sanctioned("remark", "2025-12-11")]).history(), "DisciplineRecorded")
    assert {change.result.period for change in recorded.changes} == {"2025-Q4", "2025"}


def test_competencies_are_a_result_of_their_own_beside_the_year() -> None:
    year = {"employee": "e-1", "position": "p-1", "period": "2022"}
    sheet = issued({**year}, "competencies")
    lines = [registered(), adopted("arys-2022", "2022"), appointed(on="2020-06-01"), sheet]
    assessed_ = {"employee": "e-1", "position": "p-1", "year": 2022, "competency": 1}
    lines.append(fact("CompetencyAssessed", {**assessed_, "shown": 4, "missing": []}))
    entries = one(lines).history()
    for type_ in ("SheetIssued", "CompetencyAssessed"):
        first = of(entries, type_).changes[0].result
        assert (first.kind, first.period, first.status) == ("competencies", "2022", "open")


def test_what_another_person_did_is_no_part_of_it() -> None:
    lines = [*body_and_servant(), appointed("e-2"), *assessed(), *assessed(of=ref("e-2"))]
    entries = one(lines).history()
    assert {entry.event.data.employee for entry in entries} == {"e-1"}  # type: ignore[attr-defined]
    assert [entry.seq for entry in entries] == sorted(entry.seq for entry in entries)
    assert len(one(lines, "e-2").history()) == len(entries)


def test_an_act_adopted_late_is_told_where_it_changed_a_result_and_only_there() -> None:
    typical = [registered(), appointed(category="E-3"), *assessed()]
    unchanged = one([registered(), adopted("zhanakorgan-2026"), *typical[1:]]).history()
    assert "MethodologyAdopted" not in {entry.type for entry in unchanged}
    changed = one([*typical, adopted("pavlodar-2026")]).history()
    adoption = of(changed, "MethodologyAdopted")
    assert (adoption.methodology, adoption.score_before, adoption.score_after) == (
        "pavlodar-2026",
        "5.00",
        "5.00",
    )


def capped() -> Recorded:
    return one([*body_and_servant(), *assessed(), sanctioned("remark", "2026-02-11")])


def test_a_correction_is_told_when_it_goes_live_with_the_revision_before_and_after() -> None:
    known = capped()
    law_events = (*known.law_events, *correction())
    entries = history(BODY, "e-1", known.events, law_events)
    assert "MethodologyCorrected" not in {entry.type for entry in entries}
    activated = entries[-1]
    assert (activated.event.ledger, activated.type, activated.revision) == (
        AGENCY,
        "MethodologyActivated",
        2,
    )
    assert [(one.before and one.before.revision, one.result.revision) for one in activated.changes] == [
        (1, 2),
        (1, 2),
    ]
    assert (activated.score_before, activated.score_after) == ("4.60", "2.99")
    law = msgspec.structs.replace(known, law_events=law_events).law
    (quarter, _) = changes_told(activated, law, "en")
    assert quarter.startswith("quarter 1 of 2026, position p-1: 2.99, “Performs the duties")
    assert "before: 4.60" in quarter
    assert quarter.endswith("revision 2")


def test_an_event_is_told_under_the_law_that_its_decider_saw() -> None:
    known = capped()
    law_events = (*known.law_events, *correction())
    *before, sanction = known.events
    seen = later(sanction, law_events[-1].seq)
    entries = history(BODY, "e-1", (*before, seen), law_events)
    assert [entry.type for entry in entries[-2:]] == ["MethodologyActivated", "DisciplineRecorded"]
    assert [(entry.score_after, entry.revision) for entry in entries[-2:]] == [("5.00", 2), ("2.99", 2)]


def decided(session: str = "s-1", **more: Any) -> Data:
    return sheets.CommissionDecided(
        **{
            "employee": "e-1",
            "position": "p-1",
            "period": "2017-Q1",
            "session": session,
            "choice": "revise",
            "points": 131,
            "convened_on": date(2017, 4, 10),
            "sat_on": date(2017, 4, 20),
            **more,
        }
    )


def points() -> list[bytes]:
    of_quarter = ref(period="2017-Q1")
    return [
        *body_and_servant("sjc-2017", on="2016-06-01"),
        adopted("sjc-2017", "2017-Q1"),
        issued(of_quarter, "points"),
        fact("PointsAwarded", {**of_quarter, "indicator": "1", "points": 5}),
        signed(of_quarter),
    ]


def test_a_commission_that_revises_the_points_of_a_quarter() -> None:
    known = one(points())
    seq = known.events[-1].seq
    event = later(ledger.event(decided(), seq + 1), known.events[-1].agency_seq)
    entries = history(BODY, "e-1", (*known.events, event), known.law_events)
    assert story(entries)[-2:] == [
        ("SheetSigned", None, "105", "satisfactory"),
        ("CommissionDecided", "105", "131", "excellent"),
    ]
    assert tell(entries[-1], "ru").endswith("Исправленные баллы: 131.")


def test_of_a_session_the_votes_on_others_are_left_out() -> None:
    subject = {"position": "p-1", "period": "2017-Q1", "session": "s-1", "member": "m-1"}
    own = VoteCast(employee="e-1", choice="revise", points=131, **subject)
    other = VoteCast(employee="e-2", choice="approve", **subject)
    sat = CommissionSat(session="s-1", present=["m-1"])
    elsewhere = CommissionSat(session="s-2", present=["m-1"])
    events = ledger.given(sat, own, other, elsewhere, decided())
    sessions = sessions_of(events, "e-1")
    his = [event.data for event in events if concerns(event, "e-1", sessions)]
    assert his == [sat, own, decided()]
    entries = history(BODY, "e-1", [event for event in events if event.data in his], founded())
    assert [entry.period for entry in entries] == [None, "2017-Q1", "2017-Q1"]


def test_terms_are_told_without_a_change_of_any_result() -> None:
    known = capped()
    marks = TermsMarked(**ref(), on=date(2026, 4, 21), terms=[])
    event = later(ledger.event(marks, known.events[-1].seq + 1), known.events[-1].agency_seq)
    entries = history(BODY, "e-1", (*known.events, event), known.law_events)
    assert (entries[-1].type, entries[-1].score_before, entries[-1].score_after) == (
        "TermsMarked",
        "4.60",
        "4.60",
    )


def test_a_withdrawn_signature_takes_the_result_away() -> None:
    returned = fact("SheetReturned", {**ref(), "by": "boss-1", "reason": "unsupported"})
    entries = one([*body_and_servant(), *assessed(), returned]).history()
    assert story(entries)[-1] == ("SheetReturned", "5.00", None, None)
    (quarter, year) = changes_told(entries[-1], one(body_and_servant()).law, "en")
    assert "no result yet (the sheet is not signed yet); before: 5.00" in quarter
    assert year.startswith("the year 2026: no result yet")


def test_what_was_recorded_at_one_moment_is_known_at_it() -> None:
    first, second = ledger.given(decided("s-1"), decided("s-2"))
    law = (of_agency(MethodologyActivated(id="x", revision=1), 8),)
    assert known_at((first, second), law, first.recorded_at) == ((first,), ())
    assert known_at((first, second), law, second.recorded_at + timedelta(days=1)) == ((first, second), law)
    assert known_at((first, second), law, first.recorded_at - timedelta(microseconds=1)) == ((), ())


def test_the_law_that_a_decider_saw_was_known_whatever_the_clocks_say() -> None:
    event = later(ledger.event(decided()), 8)
    ahead = msgspec.structs.replace(
        of_agency(MethodologyActivated(id="x", revision=1), 8),
        recorded_at=datetime(2030, 1, 1, tzinfo=UTC),
    )
    assert known_at((event,), (ahead,), event.recorded_at) == ((event,), (ahead,))


@pytest.mark.parametrize("seed", range(3))
def test_in_a_whole_country_the_last_results_are_the_derived_grades_and_all_is_told(seed: int) -> None:
    lines = sample(400, seed=seed)
    ledgers = Ledgers()
    list(rejections(ledgers, lines))
    people = {(grade.body, grade.employee) for grade in ledgers.grades(explained=False)}
    assert len(people) > 10
    for body, employee in sorted(people)[::7]:
        (recorded,) = recorded_in(lines, employee, body)
        entries = recorded.history()
        assert last_results(entries) == derived(ledgers, employee, body)
        for entry in entries:
            assert all(tell(entry, language) for language in LANGUAGES)
            assert list(changes_told(entry, recorded.law, "kk")) or not any(
                change.is_any for change in entry.changes
            )


periods = st.sampled_from(["2025-Q4", "2026-Q1"])
marks = st.decimals(Decimal(0), Decimal(5), places=1).map(str)
days = st.dates(date(2025, 10, 1), date(2026, 7, 30)).map(str)


def returned(period: str) -> bytes:
    return fact("SheetReturned", {**ref(period=period), "by": "boss-1", "reason": "unsupported"})


happenings = st.one_of(
    st.builds(
        lambda number, mark, period: scored(number, mark, ref(period=period)),
        st.sampled_from("12345"),
        marks,
        periods,
    ),
    st.builds(lambda period: signed(ref(period=period)), periods),
    st.builds(returned, periods),
    st.builds(lambda count, period: worked(count, ref(period=period)), st.integers(0, 60), periods),
    st.builds(sanctioned, st.sampled_from(["remark", "demotion"]), days),
    st.builds(told, days),
    st.builds(lambda on: fact("EmployeeDismissed", {"employee": "e-1", "on": on}, on=on), days),
    st.builds(lambda period: adopted("pavlodar-2026", period), periods),
    st.sampled_from([asked(), convened(), *votes("4.5", "4.5", "4.5"), filed()]),
)


@st.composite
def lives(draw: st.DrawFn) -> list[bytes]:
    """Two quarters of a servant with whatever may happen in them; some of it is refused."""
    lines = [*body_and_servant(), *assessed(), *assessed(of=ref(period="2025-Q4"))]
    for line in draw(st.lists(happenings, max_size=12)):
        lines.append(line)
        if b"DisciplineRecorded" in line and draw(st.booleans()):
            data = {"employee": "e-1", "discipline": str(id_of(line)), "basis": "ruling"}
            lines.append(fact("DisciplineAnnulled", data, on="2026-07-01"))
    return lines


@settings(max_examples=60, deadline=None)
@given(lives())
def test_the_last_result_of_a_history_is_the_derived_grade(lines: list[bytes]) -> None:
    ledgers = Ledgers()
    list(rejections(ledgers, lines))
    assert last_results(one(lines).history()) == derived(ledgers, "e-1")


@settings(max_examples=25, deadline=None)
@given(lives())
def test_the_history_as_known_at_a_time_is_the_history_of_what_was_recorded_by_then(
    lines: list[bytes],
) -> None:
    known = one(lines)
    whole = known.history()
    for moment in {event.recorded_at for event in known.events}:
        prefix = tuple(event for event in known.events if event.recorded_at <= moment)
        law = tuple(event for event in known.law_events if event.recorded_at <= moment)
        entries = known.as_of(moment).history()
        assert entries == history(BODY, "e-1", prefix, law)
        assert entries == tuple(entry for entry in whole if entry.recorded_at <= moment)


@settings(max_examples=25, deadline=None)
@given(lives())
def test_each_result_begins_where_it_ended(lines: list[bytes]) -> None:
    seen: dict[tuple[str, ...], Grade | None] = {}
    for entry in one(lines).history():
        for change in entry.changes:
            grade = change.result
            place = (grade.kind, grade.position if grade.kind != "annual" else "", grade.period)
            before = change.before and stands(change.before)
            assert before == seen.get(place)
            seen[place] = change.after and stands(change.after)  # type: ignore[assignment]
