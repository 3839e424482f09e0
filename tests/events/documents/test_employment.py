from datetime import date
from typing import Any

import pytest

from events.documents.employment import Leave, Received, Secondment
from events.period import Period
from events.vocabulary.employment import (
    EmployeeAppointed,
    EmployeeDismissed,
    EmployeeSeconded,
    EmployeeTransferred,
    LeaveEnded,
    LeaveTaken,
    SecondmentEnded,
    SecondmentReceived,
    SuperiorsChanged,
)
from tests.ledger import after, fact_id

SERVANT = "4117"
POST: dict[str, Any] = {
    "employee": SERVANT,
    "category": "E-4",
    "managerial": False,
    "unit": "finance",
    "supervisor": "2001",
    "unit_head": "2002",
}


def appointed(position: str = "specialist", on: date = date(2026, 1, 12), **more: Any) -> EmployeeAppointed:
    return EmployeeAppointed(**POST, position=position, on=on, **more)


def transferred(*, to: str, on: date, left: str = "specialist") -> EmployeeTransferred:
    return EmployeeTransferred(**POST, position=to, on=on, from_position=left)


def away(since: date, until: date | None = None) -> LeaveTaken:
    return LeaveTaken(employee=SERVANT, kind="sick", from_=since, until=until)


def back(on: date) -> LeaveEnded:
    return LeaveEnded(employee=SERVANT, on=on)


def seconded(since: date, until: date) -> EmployeeSeconded:
    return EmployeeSeconded(
        employee=SERVANT,
        position="specialist",
        to_body="health",
        to_employee="H-9",
        to_position="expert",
        from_=since,
        until=until,
    )


def held(*said: Any) -> list[tuple[str, date, date | None]]:
    return [(tenure.position, tenure.since, tenure.until) for tenure in after(*said).tenures]


def test_an_appointment_opens_the_file_and_a_position_that_is_still_held():
    employment = after(appointed(name="Ә. Б.", probation_until=date(2026, 4, 12)))

    (tenure,) = employment.tenures
    assert (employment.employee, employment.name) == (SERVANT, "Ә. Б.")
    assert (tenure.position, tenure.since, tenure.until) == ("specialist", date(2026, 1, 12), None)
    assert (tenure.category, tenure.unit, tenure.supervisor, tenure.unit_head) == (
        "E-4",
        "finance",
        "2001",
        "2002",
    )
    assert tenure.probation_until == date(2026, 4, 12)
    assert (tenure.heads_unit, tenure.serves_public) == (False, False)


def test_a_transfer_ends_the_old_position_the_day_before():
    assert held(appointed(), transferred(to="chief", on=date(2026, 3, 2))) == [
        ("specialist", date(2026, 1, 12), date(2026, 3, 1)),
        ("chief", date(2026, 3, 2), None),
    ]


def test_a_transfer_leaves_a_second_position_alone():
    assert held(appointed(), appointed("secretary"), transferred(to="chief", on=date(2026, 3, 2))) == [
        ("specialist", date(2026, 1, 12), date(2026, 3, 1)),
        ("secretary", date(2026, 1, 12), None),
        ("chief", date(2026, 3, 2), None),
    ]


def test_a_position_held_twice_has_two_tenures():
    employment = after(
        appointed(),
        transferred(to="chief", on=date(2026, 3, 2)),
        transferred(to="specialist", left="chief", on=date(2026, 6, 1)),
    )

    assert [tenure.since for tenure in employment.tenures_in("specialist")] == [
        date(2026, 1, 12),
        date(2026, 6, 1),
    ]


def test_the_day_of_dismissal_is_the_last_in_every_position_still_held():
    gone = EmployeeDismissed(employee=SERVANT, on=date(2026, 5, 29))

    assert after(appointed(), gone).dismissed_on == date(2026, 5, 29)
    assert held(appointed(), transferred(to="chief", on=date(2026, 3, 2)), gone) == [
        ("specialist", date(2026, 1, 12), date(2026, 3, 1)),
        ("chief", date(2026, 3, 2), date(2026, 5, 29)),
    ]


def test_whoever_is_appointed_again_is_no_longer_dismissed():
    employment = after(
        appointed(name="Ә. Б."),
        EmployeeDismissed(employee=SERVANT, on=date(2026, 5, 29)),
        appointed("chief", on=date(2026, 9, 1)),
    )

    assert employment.dismissed_on is None
    assert employment.name == "Ә. Б."
    assert [tenure.until for tenure in employment.tenures] == [date(2026, 5, 29), None]


