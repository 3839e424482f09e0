"""Each figure of each act, changed by a unit in its last place, is refused or changes grades or terms.

The figures that decide nothing that can be watched here are named with what they decide instead, so that none
joins them unnoticed.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from events.documents import Document, fold
from events.envelope import Refusal
from events.period import parse_period
from events.vocabulary import Name
from events.vocabulary.body import MethodologyAdopted
from events.vocabulary.methodology import MethodologyPublished
from events.wire import read_fact
from methodologies import registry
from methodologies.act import Act
from methodologies.loading import ActError, act_from_data, act_to_data, shipped
from methodologies.model.procedure import MOMENTS
from methodologies.moments import Moment, Subject
from methodologies.registry import Law, governing
from methodologies.rules import bands, mean_of_quarters, quarters_and_plan
from methodologies.rules.mean_of_quarters import Counted
from methodologies.terms import terms_of
from methodologies.workdays import WorkCalendar, calendar_days
from projections.ledger import grades
from projections.view import LedgerView
from services.deciding import decide
from tests.facts import BODY, appointed, fact, issued, marked, ref, sanctioned, scored, signed, worked
from tests.ledger import event
from tests.methodologies.test_figures import EXPECTED

pytestmark = pytest.mark.long

CALENDAR = WorkCalendar().with_days((day.day, day.working) for day in calendar_days(range(2016, 2028)))

DECIDES_ELSEWHERE = {
    "life.adopted": "told; `from_period` alone says which periods an adopted act governs",
    "life.in_force.on": "told, for the same reason",
    "substitution.over-twenty.over": "how many are to be assessed is the body's to know; no fact reports it",
    "panel.least_members.value": "the composition of a panel, which no decider judges yet",
    "panel.hr_members.value": "the composition of a panel, which no decider judges yet",
    "commission.least_members.value": "the composition of a commission, which no decider judges yet",
    "commission.quorum.value": "a commission's sitting, which no decider judges yet",
    "delivery.refusal.witnesses": "a refusal to be told, which no decider judges yet",
    "keeping.years": "when papers are destroyed, which nothing works out yet",
    "consequences.demotion-or-dismissal.years_running": "told; what follows from a grade the body decides",
    "plan.copies.value": "paper copies",
    "points.scale_levels.value": "a department's own scale, which no fact reports",
    "competencies.most_indicators.value": "a bound that the loader holds the lists of indicators to",
}

LISTS_ITS_MARKS = "sjc-2017"
"""The marks of its targets stand one by one under `plan.marks`, so a lower end of the scale admits none."""


def figures_of(identity: str) -> Iterator[str]:
    for line in EXPECTED[identity].strip().splitlines():
        yield line.partition(" = ")[0]


def changed_by_a_unit(figure: str) -> list[str]:
    """`2.99`: 2.98 and 3.00; `2/3`: 1/3 and 3/3; a day: the days beside it."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", figure):
        day = date.fromisoformat(figure)
        return [str(day - timedelta(days=1)), str(day + timedelta(days=1))]
    if figure.count("/") == 1:
        first, second = figure.split("/")
        return [f"{one}/{second}" for one in changed_by_a_unit(first)]
    exact = Decimal(figure)
    unit = Decimal(1).scaleb(int(exact.as_tuple().exponent))
    return [str(exact - unit), str(exact + unit)]


def leaf(data: Any, path: str) -> Any:
    for key in path.split("."):
        data = data[int(key)] if isinstance(data, list) else data[key]
    return data


def with_leaf(data: Any, path: list[str], value: Any) -> Any:
    if not path:
        return type(data)(value) if isinstance(data, int) else value
    first, *rest = path
    if isinstance(data, list):
        return [with_leaf(one, rest, value) if str(at) == first else one for at, one in enumerate(data)]
    return {**data, first: with_leaf(data[first], rest, value)}


def mutants(act: Act, path: str) -> Iterator[Act | None]:
    """The act with the figure changed up and down; None where the loader refuses it."""
    data = act_to_data(act)
    for value in changed_by_a_unit(str(leaf(data, path))):
        try:
            yield act_from_data(with_leaf(data, path.split("."), value))
        except ActError:
            yield None


