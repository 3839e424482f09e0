"""What reaches the log."""

import logging

import pytest

from services.logs import OncePerOutage


def record(message: str, *arguments: object, level: int = logging.WARNING) -> logging.LogRecord:
    return logging.LogRecord("bagalau.intake", level, "", 0, message, arguments, None)


def test_an_outage_that_every_partition_notices_is_one_line() -> None:
    once = OncePerOutage()
    lines = [record("partition %d: %s", number, "OperationalError") for number in range(16)]
    given = [line.getMessage() for line in lines if once.filter(line)]
    assert given == ["PostgreSQL is away"]
    assert not once.filter(record("the witness: %s", "AdminShutdown (57P01)"))


def test_another_reason_is_another_line() -> None:
    once = OncePerOutage()
    assert once.filter(record("partition %d: %s", 1, "DataError"))
    assert not once.filter(record("partition %d: %s", 2, "DataError"))
    assert once.filter(record("partition %d: %s", 2, "CheckViolation"))


def test_the_next_outage_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    once, now = OncePerOutage(), [0.0]
    monkeypatch.setattr("services.logs.time.monotonic", lambda: now[0])
    given = []
    for now[0] in (0.0, 20.0, 40.0, 60.0, 91.0):
        given.append(once.filter(record("NATS is away")))
    assert given == [True, False, False, False, True]


def test_what_services_do_is_never_held_back() -> None:
    once = OncePerOutage()
    assert all(once.filter(record("partition %d is held", 1, level=logging.INFO)) for _ in range(3))
