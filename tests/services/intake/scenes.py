"""What two sides may tell of one assessment at once, where what the one says bears on the other."""

from collections.abc import Callable
from typing import Any

from tests.facts import fact, issued, marked, scored, signed

PANEL = {"m-1": "evaluator", "m-2": "evaluator", "hr-9": "hr"}
OTHER_PANEL = {"m-3": "evaluator", "m-4": "evaluator", "hr-8": "hr"}

Lines = list[bytes]
Scene = Callable[[dict[str, Any]], tuple[Lines, Lines, Lines]]
"""Of an assessment: what both sides find, then what each of them tells."""


def _of(of: dict[str, Any], type_: str, day: str, /, **more: Any) -> bytes:
    return fact(type_, {**of, **more}, on=day)


def _convened(of: dict[str, Any], panel: dict[str, str]) -> bytes:
    members = [{"member": member, "role": role} for member, role in panel.items()]
    return _of(of, "CalibrationConvened", "2026-04-20", members=members, sits_on="2026-04-24")


def _vote(of: dict[str, Any], member: str, score: str) -> bytes:
    return _of(of, "VoteCast", "2026-04-24", member=member, score=score)


def _told(of: dict[str, Any]) -> bytes:
    return _of(of, "ResultDelivered", "2026-04-14", channel="information-system", on="2026-04-14")


def _signed(of: dict[str, Any]) -> Lines:
    return [issued(of), *marked(("4", "4", "4", "4", "4"), of), signed(of)]


def _asked(of: dict[str, Any]) -> Lines:
    return [*_signed(of), _told(of), _of(of, "CalibrationRequested", "2026-04-16", grounds="row 3")]


def _sanction(of: dict[str, Any]) -> bytes:
    imposed = {"sanction": "remark", "imposed_on": "2026-02-10", "discrediting": False, "basis": "order"}
    return fact("DisciplineRecorded", {"employee": of["employee"], **imposed})


def _filed(of: dict[str, Any]) -> bytes:
    return _of(of, "ProtocolFiled", "2026-04-27", number="7", signed_on="2026-04-24")


def votes_and_protocol(of: dict[str, Any]) -> tuple[Lines, Lines, Lines]:
    sitting = [*_asked(of), _convened(of, PANEL), _vote(of, "m-1", "4.50")]
    return sitting, [_vote(of, "m-2", "4.50"), _vote(of, "hr-9", "3")], [_filed(of) for _ in range(3)]


def marks_and_signature(of: dict[str, Any]) -> tuple[Lines, Lines, Lines]:
    filled = [issued(of), *marked(("4", "4", "4", "4", "4"), of)]
    return filled, [scored("1", "0", of), scored("2", "1", of), scored("3", "2", of)], [signed(of), _told(of)]


def two_panels(of: dict[str, Any]) -> tuple[Lines, Lines, Lines]:
    ours = [_convened(of, PANEL), _vote(of, "m-1", "5"), _vote(of, "m-2", "5"), _filed(of)]
    theirs = [_convened(of, OTHER_PANEL), _vote(of, "m-3", "2"), _vote(of, "hr-8", "2"), _filed(of)]
    return _asked(of), ours, theirs


def sanction_and_delivery(of: dict[str, Any]) -> tuple[Lines, Lines, Lines]:
    return _signed(of), [_sanction(of)], [_told(of), _of(of, "WorkdaysReported", "2026-04-14", days=40)]


def work_days_and_the_deciding_vote(of: dict[str, Any]) -> tuple[Lines, Lines, Lines]:
    sitting = [*_asked(of), _convened(of, PANEL), _vote(of, "m-1", "4.50")]
    days = [_of(of, "WorkdaysReported", "2026-04-24", days=days) for days in (14, 15)]
    returned = _of(of, "SheetReturned", "2026-04-24", by="top-1", reason="row 3")
    return sitting, [_vote(of, "m-2", "4.50"), _vote(of, "hr-9", "4.50")], [days[0], returned, days[1]]


def two_commissions(of: dict[str, Any]) -> tuple[Lines, Lines, Lines]:
    seats = {"c-1": "chair", "c-2": "member", "c-3": "member", "hr-1": "secretary"}
    quarter = {**of, "period": "2026-Q2"}
    sittings: Lines = []
    sides: list[Lines] = []
    for name, choice in (("k", {"choice": "approve"}), ("l", {"choice": "revise", "points": 131})):
        session = {"session": f"{name}-{of['employee']}"}
        members = [{"member": member, "role": role} for member, role in seats.items()]
        sittings += [
            fact("CommissionConvened", {**session, "members": members}),
            fact("CommissionSat", {**session, "present": list(seats)}),
        ]
        vote = {**quarter, **session, **choice, "explanation": "heard"}
        votes = [fact("VoteCast", {**vote, "member": member}) for member in ("c-1", "c-2", "c-3")]
        sides.append([*votes, fact("ProtocolFiled", {**session, "number": "1", "signed_on": "2026-07-12"})])
    opening = [issued(quarter, "points"), signed(quarter), _told(quarter), *sittings]
    return opening, sides[0], sides[1]


SCENES = (
    votes_and_protocol,
    marks_and_signature,
    two_panels,
    sanction_and_delivery,
    work_days_and_the_deciding_vote,
    two_commissions,
)
