"""Which facts about the law itself are admitted to the agency's ledger, and why others are refused."""

from collections.abc import Mapping
from typing import Any

from events.envelope import Refusal
from events.period import parse_period
from events.vocabulary.body import BodyRegistered, MethodologyAdopted
from events.vocabulary.methodology import (
    MethodologyActivated,
    MethodologyCorrected,
    MethodologyPublished,
    MethodologyRepealed,
)
from events.vocabulary.types import Data
from methodologies.act import Act
from methodologies.loading import ActError, act_from_data, digest
from methodologies.registry import Law, Methodology


def admit(law: Law, data: Data) -> None:
    """Raises Refusal when a fact about the law cannot stand on the law so far; other types pass.

    Codes: `methodology-invalid` (the act is not sound, or is another's), `methodology-exists` (a revision is
    never published again with other content, a further one is a correction), `unknown-methodology`,
    `unknown-revision`, `revision-out-of-order`, `methodology-repealed`, `period-order`, `body-exists`.
    """
    match data:
        case MethodologyPublished():
            _published(law, data)
        case MethodologyCorrected():
            _corrected(law, data)
        case MethodologyActivated():
            found = _known(law, data.id, "data.id")
            if data.revision not in found.revisions:
                raise Refusal(
                    "unknown-revision", "Lay the revision down before it is activated.", "data.revision"
                )
        case MethodologyRepealed():
            if _known(law, data.id, "data.id").repealed_on is not None:
                raise Refusal("methodology-repealed", "The methodology has been repealed already.", "data.id")
        case MethodologyAdopted():
            adoptable(law, data)
        case BodyRegistered():
            if data.code in law.bodies and law.bodies[data.code] != data.name:
                raise Refusal("body-exists", "The body is registered under another name.", "data.code")
        case _:
            pass


def adoptable(law: Law, data: MethodologyAdopted) -> None:
    """Raises Refusal when a body, or central HR for all, cannot adopt this; also for a body's own ledger."""
    _known(law, data.methodology, "data.methodology")
    if data.until_period is not None:
        until = parse_period(data.until_period)
        if until.last_quarter < parse_period(data.from_period).first_quarter:
            detail = "An adoption cannot end before the period it starts with."
            raise Refusal("period-order", detail, "data.until_period")


def _published(law: Law, data: MethodologyPublished) -> None:
    act = _sound(data.id, data.act)
    found = law.methodologies.get(data.id)
    if found is None:
        return
    same = found.revisions.get(data.revision)
    if same is None or same.digest != digest(act):
        detail = "The methodology is published; lay a change down as a correction with the next revision."
        raise Refusal("methodology-exists", detail, "data.revision")


def _corrected(law: Law, data: MethodologyCorrected) -> None:
    found = _known(law, data.id, "data.id")
    act = _sound(data.id, data.act)
    same = found.revisions.get(data.revision)
    if same is not None and same.digest != digest(act):
        detail = "A revision never changes; lay the change down with the next number."
        raise Refusal("methodology-exists", detail, "data.revision")
    if same is None and data.revision != found.latest + 1:
        detail = f"Expected revision {found.latest + 1}."
        raise Refusal("revision-out-of-order", detail, "data.revision")
    if act.family != found.current.act.family:
        raise Refusal("methodology-invalid", "A correction keeps the act's family.", "data.act.family")


def _known(law: Law, methodology: str, field: str) -> Methodology:
    found = law.methodologies.get(methodology)
    if found is None:
        raise Refusal("unknown-methodology", "Publish the methodology first.", field)
    return found


def _sound(methodology: str, data: Mapping[str, Any]) -> Act:
    try:
        act = act_from_data(data)
    except ActError as error:
        raise Refusal(error.code, error.expected, f"data.act.{error.key}") from error
    if act.id != methodology:
        raise Refusal("methodology-invalid", "The act carries another id.", "data.act.id")
    return act
