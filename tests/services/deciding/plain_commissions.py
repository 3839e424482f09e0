"""What may not be done in a commission, and what its votes come to (`sjc-2017` 6-9; `arys-2022` 5, 29-39)."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import product

from tests.services.deciding.plain_acts import ASKED, YEAR
from tests.services.deciding.plain_model import Body, Data, Paper, Session

_ANYTHING_ELSE = (("approve", None), ("revise", "to this"), ("revise", "to that"))


def _called(body: Body, data: Data, _: date) -> Iterator[str]:
    if body.act.family == "sheet":
        yield "not-in-act"
    if data["session"] in body.sessions:
        yield "session-convened-already"
    names = [one["member"] for one in data["members"]]
    roles = [one["role"] for one in data["members"]]
    if not set(roles) <= {"chair", "member", "secretary"}:
        yield "wrong-role"
    if len(set(names)) < len(names):
        yield "member-twice"
    if roles.count("chair") != 1:
        yield "not-one-chair"
    if body.act.family == "targets" and len(names) < 5:
        yield "wrong-number-of-members"


def _seat_changed(body: Body, data: Data, _: date) -> Iterator[str]:
    session = body.sessions.get(data["session"])
    if session is None:
        yield "unknown-session"
        return
    if session.sat_on is not None:
        yield "session-sat-already"
    if data["out"] not in session.members:
        yield "not-a-member"
    elif data["in"]["role"] != session.members[data["out"]]:
        yield "wrong-role"
    if data["in"]["member"] in session.members:
        yield "member-twice"


def _sat(body: Body, data: Data, on: date) -> Iterator[str]:
    session, present = body.sessions.get(data["session"]), data["present"]
    if session is None:
        yield "unknown-session"
        return
    if session.sat_on is not None:
        yield "session-sat-already"
    if on < session.convened_on:
        yield "dates-out-of-order"
    if len(set(present)) < len(present):
        yield "member-twice"
    if not set(present) <= set(session.members):
        yield "not-a-member"
    if 3 * len(present) < 2 * len(session.members):
        yield "no-quorum"


def _sitting(body: Body, data: Data) -> Iterator[str]:
    session = body.sessions.get(data["session"])
    if session is None:
        yield "unknown-session"
    elif session.filed:
        yield "protocol-filed"
    elif session.sat_on is None:
        yield "session-not-sat"


def _vote(body: Body, data: Data, _: date) -> Iterator[str]:
    yield from _sitting(body, data)
    session = body.sessions.get(data["session"])
    if session is None:
        return
    member, paper = data["member"], body.paper_of(data)
    if member not in session.members:
        yield "not-a-member"
    elif session.members[member] == "secretary":
        yield "secretary-votes"
    elif member not in session.present:
        yield "not-present"
    if paper.form is None or data.get("form", paper.form) != paper.form:
        yield "unknown-sheet"
    elif not paper.signed_at:
        yield "sheet-unsigned"
    elif paper.form == "targets" and not paper.agreed:
        yield "sheet-not-agreed"
    # A commission decides once; what an appeal sent back is for a session that did not decide it before.
    here = paper.sessions.get(data["session"])
    if (paper.is_reviewed and paper.session != data["session"]) or (here and paper.sent_back_since(here)):
        yield "decided-already"
    if member in current_votes(session, paper):
        yield "voted-already"
    yield from _choice(body, data)


def _choice(body: Body, data: Data) -> Iterator[str]:
    corrects = {"score", "points", "competencies"} & set(data)
    if data.get("choice") is None:
        yield "missing-field"
    elif data["choice"] not in {"approve", "revise"}:
        yield "unknown-choice"
    elif data["choice"] == "approve" and corrects:
        yield "correction-without-revision"
    elif data["choice"] == "revise":
        if body.act.family == "points" and not data.get("explanation"):
            yield "revision-unexplained"
        if not corrects:
            yield "missing-field"
        yield from misfits(body, data)
        if not set(data.get("competencies", ())) <= set(body.indicators()):
            yield "unknown-competency"


def misfits(body: Body, data: Data) -> Iterator[str]:
    """Why a correction is none of such a result."""
    of_competencies = data.get("form") == "competencies"
    in_points = body.act.family == "points" and data["period"] != YEAR
    fitting = "competencies" if of_competencies else "points" if in_points else "score"
    given = {"score", "points", "competencies"} & set(data)
    if given - {fitting}:
        yield "correction-misfit"
    if fitting not in given:
        yield "missing-field"
    elif fitting == "score" and not _printed(body, Decimal(data["score"])):
        yield "correction-misfit"
    elif of_competencies:
        right = data["competencies"]
        if not (set(right) <= set(ASKED) and set(right.values()) <= {"meets", "does-not-meet"}):
            yield "correction-misfit"


def _printed(body: Body, score: Decimal) -> bool:
    """Whether the result can come to such a score; a year under `sjc-2017` is made of marks from 2 to 5."""
    if body.act.family == "targets":
        return score in range(6)
    return (2 if body.act.family == "points" else 0) <= score <= 5


def current_votes(session: Session, paper: Paper) -> dict[str, object]:
    """Who voted for what on the sheet as it is signed now, and not before an appeal sent it back."""
    return {
        member: choice
        for member, (at, choice) in session.votes.get(paper.key, {}).items()
        if at > paper.signed_at > 0 and not paper.sent_back_since(at)
    }


def carried(votes: Mapping[str, object], chair: str | None) -> object:
    """What the votes come to in the end: more than half, or the chair's choice where choices are equal."""
    tally = Counter(votes.values())
    casting = votes.get(chair or "")
    for choice, number in tally.items():
        if 2 * number > len(votes) or (2 * number == len(votes) and choice == casting):
            return choice
    most = max(tally.values(), default=0)
    equals = [choice for choice, number in tally.items() if number == most]
    # To approve or to revise comes first: a chair in the minority there breaks no tie of those who revise.
    side = sum(number for choice, number in tally.items() if _side(choice) == _side(casting))
    return casting if len(equals) > 1 and casting in equals and 2 * side >= len(votes) else None


