"""Appointments, transfers, absences, dismissals."""

from collections.abc import Callable, Mapping

from events.documents import Employment
from events.documents.employment import Tenure
from events.envelope import Fact, Refusal
from events.vocabulary import employment as facts
from services.deciding.situation import Situation


def _appointed(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.EmployeeAppointed)
    file = situation.find(fact.document, Employment)
    if file is not None and _held(file, data.position):
        raise Refusal("position-held", field="data.position")
    _in_order(data)
    return (fact,)


def _transferred(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.EmployeeTransferred)
    file = situation.servant(data.employee, data.from_position)
    left = _held(file, data.from_position)
    if left is None:
        raise Refusal("position-not-held", field="data.from_position")
    if data.on <= left.since:
        raise Refusal.because(
            "dates-out-of-order", "He cannot leave the position before the day after he took it.", "data.on"
        )
    if _held(file, data.position):
        raise Refusal("position-held", field="data.position")
    _in_order(data)
    return (fact,)


def _held(file: Employment, position: str) -> Tenure | None:
    return next((tenure for tenure in file.tenures_in(position) if tenure.until is None), None)


def _in_order(data: facts.EmployeeAppointed) -> None:
    if data.probation_until is not None and data.probation_until < data.on:
        raise Refusal.because(
            "dates-out-of-order", "Probation cannot end before the appointment.", "data.probation_until"
        )


def _under_others(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.SuperiorsChanged)
    situation.servant(data.employee, data.position)
    if data.supervisor is None and data.unit_head is None and data.superior is None:
        raise Refusal.because("missing-field", "It names no superior who is another now.", "data")
    return (fact,)


def _left(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.LeaveTaken)
    situation.employment(data.employee)
    if data.until is not None and data.until < data.from_:
        raise Refusal.because("dates-out-of-order", "An absence cannot end before it begins.", "data.until")
    return (fact,)


def _back(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.LeaveEnded)
    file = situation.employment(data.employee)
    if not any(leave.since <= data.on for leave in file.leaves):
        raise Refusal("no-such-leave", field="data.on")
    return (fact,)


def _seconded(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.EmployeeSeconded)
    situation.servant(data.employee, data.position)
    if data.until < data.from_:
        raise Refusal.because("dates-out-of-order", "A secondment cannot end before it begins.", "data.until")
    if data.to_body == fact.body:
        raise Refusal("same-body", field="data.to_body")
    return (fact,)


def _recalled(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.SecondmentEnded)
    file = situation.servant(data.employee, data.position)
    lasting = (
        one for one in file.secondments if one.position == data.position and one.since <= data.on <= one.until
    )
    if next(lasting, None) is None:
        raise Refusal("no-such-secondment", field="data.on")
    return (fact,)


def _dismissed(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.EmployeeDismissed)
    file = situation.employment(data.employee)
    if file.dismissed_on is not None:
        raise Refusal("already-dismissed", field="data.employee")
    if any(tenure.until is None and tenure.since > data.on for tenure in file.tenures):
        raise Refusal.because(
            "dates-out-of-order", "He cannot leave before the day he took his position.", "data.on"
        )
    return (fact,)


DECIDERS: Mapping[type, Callable[[Fact, Situation], tuple[Fact, ...]]] = {
    facts.EmployeeAppointed: _appointed,
    facts.EmployeeTransferred: _transferred,
    facts.SuperiorsChanged: _under_others,
    facts.LeaveTaken: _left,
    facts.LeaveEnded: _back,
    facts.EmployeeSeconded: _seconded,
    facts.SecondmentEnded: _recalled,
    facts.EmployeeDismissed: _dismissed,
}
