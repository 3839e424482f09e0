"""A correction in the agency's ledger: laid down inert, and activated together with its generation."""

from collections.abc import Callable
from datetime import date
from typing import Final
from uuid import UUID, uuid5

import msgspec

from events.envelope import AGENCY, SYSTEM, Fact
from events.log import Connection, Head, Lock, Log
from events.vocabulary import Data
from events.vocabulary.types import Code
from methodologies.admission import admit
from methodologies.registry import Law
from projections.dossiers import Reader
from projections.law import AgencyLaw
from services.correcting.proposal import CorrectionError, Proposal, proposed
from services.recording import Due, record

_CAUSE: Final = UUID("3d1c7a2e-6a0f-5b57-8f3b-2f6f4f5c9a41")
"""Stands for corrections; the ids of what they record follow from it, the act and the revision's content."""


def lay_down(conn: Connection, log: Log, proposal: Proposal, *, reason: str, by: str, on: date) -> None:
    """Records the corrected revision, which decides nothing yet; one that is recorded already is not again.

    Raises CorrectionError `correction-overtaken` where another revision took the number meanwhile, and
    `correction-unfit` for a reason that is none or an actor who cannot be named.
    """
    data = proposal.corrected(reason)
    check_actor(by)

    def due(head: Head) -> Due:
        law = _law(conn, log, head.size)
        if _again(law, proposal).standing != "new":
            return Due()
        admit(law, data)
        return Due((_fact(proposal, data, by, on),), head.size)

    record(conn, log, AGENCY, due)


def check_actor(by: str) -> None:
    """Raises CorrectionError `correction-unfit` for one who cannot be named as who corrects."""
    try:
        msgspec.convert(by, Code)
    except msgspec.ValidationError:
        by = SYSTEM
    if by == SYSTEM or by != by.strip() or not by.isprintable():
        raise CorrectionError(
            "correction-unfit",
            "Who corrects is named by a code, without spaces at its ends, and never `system`.",
        )


def activating(log: Log, proposal: Proposal, *, on: date) -> Callable[[Connection, Lock], int]:
    """What appends the activation under the lock of every head, and tells the agency's size after it.

    It raises CorrectionError `correction-overtaken` where the law is no longer the one that was looked at.
    """

    def together(conn: Connection, lock: Lock) -> int:
        size = lock.heads[AGENCY].size
        law = _law(conn, log, size)
        if _again(law, proposal).standing != "laid-down":
            raise _overtaken(proposal)
        data = proposal.activated
        admit(law, data)
        said = len(law.methodologies[data.id].activations)
        events = record(
            conn, log, AGENCY, lambda head: Due((_fact(proposal, data, SYSTEM, on, said),), head.size)
        )
        return events[-1].seq

    return together


def _fact(proposal: Proposal, data: Data, actor: str, on: date, said: int = 0) -> Fact:
    kind = type(data).__name__
    subject = "\0".join((kind, proposal.act.id, str(proposal.revision), proposal.digest, str(said)))
    return Fact(uuid5(_CAUSE, subject), AGENCY, kind, on, actor, data)


def _again(law: Law, proposal: Proposal) -> Proposal:
    """The proposal as it stands now."""
    found = proposed(law, proposal.act, proposal.scope)
    if found.revision != proposal.revision:
        raise _overtaken(proposal)
    return found


def _law(conn: Connection, log: Log, size: int) -> Law:
    return AgencyLaw(Reader(log.keyring, log.codec)).catch_up(conn, size)


def _overtaken(proposal: Proposal) -> CorrectionError:
    return CorrectionError(
        "correction-overtaken",
        f"{proposal.act.id} was corrected by somebody else meanwhile.",
        "`bagalau rebuild abort` gives this one up; then see what it changes now.",
    )
