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
                raise Refusal("unknown-revision", field="data.revision")
        case MethodologyRepealed():
            if _known(law, data.id, "data.id").repealed_on is not None:
                raise Refusal("methodology-repealed", field="data.id")
        case MethodologyAdopted():
            adoptable(law, data)
        case BodyRegistered():
            if data.code in law.bodies and law.bodies[data.code] != data.name:
                raise Refusal("body-exists", field="data.code")
        case _:
            pass


def adoptable(law: Law, data: MethodologyAdopted) -> None:
    """Raises Refusal when a body, or central HR for all, cannot adopt this; also for a body's own ledger."""
    _known(law, data.methodology, "data.methodology")
    if data.until_period is not None:
        until = parse_period(data.until_period)
        if until.last_quarter < parse_period(data.from_period).first_quarter:
            raise Refusal("period-order", field="data.until_period")


def _published(law: Law, data: MethodologyPublished) -> None:
    act = _sound(data.id, data.act)
    found = law.methodologies.get(data.id)
    if found is None:
        return
    same = found.revisions.get(data.revision)
    if same is None or same.digest != digest(act):
        raise Refusal("methodology-exists", field="data.revision")


def _corrected(law: Law, data: MethodologyCorrected) -> None:
    found = _known(law, data.id, "data.id")
    act = _sound(data.id, data.act)
    same = found.revisions.get(data.revision)
    if same is not None and same.digest != digest(act):
        raise Refusal("methodology-exists", field="data.revision")
    if same is None and data.revision != found.latest + 1:
        raise Refusal.because(
            "revision-out-of-order", f"The next revision is {found.latest + 1}.", "data.revision"
        )
    if act.family != found.current.act.family:
        raise Refusal.because(
            "methodology-invalid",
            "A correction keeps the act's family.",
            "data.act.family",
        )


def _known(law: Law, methodology: str, field: str) -> Methodology:
    found = law.methodologies.get(methodology)
    if found is None:
        published = ", ".join(sorted(law.methodologies)) or "none"
        raise Refusal.because("unknown-methodology", f"The acts published: {published}.", field)
    return found


def _sound(methodology: str, data: Mapping[str, Any]) -> Act:
    try:
        act = act_from_data(data)
    except ActError as error:
        raise Refusal.because(
            error.code,
            f"{error.expected[:1].upper()}{error.expected[1:].rstrip('.')}.",
            f"data.act.{error.key}" if error.key != "act" else "data.act",
        ) from error
    if act.id != methodology:
        raise Refusal.because(
            "methodology-invalid",
            "The act carries another id than the fact.",
            "data.act.id",
        )
    return act
