from tests.facts import appointed, fact, registered
from tests.services.deciding.telling import held, refused

KNOWN = [registered(), appointed()]


def hold(type_: str, period: str | None = None, employee: str = "e-1") -> bytes:
    data = {"employee": employee, "basis": "case 17"} | ({"period": period} if period else {})
    return fact(type_, data)


def test_a_hold_stands_until_it_is_lifted():
    assert refused(held(*KNOWN), hold("HoldPlaced")) is None
    assert refused(held(*KNOWN, hold("HoldPlaced")), hold("HoldPlaced")) == "already-held"
    assert refused(held(*KNOWN, hold("HoldPlaced")), hold("HoldPlaced", "2026-Q1")) is None
    assert refused(held(*KNOWN, hold("HoldPlaced")), hold("HoldLifted")) is None
    assert refused(held(*KNOWN, hold("HoldPlaced"), hold("HoldLifted")), hold("HoldLifted")) == "not-held"


def test_a_lift_names_the_very_period():
    assert refused(held(*KNOWN, hold("HoldPlaced", "2026")), hold("HoldLifted", "2026-Q1")) == "not-held"
    assert refused(held(*KNOWN), hold("HoldLifted")) == "not-held"


def test_nobody_unknown_is_held():
    assert refused(held(*KNOWN), hold("HoldPlaced", employee="e-9")) == "unknown-employee"
