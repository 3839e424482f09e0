"""The quarter's assessment under the score-sheet acts: work days, sheet, five marks, signature."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

from events.period import Period
from services.sample import law
from services.sample.comments import comment
from services.sample.office import Fact, Office, Task, reference
from services.sample.servant import Case, Post, Servant, Stint
from services.sample.telling import SIGNED_TERM, TOLD_TERM, tell, told_on

_UNREPORTED = 0.01
_FEW_DAYS = 0.008
_CORRECTED_DAYS = 0.01
_ISSUED_ALL_THE_SAME = 0.3
_SUBSTITUTED = 0.008
_BY_CHIEF_OF_STAFF = 0.25
_REPLACED = 0.012
_COMMENTED = 0.06
_UNSIGNED = 0.012
_UNFINISHED = 0.006
_LATE = 0.006

_OVER_TWENTY = "over-twenty"
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
_HUNDREDTHS = {mark: round(100 * float(mark)) for mark in _AS_NUMBERS}
# How far down the list a servant's marks begin, in thousandths, and how many of 120 servants are so: most
# do well, some never get a five, few get nothing but twos and less.
_TEMPERS = (0,) * 78 + (100,) * 18 + (300,) * 12 + (500,) * 8 + (880,) * 3 + (975,)


def form_and_evaluator(methodology: str, post: Post) -> tuple[str, str]:
    """The form a servant is assessed on and by whom (cl. 16)."""
    form, by_supervisor = law.sheet_for(
        methodology, "quarterly", post.category, managerial=post.managerial, heads_unit=post.heads_unit
    )
    return form, post.supervisor if by_supervisor else post.unit_head


def assess(office: Office, period: Period) -> Iterator[Task]:
    """The assessment of everyone who served in the quarter, within the 20 days after it."""
    methodology = office.body.governed_by(period)
    assessed = Counter[str]()
    for servant in (*office.staff.servants, *office.guests):
        for stint in servant.stints(period):
            if servant.away and servant.days_away(stint) > (stint.until - stint.since).days:
                continue
            form, evaluator = form_and_evaluator(methodology, stint.post)
            assessed[evaluator] += 1
            crowded = assessed[evaluator] > _most(methodology)
            case = Case(
                reference(servant.code, stint.post.position, str(period)),
                servant,
                methodology,
                evaluator,
                office.staff.other_evaluator(evaluator, servant.code) if crowded else evaluator,
                0,
            )
            yield from _assessment(office, case, form, stint, period)


def _most(methodology: str) -> int:
    over = law.act(methodology).substitution[_OVER_TWENTY].over
    assert over is not None
    return over


def _assessment(office: Office, case: Case, form: str, stint: Stint, period: Period) -> Iterator[Task]:
    end, days = period.end, None
    if not office.chance(_UNREPORTED):
        on = office.weekday_after(end, 1, 4)
        days = _days_worked(office, case, stint, period)
        yield on, partial(_workdays, office, case.ref, days, on)
    assessed = law.is_assessed(case.methodology, case.servant, stint, period, days)
    if not assessed and not office.chance(_ISSUED_ALL_THE_SAME):
        return
    issued = office.weekday_after(end, 5, 8)
    yield issued, partial(_issue, office, case, form, issued)
    late = assessed and office.chance(_LATE)
    scored = office.weekday_after(end, 21, 27) if late else office.weekday_after(end, 9, 20)
    if late:
        office.fails(case.ref, SIGNED_TERM)
    capped = case.servant.capped
    yield scored, partial(_score, office, case, form, scored, capped=capped, assessed=assessed)


def _days_worked(office: Office, case: Case, stint: Stint, period: Period) -> int:
    least = law.act(case.methodology).eligibility.workdays
    if least is not None and office.chance(_FEW_DAYS):
        return int(least.value) - 1 + office.rng.getrandbits(1)
    whole = (period.end - period.start).days + 1
    away = case.servant.days_away(stint) if case.servant.away else 0
    share = ((stint.until - stint.since).days + 1 - away) / whole
    return max(0, round(law.working_days(period) * share) - case.servant.absent)


def _workdays(office: Office, ref: dict[str, Any], days: int, on: date) -> Iterator[Fact]:
    if office.chance(_CORRECTED_DAYS):
        yield office.fact("WorkdaysReported", on, office.hr, {**ref, "days": days // 2})
    yield office.fact("WorkdaysReported", on, office.hr, {**ref, "days": days})


def _issue(office: Office, case: Case, form: str, on: date) -> Iterator[Fact]:
    data = {**case.ref, "form": form, "evaluator": case.evaluator}
    yield office.fact("SheetIssued", on, office.hr, data)


def _score(
    office: Office, case: Case, form: str, on: date, *, capped: bool, assessed: bool
) -> Iterator[Fact]:
    yield from _evaluators(office, case, on)
    unfinished = office.chance(_UNFINISHED)
    rows = law.parameters(case.methodology, form)
    total = 0
    for parameter, is_capped in rows:
        if unfinished and parameter > office.rng.random() * len(rows):
            _left_open(office, case, assessed=assessed)
            return
        if office.chance(_REPLACED):
            mark = _mark(office, case.servant)
            yield office.fact("ScoreSubmitted", on, case.scorer, _marked(office, case, parameter, mark))
        mark = _mark(office, case.servant, capped=capped and is_capped)
        total += _HUNDREDTHS[mark]
        yield office.fact("ScoreSubmitted", on, case.scorer, _marked(office, case, parameter, mark))
    if office.chance(_UNSIGNED):
        _left_open(office, case, assessed=assessed)
        return
    yield office.fact("SheetSigned", on, case.evaluator, case.ref | office.signature())
    if assessed:
        case.score = round(total / len(rows))
        told = told_on(office, case, on)
        office.plan(told, partial(tell, office, case, told))


def _left_open(office: Office, case: Case, *, assessed: bool) -> None:
    if assessed:
        office.fails(case.ref, SIGNED_TERM)
        if law.left_early(case):
            office.fails(case.ref, TOLD_TERM)


def _evaluators(office: Office, case: Case, on: date) -> Iterator[Fact]:
    """Whoever scores in the evaluator's place, or beside him as he has too many (cl. 3, 17)."""
    if case.scorer != case.evaluator:
        data = {**case.ref, "evaluator": case.scorer, "ground": _OVER_TWENTY}
        yield office.fact("EvaluatorAdded", on, case.evaluator, data)
        return
    ground = "absence" if case.evaluator != office.staff.first_head else "first-head"
    share = _SUBSTITUTED if ground == "absence" else _BY_CHIEF_OF_STAFF
    if office.chance(share) and ground in law.act(case.methodology).substitution:
        substitutes = {"absence": office.staff.first_head, "first-head": office.staff.chief_of_staff}
        case.evaluator = case.scorer = substitutes[ground]
        data = {**case.ref, "evaluator": case.evaluator, "ground": ground}
        yield office.fact("EvaluatorReplaced", on, office.hr, data)


def _mark(office: Office, servant: Servant, *, capped: bool = False) -> str:
    if capped:
        return _CAPPED[int(office.rng.random() * len(_CAPPED))]
    begin = _TEMPERS[servant.temper]
    return _MARKS[begin + int(office.rng.random() * (len(_MARKS) - begin))]


def _marked(office: Office, case: Case, parameter: int, mark: str) -> dict[str, Any]:
    score = _AS_NUMBERS[mark] if office.marks_as_numbers else mark
    data = {**case.ref, "parameter": parameter, "score": score}
    if case.scorer != case.evaluator:
        data["scorer"] = case.scorer
    if office.rng.random() < _COMMENTED:
        data["comment"] = comment(office.rng, mark, kazakh=office.comments_in_kazakh)
    return data
