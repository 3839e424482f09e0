"""A correction of an act in the agency's ledger, as it is laid down and goes live."""

from functools import cache

import msgspec

from events.envelope import AGENCY, Event
from events.vocabulary import Data
from events.vocabulary.methodology import MethodologyActivated, MethodologyCorrected
from methodologies.loading import act_to_data, shipped
from services.offline import Ledgers
from tests import ledger


@cache
def founded() -> tuple[Event, ...]:
    """The agency's ledger as it begins."""
    return tuple(Ledgers(keeping_events=True).events)


def of_agency(said: Data, seq: int) -> Event:
    return msgspec.structs.replace(ledger.event(said, seq), ledger=AGENCY, agency_seq=seq - 1)


def correction() -> tuple[Event, Event]:
    """A corrected revision by which a sanction caps the whole score, and its coming into force."""
    act = act_to_data(shipped()["zhanakorgan-2026"])
    act["readings"]["discipline-cap-scope"]["value"] = "overall"
    seq = len(founded()) + 1
    laid_down = MethodologyCorrected(id="zhanakorgan-2026", revision=2, act=act, reason="read anew")
    return (
        of_agency(laid_down, seq),
        of_agency(MethodologyActivated(id="zhanakorgan-2026", revision=2), seq + 1),
    )