class Body:
    """A body under an act, which tells of each fact whether it was refused and of each grade what it is."""

    def __init__(self, act: Act) -> None:
        published = MethodologyPublished(id=act.id, revision=1, act=act_to_data(act), reason=None)
        self._law = registry.evolve(Law(calendar=CALENDAR), event(published))
        adoption = event(MethodologyAdopted(methodology=act.id, from_period="2016-Q1"), 2)
        self._documents = dict[Name, Document](fold([adoption]))
        self._seq = 2

    def tell(self, *lines: bytes) -> list[str]:
        """The refusals' codes, in order."""
        refused = []
        for line in lines:
            reported = read_fact(line)
            try:
                for one in decide(reported, self._documents, self._law):
                    self._seq += 1
                    fold([event(one.data, self._seq, occurred_on=one.occurred_on)], self._documents)
            except Refusal as refusal:
                refused.append(f"{reported.type} {refusal.code}")
        return refused

    def grades(self) -> list[Any]:
        found = grades(LedgerView(BODY, self._documents, self._law))
        return [(one.status, one.reason, one.score, one.grade, one.flags, one.results) for one in found]


def observed(act: Act) -> list[Any]:
    """What the act makes of bands, terms, years and a servant at every edge."""
    return [
        *_bands(act),
        *_terms(act),
        *_warnings(act),
        *_years(act),
        *(_FAMILY[act.family](act)),
    ]


def _bands(act: Act) -> Iterator[Any]:
    readings = act.chosen()
    for name, one in act.bands.items():
        step = one.precision / 2
        top = 140 if name == "quarterly" else 6
        for place in range(-2, int(top / step) + 1):
            for scope in ("gaps-only", "every-score"):
                try:
                    found = bands.place(
                        step * place, one, {"rounding": "half-up", **readings, "rounding-scope": scope}
                    )
                except LookupError:
                    yield None
                else:
                    yield found.announced, found.grade, found.gap
        yield [band.mark for band in one.bands]


def _terms(act: Act) -> Iterator[Any]:
    names = {one for term in act.terms.values() for one in (term.since, term.before) if one}
    moments = [Moment(name, date(2026, 4, 1)) for name in sorted(names | set(MOMENTS))]
    moments += [
        Moment("EmployeeDismissed", date(2026, 3, 1)),
        Moment("AcquaintanceRefused", date(2026, 4, 2)),
    ]
    late = [one for one in moments if one.name != "EmployeeAppointed"]
    kinds = [(form.kind, code) for code, form in act.forms.items()]
    for kind, form in [*kinds, ("annual", None)]:
        for period in ("2026-Q1", "2026-Q4", "2026"):
            subject = Subject(act, act.chosen(), CALENDAR, "e-1", "p-1", parse_period(period), kind, form)
            for one in (moments, late):
                found = terms_of(subject, one, date(2026, 4, 2), "unsatisfactory")
                yield [(term.term, term.due, term.state) for term in found]


def _warnings(act: Act) -> Iterator[Any]:
    published = MethodologyPublished(id=act.id, revision=1, act=act_to_data(act), reason=None)
    law = registry.evolve(Law(calendar=CALENDAR), event(published))
    adoption = event(MethodologyAdopted(methodology=act.id, from_period="2016-Q1"), 2)
    own = fold([adoption])[Name("adoptions", ())]
    for period in ("2017-Q1", "2018-Q2", "2023-Q2", "2023-Q3", "2026-Q2", "2026-Q3"):
        yield [(one.code, one.on) for one in governing(law, own, parse_period(period)).warnings]


def _years(act: Act) -> Iterator[Any]:
    if act.annual is None:
        return
    readings = act.chosen()
    counted = [
        Counted(f"2026-Q{quarter}", BODY, "p-1", Decimal(score)) for quarter, score in ((1, 3), (2, 4))
    ]
    if act.annual.method == "mean-of-quarters":
        yield mean_of_quarters.work_out(act, readings, counted).placed
        return
    for score in (70, 90, 110, 140):
        for mark in (2, 3, 4, 5):
            found = quarters_and_plan.work_out(
                act,
                readings,
                [Counted("2026-Q1", BODY, "p-1", Decimal(score))],
                [quarters_and_plan.TargetMark("1", Decimal(mark))],
            )
            yield found.placed


def _eligible(act: Act, sheet: list[bytes], of: dict[str, Any], days: list[str]) -> Iterator[Any]:
    """Who is assessed by the day he was appointed."""
    for day in days:
        body = Body(act)
        yield body.tell(appointed(on=day), issued(of, of["form"]), *sheet)
        yield body.grades()


