from events.documents.hold import Hold, Placed
from events.vocabulary.retention import HoldLifted, HoldPlaced
from tests.ledger import after


def placed(period: str | None = None) -> HoldPlaced:
    return HoldPlaced(employee="e-1", period=period, basis="case 17")


def lifted(period: str | None = None) -> HoldLifted:
    return HoldLifted(employee="e-1", period=period, basis="closed")


def test_a_hold_on_a_quarter_covers_it_alone():
    hold = after(placed("2026-Q1"))

    assert [hold.covering(one) is not None for one in ("2026-Q1", "2026-Q2", "2026", None)] == [
        True,
        False,
        False,
        False,
    ]


def test_a_hold_on_a_year_takes_in_its_quarters_and_no_other_year():
    hold = after(placed("2026"))

    assert all(hold.covering(one) for one in ("2026", "2026-Q1", "2026-Q4"))
    assert hold.covering("2027-Q1") is None


def test_a_hold_without_a_period_covers_everything():
    assert all(after(placed()).covering(one) for one in (None, "2026", "2031-Q4"))


def test_a_lift_names_the_period_it_was_placed_for():
    hold = after(placed("2026"), placed("2026-Q1"), placed(), lifted("2026"))

    assert [one.period for one in hold.placed] == ["2026-Q1", None]
    assert after(placed("2026"), lifted("2026")) == Hold("e-1")
    assert isinstance(hold.on("2026-Q1"), Placed)
    assert hold.on("2026") is None
