"""The servant contests his result: by calibration (cl. 10), then by an appeal (cl. 11)."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any

from services.sample import law
from services.sample.delivery import tell_anew
from services.sample.office import Fact, Office
from services.sample.panel import Closed, approve
from services.sample.servant import Case

_REQUEST = "calibration-request"
_PANEL_TERMS = ("panel-approved", "panel-held", "protocol-filed")

# Who asks for a calibration: the share among results from so many hundredths up.
_ASKING = ((400, 0.01), (300, 0.1), (200, 0.3), (0, 0.4))
_WITHDRAWN = 0.1
_APPEALED = 0.15
_AGAIN = 0.75

_WAYS = ("administrative-procedure", "authorised-body", "court")
_OUTCOMES = ("left",) * 11 + ("revise",) * 6 + ("annul",) * 3
_OUTCOMES_OF_COURT = ("left", "left", "revise")
_SENT_BACK = 0.4
_MOST = 500

_GROUNDS = (
    "Тапсырмалар мерзімінен бұрын орындалды, баға оны ескермеген.",
    "Не учтены поручения сверх должностных обязанностей.",
    "Прошу пересмотреть балл за самостоятельность и инициативность.",
)


def may_contest(office: Office, case: Case, told: date) -> None:
    """Plans the servant's request, where he makes one, within his term from the day he learned the result."""
    share = next(share for least, share in _ASKING if case.score >= least)
    if office.chance(share):
        latest = law.due(case.methodology, _REQUEST, told)
        on = min(latest, law.working_day(told, 1 + int(office.rng.random() * 5)))
        office.plan(on, partial(_requested, office, case, on))


def _requested(office: Office, case: Case, on: date) -> Iterator[Fact]:
    case.sessions += 1
    data = {**case.ref, "grounds": _drawn(office, _GROUNDS)}
    yield office.fact("CalibrationRequested", on, case.servant.code, data)
    withdrawn = law.working_day(on, 1 + int(office.rng.random() * 3))
    if case.sessions == 1 and office.chance(_WITHDRAWN):
        office.plan(withdrawn, partial(_withdrawn, office, case, withdrawn))
        return
    approve(office, case, on, partial(_after_panel, office, case))


def _withdrawn(office: Office, case: Case, on: date) -> Iterator[Fact]:
    yield office.fact("CalibrationWithdrawn", on, case.servant.code, case.ref)


def _after_panel(office: Office, case: Case, closed: Closed) -> None:
    case.gone = False
    if closed.score != case.score or case.sessions > 1:
        case.score = closed.score
        tell_anew(office, case, closed.filed_on)
    if case.sessions == 1 and office.chance(_APPEALED):
        on = law.working_day(closed.filed_on, 3 + int(office.rng.random() * 12))
        office.plan(on, partial(_appealed, office, case, on, _drawn(office, _WAYS)))


def _appealed(office: Office, case: Case, on: date, to: str) -> Iterator[Fact]:
    data = {**case.ref, "to": to, "on": on.isoformat(), "grounds": _drawn(office, _GROUNDS)}
    yield office.fact("DecisionAppealed", on, case.servant.code, data)
    back = law.working_day(on, 12 + int(office.rng.random() * 15))
    office.plan(back, partial(_resolved, office, case, back))


def _resolved(office: Office, case: Case, on: date) -> Iterator[Fact]:
    outcome = _drawn(office, _OUTCOMES if case.sessions else _OUTCOMES_OF_COURT)
    data: dict[str, Any] = {
        **case.ref,
        "outcome": outcome,
        "on": on.isoformat(),
        "explanation": f"Решение № {1 + int(office.rng.random() * 400)} по жалобе.",
    }
    # A court revises itself what no panel has seen.
    is_sent_back = outcome == "annul" or (outcome == "revise" and office.chance(_SENT_BACK))
    sent_back = is_sent_back and case.sessions > 0
    if outcome == "revise" and not sent_back:
        case.score = min(_MOST, case.score + 20 + int(office.rng.random() * 80))
        data["score"] = f"{case.score / 100:.2f}"
        tell_anew(office, case, on)
    yield office.fact("AppealResolved", on, office.hr, data)
    case.gone |= outcome == "annul"
    if sent_back and office.chance(_AGAIN):
        again = law.working_day(on, 2 + int(office.rng.random() * 4))
        for term in _PANEL_TERMS:
            office.runs_anew(case.ref, term)
        office.plan(again, partial(_requested, office, case, again))


def _drawn(office: Office, choices: tuple[str, ...]) -> str:
    return choices[int(office.rng.random() * len(choices))]
