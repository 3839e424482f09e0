"""A calibration panel from its approval to the feedback after it (cl. 19-23)."""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from typing import Any, TypeAlias

import msgspec

from services.sample import law
from services.sample.office import Fact, Office
from services.sample.servant import Case

_APPROVED, _HELD, _FILED = "panel-approved", "panel-held", "protocol-filed"

_LATE = 0.05
_OF_FIVE = 0.2
_REPLACED = 0.1
_HEARD = 0.65
_STUCK = 0.03
_SECOND_ROUND, _THIRD_ROUND = 0.6, 0.9
_VOTES_ALL_THE_SAME = 0.7
_FEEDBACK = 0.9
_RAISED, _KEPT = 0.6, 0.88
_HIGHEST = 500

_HR, _EVALUATOR = "hr", "evaluator"


class Closed(msgspec.Struct, frozen=True):
    """What a panel came to, in hundredths, and the day its protocol was filed."""

    score: int
    filed_on: date


Then: TypeAlias = Callable[[Closed], None]
"""Plans what follows a panel."""


class _Session(msgspec.Struct):
    case: Case
    members: list[str]
    roles: dict[str, str]
    sits_on: date
    then: Then


def approve(office: Office, case: Case, requested: date, then: Then) -> None:
    """Plans the session that was asked for on a day."""
    late = office.chance(_LATE)
    on = _within(office, case, _APPROVED, requested, late=late)
    last = law.due(case.methodology, _HELD, requested)
    if office.chance(_LATE):
        office.fails(case.ref, _HELD)
        sits_on = law.working_day(max(last, on), 1 + int(office.rng.random() * 4))
    else:
        sits_on = min(last, law.working_day(on, 2 + int(office.rng.random() * 5)))
    office.plan(on, partial(_approved, office, case, on, sits_on, then))


def _within(office: Office, case: Case, term: str, since: date, *, late: bool) -> date:
    """A day within a term from a day on, or one after it."""
    last = law.due(case.methodology, term, since)
    if late:
        office.fails(case.ref, term)
        return law.working_day(last, 1 + int(office.rng.random() * 3))
    return min(last, law.working_day(since, 1 + int(office.rng.random() * 3)))


def _approved(office: Office, case: Case, on: date, sits_on: date, then: Then) -> Iterator[Fact]:
    members, spare = _panel(office, case)
    session = _Session(case, list(members), members, sits_on, then)
    data = {**case.ref, "members": _seats(members), "sits_on": sits_on.isoformat()}
    yield office.fact("CalibrationConvened", on, office.staff.first_head, data)
    if spare and office.chance(_REPLACED):
        replaced = law.working_day(on, 1)
        if replaced < sits_on:
            office.plan(replaced, partial(_replaced, office, session, spare, replaced))
    office.plan(sits_on, partial(_held, office, session))


def _panel(office: Office, case: Case) -> tuple[dict[str, str], str | None]:
    """An odd number of members with their roles, those of HR last, and an evaluator who could step in."""
    kept_out = {case.servant.code, case.evaluator, case.scorer}
    others = [one for one in office.staff.evaluators if one not in kept_out]
    size = int(law.panel(case.methodology).least_members.value)
    if office.chance(_OF_FIVE) and len(others) > size:
        size += 2
    drawn = office.rng.sample(others, min(size, len(others)))
    evaluators, spare = drawn[: size - 1], drawn[size - 1 :]
    members = dict.fromkeys(evaluators, _EVALUATOR)
    for number in range(size - len(members)):
        members[office.hr if number == 0 else f"{office.hr}-{number + 1}"] = _HR
    return members, next(iter(spare), None)


def _seats(members: dict[str, str]) -> list[dict[str, str]]:
    return [{"member": member, "role": role} for member, role in members.items()]


