"""Whatever facts are accepted, a replay explains all that was told; whatever is altered of it, it finds."""

from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from events.documents import Discipline
from events.vocabulary import Name
from events.vocabulary.assessment import AnnouncedResult
from services.offline import Ledgers, rejections
from tests.facts import (
    BODY,
    FULL_MARKS,
    adopted,
    assessed,
    body_and_servant,
    fact,
    ref,
    sanctioned,
    signed,
    worked,
)
from tests.projections.replaying import OTHER_ID, altered, corrected, replayed, restate, unexplained
from tests.services.deciding.telling import appealed, calibrated, delivered, resolved

Step = Callable[[Ledgers], Any]

QUARTERS = ("2026-Q1", "2026-Q2")
POSITIONS = ("p-1", "p-2")


def reported(*lines: bytes) -> Step:
    """Facts of which some may be refused."""
    return lambda ledgers: list(rejections(ledgers, lines))


def moved(position: str, on: str) -> bytes:
    data = {
        "employee": "e-1",
        "from_position": next(one for one in POSITIONS if one != position),
        "position": position,
        "category": "E-4",
        "managerial": False,
        "unit": "u-1",
        "supervisor": "boss-1",
        "unit_head": "head-1",
        "on": on,
    }
    return fact("EmployeeTransferred", data, on=on)


def annulled(ledgers: Ledgers) -> None:
    kept = ledgers.document(BODY, Name("discipline", ("e-1",)))
    if isinstance(kept, Discipline):
        for one in kept.sanctions:
            data = {"employee": "e-1", "discipline": str(one.id), "basis": "court"}
            list(rejections(ledgers, [fact("DisciplineAnnulled", data)]))


def correction(reading: tuple[str, str], *, decided_too: bool, told: bool) -> Step:
    def correct(ledgers: Ledgers) -> None:
        corrected(ledgers, "zhanakorgan-2026", decided_too=decided_too, **dict([reading]))
        if told:
            restate(ledgers)

    return correct


quarters = st.builds(
    lambda position, period: ref(position=position, period=period),
    st.sampled_from(POSITIONS),
    st.sampled_from(QUARTERS),
)
years = st.builds(lambda position: ref(position=position, period="2026"), st.sampled_from(POSITIONS))
results = quarters | years
marks = st.tuples(*[st.sampled_from(("2", "3.5", "4", "5"))] * len(FULL_MARKS))
days = st.dates(date(2026, 1, 1), date(2026, 6, 30)).map(str)
scores = st.sampled_from(("2.5", "3.5", "4.25", "5"))
readings = st.sampled_from(
    [("discipline_cap_scope", "parameter"), ("discipline_cap_scope", "overall"), ("rounding", "down")]
)

steps: st.SearchStrategy[Step] = st.one_of(
    st.builds(lambda of, each: reported(*assessed(each, of)), quarters, marks),
    st.builds(lambda of: reported(delivered(of)), results),
    st.builds(lambda of: reported(delivered(of)), results),
    st.builds(lambda kind, on: reported(sanctioned(kind, on)), st.sampled_from(("remark", "demotion")), days),
    st.just(annulled),
    st.builds(lambda of, count: reported(worked(count, of)), quarters, st.sampled_from((0, 14, 15, 57))),
    st.builds(lambda of, score: reported(*calibrated(score, of=of)), quarters, scores),
    st.builds(
        lambda of, back: reported(appealed(of=of), resolved(*back[:1], of=of, **back[1])),
        quarters,
        st.sampled_from([("left", {}), ("revise", {}), ("annul", {}), ("revise", {"score": "3.5"})]),
    ),
    st.builds(
        lambda of, each: reported(
            fact("SheetReturned", {**of, "by": "x", "reason": "wrong"}), *assessed(each, of)[2:-1]
        ),
        quarters,
        marks,
    ),
    st.builds(lambda of: reported(signed(of)), quarters),
    st.builds(lambda position, on: reported(moved(position, on)), st.sampled_from(POSITIONS), days),
    st.builds(
        lambda on: reported(fact("LeaveTaken", {"employee": "e-1", "kind": "social", "from": on}, on=on)),
        days,
    ),
    st.builds(lambda on: reported(fact("LeaveEnded", {"employee": "e-1", "on": on}, on=on)), days),
    st.builds(lambda on: reported(fact("EmployeeDismissed", {"employee": "e-1", "on": on}, on=on)), days),
    st.builds(
        lambda act, period: reported(adopted(act, period)),
        st.sampled_from(("health-2025", "sjc-2017")),
        st.sampled_from(QUARTERS),
    ),
    st.builds(correction, readings, decided_too=st.booleans(), told=st.booleans()),
    st.just(restate),
)


def world(told: list[Step]) -> Ledgers:
    """A servant's first quarter, capped by a sanction, is told, and then come the steps."""
    ledgers = Ledgers(keeping_events=True)
    quarter = [*assessed(("4", "4", "4", "4", "5")), delivered()]
    begun = [*body_and_servant(), sanctioned("remark", "2026-02-10"), *quarter]
    for step in (reported(*begun), *told):
        step(ledgers)
    return ledgers


@settings(deadline=None)
@given(st.lists(steps, min_size=1, max_size=9))
def test_whatever_is_accepted_is_explained_whole(told: list[Step]) -> None:
    replay = replayed(world(told).events)

    for one in replay.findings:
        event(f"{one.code} {one.cause}")
    assert unexplained(replay) == []
    assert replay.alike == replay.judged >= 1


def other(field: str, value: Any) -> Any:
    """Another value of a field of an announcement."""
    match field, value:
        case "caused_by", _:
            return OTHER_ID
        case "results" | "readings", _:
            return {**(value or {}), "another": "one"}
        case "revision", int():
            return value + 1
        case "score", str():
            # The last digit alone.
            return f"{value[:-1]}{(int(value[-1]) + 1) % 10}"
        case "period", _:
            return "2026-Q3"
        case "form", _:
            return "competencies"
        case _:
            return "another"


FIELDS = tuple(AnnouncedResult.__struct_fields__)


@settings(deadline=None)
@given(st.lists(steps, max_size=5), st.sampled_from(FIELDS), st.data())
def test_one_altered_field_of_one_announcement_is_found(
    told: list[Step], field: str, data: st.DataObject
) -> None:
    events = world(told).events
    told_of = [one for one in events if isinstance(one.data, AnnouncedResult)]
    one = data.draw(st.sampled_from(told_of))
    value = other(field, getattr(one.data, field))
    assume(value != getattr(one.data, field))
    found = unexplained(replayed(altered(events, one.seq, **{field: value})))

    assert one.seq in {each.seq for each in found}
