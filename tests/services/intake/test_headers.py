"""What is left of a feeder's headers before the client library looks at them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.headers import only_ours

AFTER = b"NATS/1.0\r\nBagalau-After: 6f2c6c1e-0000-4000-8000-000000000000\r\n\r\n"


def test_the_predecessor_is_left() -> None:
    assert only_ours(AFTER) == AFTER


def test_what_stands_beside_it_goes() -> None:
    others = AFTER.replace(b"\r\nBagalau", b"\r\nStatus: 404\r\nBagalau").replace(
        b"\r\n\r\n", b"\r\nX: 1\r\n\r\n"
    )
    assert only_ours(others) == AFTER


@pytest.mark.parametrize(
    "headers",
    [
        b"",
        b"NATS/1.0",
        b"NATS/1.0\r\nStatus: 404\r\n\r\n",
        b"NATS/1.0 503\r\n\r\n",
        b"NATS/1.0\r\nBagalau-After: " + b"a" * 65 + b"\r\n\r\n",
        b"NATS/1.0\r\nBagalau-After: x y\r\n\r\n",
        b"NATS/1.0\r\nBagalau-After:\r\n\r\n",
    ],
)
def test_nothing_else_passes(headers: bytes) -> None:
    assert only_ours(headers) == b""


@given(st.binary())
def test_whatever_is_sent_one_header_passes_at_most(headers: bytes) -> None:
    left = only_ours(b"NATS/1.0\r\n" + headers + b"\r\n\r\n")
    assert left.count(b"\r\n") in {0, 3}