def test_the_last_position_is_the_one_that_began_last_whatever_came_last():
    late_report = appointed("clerk", on=date(2025, 2, 3))

    assert after(appointed(), late_report).last_position_in(Period(2026)) == "specialist"


@pytest.mark.parametrize("until", [None, date(2026, 3, 31)])
def test_whoever_is_back_was_away_until_the_day_before(until):
    employment = after(appointed(), away(date(2026, 3, 2), until), back(date(2026, 3, 16)))

    assert employment.leaves == (Leave("sick", date(2026, 3, 2), date(2026, 3, 15)),)


def test_a_leave_that_was_over_is_not_lengthened():
    employment = after(appointed(), away(date(2026, 3, 2), date(2026, 3, 6)), back(date(2026, 3, 16)))

    assert employment.leaves == (Leave("sick", date(2026, 3, 2), date(2026, 3, 6)),)


def test_whoever_is_back_on_the_day_the_leave_was_to_begin_was_never_away():
    assert after(appointed(), away(date(2026, 3, 2)), back(date(2026, 3, 2))).leaves == ()


def test_the_return_from_one_leave_spares_another_that_begins_that_day():
    employment = after(appointed(), away(date(2026, 3, 2)), away(date(2026, 3, 16)), back(date(2026, 3, 16)))

    assert [(leave.since, leave.until) for leave in employment.leaves] == [
        (date(2026, 3, 2), date(2026, 3, 15)),
        (date(2026, 3, 16), None),
    ]


def test_a_secondment_names_both_ends():
    employment = after(appointed(), seconded(date(2026, 4, 1), date(2026, 9, 30)))

    assert employment.secondments == (
        Secondment(fact_id(2), "specialist", "health", "H-9", "expert", date(2026, 4, 1), date(2026, 9, 30)),
    )


def test_a_secondment_recalled_ends_that_day_and_an_earlier_one_stays():
    employment = after(
        appointed(),
        seconded(date(2026, 2, 1), date(2026, 2, 28)),
        seconded(date(2026, 4, 1), date(2026, 9, 30)),
        SecondmentEnded(employee=SERVANT, position="specialist", on=date(2026, 6, 15)),
    )

    assert [secondment.until for secondment in employment.secondments] == [
        date(2026, 2, 28),
        date(2026, 6, 15),
    ]


def received(until: date) -> SecondmentReceived:
    return SecondmentReceived(
        id=fact_id(77),
        employee=SERVANT,
        position="expert",
        category="C-4",
        managerial=False,
        from_body="health",
        from_employee="H-9",
        from_position="analyst",
        from_=date(2026, 4, 1),
        until=until,
        source_seq=12,
        source_leaf="00" * 32,
    )


def test_one_received_by_secondment_holds_his_position_here_for_that_time():
    employment = after(appointed(), received(date(2026, 9, 30)))

    (tenure,) = employment.tenures_in("expert")
    assert (tenure.since, tenure.until) == (date(2026, 4, 1), date(2026, 9, 30))
    assert tenure.received == Received(fact_id(77), "health", "H-9", "analyst")
    assert tenure.unit_head == ""


def test_a_later_statement_of_a_secondment_received_replaces_the_earlier():
    employment = after(appointed(), received(date(2026, 9, 30)), received(date(2026, 6, 15)))

    assert [tenure.until for tenure in employment.tenures_in("expert")] == [date(2026, 6, 15)]


def test_other_superiors_change_neither_the_position_nor_how_long_it_is_held():
    changed = SuperiorsChanged(employee=SERVANT, position="specialist", unit_head="h-2", on=date(2026, 5, 4))
    before, after_ = after(appointed()), after(appointed(), changed)

    (was,), (now,) = before.tenures, after_.tenures
    assert (now.unit_head, now.supervisor, now.superior) == ("h-2", was.supervisor, was.superior)
    assert (now.since, now.until, now.position) == (was.since, was.until, was.position)


def test_who_was_received_by_secondment_is_told_under_whom_he_works():
    changed = SuperiorsChanged(employee=SERVANT, position="expert", unit_head="h-2", on=date(2026, 5, 4))

    (tenure,) = after(received(date(2026, 9, 30)), changed).tenures_in("expert")
    assert tenure.unit_head == "h-2"
