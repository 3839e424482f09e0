"""Steps of an assessment and its panel that are refused: by the wrong person, twice, too early, too late."""

from collections.abc import Callable
from datetime import date, timedelta

from services.sample.country import Family
from services.sample.mistake import (
    Context,
    Make,
    Wrong,
    data,
    encode,
    envelope,
    first_member,
    hr,
    refused,
    seats,
    step,
    stranger,
    that_day,
)
from services.sample.office import Fact, new_id

_SHEETS: Family = "score-sheet"
_POINTS: Family = "points"
_TARGETS: Family = "targets"

_LATE = timedelta(days=60)


def _employee(fact: Fact, _context: Context) -> str:
    return str(fact["data"]["employee"])


def _convened(*roles: str, first: Callable[[Fact, Context], str] | None = None) -> Make:
    return step("CalibrationConvened", members=seats(*roles, first=first), sits_on=that_day)


def _late_request(fact: Fact, context: Context) -> bytes:
    ref = {name: fact["data"][name] for name in ("employee", "position", "period")}
    day = (date.fromisoformat(fact["occurred_on"]) + _LATE).isoformat()
    asked = {"type": "CalibrationRequested", "occurred_on": day, "data": {**ref, "grounds": "Кешіктім."}}
    return encode({**fact, "id": new_id(context.rng), **asked})


def _votes_among_others(fact: Fact) -> bool:
    # Who votes last may have ended a round, and then it is another round that he votes in.
    return not str(fact["data"]["member"]).startswith("hr-")


def _recorded_channel(fact: Fact) -> bool:
    return str(fact["data"]["channel"]) in {
        "registered-letter",
        "telephone-message",
        "telegram",
        "sms",
        "e-mail",
    }


def _of_targets(fact: Fact) -> bool:
    return bool(fact["data"].get("form") != "competencies")


_SIGNED: tuple[Wrong, ...] = (
    refused(
        "request-before-telling",
        "not-announced",
        step("CalibrationRequested", grounds="Келіспеймін."),
        "SheetSigned",
        only_of=_SHEETS,
    ),
    refused(
        "panel-that-nobody-asked-for",
        "calibration-not-requested",
        _convened("evaluator", "evaluator", "hr"),
        "SheetSigned",
        only_of=_SHEETS,
    ),
    refused("known-before-told", "not-announced", step("ResultAcquainted", on=that_day), "SheetSigned"),
    refused(
        "appeal-before-a-decision",
        "no-decision",
        step("DecisionAppealed", to="authorised-body", on=that_day, grounds="Келіспеймін."),
        "SheetSigned",
    ),
    refused(
        "appeal-to-a-minister",
        "not-in-act",
        step("DecisionAppealed", to="minister", on=that_day, grounds="Келіспеймін."),
        "SheetSigned",
    ),
    refused(
        "answer-to-no-appeal",
        "no-appeal",
        step("AppealResolved", outcome="left", on=that_day, explanation="Оставлено без изменений."),
        "SheetSigned",
    ),
    refused("settled-without-dispute", "no-dispute", step("DisputeSettled", text="Шешілді."), "SheetSigned"),
    refused(
        "training-by-no-act",
        "not-in-act",
        step("TrainingAssigned", on=that_day),
        "SheetSigned",
        only_of=_SHEETS,
    ),
    refused(
        "refusal-seen-by-one",
        "too-few-witnesses",
        step("SigningRefused", witnesses=lambda fact, context: [hr(fact, context)]),
        "SheetSigned",
        only_of=_POINTS,
    ),
    refused(
        "agreed-by-a-stranger",
        "not-the-superior",
        step("SheetAgreed", by=stranger),
        "SheetSigned",
        only_of=_TARGETS,
        when=_of_targets,
    ),
    refused("agreed-twice", "already-agreed", envelope(), "SheetAgreed"),
)

_ISSUED: tuple[Wrong, ...] = (
    refused("issued-twice", "sheet-issued-already", envelope(), "SheetIssued"),
    refused(
        "own-evaluator",
        "wrong-evaluator",
        step("EvaluatorReplaced", evaluator=_employee, ground="absence"),
        "SheetIssued",
        only_of=_SHEETS,
    ),
    refused(
        "replaced-for-no-ground",
        "unknown-ground",
        step("EvaluatorReplaced", evaluator=stranger, ground="holiday"),
        "SheetIssued",
    ),
    refused(
        "told-before-signed",
        "no-result",
        step("ResultDelivered", channel="information-system", on=that_day),
        "SheetIssued",
        only_of=_SHEETS,
    ),
)

_TOLD: tuple[Wrong, ...] = (
    refused("late-request", "term-missed", _late_request, "ResultAcquainted", only_of=_SHEETS),
    refused(
        "told-by-no-record",
        "channel-not-recorded",
        data(channel="mobile-application"),
        "ResultDelivered",
        only_of=_SHEETS,
        when=_recorded_channel,
    ),
    refused(
        "refusal-with-one-witness",
        "too-few-witnesses",
        step("AcquaintanceRefused", on=that_day, witnesses=["witness-1"]),
        "ResultDelivered",
        only_of=_TARGETS,
    ),
)

_PANEL: tuple[Wrong, ...] = (
    refused("request-twice", "calibration-pending", envelope(), "CalibrationRequested"),
    refused(
        "vote-before-the-panel",
        "panel-not-convened",
        step("VoteCast", member=hr, round=1, score="4"),
        "CalibrationRequested",
    ),
    refused("panel-of-two", "wrong-number-of-members", _convened("evaluator", "hr"), "CalibrationRequested"),
    refused(
        "servant-on-his-panel",
        "member-excluded",
        _convened("evaluator", "evaluator", "hr", first=_employee),
        "CalibrationRequested",
    ),
    refused(
        "panel-without-hr",
        "panel-incomplete",
        _convened("evaluator", "evaluator", "evaluator"),
        "CalibrationRequested",
    ),
    refused("second-panel", "panel-convened-already", envelope(), "CalibrationConvened"),
    refused(
        "protocol-of-nothing",
        "panel-undecided",
        step("ProtocolFiled", number="К-0", signed_on=that_day),
        "CalibrationConvened",
    ),
    refused(
        "vote-above-five",
        "mark-out-of-range",
        step("VoteCast", member=first_member, round=1, score="5.01"),
        "CalibrationConvened",
    ),
    refused(
        "stranger-argues",
        "not-a-party",
        step("ArgumentHeard", by=stranger, text="Мен де айтайын."),
        "CalibrationConvened",
    ),
    refused(
        "stranger-replaced",
        "not-a-member",
        step("MemberReplaced", out=stranger, **{"in": {"member": "neighbour", "role": "evaluator"}}),
        "CalibrationConvened",
    ),
    refused("vote-in-round-nine", "wrong-round", data(round=9), "VoteCast", only_of=_SHEETS),
    refused(
        "second-vote",
        "voted-already",
        envelope(),
        "VoteCast",
        only_of=_SHEETS,
        when=_votes_among_others,
    ),
    refused(
        "returned-after-the-panel",
        "result-decided",
        step("SheetReturned", by="neighbour", reason="Хочу исправить."),
        "ProtocolFiled",
        only_of=_SHEETS,
    ),
)

OF_ASSESSMENT: tuple[Wrong, ...] = (*_SIGNED, *_ISSUED, *_TOLD, *_PANEL)
"""Those of an assessment and its panel."""
