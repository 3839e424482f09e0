"""What follows for a person from his grades, and what he gains or loses when they change."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeAlias

import msgspec

from events.documents import Assessment
from methodologies.registry import Law
from methodologies.rules.consequences import Follows, Result, follows
from projections.grade import Grade

Key: TypeAlias = tuple[str, str, str, str, str]
"""A grade's own: kind, body, employee, position, period."""

Days: TypeAlias = Mapping[Key, Mapping[str, date]]
"""Of grades, the days of the facts that terms run from, by the type of fact."""

_PROVISIONAL = "provisional"
_AWAITING = "awaiting-"


class Consequence(Follows, frozen=True, kw_only=True):
    """One consequence of one grade of an employee."""

    body: str
    employee: str

    @property
    def key(self) -> tuple[str, str, str, str, str, str]:
        """What tells it from every other: body, employee, kind, period, position and its code."""
        return self.body, self.employee, self.kind, self.period, self.position, self.code


class Changed(msgspec.Struct, frozen=True):
    """An employee for whom something else follows than before."""

    body: str
    employee: str
    gained: tuple[Consequence, ...]
    lost: tuple[Consequence, ...]


def is_settled(grade: Grade) -> bool:
    """Whether nobody has yet to agree, review or form it; what can be contested is settled all the same."""
    return not any(flag == _PROVISIONAL or flag.startswith(_AWAITING) for flag in grade.flags)


def decision_days(assessment: Assessment, form: str | None = None) -> dict[str, date]:
    """The days of a commission's decision on a form's result that terms can run from; none without one."""
    decision = assessment.result(form).decision
    if decision is None:
        return {}
    days = {"CommissionSat": decision.sat_on}
    return days if decision.approved_on is None else {**days, "ResultApproved": decision.approved_on}


def consequences(grades: Iterable[Grade], law: Law, days: Days | None = None) -> tuple[Consequence, ...]:
    """What follows for everyone from these grades: by body and employee, each person's in the order of time.

    All grades of a person are wanted, as some consequences rest on several. Each grade is judged by the very
    revision it was given under. KeyError for one that the law does not have.
    """
    by_person: dict[tuple[str, str], list[Grade]] = {}
    for grade in grades:
        by_person.setdefault((grade.body, grade.employee), []).append(grade)
    return tuple(
        Consequence(body=body, employee=employee, **msgspec.structs.asdict(one))
        for (body, employee), own in sorted(by_person.items())
        for one in follows([_result(grade, law, days or {}) for grade in own], law.calendar)
    )


def compared(before: Iterable[Consequence], after: Iterable[Consequence]) -> tuple[Changed, ...]:
    """Who gains or loses what, by body and employee; nobody for whom the same follows.

    A consequence is the same when it follows from the same period, however late it is settled, due or ended.
    """
    old = {one.key: one for one in before}
    new = {one.key: one for one in after}
    lost = _by_person(one for key, one in old.items() if key not in new)
    gained = _by_person(one for key, one in new.items() if key not in old)
    return tuple(
        Changed(*person, tuple(gained.get(person, ())), tuple(lost.get(person, ())))
        for person in sorted({*gained, *lost})
    )


def _by_person(found: Iterable[Consequence]) -> dict[tuple[str, str], list[Consequence]]:
    people: dict[tuple[str, str], list[Consequence]] = {}
    for one in found:
        people.setdefault((one.body, one.employee), []).append(one)
    return people


def _result(grade: Grade, law: Law, days: Days) -> Result:
    return Result(
        kind=grade.kind,
        period=grade.period,
        act=law.methodologies[grade.methodology].revisions[grade.revision].act,
        grade=grade.grade,
        status=grade.status,
        settled=is_settled(grade),
        position=grade.position,
        days=days.get(grade.key, {}),
    )
