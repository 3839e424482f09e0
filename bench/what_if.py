"""What corrections would change of the ledgers that were rebuilt, and how long it takes to tell."""

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from methodologies.registry import TYPICAL
from services.correcting.correction import Correcting
from services.correcting.demonstration import METHODOLOGIES, overall
from services.correcting.proposal import Scope, current_acts, proposed
from services.servers import Servers


class Asked(msgspec.Struct, frozen=True):
    """A what-if of an act: in seconds, how many results there are, and how many would change."""

    methodology: str
    seconds: float
    rows: int
    results: int


def what_ifs(servers: Servers, keyring: Path, workers: int) -> Iterator[Asked]:
    """`discipline-cap-scope` read as `overall`, of the act of one body, and of the act of all that have none.

    Each is worked out beside what is shown; nothing of it is left.
    """
    correcting = Correcting(servers, keyring)
    acts = current_acts(correcting.law())
    for methodology in (METHODOLOGIES[0], TYPICAL):
        began = time.perf_counter()
        proposal = proposed(correcting.law(), overall(acts[methodology]), Scope())
        tally = correcting.what_if(proposal, workers=workers).tally
        yield Asked(methodology, time.perf_counter() - began, tally.rows, tally.results)
