"""A calibration as a body reports it, in few words: asked for, a panel, its votes, its protocol."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from events.documents import Calibration
from events.envelope import Event, Problem
from events.vocabulary import Name
from methodologies.loading import act_to_data, shipped
from services.intake.batch import Accepted, Answer, Refused
from services.offline import Ledgers, rejections
from tests.facts import (
    BODY,
    PERIOD,
    adopted,
    assessed,
    body_and_servant,
    fact,
    id_of,
    issued,
    ref,
    sanctioned,
    scored,
    signed,
    worked,
)

OWN_ACT = "own-2026"
CALIBRATION = Name("calibration", ("e-1", "p-1", PERIOD))
PANEL = ("m-1", "m-2", "hr-9")


def told(on: str = "2026-04-14", **more: Any) -> bytes:
    return fact("ResultDelivered", {**ref(), "channel": "information-system", "on": on, **more}, on=on)


def acquainted(on: str) -> bytes:
    return fact("ResultAcquainted", {**ref(), "on": on}, on=on)


def asked(on: str = "2026-04-16", **more: Any) -> bytes:
    return fact("CalibrationRequested", {**ref(), "grounds": "my work was better", **more}, on=on)


def withdrawn(on: str = "2026-04-17") -> bytes:
    return fact("CalibrationWithdrawn", ref(), on=on)


def members(*named: str) -> list[dict[str, str]]:
    """Members by their codes: `hr-9` is of the HR service, others evaluate; `m-1:chair` names a role."""
    return [
        {"member": code, "role": role or ("hr" if code.startswith("hr") else "evaluator")}
        for code, _, role in (one.partition(":") for one in named)
    ]


def convened(*named: str, sits_on: str = "2026-04-24", on: str = "2026-04-20") -> bytes:
    return fact(
        "CalibrationConvened", {**ref(), "members": members(*(named or PANEL)), "sits_on": sits_on}, on=on
    )


def replaced(out: str, member: str) -> bytes:
    return fact("MemberReplaced", {**ref(), "out": out, "in": members(member)[0]}, on="2026-04-23")


def argued(by: str) -> bytes:
    return fact("ArgumentHeard", {**ref(), "by": by, "text": "the plan was met"}, on="2026-04-24")


def vote(member: str, score: str | None, **more: Any) -> bytes:
    said = {} if score is None else {"score": score}
    return fact("VoteCast", {**ref(), "member": member, **said, **more}, on="2026-04-24")


def votes(*scores: str, **more: Any) -> list[bytes]:
    """The panel's votes in its order."""
    return [vote(member, score, **more) for member, score in zip(PANEL, scores, strict=False)]


def filed(signed_on: str = "2026-04-24", on: str = "2026-04-27") -> bytes:
    return fact("ProtocolFiled", {**ref(), "number": "7", "signed_on": signed_on}, on=on)


def feedback(on: str = "2026-04-28", **more: Any) -> bytes:
    topics = {"achievements": "the plan", "skills": "drafting", "career": "a unit of his own"}
    return fact("FeedbackGiven", {**ref(), "on": on, **topics, **more}, on=on)


def appealed(on: str = "2026-04-29") -> bytes:
    return fact("DecisionAppealed", {**ref(), "to": "court", "on": on, "grounds": "the panel erred"}, on=on)


def resolved(outcome: str, on: str = "2026-05-20", **more: Any) -> bytes:
    data = {**ref(), "outcome": outcome, "on": on, "explanation": "see the ruling", **more}
    return fact("AppealResolved", data, on=on)


def kept(lines: Iterable[bytes]) -> Ledgers:
    ledgers = Ledgers()
    assert [problem for _, problem in rejections(ledgers, lines)] == []
    return ledgers


def refused(given: Iterable[bytes], when: bytes) -> Problem:
    ((id_, problem),) = rejections(kept(given), [when])
    assert id_ == str(id_of(when))
    return problem


def outcome(given: Iterable[bytes], when: bytes) -> str:
    """`recorded`, or the code of the refusal."""
    found = [problem.code for _, problem in rejections(kept(given), [when])]
    return found[0] if found else "recorded"


def calibration(lines: Iterable[bytes]) -> Calibration:
    found = kept(lines)._sitting.ledgers[BODY].documents[CALIBRATION]
    assert isinstance(found, Calibration)
    return found


def score(lines: Iterable[bytes]) -> str | None:
    """The score of the quarter as the lines leave it."""
    return next(grade.score for grade in kept(lines).grades() if grade.period == PERIOD)


class Room:
    """A ledger after some lines, from which what follows is tried again and again, or another act for it."""

    def __init__(self, lines: Sequence[bytes], act: Mapping[str, Any] | None = None) -> None:
        # Of two adoptions from one period the later recorded wins.
        other = [published(act), adopted(OWN_ACT)] if act else []
        self.sitting = kept([*lines[:2], *other, *lines[2:]])._sitting
        self.documents = dict(self.sitting.ledgers[BODY].documents)

    def hear(self, lines: Iterable[bytes]) -> list[Answer]:
        self.sitting.ledgers[BODY].documents = dict(self.documents)
        return [self.sitting.hear(Ledgers.read(None, line)) for line in lines]

    def refusals(self, *lines: bytes) -> list[str]:
        """The codes of the refusals."""
        return [one.problem.code for one in self.hear(lines) if isinstance(one, Refused)]

    def cast(self, lines: Iterable[bytes]) -> tuple[Calibration, list[Event]]:
        """The calibration after the lines, and the events that they became."""
        answers = self.hear(lines)
        found = self.sitting.ledgers[BODY].documents[CALIBRATION]
        assert isinstance(found, Calibration)
        return found, [event for one in answers if isinstance(one, Accepted) for event in one.events]


def own_act(**chosen: str) -> dict[str, Any]:
    """An act of the body's own, with other readings (`panel_majority="of-votes"`)."""
    act = {**act_to_data(shipped()["zhanakorgan-2026"]), "id": OWN_ACT}
    for name, value in chosen.items():
        act["readings"][name.replace("_", "-")]["value"] = value
    return act


def published(act: Mapping[str, Any]) -> bytes:
    data = {"id": OWN_ACT, "revision": 1, "act": act, "reason": None}
    return fact("MethodologyPublished", data, body="agency", on="2026-01-10")


UNTOLD = [*body_and_servant(), *assessed(("4", "4", "4", "4", "4"))]
TOLD = [*UNTOLD, told()]
ASKED = [*TOLD, asked()]
SITTING = [*ASKED, convened()]
DECIDED = [*SITTING, *votes("4.50", "4.50")]
FILED = [*DECIDED, filed()]
STUCK = [*SITTING, *votes("3.00", "4.00", "5.00")]
SANCTIONED = sanctioned("reprimand", "2026-02-10")
SHARED = [
    *body_and_servant(),
    worked(),
    issued(),
    fact("EvaluatorAdded", {**ref(), "evaluator": "m-1", "ground": "over-twenty"}),
    fact("EvaluatorAdded", {**ref(), "evaluator": "m-2", "ground": "over-twenty"}),
    scored("1", "4", scorer="m-1"),
    *(scored(row, "4") for row in "2345"),
    signed(),
    told(),
    asked(),
]
"""A sheet that its evaluator shared out to two more, of whom one marked."""
