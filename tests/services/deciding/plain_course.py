"""What a fact that is accepted leads to: how the papers change, and what the system adds and tells."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from tests.services.deciding import plain_commissions, plain_panels, plain_results, plain_sheets
from tests.services.deciding.plain_commissions import carried, certain, current_votes, decided_in
from tests.services.deciding.plain_model import Added, Body, Data, Decision, Paper, Said, Session, Told
from tests.services.deciding.plain_papers import NOTING

_OF_DECISIONS = {"VoteCast", "ProtocolFiled", "AppealResolved"}
"""Facts through which a panel, a commission or an appeal changes a result."""


def refusals(body: Body, type_: str, data: Data, on: date) -> set[str]:
    """The codes of all reasons to refuse a fact, any of which may be told; none when it is to be accepted."""
    guards = plain_sheets.GUARDS | plain_results.GUARDS | plain_panels.GUARDS
    if "session" in data:
        guards |= plain_commissions.GUARDS
    return set(guards[type_](body, data, on))


def accept(body: Body, type_: str, data: Data, on: date, id_: str) -> list[Added]:
    """Takes an accepted fact into the papers; what the system adds to it."""
    body.at += 1
    if "session" in data:
        added = _IN_SESSION[type_](body, data, on)
    elif type_ in _ADDING:
        added = _ADDING[type_](body, data, on)
    else:
        added = []
        NOTING[type_](body, data, on, id_)
    return [*added, *_restated(body, type_)]


def _restated(body: Body, type_: str) -> list[Added]:
    """Every result that was told and is another now."""
    found: list[Added] = []
    for paper in body.papers.values():
        if not paper.told:
            continue
        said = body.outcome(paper) or Said()
        if said != paper.told[-1].said:
            paper.told.append(Told(body.at, said, anew=False, of_decision=type_ in _OF_DECISIONS))
            if type_ == "AppealResolved":
                paper.settled = said
            found.append(("ResultRestated", paper.period, said))
        if paper.decided_at("panel") == body.at:
            paper.settled = said
    return found


def _delivered(body: Body, data: Data, _: date) -> list[Added]:
    paper, said = body.paper_of(data), body.outcome(body.paper_of(data))
    # Told by a second channel, it is told once.
    if said is None or (paper.told and paper.told[-1].anew):
        return []
    paper.delivered_on = date.fromisoformat(data["on"])
    paper.told.append(Told(body.at, said, anew=True))
    return [("ResultAnnounced", paper.period, said)]


def _panel_voted(body: Body, data: Data, on: date) -> list[Added]:
    panel, score = body.panel(data["period"]), Decimal(data["score"])
    votes = panel.votes.setdefault(panel.round, {})
    votes[data["member"]] = score
    if panel.concluded:
        return []
    if 2 * list(votes.values()).count(score) > len(panel.members):
        panel.concluded, panel.decided_on = True, on
        body.paper(data["period"]).decisions.append(Decision(body.at, "panel", score))
        return [("CalibrationConcluded", data["period"], score.normalize())]
    if set(votes) >= set(panel.members):
        panel.round += 1
    return []


def _called(body: Body, data: Data, on: date) -> list[Added]:
    members = {one["member"]: one["role"] for one in data["members"]}
    body.sessions[data["session"]] = Session(members, on)
    return []


def _sat(body: Body, data: Data, on: date) -> list[Added]:
    session = body.sessions[data["session"]]
    session.sat_on, session.present = on, data["present"]
    return []


def _replaced(body: Body, data: Data, _: date) -> list[Added]:
    session, out, into = body.sessions[data["session"]], data["out"], data["in"]
    new = into["member"], into["role"]
    session.members = dict(new if one == out else (one, role) for one, role in session.members.items())
    return []


def _voted(body: Body, data: Data, _: date) -> list[Added]:
    session, paper = body.sessions[data["session"]], body.paper_of(data)
    right = data.get("score", data.get("points", data.get("competencies")))
    if isinstance(right, dict):
        right = frozenset(right.items())
    elif right is not None:
        right = Decimal(str(right)).normalize()
    session.votes.setdefault(paper.key, {})[data["member"]] = body.at, (data["choice"], right)
    if paper.is_reviewed:
        return []
    cast = current_votes(session, paper)
    waiting = [one for one in session.voters if one in session.present and one not in cast]
    choice = certain(cast, waiting, session.chair)
    return [] if choice is None else [_decided(body, paper, data["session"], choice)]


def _filed(body: Body, data: Data, _: date) -> list[Added]:
    session = body.sessions[data["session"]]
    session.filed = True
    papers = [body.papers[key] for key in session.votes if not body.papers[key].is_reviewed]
    choices = ((paper, carried(current_votes(session, paper), session.chair)) for paper in papers)
    return [_decided(body, paper, data["session"], choice) for paper, choice in choices if choice is not None]


def _decided(body: Body, paper: Paper, session: str, choice: object) -> Added:
    assert isinstance(choice, tuple)
    right = dict(choice[1]) if isinstance(choice[1], frozenset) else choice[1]
    paper.decisions.append(Decision(body.at, "commission", right))
    paper.sessions[session] = body.at
    paper.session, paper.sat_on, paper.approved = session, body.sessions[session].sat_on, False
    return "CommissionDecided", paper.period, choice


def _approved(body: Body, data: Data, _: date) -> list[Added]:
    waiting = [paper for paper in decided_in(body, data["session"]) if not paper.approved]
    for paper in waiting:
        paper.approved = True
    return [("DecisionApproved", paper.period, paper.form == "competencies") for paper in waiting]


_Adding = Callable[[Body, Data, date], list[Added]]
_ADDING: Mapping[str, _Adding] = {"ResultDelivered": _delivered, "VoteCast": _panel_voted}
_IN_SESSION: Mapping[str, _Adding] = {
    "CommissionConvened": _called,
    "CommissionSat": _sat,
    "MemberReplaced": _replaced,
    "ProtocolFiled": _filed,
    "ResultApproved": _approved,
    "VoteCast": _voted,
}
