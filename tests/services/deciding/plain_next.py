"""Facts for random procedures: what would sensibly be reported next of a paper."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

from tests.services.deciding.plain_acts import EMPLOYEE, POSITION, QUARTERS, ROWS, SUPERIOR, YEAR, due
from tests.services.deciding.plain_commissions import current_votes
from tests.services.deciding.plain_model import Body, Paper, Session

T = TypeVar("T")
Pick = Callable[[Sequence[Any]], Any]
"""Draws one of several."""

Report = tuple[str, dict[str, Any]]
"""The type of a fact and its data."""

SCORES = ("0", "1.99", "2", "2.99", "3", "3.5", "3.99", "4", "4.5", "5")
COMMISSION = {"c-1": "chair", "c-2": "member", "c-3": "member", "c-4": "member", "hr-1": "secretary"}


def papers_of(body: Body) -> list[tuple[str, bool]]:
    """The papers that the servant's year is made of."""
    if body.act.family == "targets":
        return [(YEAR, False), (YEAR, True)]
    return [(QUARTERS[0], False), (QUARTERS[1], False), (YEAR, False)]


def ref(period: str, *, apart: bool = False) -> dict[str, Any]:
    named = {"form": "competencies"} if apart else {}
    return {"employee": EMPLOYEE, "position": POSITION, "period": period, **named}


def of_year(**more: Any) -> dict[str, Any]:
    return {"employee": EMPLOYEE, "position": POSITION, "year": YEAR, **more}


def targets(number: int, *, measurable: bool = True) -> list[dict[str, Any]]:
    return [
        {"target": str(n), "title": f"target {n}", "measurable": measurable} for n in range(1, number + 1)
    ]


def sensible(body: Body, key: tuple[str, bool], pick: Pick, today: date) -> Report:
    """A fact that takes the paper a step further."""
    paper, of = body.paper(key[0], apart=key[1]), ref(key[0], apart=key[1])
    if not paper.signed_at and not (body.act.family == "sheet" and paper.period == YEAR):
        return _filling(body, paper, of, pick)
    if paper.form == "targets" and not paper.agreed:
        return "SheetAgreed", {**of, "by": SUPERIOR}
    told = bool(paper.told and paper.told[-1].anew)
    if not told and body.outcome(paper) is None and body.act.family == "sheet" and paper.period != YEAR:
        if body.workdays.get(paper.period, 15) < 15:
            return "WorkdaysReported", {**of, "days": 60}
        return pick((("SheetReturned", {**of, "by": SUPERIOR, "reason": "anew"}), _asking(body, paper, of)))
    if not told and pick((True, True, body.act.family == "sheet")) and body.outcome(paper) is not None:
        return "ResultDelivered", {**of, "channel": "written", "on": today.isoformat()}
    if paper.pending_appeal() is not None:
        return _resolution(body, paper, of, pick, today)
    if body.act.family == "sheet":
        return _calibration(body, paper, of, pick, today)
    return _commission(body, paper, of, pick, today)


def at_the_end_of_a_term(body: Body, key: tuple[str, bool], *, late: bool) -> tuple[date, Report] | None:
    """What the servant may do until a day, on that day or on the next; None where no term of his runs."""
    paper, of = body.paper(key[0], apart=key[1]), ref(key[0], apart=key[1])
    since, days = paper.sat_on, 10
    if body.act.family == "sheet":
        since, days = (paper.acquainted_on if body.act.from_acquaintance else paper.delivered_on), 5
    if since is None:
        return None
    last = due(since, days)
    on = last + timedelta(days=1) if late else last
    if days == 5:
        return on, ("CalibrationRequested", {**of, "grounds": "row 3"})
    appeal = {"to": "authorised-body", "on": on.isoformat(), "grounds": "unjust"}
    return on, ("DecisionAppealed", {**of, **appeal})


