"""Facts for random procedures: anything that anybody may report, sensible or not."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from tests.services.deciding.plain_acts import (
    ASKED,
    EMPLOYEE,
    FORMS,
    QUARTERS,
    SUPERIOR,
    SUPERVISOR,
    UNIT_HEAD,
    YEAR,
)
from tests.services.deciding.plain_model import Body
from tests.services.deciding.plain_next import (
    SCORES,
    Pick,
    Report,
    correction,
    of_year,
    papers_of,
    ref,
    targets,
)

PEOPLE = (EMPLOYEE, SUPERVISOR, UNIT_HEAD, SUPERIOR, "m-1", "m-2", "m-3", "deputy-1")
PANEL = ("m-1", "m-2", "m-3", "hr-1", "hr-2", "deputy-1", EMPLOYEE, SUPERVISOR, UNIT_HEAD)
_GROUNDS = ("absence", "over-twenty", "first-head", "secondment", "illness")
_IN_SESSION = "(session)"
COMMISSION = ("c-1", "c-2", "c-3", "c-4", "c-5", "hr-1")


def stray(body: Body, pick: Pick, today: date) -> Report:
    """A fact of any type, about any paper, more often one that its stage suggests."""
    known = [(period, apart) for (period, apart), paper in body.papers.items() if paper.form is not None]
    key = pick([*known, *known, *papers_of(body)])
    at_hand = _CALIBRATION if body.act.family == "sheet" else _COMMISSION
    pool = pick((at_hand, _at_stage(body, key), _at_stage(body, key), _ANYWHERE, _ANYWHERE, _EVERYTHING))
    type_ = pick(pool)
    day = (today + timedelta(days=pick((0, 0, 0, -1, -7, 1)))).isoformat()
    data = _data(body, type_, ref(key[0], apart=key[1]), pick, day, today)
    return type_.removesuffix(_IN_SESSION), data


def _at_stage(body: Body, key: tuple[str, bool]) -> tuple[str, ...]:
    paper = body.paper(key[0], apart=key[1])
    if paper.form is not None and not paper.signed_at:
        return ("EvaluatorReplaced", "EvaluatorAdded", "ScoreSubmitted", "SheetSigned", "VoteCast", *_FILLING)
    if body.panel(key[0]).pending:
        return (
            "MemberReplaced",
            "MemberReplaced",
            "SheetReturned",
            "VoteCast",
            "ArgumentHeard",
            "ProtocolFiled",
        )
    if body.act.family != "sheet" and paper.signed_at:
        return ("VoteCast(session)", "VoteCast(session)", "ProtocolFiled(session)", *_CALLING)
    return ("SheetReturned", "WorkdaysReported", "DisciplineRecorded", "DecisionAppealed", "AppealResolved")


def _data(body: Body, type_: str, of: dict[str, Any], pick: Pick, day: str, today: date) -> dict[str, Any]:
    if type_.endswith(_IN_SESSION):
        session = {"session": f"k-{pick((1, 1, 2))}"}
        return session | _of_session(body, type_, of, pick, day)
    if type_.startswith(("Plan", "Target", "Competency", "Discipline")):
        return _of_year_or_service(body, type_, pick, day)
    if type_ == "SheetIssued":
        form, evaluator = pick([*FORMS[body.act.family], "annex-9"]), pick((SUPERVISOR, UNIT_HEAD))
        return {**ref(pick((*QUARTERS, YEAR))), "form": form, "evaluator": evaluator}
    if type_ in {"AppealResolved", "DecisionAppealed"}:
        return {**of, **_of_appeal(body, type_, of, pick, day)}
    if type_ == "ResultDelivered":
        return {**of, "channel": "information-system", "on": min(day, today.isoformat())}
    if type_ in _ON_SHEET:
        return {**of, **{field: pick(values) for field, values in _ON_SHEET[type_].items()}}
    if type_ == "ScoreSubmitted":
        paper = body.paper_of(of)
        scorers = (paper.evaluator or SUPERVISOR, *paper.helpers, *PEOPLE)
        scorer = pick(({}, {}, {"scorer": pick(scorers)}))
        return {**of, "parameter": pick("1234556"), "score": pick((*SCORES, "5.01", "6")), **scorer}
    dated = {"on": day} if type_ in {"AcquaintanceRefused", "ResultAcquainted"} else {}
    if type_ in {"SigningRefused", "AcquaintanceRefused"}:
        dated["witnesses"] = pick((["hr-1", SUPERVISOR], ["hr-1"], ["hr-1", EMPLOYEE], []))
    return {**of, **dated, **_of_panel(body, type_, of["period"], pick, day)}


_ON_SHEET: Mapping[str, Mapping[str, Any]] = {
    "BreachRecorded": {"kind": ("execution", "discipline", "discipline", "gossip"), "source": ("act",)},
    "DisputeRaised": {"text": ("no notice",)},
    "DisputeSettled": {"text": ("notice given",)},
    "EvaluatorAdded": {"evaluator": PEOPLE, "ground": ("over-twenty",) * 4 + _GROUNDS},
    "EvaluatorReplaced": {"evaluator": PEOPLE, "ground": ("absence",) * 4 + _GROUNDS},
    "PointsAwarded": {"indicator": ("1", "2", "3", "4", "5", "6"), "points": (1, 3, 5, 5, 0, 6)},
    "SheetAgreed": {"by": (SUPERIOR, SUPERVISOR)},
    "SheetReturned": {"by": (SUPERIOR, SUPERIOR, SUPERVISOR), "reason": ("unsupported",)},
    "WorkdaysReported": {"days": (60, 15, 14, 93)},
}


def _of_appeal(body: Body, type_: str, of: dict[str, Any], pick: Pick, day: str) -> dict[str, Any]:
    if type_ == "DecisionAppealed":
        to = pick(("authorised-body", "court", "administrative-procedure", "newspaper"))
        return {"to": to, "on": day, "grounds": "unjust"}
    right = pick(({}, correction(body, body.paper_of(of), pick), {"score": "3.95"}, {"points": 90}))
    return {"outcome": pick(("left", "revise", "annul", "heard")), "on": day, "explanation": "heard", **right}


def _of_year_or_service(body: Body, type_: str, pick: Pick, day: str) -> dict[str, Any]:
    match type_:
        case "PlanAgreed":
            return of_year(targets=targets(pick((0, 1, 3, 4, 5, 5)), measurable=pick((True, True, False))))
        case "PlanReturned":
            return of_year(reason="vague")
        case "PlanApproved":
            return of_year(by=pick((SUPERIOR, SUPERVISOR)))
        case "PlanMonitored":
            return of_year(quarter=pick(("Q1", "2025-Q1", "2024-Q1")), recommendations="go on")
        case "TargetAssessed":
            came = pick(({"mark": 4}, {"mark": 5}, {"met": True}, {"met": False}, {"mark": 6}))
            return of_year(target=pick(("1", "2", "5", "6")), **came)
        case "CompetencyAssessed":
            code = pick((*ASKED, "singing"))
            of = body.indicators().get(code, 1)
            missing = pick((0, 1, of))
            return of_year(
                competency=code, shown=of - missing, missing=list(range(1, missing + pick((1, 1, 2))))
            )
        case "DisciplineAnnulled":
            known = [*body.sanctions, "00000000-0000-4000-8000-00000000dead"]
            return {"employee": EMPLOYEE, "discipline": pick(known), "basis": "court"}
    kind = pick(("remark", "severe-reprimand", "demotion", "other"))
    named = {"title": "public censure"} if pick((True, False)) else {}
    on = pick(("2025-07-01", "2025-09-30", "2025-10-01", "2025-12-31", day))
    told = {"sanction": kind, "imposed_on": on, "discrediting": pick((False, True)), "basis": "order"}
    return {"employee": EMPLOYEE, **told, **named}


def _of_panel(body: Body, type_: str, period: str, pick: Pick, day: str) -> dict[str, Any]:
    panel = body.panel(period)
    match type_:
        case "CalibrationRequested":
            return {"grounds": "the plan was met"}
        case "CalibrationConvened":
            named = [pick(PANEL) for _ in range(pick((2, 3, 3, 3, 4, 5)))]
            members = [{"member": one, "role": _role(one, pick)} for one in named]
            return {"members": members, "sits_on": day}
        case "MemberReplaced":
            into = pick((*PANEL, *PANEL[:6]))
            return {"out": pick((*panel.members, "m-9")), "in": {"member": into, "role": _role(into, pick)}}
        case "ArgumentHeard":
            return {"by": pick(PEOPLE), "text": "the plan was met"}
        case "VoteCast":
            round_ = pick(({}, {}, {"round": pick((panel.round, panel.round, 1, panel.round + 1))}))
            score = pick(({"score": pick(("3.5", "3.5", "4.5", "2.5", "5.5"))},) * 5 + ({},))
            return {"member": pick((*panel.members, *panel.members, "m-9")), **round_, **score}
        case "ProtocolFiled":
            return {"number": "7", "signed_on": day}
        case "FeedbackGiven":
            return {"on": day, "achievements": "plan", "skills": pick(("drafting", "")), "career": "a unit"}
    return {}


def _role(member: str, pick: Pick) -> str:
    return str(pick(("hr" if member.startswith("hr") else "evaluator",) * 9 + ("hr", "chair")))


def _of_session(body: Body, type_: str, of: dict[str, Any], pick: Pick, day: str) -> dict[str, Any]:
    match type_.removesuffix(_IN_SESSION):
        case "CommissionConvened":
            named = [pick(COMMISSION) for _ in range(pick((3, 4, 5)))]
            if pick((True, False)):
                named = list(COMMISSION[: pick((2, 4, 5, 6))])
            roles = {"c-1": "chair", "hr-1": "secretary"}
            odd = ({},) * 4 + ({"c-2": "chair"}, {"c-2": "hr"})
            seats = {**roles, **pick(odd)}
            return {"members": [{"member": one, "role": seats.get(one, "member")} for one in named]}
        case "CommissionSat":
            return {"present": list(dict.fromkeys(pick(COMMISSION) for _ in range(pick((3, 8)))))}
        case "MemberReplaced":
            into = {"member": pick((*COMMISSION, "c-9")), "role": pick(("member", "member", "chair"))}
            return {"out": pick(COMMISSION), "in": into}
        case "ProtocolFiled":
            return {"number": "7", "signed_on": day}
        case "ResultApproved":
            return {"by": "akim-1"}
    choice = pick(
        ({"choice": "approve"}, {"choice": "revise"}, {"choice": "revise"}, {"choice": "defer"}, {})
    )
    right = pick(({}, correction(body, body.paper_of(of), pick), {"score": "3.95"}))
    explained = pick(({"explanation": "late"}, {"explanation": "late"}, {}))
    return {**of, "member": pick(COMMISSION), **choice, **right, **explained}


_FILLING = (
    "BreachRecorded",
    "CompetencyAssessed",
    "PlanAgreed",
    "PlanReturned",
    "PointsAwarded",
    "TargetAssessed",
)
_CALLING = ("CommissionConvened(session)", "CommissionSat(session)", "MemberReplaced(session)")
_ANYWHERE = (
    "AcquaintanceRefused",
    "AppealResolved",
    "AppealResolved",
    "DecisionAppealed",
    "DisciplineAnnulled",
    "DisciplineRecorded",
    "DisputeRaised",
    "DisputeSettled",
    "EvaluatorAdded",
    "EvaluatorReplaced",
    "EvaluatorReplaced",
    "ResultAcquainted",
    "ResultDelivered",
    "ScoreSubmitted",
    "SelfAssessed",
    "SheetCountersigned",
    "SheetIssued",
    "SheetReturned",
    "SheetReturned",
    "SheetSigned",
    "SigningRefused",
    "WorkdaysReported",
)
_CALIBRATION = (
    "ArgumentHeard",
    "CalibrationConvened",
    "CalibrationConvened",
    "CalibrationRequested",
    "CalibrationRequested",
    "CalibrationWithdrawn",
    "FeedbackGiven",
    "MemberReplaced",
    "MemberReplaced",
    "ProtocolFiled",
    "VoteCast",
    "VoteCast",
)
_COMMISSION = (
    *_FILLING,
    *_CALLING,
    "PlanApproved",
    "PlanMonitored",
    "ProtocolFiled(session)",
    "ResultApproved(session)",
    "SheetAgreed",
    "VoteCast(session)",
    "VoteCast(session)",
)
_EVERYTHING = (*_ANYWHERE, *_CALIBRATION, *_COMMISSION)
