"""The law as a body's HR service goes by it: the shipped acts, their terms, the working days."""

from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from typing import TypeVar

from events.documents import Assessment, Employment
from events.documents.employment import Leave, Tenure
from events.period import Period, parse_period
from methodologies.act import Act
from methodologies.deadlines import counted_due, fixed_due
from methodologies.loading import shipped
from methodologies.model.procedure import Commission, Panel
from methodologies.model.readings import annual_weights
from methodologies.model.sheets import Band, Kind
from methodologies.model.strands import Competencies, Plan, Points
from methodologies.moments import Subject
from methodologies.registry import first_law
from methodologies.rules.dismissed import stays_until
from methodologies.rules.eligibility import ineligible
from methodologies.workdays import WorkCalendar
from services.sample.servant import Case, Post, Servant, Stint

R = TypeVar("R")


def act(methodology: str) -> Act:
    """The act of this id as shipped."""
    return shipped()[methodology]


def panel(methodology: str) -> Panel:
    """The act's rule on calibration panels."""
    return _told(act(methodology).panel)


def commission(methodology: str) -> Commission:
    """The act's rule on its commission."""
    return _told(act(methodology).commission)


def plan(methodology: str) -> Plan:
    """The act's rule on work plans."""
    return _told(act(methodology).plan)


def points(methodology: str) -> Points:
    """The act's rule on points."""
    return _told(act(methodology).points)


def competencies(methodology: str) -> Competencies:
    """The act's rule on competencies."""
    return _told(act(methodology).competencies)


def sends_to_training(case: Case) -> bool:
    """Whether a year's result sends the servant to training (`sjc-2017` cl. 42)."""
    found = act(case.methodology)
    sent = any(one.term == "training" for one in found.consequences.values())
    if not sent or found.annual is None or parse_period(case.ref["period"]).is_quarter:
        return False
    bands = found.bands[found.annual.bands].bands
    return any(band.holds(Decimal(case.score) / 100) and found.grades[band.grade].failing for band in bands)


def annual_hundredths(methodology: str, quarters: float, plan_mark: float) -> int:
    """About what a year comes to whose quarters have this mean, and whose targets that one (cl. 32)."""
    bands = act(methodology).bands["quarterly"].bands
    worth = [band.mark for band in bands if band.mark is not None and _reaches(band, quarters)]
    weight = float(annual_weights(_readings(methodology)["annual-weights"])[0])
    return round(100 * (weight * float(max(worth)) + (1 - weight) * plan_mark))


def _reaches(band: Band, value: float) -> bool:
    """Whether a value is not below a band."""
    if band.above is not None:
        return value > band.above
    return band.from_ is None or value >= band.from_


@lru_cache(maxsize=512)
def working_day(day: date, count: int) -> date:
    """The `count`-th working day after a day; of 0 the day itself, or the first working day after it."""
    calendar = _calendar()
    return calendar.add_working_days(day, count) if count else calendar.next_working_day(day)


@lru_cache(maxsize=512)
def due(methodology: str, term: str, since: date) -> date:
    """The last day of a term counted from a day."""
    found = act(methodology)
    return counted_due(found.terms[term], since, _calendar(), _readings(methodology))


@cache
def printed(methodology: str, term: str, period: Period) -> date | None:
    """The day that an act prints for a term of a period; None for a term that is counted."""
    found = act(methodology)
    return fixed_due(found.terms[term], period, _calendar(), _readings(methodology))


@cache
def working_days(period: Period) -> int:
    """How many working days a period has."""
    return _calendar().working_days(period.start, period.end)


@cache
def _stays_until(methodology: str, period: Period) -> date | None:
    readings = _readings(methodology)
    return stays_until(Subject(act(methodology), readings, _calendar(), "", "", period, "quarterly"))


def left_early(case: Case) -> bool:
    """Whether the servant leaves so early that he takes no part in his assessment (cl. 6)."""
    left = case.servant.left
    if left is None:
        return False
    until = _stays_until(case.methodology, parse_period(case.ref["period"]))
    return until is not None and left < until


@lru_cache(maxsize=1024)
def sheet_for(
    methodology: str, kind: Kind, category: str, *, managerial: bool, heads_unit: bool
) -> tuple[str, bool]:
    """The form of one in such a post, and whether his supervisor assesses him, not the head of the unit."""
    found = act(methodology).assignment(kind, category, managerial=managerial, heads_unit=heads_unit)
    if found is None:
        raise ValueError(f"{methodology} assesses nobody of {category} so")
    return found.form, found.evaluator == "supervisor"


@lru_cache(maxsize=64)
def parameters(methodology: str, form: str) -> tuple[tuple[int, bool], ...]:
    """The rows of a form: their numbers, and whether a sanction caps the row."""
    found = act(methodology)
    capped = found.caps.parameter if found.caps else None
    return tuple((int(row), row == capped) for row in found.forms[form].parameters)


def is_assessed(methodology: str, servant: Servant, stint: Stint, period: Period, days: int | None) -> bool:
    """Whether a servant is assessed for what he served of a period, in which he worked so many days."""
    tenure = _tenure(stint.post, stint.held_since, None if stint.until == period.end else stint.until)
    if servant.probation_until is not None and stint.post is servant.posts[0][0]:
        tenure = _tenure(stint.post, tenure.since, tenure.until, servant.probation_until)
    employment = Employment(servant.code, None, (tenure,), tuple(Leave(*one) for one in servant.leaves))
    assessment = Assessment(servant.code, stint.post.position, str(period), days)
    return ineligible(act(methodology), assessment, employment, period) is None


def _tenure(post: Post, since: date, until: date | None, probation_until: date | None = None) -> Tenure:
    return Tenure(
        post.position,
        post.category,
        post.managerial,
        post.unit,
        post.supervisor,
        post.unit_head,
        post.superior,
        post.heads_unit,
        since,
        until,
        probation_until,
        bool(post.serves_public),
    )


def _told(rule: R | None) -> R:
    assert rule is not None, "asked only of acts that have the rule"
    return rule


@cache
def _readings(methodology: str) -> dict[str, str]:
    return act(methodology).chosen()


@cache
def _calendar() -> WorkCalendar:
    return first_law().calendar
