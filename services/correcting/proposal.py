"""A proposed correction of an act: its next revision, whom it is for, and the law as it would be."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final, Literal

import msgspec

from events.envelope import Refusal
from events.period import Period, parse_period
from events.told_error import ToldError
from events.vocabulary.methodology import MethodologyActivated, MethodologyCorrected
from events.vocabulary.types import PeriodText
from methodologies.act import Act
from methodologies.admission import admit
from methodologies.loading import act_from_data, act_to_data, digest, read_correction
from methodologies.model.text import Text
from methodologies.registry import Law, Methodology, covers
from projections.supposed import Kept, SupposedFact, Supposition, from_kept

Standing = Literal["new", "laid-down", "in-force"]
"""How far the correction got before: nowhere, recorded but inert, or deciding for all of its scope."""


class CorrectionError(ToldError):
    """A correction that cannot be carried out; `code` is stable.

    `correction-unfit` (the act or its reason cannot stand), `correction-scope` (nothing can be within it),
    `correction-idle` (it changes no result), `correction-overtaken` (another one was recorded meanwhile),
    `correction-waits` (another rebuild is under way), `question-overtaken` (the law changed while it was
    asked).
    """


_CORRECTED: Final = Text(
    kk="Түзету бойынша осылай оқылады; себебі түзетуде айтылған",
    ru="Читается так по исправлению; причина указана в нём",
    en="Read so by a correction, which states why",
)


class Scope(msgspec.Struct, frozen=True):
    """From which period on, for which bodies (None: all), and whether also for what was decided otherwise."""

    from_period: str | None = None
    bodies: tuple[str, ...] | None = None
    decided_too: bool = False

    def covers(self, body: str, period: Period) -> bool:
        """Whether it is for this body and period."""
        return covers(self.bodies, self.from_period, body, period)

    def holds(self, other: "Scope") -> bool:
        """Whether all that the other is for is within this one."""
        if self.bodies is not None and not set(other.bodies or ()) <= set(self.bodies):
            return False
        if self.bodies is not None and other.bodies is None:
            return False
        if self.decided_too < other.decided_too:
            return False
        if self.from_period is None:
            return True
        first = parse_period(self.from_period).first_quarter
        return other.from_period is not None and first <= parse_period(other.from_period).first_quarter


class Proposal(msgspec.Struct, frozen=True, eq=False):
    """An act as it is to read from a revision on, for a scope; `digest` is what grades under it carry."""

    act: Act
    revision: int
    digest: str
    scope: Scope
    standing: Standing

    @property
    def activated(self) -> MethodologyActivated:
        """What makes it the law."""
        scope = self.scope
        return MethodologyActivated(
            id=self.act.id,
            revision=self.revision,
            from_period=scope.from_period,
            bodies=None if scope.bodies is None else list(scope.bodies),
            decided_too=scope.decided_too,
        )

    def corrected(self, reason: str) -> MethodologyCorrected:
        """What lays it down. Raises CorrectionError `correction-unfit` for a reason that is none."""
        if not reason.strip():
            raise CorrectionError("correction-unfit", "A correction states its reason.")
        data = MethodologyCorrected(
            id=self.act.id, revision=self.revision, act=act_to_data(self.act), reason=reason
        )
        try:
            return msgspec.json.decode(msgspec.json.encode(data), type=MethodologyCorrected)
        except (msgspec.ValidationError, UnicodeEncodeError) as error:
            raise CorrectionError("correction-unfit", f"{error}.") from None

    def supposed(self, on: date, *, decided_too: bool | None = None) -> Supposition:
        """The facts, as of a day, after which it would be the law; `decided_too` overrides the scope's."""
        activated = self.activated
        if decided_too is not None:
            activated = msgspec.structs.replace(activated, decided_too=decided_too)
        # Laid down already or not: a revision that is recorded again with the same content changes nothing.
        facts = (self.corrected("proposed"), activated)
        return tuple(SupposedFact(type(one).__name__, on, msgspec.to_builtins(one)) for one in facts)

    def is_supposed_by(self, kept: Kept) -> bool:
        """Whether a generation that is folded under what is kept beside it is the proposal's own.

        Raises SuppositionError and ActError.
        """
        supposition = from_kept(kept)
        if [one.type for one in supposition] != ["MethodologyCorrected", "MethodologyActivated"]:
            return False
        corrected, activated = supposition
        if activated.data != msgspec.to_builtins(self.activated):
            return False
        return digest(act_from_data(corrected.data["act"])) == self.digest


