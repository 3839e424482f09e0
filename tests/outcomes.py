"""Given what a ledger holds, when a fact arrives, then it is recorded or refused."""

from events.envelope import Problem
from services.offline import Ledgers, rejections


def refusal(given: list[bytes], when: bytes) -> Problem | None:
    """Why the fact is refused; None when it is recorded. What is given must be recorded."""
    ledgers = Ledgers()
    assert [problem for _, problem in rejections(ledgers, given)] == []
    return next((problem for _, problem in rejections(ledgers, [when])), None)


def outcome(given: list[bytes], when: bytes) -> str:
    """`recorded`, or the code of the refusal."""
    problem = refusal(given, when)
    return "recorded" if problem is None else problem.code
