"""An employee's work plan for a year."""

from datetime import date

import msgspec

from events.envelope import Event
from events.vocabulary import plan as facts


class Monitored(msgspec.Struct, frozen=True):
    """What was recommended after a quarter, and the day it was reported of."""

    quarter: int
    recommendations: str
    on: date


class Plan(msgspec.Struct, frozen=True):
    """The targets as last agreed, whether they are approved, and what was recommended after each quarter.

    `drawn_up_on` is the day the plan was first agreed, `agreed_on` the last; `returned_on` stays after the
    plan came back.
    """

    employee: str
    position: str
    year: str
    targets: tuple[facts.Target, ...] = ()
    agreed: bool = False
    approved_by: str | None = None
    drawn_up_on: date | None = None
    agreed_on: date | None = None
    returned_on: date | None = None
    approved_on: date | None = None
    monitored: tuple[Monitored, ...] = ()

    def target(self, number: str) -> facts.Target | None:
        """The target of this number or code."""
        return next((target for target in self.targets if str(target.target) == number), None)


def quarter_number(named: int | str) -> int:
    """The number of a quarter written `1`, `Q1` or `2026-Q1`."""
    return int(str(named)[-1])


def evolve(document: Plan | None, event: Event) -> Plan:
    """The plan after one more event."""
    data = event.data
    employee, position, year = event.document.key
    current = document or Plan(employee, position, year)
    match data:
        case facts.PlanAgreed():
            return msgspec.structs.replace(
                current,
                targets=tuple(data.targets),
                agreed=True,
                approved_by=None,
                drawn_up_on=current.drawn_up_on or event.occurred_on,
                agreed_on=event.occurred_on,
                approved_on=None,
            )
        case facts.PlanReturned():
            return msgspec.structs.replace(
                current, agreed=False, approved_by=None, returned_on=event.occurred_on, approved_on=None
            )
        case facts.PlanApproved():
            return msgspec.structs.replace(current, approved_by=data.by, approved_on=event.occurred_on)
        case facts.PlanMonitored():
            return _monitored(current, data, event.occurred_on)
    return current


def _monitored(current: Plan, data: facts.PlanMonitored, on: date) -> Plan:
    """Of two for a quarter the last stands."""
    monitored = Monitored(quarter_number(data.quarter), data.recommendations, on)
    others = tuple(one for one in current.monitored if one.quarter != monitored.quarter)
    return msgspec.structs.replace(current, monitored=(*others, monitored))