def _filling(body: Body, paper: Paper, of: dict[str, Any], pick: Pick) -> Report:
    form = {YEAR: "plan"}.get(paper.period, "points")
    if body.act.family == "targets":
        form = "competencies" if "form" in of else "targets"
    right, evaluator = body.right_sheet(form)
    planned = right in {"plan", "targets"}
    if planned and not body.plan_agreed:
        return "PlanAgreed", of_year(targets=targets(5 if right == "targets" else pick((1, 2, 3, 4))))
    if planned and right == "targets" and not body.plan_approved and pick((True, False)):
        return "PlanApproved", of_year(by=SUPERIOR)
    if paper.form is None:
        return "SheetIssued", {**of, "form": right, "evaluator": evaluator}
    missing = next(_missing(body, paper, of, pick), None)
    if missing is not None:
        return missing
    return "SheetSigned", of


def _missing(body: Body, paper: Paper, of: dict[str, Any], pick: Pick) -> Iterator[Report]:
    if body.act.family == "sheet":
        for row in sorted({*ROWS} - {row for row, _ in paper.marks}):
            yield "ScoreSubmitted", {**of, "parameter": row, "score": pick(SCORES)}
    elif paper.form == "competencies":
        for code, asked in body.indicators().items():
            if code not in paper.shown:
                shown = pick(range(asked + 1))
                missing = list(range(shown + 1, asked + 1))
                yield "CompetencyAssessed", of_year(competency=code, shown=shown, missing=missing)
    elif paper.form in {"plan", "targets"}:
        for target in sorted(set(body.plan or {}) - set(paper.targets)):
            came = (
                {"mark": pick((2, 3, 4, 5))} if paper.form == "plan" else {"met": pick((True, True, False))}
            )
            yield "TargetAssessed", of_year(target=target, **came)
    elif pick((False, True, True)):
        awarded = "PointsAwarded", {**of, "indicator": pick(("1", "2", "3")), "points": pick((1, 5))}
        yield pick((awarded, awarded, ("BreachRecorded", {**of, "kind": "execution", "source": "act"})))


def _asking(body: Body, paper: Paper, of: dict[str, Any]) -> Report:
    if paper.delivered_on and body.act.from_acquaintance and paper.acquainted_on is None:
        return "ResultAcquainted", {**of, "on": paper.delivered_on.isoformat()}
    return "CalibrationRequested", {**of, "grounds": "the plan was met"}


def _calibration(body: Body, paper: Paper, of: dict[str, Any], pick: Pick, today: date) -> Report:
    if paper.period == YEAR:
        quarter = pick(QUARTERS)
        return pick((_on_a_sanction(body, pick, today), sensible(body, (quarter, False), pick, today)))
    panel = body.panel(paper.period)
    if not panel.pending and panel.decided_on is not None and pick((True, True, False)):
        return pick((_fed_back(of, today), _appeal(of, pick, today), _appeal(of, pick, today)))
    if not panel.pending:
        asking = _asking(body, paper, of)
        return pick((asking, asking, asking, _on_a_sanction(body, pick, today)))
    if not panel.members:
        named = ("m-1", "hr-1", *pick((("m-2",), ("m-2", "m-3", "m-4"))))
        members = [{"member": one, "role": "hr" if one == "hr-1" else "evaluator"} for one in named]
        return "CalibrationConvened", {**of, "members": members, "sits_on": today.isoformat()}
    waiting = [one for one in panel.members if one not in panel.votes.get(panel.round, {})]
    if panel.concluded and (not waiting or pick((True, False))):
        return "ProtocolFiled", {**of, "number": "7", "signed_on": today.isoformat()}
    if not waiting:
        return "ArgumentHeard", {**of, "by": EMPLOYEE, "text": "the plan was met"}
    score = pick(("3.5", "3.5", "4.5", "1.99"))
    return "VoteCast", {**of, "member": pick(waiting), "score": score}


