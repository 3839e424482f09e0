"""How the papers change with facts to which the system adds nothing but what it tells of their results."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from tests.services.deciding.plain_acts import YEAR
from tests.services.deciding.plain_model import Appeal, Body, Data, Decision

Noting = Callable[[Body, Data, date, str], None]


def _nothing(_: Body, __: Data, ___: date, ____: str) -> None:
    """It is on record, and no result depends on it."""


def _workdays(body: Body, data: Data, _: date, __: str) -> None:
    body.workdays[data["period"]] = data["days"]


def _imposed(body: Body, data: Data, _: date, id_: str) -> None:
    body.sanctions[id_] = data["sanction"], date.fromisoformat(data["imposed_on"]), False


def _annulled(body: Body, data: Data, _: date, __: str) -> None:
    kind, imposed_on, _annulled = body.sanctions[data["discipline"]]
    body.sanctions[data["discipline"]] = kind, imposed_on, True


def _disputed(change: int) -> Noting:
    def note(body: Body, data: Data, _: date, __: str) -> None:
        body.disputes[data["period"]] = body.disputes.get(data["period"], 0) + change

    return note


def _planned(body: Body, data: Data, _: date, __: str) -> None:
    body.plan = {one["target"]: one["measurable"] for one in data["targets"]}
    body.plan_agreed, body.plan_approved = True, False


def _plan_returned(body: Body, _: Data, __: date, ___: str) -> None:
    body.plan_agreed = body.plan_approved = False


def _plan_approved(body: Body, _: Data, __: date, ___: str) -> None:
    body.plan_approved = True


def _target(body: Body, data: Data, _: date, __: str) -> None:
    body.paper(YEAR).targets[data["target"]] = data["mark"] if "mark" in data else data["met"]


def _competency(body: Body, data: Data, _: date, __: str) -> None:
    body.paper(YEAR, apart=True).shown[data["competency"]] = data["shown"]


def _issued(body: Body, data: Data, _: date, __: str) -> None:
    paper = body.paper_of(data)
    paper.form, paper.evaluator = data["form"], data["evaluator"]


def _evaluator(body: Body, data: Data, _: date, __: str) -> None:
    body.paper_of(data).evaluator = data["evaluator"]


def _helper(body: Body, data: Data, _: date, __: str) -> None:
    body.paper_of(data).helpers.append(data["evaluator"])


def _marked(body: Body, data: Data, _: date, __: str) -> None:
    paper = body.paper_of(data)
    place = data["parameter"], data.get("scorer", paper.evaluator)
    # Of the marks for a row the last counts, whoever gave it.
    paper.marks.pop(place, None)
    paper.marks[place] = Decimal(data["score"])


def _awarded(body: Body, data: Data, _: date, __: str) -> None:
    body.paper_of(data).bonus[data["indicator"]] = data["points"]


def _breach(body: Body, data: Data, _: date, __: str) -> None:
    body.paper_of(data).breaches += 1


def _signed(body: Body, data: Data, _: date, __: str) -> None:
    body.paper_of(data).signed_at = body.at


def _agreed(body: Body, data: Data, _: date, __: str) -> None:
    body.paper_of(data).agreed = True


def _returned(body: Body, data: Data, _: date, __: str) -> None:
    paper = body.paper_of(data)
    paper.signed_at, paper.agreed = 0, False


def _acquainted(body: Body, data: Data, _: date, __: str) -> None:
    paper = body.paper_of(data)
    knew, received_on = paper.acquainted_on, paper.delivered_on
    # He knows from the first time on, until he receives another result.
    if knew is None or (received_on is not None and knew < received_on):
        paper.acquainted_on = date.fromisoformat(data["on"])


def _appealed(body: Body, data: Data, _: date, __: str) -> None:
    body.paper_of(data).appeals.append(Appeal(data["to"], date.fromisoformat(data["on"])))


def _resolved(body: Body, data: Data, _: date, __: str) -> None:
    paper, outcome = body.paper_of(data), data["outcome"]
    appeal = paper.pending_appeal()
    assert appeal is not None
    right = data.get("score", data.get("points", data.get("competencies")))
    appeal.outcome, appeal.at = outcome, body.at
    appeal.sends_back = outcome == "annul" or (outcome == "revise" and right is None)
    if outcome == "annul":
        paper.decisions.append(Decision(body.at, "appeal", annuls=True))
    elif right is not None:
        paper.decisions.append(Decision(body.at, "appeal", right))


def _asked(body: Body, data: Data, on: date, __: str) -> None:
    body.panel(data["period"]).begin(on)


def _withdrawn(body: Body, data: Data, _: date, __: str) -> None:
    body.panel(data["period"]).begin(None)


def _convened(body: Body, data: Data, _: date, __: str) -> None:
    body.panel(data["period"]).members = {one["member"]: one["role"] for one in data["members"]}


def _member(body: Body, data: Data, _: date, __: str) -> None:
    panel, out, into = body.panel(data["period"]), data["out"], data["in"]
    new = into["member"], into["role"]
    panel.members = dict(new if one == out else (one, role) for one, role in panel.members.items())
    panel.votes.get(panel.round, {}).pop(out, None)


def _filed(body: Body, data: Data, _: date, __: str) -> None:
    body.panel(data["period"]).filed = True


NOTING: Mapping[str, Noting] = {
    "AcquaintanceRefused": _nothing,
    "AppealResolved": _resolved,
    "ArgumentHeard": _nothing,
    "BreachRecorded": _breach,
    "CalibrationConvened": _convened,
    "CalibrationRequested": _asked,
    "CalibrationWithdrawn": _withdrawn,
    "CompetencyAssessed": _competency,
    "DecisionAppealed": _appealed,
    "DisciplineAnnulled": _annulled,
    "DisciplineRecorded": _imposed,
    "DisputeRaised": _disputed(1),
    "DisputeSettled": _disputed(-1),
    "EvaluatorAdded": _helper,
    "EvaluatorReplaced": _evaluator,
    "FeedbackGiven": _nothing,
    "MemberReplaced": _member,
    "PlanAgreed": _planned,
    "PlanApproved": _plan_approved,
    "PlanMonitored": _nothing,
    "PlanReturned": _plan_returned,
    "PointsAwarded": _awarded,
    "ProtocolFiled": _filed,
    "ResultAcquainted": _acquainted,
    "ScoreSubmitted": _marked,
    "SelfAssessed": _nothing,
    "SheetAgreed": _agreed,
    "SheetCountersigned": _nothing,
    "SheetIssued": _issued,
    "SheetReturned": _returned,
    "SheetSigned": _signed,
    "SigningRefused": _nothing,
    "TargetAssessed": _target,
    "WorkdaysReported": _workdays,
}