def _replaced(office: Office, session: _Session, into: str, on: date) -> Iterator[Fact]:
    out = session.members[0]
    session.members[0] = into
    seat = {"member": into, "role": _EVALUATOR}
    data = {**session.case.ref, "out": out, "in": seat}
    yield office.fact("MemberReplaced", on, office.staff.first_head, data)


def _held(office: Office, session: _Session) -> Iterator[Fact]:
    case, on = session.case, session.sits_on
    yield _argued(office, case, on, case.evaluator, "Сапа мен мерзім бойынша ескертулер болды.")
    if office.chance(_HEARD):
        yield _argued(office, case, on, case.servant.code, "Прошу учесть объём поручений за квартал.")
    score = _decided(office, case.score)
    drawn = office.rng.random()
    rounds = 1 if drawn < _SECOND_ROUND else 2 if drawn < _THIRD_ROUND else 3
    for number in range(1, rounds):
        yield from _split(office, session, number, score)
    if office.chance(_STUCK):
        yield from _split(office, session, rounds, score)
        office.fails(case.ref, _HELD)
        return
    yield from _decisive(office, session, rounds, score)
    _plan_protocol(office, session, score)


def _argued(office: Office, case: Case, on: date, by: str, text: str) -> Fact:
    return office.fact("ArgumentHeard", on, by, {**case.ref, "by": by, "text": text})


def _decided(office: Office, score: int) -> int:
    drawn = office.rng.random()
    change = 20 + 10 * int(office.rng.random() * 9)
    if drawn < _RAISED:
        return min(_HIGHEST, score + change)
    return score if drawn < _KEPT else max(0, score - change)


def _split(office: Office, session: _Session, number: int, score: int) -> Iterator[Fact]:
    """A round in which everybody votes and nothing has a majority: nobody agrees with another."""
    least = min(score, _HIGHEST - 10 * len(session.members))
    for place, member in enumerate(session.members):
        yield _vote(office, session, number, member, least + 10 * place)


def _decisive(office: Office, session: _Session, number: int, score: int) -> Iterator[Fact]:
    needed = len(session.members) // 2 + 1
    against = session.members[1 : 1 + int(office.rng.random() * (len(session.members) - needed + 1))]
    votes = 0
    for member in session.members:
        if votes >= needed and not office.chance(_VOTES_ALL_THE_SAME):
            continue
        other = score - 10 if score else score + 10
        votes += member not in against
        yield _vote(office, session, number, member, other if member in against else score)


def _vote(office: Office, session: _Session, number: int, member: str, score: int) -> Fact:
    data = {**session.case.ref, "round": number, "member": member, "score": f"{score / 100:.2f}"}
    return office.fact("VoteCast", session.sits_on, member, data)


def _plan_protocol(office: Office, session: _Session, score: int) -> None:
    case = session.case
    signed = law.working_day(session.sits_on, int(office.rng.random() * 2))
    filed = _within(office, case, _FILED, signed, late=office.chance(_LATE))
    number = f"К-{1 + int(office.rng.random() * 200)}"
    data = {**case.ref, "number": number, "signed_on": signed.isoformat(), **office.signature()}
    office.plan(filed, partial(_filed, office, session, data, Closed(score, filed)))
    if office.chance(_FEEDBACK):
        met = law.working_day(filed, 1 + int(office.rng.random() * 5))
        office.plan(met, partial(_told_back, office, case, met))


def _filed(office: Office, session: _Session, data: dict[str, Any], closed: Closed) -> Iterator[Fact]:
    yield office.fact("ProtocolFiled", closed.filed_on, office.hr, data)
    session.then(closed)


def _told_back(office: Office, case: Case, on: date) -> Iterator[Fact]:
    data = {
        **case.ref,
        "on": on.isoformat(),
        "achievements": "Есептер уақытылы тапсырылды.",
        "skills": "Следует развивать навык анализа.",
        "career": "Бөлім басшысы резервіне ұсынылады.",
    }
    yield office.fact("FeedbackGiven", on, case.evaluator, data)
