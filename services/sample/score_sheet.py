"""The quarter's assessment under the score-sheet acts: work days, sheet, five marks, signature."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

from events.period import Period
from services.sample.comments import comment
from services.sample.office import Fact, Office, Task, reference
from services.sample.staff import Post, Servant, Stint

_BY_SUPERVISOR = frozenset({"E-1", "E-2", "E-R-1"})
_BY_SUPERVISOR_OF: dict[str, frozenset[str]] = {"zhanakorgan-2026": _BY_SUPERVISOR | {"E-3"}}
_LATIN = str.maketrans("ЕСО", "ECO")

_WORKING_DAYS = {1: 57, 2: 61, 3: 65, 4: 64}
_LEAST_DAYS = 15

_UNREPORTED = 0.01
_FEW_DAYS = 0.008
_CORRECTED_DAYS = 0.01
_TOO_SHORT = 28
_ISSUED_ALL_THE_SAME = 0.3
_SUBSTITUTED = 0.008
_REPLACED = 0.012
_COMMENTED = 0.06
_UNSIGNED = 0.012
_UNFINISHED = 0.006

_PARAMETERS = (1, 2, 3, 4, 5)
_ROW_OF_SANCTIONS = 5
_CAPPED = ("2.99", "2.5", "2", "1.99", "1", "0", "5", "4")

# Of a thousand marks how many are which, from the best down.
_SHARES: tuple[tuple[str, int], ...] = (
    ("5", 470),
    ("4.8", 20),
    ("4.5", 70),
    ("4.25", 10),
    ("4", 320),
    ("3.75", 8),
    ("3.5", 18),
    ("3", 60),
    ("2.99", 3),
    ("2", 10),
    ("1.5", 3),
    ("1", 4),
    ("0", 4),
)
_MARKS = tuple(mark for mark, share in _SHARES for _ in range(share))
_AS_NUMBERS: dict[str, int | float] = {
    mark: float(mark) if "." in mark else int(mark) for mark in {*_MARKS, *_CAPPED}
}
# How far down the list a servant's marks begin, in thousandths, and how many of 120 servants are so: most
# do well, some never get a five, few get nothing but twos and less.
_TEMPERS = (0,) * 78 + (100,) * 18 + (300,) * 12 + (500,) * 8 + (880,) * 3 + (975,)


def form_and_evaluator(methodology: str, post: Post) -> tuple[str, str]:
    """The form a servant is assessed on and by whom (cl. 16)."""
    by_supervisor = _BY_SUPERVISOR_OF.get(methodology, _BY_SUPERVISOR)
    if post.category.translate(_LATIN) in by_supervisor:
        return "annex-1", post.supervisor
    return ("annex-1" if post.managerial else "annex-2"), post.unit_head


def assess(office: Office, period: Period) -> Iterator[Task]:
    """The assessment of everyone who served in the quarter, within the 20 days after it."""
    for servant in office.staff.servants:
        for stint in servant.stints(period):
            yield from _assessment(office, servant, stint, period)


def _assessment(office: Office, servant: Servant, stint: Stint, period: Period) -> Iterator[Task]:
    ref = reference(servant.code, stint.post.position, str(period))
    if not office.chance(_UNREPORTED):
        on = office.working_day_after(period.end, 1, 4)
        yield on, partial(_workdays, office, ref, _days_worked(office, servant, stint, period), on)
    too_short = (stint.until - stint.since).days + 1 < _TOO_SHORT
    if too_short and not office.chance(_ISSUED_ALL_THE_SAME):
        return
    form, evaluator = form_and_evaluator(office.body.governed_by(period), stint.post)
    issued = office.working_day_after(period.end, 5, 8)
    yield issued, partial(_issue, office, ref, form, evaluator, issued)
    scored = office.working_day_after(period.end, 9, 20)
    yield scored, partial(_score, office, ref, servant, evaluator, scored, capped=servant.capped)


def _days_worked(office: Office, servant: Servant, stint: Stint, period: Period) -> int:
    if office.chance(_FEW_DAYS):
        return _LEAST_DAYS - 1 + office.rng.getrandbits(1)
    whole = (period.end - period.start).days + 1
    share = ((stint.until - stint.since).days + 1) / whole
    return max(0, round(_WORKING_DAYS[period.quarter or 1] * share) - servant.absent)


def _workdays(office: Office, ref: dict[str, Any], days: int, on: date) -> Iterator[Fact]:
    if office.chance(_CORRECTED_DAYS):
        yield office.fact("WorkdaysReported", on, office.hr, {**ref, "days": days // 2})
    yield office.fact("WorkdaysReported", on, office.hr, {**ref, "days": days})


def _issue(office: Office, ref: dict[str, Any], form: str, evaluator: str, on: date) -> Iterator[Fact]:
    yield office.fact("SheetIssued", on, office.hr, {**ref, "form": form, "evaluator": evaluator})


def _score(
    office: Office, ref: dict[str, Any], servant: Servant, evaluator: str, on: date, *, capped: bool
) -> Iterator[Fact]:
    if office.chance(_SUBSTITUTED) and evaluator != office.staff.first_head:
        evaluator = office.staff.first_head
        data = {**ref, "evaluator": evaluator, "ground": "absence"}
        yield office.fact("EvaluatorReplaced", on, office.hr, data)
    unfinished = office.chance(_UNFINISHED)
    for parameter in _PARAMETERS:
        if unfinished and parameter > office.rng.random() * _ROW_OF_SANCTIONS:
            return
        if office.chance(_REPLACED):
            yield office.fact("ScoreSubmitted", on, evaluator, _mark(office, ref, parameter, servant))
        yield office.fact(
            "ScoreSubmitted", on, evaluator, _mark(office, ref, parameter, servant, capped=capped)
        )
    if not office.chance(_UNSIGNED):
        yield office.fact("SheetSigned", on, evaluator, ref | office.signature())


def _mark(
    office: Office, ref: dict[str, Any], parameter: int, servant: Servant, *, capped: bool = False
) -> dict[str, Any]:
    if capped and parameter == _ROW_OF_SANCTIONS:
        mark = _CAPPED[int(office.rng.random() * len(_CAPPED))]
    else:
        begin = _TEMPERS[servant.temper]
        mark = _MARKS[begin + int(office.rng.random() * (len(_MARKS) - begin))]
    score = _AS_NUMBERS[mark] if office.marks_as_numbers else mark
    data = {**ref, "parameter": parameter, "score": score}
    if office.rng.random() < _COMMENTED:
        data["comment"] = comment(office.rng, mark, kazakh=office.comments_in_kazakh)
    return data