def _side(choice: object) -> object:
    return choice[0] if isinstance(choice, tuple) else choice


def certain(votes: Mapping[str, object], waiting: list[str], chair: str | None) -> object:
    """What the votes come to whatever those who did not vote yet may vote for; None while that differs."""
    choices = list(dict.fromkeys([*votes.values(), *_ANYTHING_ELSE]))
    ends = {
        carried({**votes, **dict(zip(waiting, rest, strict=True))}, chair)
        for rest in product(choices, repeat=len(waiting))
    }
    return ends.pop() if len(ends) == 1 else None


def _filed(body: Body, data: Data, _: date) -> Iterator[str]:
    yield from _sitting(body, data)
    session = body.sessions.get(data["session"])
    if session and session.sat_on and date.fromisoformat(data["signed_on"]) < session.sat_on:
        yield "dates-out-of-order"


def _approved(body: Body, data: Data, _: date) -> Iterator[str]:
    if data["session"] not in body.sessions:
        yield "unknown-session"
    elif body.act.family == "points":
        yield "not-in-act"
    else:
        decided = decided_in(body, data["session"])
        if not decided:
            yield "nothing-decided"
        elif all(paper.approved for paper in decided):
            yield "already-approved"


def decided_in(body: Body, session: str) -> list[Paper]:
    """The papers on which the session's decision stands."""
    return [paper for paper in body.papers.values() if paper.session == session and paper.is_reviewed]


GUARDS: Mapping[str, Callable[[Body, Data, date], Iterator[str]]] = {
    "CommissionConvened": _called,
    "CommissionSat": _sat,
    "MemberReplaced": _seat_changed,
    "ProtocolFiled": _filed,
    "ResultApproved": _approved,
    "VoteCast": _vote,
}
