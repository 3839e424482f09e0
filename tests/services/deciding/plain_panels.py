"""What may not be done about a calibration: the request, the panel, its votes and protocol (cl. 10-23)."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from tests.services.deciding.plain_acts import EMPLOYEE, due
from tests.services.deciding.plain_model import Body, Data, Paper


def _matter(body: Body, data: Data) -> Iterator[str]:
    if body.act.family != "sheet":
        yield "not-in-act"
    paper = body.paper_of(data)
    if paper.form is None or data.get("form", paper.form) != paper.form:
        yield "unknown-sheet"


def _requested(body: Body, data: Data, on: date) -> Iterator[str]:
    yield from _matter(body, data)
    paper, panel = body.paper_of(data), body.panel(data["period"])
    if panel.pending:
        yield "calibration-pending"
    if not paper.told or paper.delivered_on is None:
        yield "not-announced"
        return
    last = paper.told[-1]
    standing = paper.standing()
    annulled = standing is not None and standing.annuls
    if on < paper.delivered_on or (last.said.grade is None and not annulled):
        yield "not-announced"
    decided = paper.decided_at("panel")
    sent_back = paper.sent_back_since(decided)
    if decided and not sent_back and last.said == paper.settled:
        yield "calibrated-already"
    since = _term_since(body, paper, decided)
    if since is not None and on > due(since, 5):
        yield "term-missed"


def _term_since(body: Body, paper: Paper, decided: int) -> date | None:
    """The day from which the servant's five working days run; None while none does (cl. 10)."""
    changes = [one.at for one in paper.told if not one.anew and not one.of_decision]
    changed, received = max(changes, default=0), max(one.at for one in paper.told if one.anew)
    if decided and paper.sent_back_since(max(decided, changed)):
        return None
    if changed > received:
        return None
    if not body.act.from_acquaintance:
        return paper.delivered_on
    knows, received_on = paper.acquainted_on, paper.delivered_on
    # To know what a result was before it changed is not enough.
    return None if changed and knows and received_on and knows < received_on else knows


def _pending(body: Body, data: Data, *, convened: bool = False) -> Iterator[str]:
    yield from _matter(body, data)
    panel = body.panel(data["period"])
    if panel.filed:
        yield "protocol-filed"
    elif not panel.pending:
        yield "calibration-not-requested"
    elif convened and not panel.members:
        yield "panel-not-convened"


def _withdrawn(body: Body, data: Data, _: date) -> Iterator[str]:
    yield from _pending(body, data)
    if body.panel(data["period"]).concluded:
        yield "panel-decided"


def _composition(paper: Paper, members: list[tuple[str, str]]) -> Iterator[str]:
    names, roles = [member for member, _ in members], {role for _, role in members}
    if not roles <= {"evaluator", "hr"}:
        yield "wrong-role"
    if len(set(names)) < len(names):
        yield "member-twice"
    if set(names) & {EMPLOYEE, *paper.scorers}:
        yield "member-excluded"
    if len(names) < 3 or len(names) % 2 == 0:
        yield "wrong-number-of-members"
    if not {"evaluator", "hr"} <= roles:
        yield "panel-incomplete"


def _convened(body: Body, data: Data, _: date) -> Iterator[str]:
    yield from _pending(body, data)
    panel = body.panel(data["period"])
    if panel.members:
        yield "panel-convened-already"
    yield from _composition(body.paper_of(data), [(one["member"], one["role"]) for one in data["members"]])
    if panel.requested_on is not None and date.fromisoformat(data["sits_on"]) < panel.requested_on:
        yield "dates-out-of-order"


def _panel_replaced(body: Body, data: Data, _: date) -> Iterator[str]:
    yield from _pending(body, data, convened=True)
    panel, into = body.panel(data["period"]), data["in"]
    if panel.concluded:
        yield "panel-decided"
    if data["out"] not in panel.members:
        yield "not-a-member"
    if into["member"] in panel.members:
        yield "member-twice"
    after = [(one, role) for one, role in panel.members.items() if one != data["out"]]
    yield from _composition(body.paper_of(data), [*after, (into["member"], into["role"])])


def _argued(body: Body, data: Data, _: date) -> Iterator[str]:
    yield from _pending(body, data, convened=True)
    if data["by"] not in {EMPLOYEE, *body.paper_of(data).scorers}:
        yield "not-a-party"


def _panel_vote(body: Body, data: Data, _: date) -> Iterator[str]:
    yield from _pending(body, data, convened=True)
    panel, member, cap = body.panel(data["period"]), data["member"], body.cap(data["period"])
    if member not in panel.members:
        yield "not-a-member"
    if member in body.paper_of(data).scorers:
        # Cl. 19: whoever scored is not of the panel, also when he came to score only after it was approved.
        yield "member-excluded"
    if data.get("round", panel.round) != panel.round:
        yield "wrong-round"
    if member in panel.votes.get(panel.round, {}):
        yield "voted-already"
    if "score" not in data:
        yield "missing-field"
    elif Decimal(data["score"]) > 5:
        yield "mark-out-of-range"
    elif body.act.overall and cap is not None and Decimal(data["score"]) > cap:
        yield "above-the-cap"


def _panel_filed(body: Body, data: Data, _: date) -> Iterator[str]:
    yield from _pending(body, data, convened=True)
    panel = body.panel(data["period"])
    if not panel.concluded:
        yield "panel-undecided"
    elif panel.decided_on is not None and date.fromisoformat(data["signed_on"]) < panel.decided_on:
        yield "dates-out-of-order"


def _fed_back(body: Body, data: Data, _: date) -> Iterator[str]:
    yield from _matter(body, data)
    decided_on = body.panel(data["period"]).decided_on
    if decided_on is None:
        yield "panel-undecided"
    elif date.fromisoformat(data["on"]) < decided_on:
        yield "dates-out-of-order"
    if not (data["achievements"] and data["skills"] and data["career"]):
        yield "missing-field"


GUARDS: Mapping[str, Callable[[Body, Data, date], Iterator[str]]] = {
    "ArgumentHeard": _argued,
    "CalibrationConvened": _convened,
    "CalibrationRequested": _requested,
    "CalibrationWithdrawn": _withdrawn,
    "FeedbackGiven": _fed_back,
    "MemberReplaced": _panel_replaced,
    "ProtocolFiled": _panel_filed,
    "VoteCast": _panel_vote,
}