def proposed(law: Law, act: Act, scope: Scope) -> Proposal:
    """The act as its next revision, or as the last one where that one says the same.

    An older revision's text is a revision of its own again. Raises CorrectionError `correction-unfit` and
    `correction-scope`.
    """
    found = law.methodologies.get(act.id)
    if found is None:
        raise CorrectionError("correction-unfit", f"No act {act.id} is published.")
    _check_scope(law, scope)
    latest = found.revisions[found.latest]
    content = digest(act)
    if latest.digest == content:
        standing: Standing = "in-force" if _in_force(found, scope) else "laid-down"
        return Proposal(act, latest.number, content, scope, standing)
    proposal = Proposal(act, found.latest + 1, content, scope, "new")
    try:
        admit(law, proposal.corrected("proposed"))
    except Refusal as refusal:
        raise CorrectionError("correction-unfit", refusal.detail) from None
    return proposal


def read_proposal(file: Path, law: Law, scope: Scope) -> Proposal:
    """The proposal in a file: what differs from the act as it is, or the whole act; see `read_correction`.

    Raises ActError with the file and the key, and CorrectionError.
    """
    act = read_correction(file, current_acts(law))
    return proposed(law, _reasoned(act, law.methodologies[act.id]), scope)


def _reasoned(act: Act, found: Methodology) -> Act:
    """The act with no reading that gives the reason of another value.

    A reading that is changed by its value alone has the reason that the value had when it last stood there,
    and else says that the correction has it.
    """
    was = found.current.act.readings
    readings = dict(act.readings)
    for name, reading in act.readings.items():
        if name in was and reading.value != was[name].value and reading.reason == was[name].reason:
            stood = [one.act.readings.get(name) for _, one in sorted(found.revisions.items(), reverse=True)]
            before = next((one for one in stood if one is not None and one.value == reading.value), None)
            reason = _CORRECTED if before is None else before.reason
            readings[name] = msgspec.structs.replace(reading, reason=reason)
    return msgspec.structs.replace(act, readings=readings)


def current_acts(law: Law) -> Mapping[str, Act]:
    """The published acts by id, each in the revision that was activated last."""
    return {identity: found.current.act for identity, found in law.methodologies.items()}


def _check_scope(law: Law, scope: Scope) -> None:
    if scope.from_period is not None:
        try:
            parse_period(scope.from_period)
            msgspec.convert(scope.from_period, PeriodText)
        except ValueError:
            raise CorrectionError(
                "correction-scope",
                f"{scope.from_period} is no quarter (2026-Q2) or year (2026) from 1991 to 2999.",
            ) from None
    unknown = sorted(set(scope.bodies or ()) - law.bodies.keys())
    if unknown or scope.bodies == ():
        known = ", ".join(sorted(law.bodies)) or "none"
        raise CorrectionError(
            "correction-scope", f"No body is called {', '.join(unknown) or 'so'}; there are {known}."
        )


def _in_force(found: Methodology, scope: Scope) -> bool:
    """Whether the latest revision decides already for all that the scope is for."""
    for one in reversed(found.activations):
        if one.revision != found.latest:
            return False
        bodies = None if one.bodies is None else tuple(one.bodies)
        # At its publication an act decides everything.
        too = one.decided_too or one is found.activations[0]
        if Scope(one.from_period, bodies, too).holds(scope):
            return True
    return False
