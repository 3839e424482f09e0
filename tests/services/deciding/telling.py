"""Facts of telling and contesting a result, and what a ledger holds after them."""

from typing import Any

from events.documents import Assessment
from events.vocabulary import Name
from projections.grade import Grade
from services.offline import Ledgers, rejections
from tests.facts import BODY, fact, ref


def delivered(
    of: dict[str, Any] | None = None,
    *,
    channel: str = "information-system",
    on: str = "2026-04-15",
    **more: Any,
) -> bytes:
    return fact("ResultDelivered", {**(of or ref()), "channel": channel, "on": on, **more}, on=on)


def appealed(to: str = "court", *, on: str = "2026-05-12", of: dict[str, Any] | None = None) -> bytes:
    return fact("DecisionAppealed", {**(of or ref()), "to": to, "on": on, "grounds": "unlawful"}, on=on)


def resolved(outcome: str, *, on: str = "2026-05-25", of: dict[str, Any] | None = None, **more: Any) -> bytes:
    data = {**(of or ref()), "outcome": outcome, "on": on, "explanation": "heard", **more}
    return fact("AppealResolved", data, on=on)


def calibrated(score: str, *, of: dict[str, Any] | None = None) -> list[bytes]:
    """A session asked for after a delivery on 15 April 2026, whose panel agrees on a score."""
    about = of or ref()
    members = [{"member": f"m-{n}", "role": "hr" if n == 1 else "evaluator"} for n in (1, 2, 3)]
    return [
        fact("CalibrationRequested", {**about, "grounds": "too low"}, on="2026-04-16"),
        fact("CalibrationConvened", {**about, "members": members, "sits_on": "2026-04-23"}, on="2026-04-17"),
        *(
            fact(
                "VoteCast", {**about, "round": 1, "member": member["member"], "score": score}, on="2026-04-23"
            )
            for member in members
        ),
    ]


def held(*lines: bytes) -> Ledgers:
    """The ledgers after facts that are all accepted."""
    ledgers = Ledgers()
    assert [problem.code for _, problem in rejections(ledgers, lines)] == []
    return ledgers


def refused(ledgers: Ledgers, line: bytes) -> str | None:
    """The code under which a fact is refused now; None when it is accepted."""
    return next((problem.code for _, problem in rejections(ledgers, [line])), None)


def grade_of(ledgers: Ledgers, period: str, kind: str = "quarterly") -> Grade:
    return next(one for one in ledgers.grades() if (one.period, one.kind) == (period, kind))


def told(
    ledgers: Ledgers, of: dict[str, Any] | None = None, form: str | None = None
) -> list[tuple[Any, ...]]:
    """What was told of a result, in order: the type, the score, the grade and the cause."""
    about = of or ref()
    name = Name("assessment", (about["employee"], about["position"], about["period"]))
    found = ledgers.document(BODY, name)
    assert isinstance(found, Assessment)
    return [
        (type(one.result).__name__, one.result.score, one.result.grade, one.result.cause)
        for one in found.result(form).announced
    ]
