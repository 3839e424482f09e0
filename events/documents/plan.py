"""An employee's work plan for a year."""

import msgspec

from events.envelope import Event
from events.vocabulary import plan as facts


class Plan(msgspec.Struct, frozen=True):
    """The targets as last agreed, and whether they are approved."""

    employee: str
    position: str
    year: str
    targets: tuple[facts.Target, ...] = ()
    agreed: bool = False
    approved_by: str | None = None

    def target(self, number: str) -> facts.Target | None:
        """The target of this number or code."""
        return next((target for target in self.targets if str(target.target) == number), None)


def evolve(document: Plan | None, event: Event) -> Plan:
    """The plan after one more event."""
    data = event.data
    employee, position, year = event.document.key
    current = document or Plan(employee, position, year)
    match data:
        case facts.PlanAgreed():
            return msgspec.structs.replace(
                current, targets=tuple(data.targets), agreed=True, approved_by=None
            )
        case facts.PlanReturned():
            return msgspec.structs.replace(current, agreed=False, approved_by=None)
        case facts.PlanApproved():
            return msgspec.structs.replace(current, approved_by=data.by)
    return current
