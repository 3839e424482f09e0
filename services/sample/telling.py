"""The result told to the servant, and what he answers (cl. 9, 10, 14)."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial

from events.period import parse_period
from services.sample import law
from services.sample.contesting import may_contest
from services.sample.delivery import delivered
from services.sample.office import Fact, Office
from services.sample.servant import Case

SIGNED_TERM = "quarter-assessed"
TOLD_TERM = "dismissed-told"
_FOUND_AFTER = timedelta(days=62)

_TOLD_LATE = 0.08
_ACQUAINTED = 0.3
_REFUSING = 0.004
_DISPUTED = 0.004
_MISCOUNTED = 0.0015
_LATER = 0.3


def told_on(office: Office, case: Case, signed: date) -> date:
    """The day on which the result of a signed sheet is told; one who left is now and then told too late."""
    if law.left_early(case) and office.chance(_TOLD_LATE):
        end = parse_period(case.ref["period"]).end
        return law.working_day(end + timedelta(days=33), int(office.rng.random() * 4))
    return law.working_day(signed, int(office.rng.random() * 3))


def tell(office: Office, case: Case, on: date) -> Iterator[Fact]:
    """The result told for the first time, and what the servant makes of it."""
    case.servant.told = {
        position: other
        for position, other in case.servant.told.items()
        if other.ref["period"] == case.ref["period"]
    }
    case.servant.told[case.ref["position"]] = case
    yield delivered(office, case, on)
    if law.left_early(case):
        last = law.printed(case.methodology, TOLD_TERM, parse_period(case.ref["period"]))
        if last is not None and on > last:
            office.fails(case.ref, TOLD_TERM)
        return
    if office.chance(_MISCOUNTED):
        # By then whoever wanted to contest his result has done so.
        found = parse_period(case.ref["period"]).end + _FOUND_AFTER
        office.plan(found, partial(_recounted, office, case, found))
    drawn = office.rng.random()
    if drawn < _REFUSING:
        witnesses = [office.hr, office.staff.other_evaluator(case.evaluator, case.servant.code)]
        data = {**case.ref, "on": on.isoformat(), "witnesses": witnesses}
        yield office.fact("AcquaintanceRefused", on, office.hr, data)
        return
    if drawn > 1 - _DISPUTED:
        yield from _disputed(office, case, on)
    # Where the term to contest runs from his acquaintance, he is asked to say that he knows the result.
    needed = _runs_from_acquaintance(case.methodology)
    if needed and office.chance(_LATER):
        later = law.working_day(on, 1 + int(office.rng.random() * 3))
        office.plan(later, partial(_acquainted, office, case, later))
    elif needed or office.chance(_ACQUAINTED):
        yield from _acquainted(office, case, on)
    else:
        may_contest(office, case, on)


def _recounted(office: Office, case: Case, on: date) -> Iterator[Fact]:
    """The work days turn out to be too few, and a result that was told falls away (cl. 5)."""
    least = law.act(case.methodology).eligibility.workdays
    if least is not None and not case.sessions:
        case.gone = True
        for term in (SIGNED_TERM, TOLD_TERM):
            office.runs_anew(case.ref, term)
        yield office.fact("WorkdaysReported", on, office.hr, {**case.ref, "days": int(least.value) - 1})


def _acquainted(office: Office, case: Case, on: date) -> Iterator[Fact]:
    data = {**case.ref, "on": on.isoformat()}
    yield office.fact("ResultAcquainted", on, case.servant.code, data)
    may_contest(office, case, on)


def _runs_from_acquaintance(methodology: str) -> bool:
    return law.act(methodology).terms["calibration-request"].since == "ResultAcquainted"


def _disputed(office: Office, case: Case, on: date) -> Iterator[Fact]:
    data = {**case.ref, "text": "Бағалау туралы уақытылы хабарланбадым."}
    yield office.fact("DisputeRaised", on, case.servant.code, data)
    settled = law.working_day(on, 2 + int(office.rng.random() * 5))
    office.plan(settled, partial(_settled, office, case, settled))


def _settled(office: Office, case: Case, on: date) -> Iterator[Fact]:
    data = {**case.ref, "text": "Разъяснён порядок; уведомление направлено в срок."}
    yield office.fact("DisputeSettled", on, office.hr, data)