def _on_a_sanction(body: Body, pick: Pick, today: date) -> Report:
    """A sanction, or its annulment, which may change what was told."""
    in_force = [one for one, (_, _, annulled) in body.sanctions.items() if not annulled]
    if in_force:
        return "DisciplineAnnulled", {"employee": EMPLOYEE, "discipline": pick(in_force), "basis": "court"}
    day = pick((date(2025, 7, 1), date(2025, 9, 30), date(2025, 12, 31), today)).isoformat()
    kind = pick(("remark", "demotion"))
    data = {
        "employee": EMPLOYEE,
        "sanction": kind,
        "imposed_on": day,
        "discrediting": False,
        "basis": "order",
    }
    return "DisciplineRecorded", data


def _fed_back(of: dict[str, Any], today: date) -> Report:
    topics = {"achievements": "the plan", "skills": "drafting", "career": "a unit"}
    return "FeedbackGiven", {**of, "on": today.isoformat(), **topics}


def _appeal(of: dict[str, Any], pick: Pick, today: date) -> Report:
    to = pick(("authorised-body", "court"))
    return "DecisionAppealed", {**of, "to": to, "on": today.isoformat(), "grounds": "unjust"}


def _resolution(body: Body, paper: Paper, of: dict[str, Any], pick: Pick, today: date) -> Report:
    outcome = pick(("left", "revise", "revise", "annul"))
    right = correction(body, paper, pick) if outcome == "revise" and pick((True, False)) else {}
    return "AppealResolved", {
        **of,
        "outcome": outcome,
        "on": today.isoformat(),
        "explanation": "heard",
        **right,
    }


def correction(body: Body, paper: Paper, pick: Pick) -> dict[str, Any]:
    """What is right in the eyes of those who revise."""
    if paper.form == "competencies":
        return {"competencies": {pick(list(body.indicators())): pick(("meets", "does-not-meet"))}}
    if body.act.family == "points" and paper.period != YEAR:
        return {"points": pick((60, 80, 105, 106, 131))}
    return {"score": pick(("3", "4", "5")) if body.act.family != "sheet" else pick(SCORES)}


def _commission(body: Body, paper: Paper, of: dict[str, Any], pick: Pick, today: date) -> Report:
    if paper.is_reviewed and pick((True, False)):
        return _after_decision(body, paper, of, pick, today)
    found = _open_session(body, paper)
    if found is None:
        members = [{"member": one, "role": role} for one, role in COMMISSION.items()]
        return "CommissionConvened", {"session": f"k-{len(body.sessions) + 1}", "members": members}
    name, session = found
    if session.sat_on is None and "c-5" not in session.members and pick((True, False, False)):
        into = {"member": "c-5", "role": "member"}
        return "MemberReplaced", {"session": name, "out": pick(("c-3", "c-4")), "in": into}
    if session.sat_on is None:
        here = list(session.members)[: pick((5, 5, 5, 4, 4, 3))]
        return "CommissionSat", {"session": name, "present": here}
    cast = current_votes(session, paper)
    waiting = [one for one in session.voters if one in session.present and one not in cast]
    if not waiting:
        return "ProtocolFiled", {"session": name, "number": "7", "signed_on": today.isoformat()}
    vote = {**of, "session": name, "member": pick(waiting), "choice": pick(("approve", "revise"))}
    if vote["choice"] == "revise":
        vote |= {"explanation": "late", **correction(body, paper, pick)}
    return "VoteCast", vote


def _after_decision(body: Body, paper: Paper, of: dict[str, Any], pick: Pick, today: date) -> Report:
    assert paper.session is not None
    reports: list[Report] = [_appeal(of, pick, today)]
    if not body.sessions[paper.session].filed:
        protocol = {"session": paper.session, "number": "7", "signed_on": today.isoformat()}
        reports.append(("ProtocolFiled", protocol))
    if body.act.family == "targets" and not paper.approved:
        reports.append(("ResultApproved", {"session": paper.session, "by": "akim-1"}))
    return pick(reports)


def _open_session(body: Body, paper: Paper) -> tuple[str, Session] | None:
    """A session that may still decide on the paper, or that decided on it and did not close."""
    for name, session in body.sessions.items():
        if not session.filed and (paper.is_reviewed is (paper.session == name) or paper.session is None):
            return name, session
    return None
