"""Whatever bodies report: a pass repeated adds nothing, and days off change nothing but what they broke."""

from collections.abc import Iterable
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.facts import adopted, appointed, fact, issued, marked, ref, sanctioned, signed, worked
from tests.services.clock.world import World, dated, days, delivered, dismissed

FIRST, LAST = date(2026, 1, 1), date(2027, 2, 10)
QUARTERS = ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4")
ACTS = ("zhanakorgan-2026", "health-2025", "pavlodar-2026")

Report = tuple[date, list[bytes]]


def assessing(employee: str, quarter: int, after: int, then: int) -> list[Report]:
    """A body's own sheet, filled in, signed and delivered so many days after the quarter."""
    of = ref(employee, period=QUARTERS[quarter])
    over = date(2026 + quarter // 3, (quarter * 3 + 3) % 12 + 1, 1)
    sign, deliver = over + timedelta(days=after), over + timedelta(days=after + then)
    asked = fact("CalibrationRequested", {**of, "grounds": "row 3"}, on=str(deliver))
    lines = dated(str(sign), issued(of), worked(57, of), *marked(("4", "4", "5", "4", "3"), of), signed(of))
    more = [asked] if then % 2 else []
    return [(sign, lines), (deliver, [delivered(of, str(deliver)), *more])]


@st.composite
def reports(draw: st.DrawFn) -> list[Report]:
    """What a body of three tells in a year, in the order of its days; of the third it tells nothing."""
    told: list[Report] = []
    for employee in ("e-1", "e-2"):
        for quarter in draw(st.sets(st.integers(0, 3))):
            told += assessing(employee, quarter, draw(st.integers(0, 40)), draw(st.integers(0, 12)))
        day = draw(st.dates(FIRST, LAST))
        of = ref(employee, period=draw(st.sampled_from(QUARTERS)))
        one = draw(st.sampled_from(("nothing", "dismissed", "sanctioned", "few")))
        if one == "dismissed":
            told.append((day, [dismissed(employee, str(day))]))
        elif one == "sanctioned":
            told.append((day, [sanctioned("remark", str(draw(st.dates(FIRST, day))), employee)]))
        elif one == "few":
            told.append((day, dated(str(day), worked(14, of))))
    return sorted(told, key=lambda report: report[0])


def lived(act: str, told: Iterable[Report], ticks: Iterable[date]) -> World:
    world = World(adopted(act), *(appointed(f"e-{number}") for number in (1, 2, 3)))
    waiting = list(told)
    for day in ticks:
        while waiting and waiting[0][0] <= day:
            world.tell(*waiting.pop(0)[1])
        world.tick(day)
    return world


def outcome(world: World) -> tuple[object, ...]:
    """The sheets there are, the years formed, and every term that runs; of the clock's own no day."""
    state = world.states["zhanakorgan"]
    sheets = {
        (name.key, sheet.form, sheet.evaluator)
        for name, found in state.documents.items()
        if name.kind == "assessment"
        for sheet in found.sheets
    }
    years = {
        (name.key, found.formed.score, tuple(found.formed.quarters))
        for name, found in state.documents.items()
        if name.kind == "annual" and found.formed is not None and found.formed.score is not None
    }
    terms = {
        (name.key, mark.term, mark.due, *((mark.state, mark.met_on) if mark.owes != "body" else ()))
        for name, found in world.obligations().items()
        for mark in found.terms.values()
        if mark.state != "withdrawn"
    }
    return sheets, years, terms


@settings(max_examples=12, deadline=None)
@given(act=st.sampled_from(ACTS), told=reports(), data=st.data())
def test_days_off_are_caught_up(act: str, told: list[Report], data: st.DataObject) -> None:
    every = list(days(str(FIRST), str(LAST)))
    some = data.draw(st.lists(st.sampled_from(every), max_size=12, unique=True))

    daily, seldom = lived(act, told, every), lived(act, told, [*sorted(some), LAST])

    assert outcome(daily) == outcome(seldom)


@settings(max_examples=40, deadline=None)
@given(act=st.sampled_from(ACTS), told=reports(), data=st.data())
def test_a_pass_repeated_adds_nothing_and_one_for_an_earlier_day_leaves_nothing_behind(
    act: str, told: list[Report], data: st.DataObject
) -> None:
    ticks = sorted(data.draw(st.lists(st.dates(FIRST, LAST), min_size=1, max_size=6)))
    world = lived(act, told, ticks)

    assert world.tick(ticks[-1]) == []
    before = outcome(world)
    world.tick(data.draw(st.dates(FIRST, ticks[-1])))
    world.tick(ticks[-1])
    assert outcome(world) == before


@settings(max_examples=30, deadline=None)
@given(act=st.sampled_from(ACTS), told=reports())
def test_at_the_end_no_term_is_open_whose_day_is_past(act: str, told: list[Report]) -> None:
    world = lived(act, told, [date(2026, 6, 30), LAST])

    left = [
        mark
        for found in world.obligations().values()
        for mark in found.terms.values()
        if mark.state == "open" and mark.due < LAST
    ]
    assert left == []
