"""An employee's file in a body: positions held, absences, secondments, dismissal."""

from datetime import date, timedelta
from uuid import UUID

import msgspec

from events.envelope import Event
from events.period import Period
from events.vocabulary import employment as facts

_DAY = timedelta(days=1)


class Received(msgspec.Struct, frozen=True):
    """Where a servant is seconded from, with the codes he has there; `id` is the secondment's."""

    id: UUID
    body: str
    employee: str
    position: str


class Tenure(msgspec.Struct, frozen=True):
    """A position held from a day to a last day (None: still held).

    Of one held by secondment from another body `received` tells whence; nobody there said under whom he
    works, so the codes of his superiors are empty.
    """

    position: str
    category: str
    managerial: bool
    unit: str
    supervisor: str
    unit_head: str
    superior: str | None
    heads_unit: bool
    since: date
    until: date | None
    probation_until: date | None
    serves_public: bool
    received: Received | None = None


class Leave(msgspec.Struct, frozen=True):
    """An absence from a day to a last day (None: not known yet)."""

    kind: str
    since: date
    until: date | None


class Secondment(msgspec.Struct, frozen=True):
    """A secondment to another body, with both ends' codes; `id` is the fact's that began it."""

    id: UUID
    position: str
    to_body: str
    to_employee: str
    to_position: str
    since: date
    until: date


class Employment(msgspec.Struct, frozen=True):
    """Everything known of one employee's service in one body."""

    employee: str
    name: str | None = None
    tenures: tuple[Tenure, ...] = ()
    leaves: tuple[Leave, ...] = ()
    secondments: tuple[Secondment, ...] = ()
    dismissed_on: date | None = None
    iin: str | None = None

    def tenures_in(self, position: str) -> tuple[Tenure, ...]:
        """The times the position was held, in the order recorded."""
        return tuple(tenure for tenure in self.tenures if tenure.position == position)

    def last_position_in(self, period: Period) -> str | None:
        """Of the positions held in a period, the one that began last; None when none was."""
        held = [
            tenure
            for tenure in self.tenures
            if tenure.since <= period.end and (tenure.until is None or tenure.until >= period.start)
        ]
        return max(held, key=lambda tenure: tenure.since).position if held else None


def evolve(document: Employment | None, event: Event) -> Employment:
    """The file after one more event."""
    data = event.data
    match data:
        case facts.EmployeeTransferred():
            before = document or Employment(data.employee)
            return _appointed(_left(before, data.from_position, data.on - _DAY), data)
        case facts.EmployeeAppointed():
            return _appointed(document or Employment(data.employee), data)
    return _evolve_absence(document or Employment(event.document.key[0]), event)


def _evolve_absence(document: Employment, event: Event) -> Employment:
    data = event.data
    match data:
        case facts.SuperiorsChanged():
            return _under_others(document, data)
        case facts.LeaveTaken():
            leave = Leave(data.kind, data.from_, data.until)
            return msgspec.structs.replace(document, leaves=(*document.leaves, leave))
        case facts.LeaveEnded():
            return _back(document, data.on)
        case facts.EmployeeSeconded():
            return _seconded(document, data, event.id)
        case facts.SecondmentReceived():
            return _received(document, data)
        case facts.SecondmentEnded():
            return _recalled(document, data)
        case facts.EmployeeDismissed():
            return msgspec.structs.replace(
                document,
                dismissed_on=data.on,
                tenures=tuple(_ended(tenure, data.on) for tenure in document.tenures),
            )
    return document


def _appointed(document: Employment, data: facts.EmployeeAppointed) -> Employment:
    tenure = Tenure(
        position=data.position,
        category=data.category,
        managerial=data.managerial,
        unit=data.unit,
        supervisor=data.supervisor,
        unit_head=data.unit_head,
        superior=data.superior,
        heads_unit=bool(data.heads_unit),
        since=data.on,
        until=None,
        probation_until=data.probation_until,
        serves_public=bool(data.serves_public),
    )
    return msgspec.structs.replace(
        document,
        name=data.name or document.name,
        iin=data.iin or document.iin,
        tenures=(*document.tenures, tenure),
        dismissed_on=None,
    )


def _under_others(document: Employment, data: facts.SuperiorsChanged) -> Employment:
    """The file with other superiors in the tenure of the position that began last; the rest is history."""
    last = max(document.tenures_in(data.position), key=lambda tenure: tenure.since, default=None)
    tenures = tuple(
        msgspec.structs.replace(
            tenure,
            supervisor=data.supervisor or tenure.supervisor,
            unit_head=data.unit_head or tenure.unit_head,
            superior=data.superior or tenure.superior,
        )
        if tenure is last
        else tenure
        for tenure in document.tenures
    )
    return msgspec.structs.replace(document, tenures=tenures)


def _ended(tenure: Tenure, last_day: date) -> Tenure:
    return msgspec.structs.replace(tenure, until=last_day) if tenure.until is None else tenure


def _left(document: Employment, position: str, last_day: date) -> Employment:
    tenures = tuple(
        _ended(tenure, last_day) if tenure.position == position else tenure for tenure in document.tenures
    )
    return msgspec.structs.replace(document, tenures=tenures)


def _back(document: Employment, on: date) -> Employment:
    leaves = tuple(
        msgspec.structs.replace(leave, until=on - _DAY)
        if leave.since < on and (leave.until is None or leave.until >= on)
        else leave
        for leave in document.leaves
    )
    if leaves == document.leaves:
        # Back on the day a leave was to begin, he was never away.
        leaves = tuple(leave for leave in leaves if leave.since != on)
    return msgspec.structs.replace(document, leaves=leaves)


def _seconded(document: Employment, data: facts.EmployeeSeconded, id_: UUID) -> Employment:
    secondment = Secondment(
        id_, data.position, data.to_body, data.to_employee, data.to_position, data.from_, data.until
    )
    return msgspec.structs.replace(document, secondments=(*document.secondments, secondment))


def _recalled(document: Employment, data: facts.SecondmentEnded) -> Employment:
    secondments = tuple(
        msgspec.structs.replace(secondment, until=data.on)
        if secondment.position == data.position and secondment.since <= data.on <= secondment.until
        else secondment
        for secondment in document.secondments
    )
    return msgspec.structs.replace(document, secondments=secondments)


def _received(document: Employment, data: facts.SecondmentReceived) -> Employment:
    said = next(
        (one for one in document.tenures if one.received is not None and one.received.id == data.id), None
    )
    tenure = Tenure(
        position=data.position,
        category=data.category,
        managerial=data.managerial,
        unit="",
        # What this body said itself of his superiors is not for the other body to take back.
        supervisor=said.supervisor if said else "",
        unit_head=said.unit_head if said else "",
        superior=said.superior if said else None,
        heads_unit=data.heads_unit,
        since=data.from_,
        until=data.until,
        probation_until=None,
        serves_public=data.serves_public,
        received=Received(data.id, data.from_body, data.from_employee, data.from_position),
    )
    others = tuple(one for one in document.tenures if one is not said)
    return msgspec.structs.replace(document, tenures=(*others, tenure))
