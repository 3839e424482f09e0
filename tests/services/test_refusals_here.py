"""A person at a terminal is told what he can do there, not what a feeder would send."""

import pytest

from events.envelope import Refusal
from events.problems import BY_WHERE
from services.refusals_here import told_here


def test_an_unknown_servant_is_looked_up_among_those_of_the_body() -> None:
    code, meaning, remedy = told_here(Refusal("unknown-employee"), "zhanakorgan")
    assert (code, meaning) == ("unknown-employee", "No appointment of this employee is known to this body.")
    assert "`bagalau grades --body zhanakorgan`" in remedy


@pytest.mark.parametrize("code", sorted(BY_WHERE["decider"]))
def test_nobody_is_told_to_send_a_fact(code: str) -> None:
    for refusal in (Refusal(code), Refusal.because(code, "The law knows more of it.")):
        _, meaning, remedy = told_here(refusal, "zhanakorgan")
        assert "under a new id" not in meaning + remedy
        assert "same fact again" not in meaning + remedy
        assert meaning.endswith(".")
