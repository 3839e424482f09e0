"""The commission on assessment: sessions from the order to the protocol, and what follows them.

`sjc-2017` cl. 6-9, 34-39, 42; `arys-2022` cl. 5, 29-43.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any, TypeAlias

import msgspec

from services.sample import law
from services.sample.delivery import delivered
from services.sample.office import Fact, Office
from services.sample.servant import Case

AT_ONCE = 20
"""How many results a session reviews at most."""

_VOTING = 4
_REPLACED = 0.15
_ABSENT = 0.3
_REVISED = 0.04
_SPLIT = 0.05
_REFUSING = 0.03
_APPEALED = 0.025
_SENT_BACK = 0.4

_APPEAL = "appeal"
_OUTCOMES = ("left",) * 7 + ("revise",) * 5 + ("annul",)

Revise: TypeAlias = Callable[[Office, Case], dict[str, Any]]
"""The data that corrects a result, and what the case comes to with it."""


class _Session(msgspec.Struct):
    code: str
    members: list[str]
    secretary: str
    cases: list[Case]
    sits_on: date
    revise: Revise

    @property
    def chair(self) -> str:
        return self.members[0]


def review(office: Office, period: str, days: tuple[date, date], revise: Revise) -> Iterator[Fact]:
    """Calls sessions on the results that wait; they are called on the first day, and sit on the second."""
    waiting = office.docket.pop(period, [])
    for at in range(0, len(waiting), AT_ONCE):
        yield from _convened(office, waiting[at : at + AT_ONCE], days, revise)


def _convened(office: Office, cases: list[Case], days: tuple[date, date], revise: Revise) -> Iterator[Fact]:
    on, sits_on = days
    office.sessions += 1
    others = list(office.staff.evaluators[1:])
    office.rng.shuffle(others)
    # A small office asks its neighbours: the act does not say whose the members must be.
    others += [f"{office.body.code}-member-{number}" for number in range(_VOTING)]
    members = [office.staff.first_head, *others[: _VOTING - 1]]
    session = _Session(f"{office.body.code}/{office.sessions}", members, office.hr, cases, sits_on, revise)
    roles = {members[0]: "chair", **dict.fromkeys(members[1:], "member"), session.secretary: "secretary"}
    seats = [{"member": member, "role": role} for member, role in roles.items()]
    data = {"session": session.code, "members": seats}
    yield office.fact("CommissionConvened", on, office.hr, data)
    if office.chance(_REPLACED):
        replaced = law.working_day(on, 1)
        office.plan(replaced, partial(_replaced, office, session, others[_VOTING - 1], replaced))
    office.plan(sits_on, partial(_sat, office, session))


def _replaced(office: Office, session: _Session, into: str, on: date) -> Iterator[Fact]:
    out = session.members[-1]
    session.members[-1] = into
    data = {"session": session.code, "out": out, "in": {"member": into, "role": "member"}}
    yield office.fact("MemberReplaced", on, office.hr, data)


def _sat(office: Office, session: _Session) -> Iterator[Fact]:
    on = session.sits_on
    voting = session.members[:-1] if office.chance(_ABSENT) else session.members
    data = {"session": session.code, "present": [*voting, session.secretary]}
    yield office.fact("CommissionSat", on, office.hr, data)
    for case in session.cases:
        yield from _votes(office, session, case, voting)
    filed = law.working_day(on, int(office.rng.random() * 2))
    office.plan(filed, partial(_filed, office, session, filed))


def _votes(office: Office, session: _Session, case: Case, voting: list[str]) -> Iterator[Fact]:
    """Most results are approved by all; some are revised, some divide the members and the chair decides."""
    drawn = office.rng.random()
    revision: dict[str, Any] | None = None
    if drawn < _REVISED + _SPLIT:
        before = case.score
        revision = session.revise(office, case)
        if drawn >= _REVISED:
            case.score = before
    for place, member in enumerate(voting):
        # The chair's side has half of them at least, and his vote.
        against = drawn >= _REVISED and place > 0 and place >= len(voting) - len(voting) // 2
        choice = {"choice": "approve"}
        if revision is not None and (drawn < _REVISED or against):
            choice = {"choice": "revise", **revision, "explanation": "Пересмотрено по документам отдела."}
        data = {**case.ref, "session": session.code, "member": member, **choice}
        yield office.fact("VoteCast", session.sits_on, member, data)


def _filed(office: Office, session: _Session, on: date) -> Iterator[Fact]:
    number = f"П-{office.sessions}/{1 + int(office.rng.random() * 90)}"
    data = {"session": session.code, "number": number, "signed_on": on.isoformat(), **office.signature()}
    yield office.fact("ProtocolFiled", on, office.hr, data)
    methodology = session.cases[0].methodology
    decided = session.sits_on
    if law.commission(methodology).approved_by is not None:
        decided = law.working_day(on, 1 + int(office.rng.random() * 2))
        office.plan(decided, partial(_approved, office, session, decided))
    for case in session.cases:
        told = max(on, law.working_day(decided, 1 + int(office.rng.random() * 2)))
        office.plan(told, partial(_told, office, session, case, told))
        if law.sends_to_training(case):
            sent = session.sits_on + timedelta(days=15 + int(office.rng.random() * 60))
            office.plan(sent, partial(_sent_to_training, office, case, sent))


def _sent_to_training(office: Office, case: Case, on: date) -> Iterator[Fact]:
    data = {**case.ref, "on": on.isoformat()}
    yield office.fact("TrainingAssigned", on, office.hr, data)


def _approved(office: Office, session: _Session, on: date) -> Iterator[Fact]:
    by = office.staff.first_head
    yield office.fact("ResultApproved", on, by, {"session": session.code, "by": by})


def _told(office: Office, session: _Session, case: Case, on: date) -> Iterator[Fact]:
    rule = law.act(case.methodology).delivery.refusal
    if rule is not None and office.chance(_REFUSING):
        witnesses = [office.hr, *office.staff.evaluators[: (rule.witnesses or 1)]]
        others = [one for one in witnesses if one != case.servant.code]
        others += [f"{office.hr}-{number}" for number in range(2, 2 + len(witnesses) - len(others))]
        data = {**case.ref, "on": on.isoformat(), "witnesses": others}
        yield office.fact("AcquaintanceRefused", on, office.hr, data)
        if rule.then_sent_by:
            sent = {**case.ref, "channel": rule.then_sent_by[-1], "on": on.isoformat()}
            yield office.fact("ResultDelivered", on, office.hr, sent)
    else:
        yield delivered(office, case, on)
        yield office.fact("ResultAcquainted", on, case.servant.code, {**case.ref, "on": on.isoformat()})
    if office.chance(_APPEALED):
        last = law.due(case.methodology, _APPEAL, session.sits_on)
        appealed = min(last, law.working_day(on, 1 + int(office.rng.random() * 9)))
        office.plan(appealed, partial(_appealed, office, session, case, appealed))


def _appealed(office: Office, session: _Session, case: Case, on: date) -> Iterator[Fact]:
    to = "authorised-body" if office.chance(3 / 4) else "court"
    grounds = "Не согласен с решением Комиссии: результаты подтверждены документами."
    data = {**case.ref, "to": to, "on": on.isoformat(), "grounds": grounds}
    yield office.fact("DecisionAppealed", on, case.servant.code, data)
    back = law.working_day(on, 10 + int(office.rng.random() * 10))
    office.plan(back, partial(_resolved, office, session, case, back, to))


def _resolved(office: Office, session: _Session, case: Case, on: date, to: str) -> Iterator[Fact]:
    ways = {way.to: way.outcomes for way in law.act(case.methodology).appeals}
    possible = [one for one in _OUTCOMES if not ways[to] or one in ways[to]]
    outcome = possible[int(office.rng.random() * len(possible))]
    data = {**case.ref, "outcome": outcome, "on": on.isoformat(), "explanation": "Рассмотрено с выездом."}
    sent_back = outcome == "annul" or (outcome == "revise" and office.chance(_SENT_BACK))
    if outcome == "revise" and not sent_back:
        data |= session.revise(office, case)
    yield office.fact("AppealResolved", on, office.hr, data)
    if sent_back:
        called = law.working_day(on, 2)
        days = called, law.working_day(called, 5)
        office.plan(called, partial(_convened, office, [case], days, session.revise))
    elif outcome == "revise":
        again = law.working_day(on, 1)
        office.plan(again, partial(_told_anew, office, case, again))


def _told_anew(office: Office, case: Case, on: date) -> Iterator[Fact]:
    yield delivered(office, case, on)