def _sheets(act: Act) -> Iterator[Any]:
    days = ["2026-01-31", "2026-02-01", "2026-02-02", "2026-02-28", "2026-03-01", "2026-03-02"]
    yield from _eligible(act, [*marked(), worked(20), signed()], {**ref(), "form": "annex-2"}, days)
    for least in range(12, 18):
        body = Body(act)
        body.tell(appointed(), issued(), *marked(), worked(least), signed())
        yield body.grades()
    for mark in ("0", "0.01", "0.1", "1", "2", "4", "4.99", "5", "5.01", "5.1", "6"):
        body = Body(act)
        yield body.tell(appointed(), issued(), scored("1", mark))
    for kind in ("remark", "dismissal"):
        # A hundredth of one mark moves the announced mean only at the edge of rounding.
        for edge in ("0.03", "0.04"):
            body = Body(act)
            body.tell(appointed(), sanctioned(kind, "2026-02-10"), issued())
            body.tell(*marked((edge, "0", "0", "0", "5")), signed())
            yield body.grades()
        for parameter in ("3", "4", "5", "6"):
            marks = [scored(str(row), "5" if str(row) == parameter else "4") for row in range(1, 6)]
            body = Body(act)
            yield body.tell(appointed(), sanctioned(kind, "2026-02-10"), issued(), *marks, signed())
            yield body.grades()


def _points(act: Act) -> Iterator[Any]:
    quarter = {**ref(), "form": "points"}
    sheet = [fact("SheetSigned", quarter)]
    yield from _eligible(act, sheet, quarter, ["2025-11-30", "2025-12-01", "2026-01-01", "2026-01-02"])
    plan = {"employee": "e-1", "position": "p-1", "year": 2026}
    for count in range(6):
        body = Body(act)
        yield body.tell(appointed(), _plan(plan, count))
    for mark in range(7):
        body = Body(act)
        yield body.tell(
            appointed(),
            _plan(plan, 1),
            issued(ref(period="2026"), "plan"),
            fact("TargetAssessed", {**plan, "target": 1, "mark": mark}),
        )
    for points in range(8):
        body = Body(act)
        yield body.tell(
            appointed(),
            issued(quarter, "points"),
            fact("PointsAwarded", {**quarter, "indicator": 1, "points": points}),
            fact("BreachRecorded", {**quarter, "kind": "execution", "source": "memo"}),
            *sheet,
        )
        yield body.grades()


def _plan(plan: dict[str, Any], count: int) -> bytes:
    targets = [{"target": one, "title": "t", "measurable": True} for one in range(1, count + 1)]
    return fact("PlanAgreed", {**plan, "targets": targets})


def _targets(act: Act) -> Iterator[Any]:
    year = {"employee": "e-1", "position": "p-1", "year": 2026}
    sheet = {**ref(period="2026"), "form": "targets"}
    competencies = {**ref(period="2026"), "form": "competencies"}
    days = ["2026-08-31", "2026-09-01", "2026-09-30", "2026-10-01", "2026-10-02", "2026-10-31", "2026-11-01"]
    for count in range(4, 7):
        for met in range(count + 1):
            body = Body(act)
            assessed = [
                fact("TargetAssessed", {**year, "target": one, "met": one <= met})
                for one in range(1, count + 1)
            ]
            issuing = issued(sheet, "targets")
            yield body.tell(appointed(), _plan(year, count), issuing, *assessed, fact("SheetSigned", sheet))
            yield body.grades()
    assert act.competencies is not None
    for category in ("E-1", "E-2", "E-4"):
        group = act.competencies.group_of(category, heads_unit=False)
        for short in range(3):
            shown = []
            for code, one in act.competencies.competencies.items():
                of = one.count(group or "")
                missing = list(range(1, min(short, of) + 1))
                data = {**year, "competency": code, "shown": of - len(missing), "missing": missing}
                shown.append(fact("CompetencyAssessed", data))
            body = Body(act)
            issuing = issued(competencies, "competencies")
            signing = fact("SheetSigned", competencies)
            yield body.tell(appointed(category=category, serves_public=True), issuing, *shown, signing)
            yield body.grades()
    five = [fact("TargetAssessed", {**year, "target": one, "met": True}) for one in range(1, 6)]
    for day in days:
        body = Body(act)
        issuing = issued(sheet, "targets")
        body.tell(appointed(on=day), _plan(year, 5), issuing, *five, fact("SheetSigned", sheet))
        yield body.grades()


_FAMILY = {"score-sheet": _sheets, "points": _points, "targets": _targets}


@pytest.mark.parametrize("identity", sorted(EXPECTED))
def test_a_figure_changed_by_a_unit_is_refused_or_changes_what_the_act_makes_of_the_same_facts(
    identity: str,
) -> None:
    act = shipped()[identity]
    before = observed(act)

    survivors = {
        path
        for path in figures_of(identity)
        if any(mutant is not None and observed(mutant) == before for mutant in mutants(act, path))
    }

    named = {path for path in DECIDES_ELSEWHERE if path in set(figures_of(identity))}
    assert survivors == named | ({"scale.lowest"} if identity == LISTS_ITS_MARKS else set())
