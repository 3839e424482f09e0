"""A whole rebuild in one call, with what it came to."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

import msgspec

from projections import marks
from projections.rebuild import claims
from projections.rebuild.generations import RebuildError
from services.rebuild_steps import Differing, Rebuilding, Watch
from services.servers import Servers


class Report(msgspec.Struct, frozen=True):
    """What a whole rebuild came to.

    `seconds` of each step; `folding_seconds` from the first ledger taken to the last committed, which the
    rate is of. `peak_mib` is each worker's largest resident memory, in MiB.
    """

    generation: int
    before: int
    events: int
    rows: int
    parked: int
    destroyed: int
    compared: Differing | None
    seconds: dict[str, float]
    folding_seconds: float
    peak_mib: dict[str, float]
    is_live: bool

    @property
    def events_per_second(self) -> float:
        """How fast the ledgers were folded."""
        return self.events / self.folding_seconds if self.folding_seconds else 0.0


def rebuild_all(
    servers: Servers,
    keyring: Path,
    *,
    workers: int = 2,
    watch: Watch = lambda _: None,
    compared: bool = True,
    accept_changes: bool = False,
    golive: bool = True,
) -> Report:
    """A whole rebuild, or the rest of the one under way: prepare, run, catch up, compare, go live.

    It stops before the switch with RebuildError `rebuild-differs` when rows differ from those shown, unless
    `accept_changes` says that they may; at once with `rebuild-state` where a correction is under way.
    """
    rebuilding = Rebuilding(servers, keyring)
    clock = _Clock()
    with clock.step("prepare"):
        made = rebuilding.prepare()
        if made.purpose != "rebuild":
            raise RebuildError(
                "rebuild-state",
                f"Generation {made.number} is a correction's that was cut short.",
                "The same `bagalau correct` finishes it; `bagalau rebuild abort` gives it up.",
            )
        number = made.number
    with clock.step("run"):
        now = rebuilding.run(number, workers=workers, watch=watch)
    with clock.step("catchup"):
        rebuilding.catch_up(number, watch=watch)
    differing: Differing | None = None
    if compared:
        with clock.step("compare"):
            differing = rebuilding.compare(number)
        if differing.differing and golive and not accept_changes:
            raise RebuildError(
                "rebuild-differs",
                f"{differing.differing} of {differing.rows} rows differ from those that are shown.",
                "`bagalau rebuild compare --people` tells whose; `bagalau rebuild golive` shows them"
                " nevertheless.",
            )
    with rebuilding.owner() as conn:
        before = marks.live_generation(conn)
        folding, peaks = claims.folding_seconds(conn, number), _peaks(claims.claims(conn, number))
    if golive:
        with clock.step("golive"):
            before = rebuilding.go_live(number)
    return Report(
        number,
        before,
        now.folded,
        now.rows,
        now.parked,
        now.destroyed,
        differing,
        clock.seconds,
        folding,
        peaks,
        golive,
    )


class _Clock:
    """How long each step took."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = monotonic()
        yield
        self.seconds[name] = monotonic() - began


def _peaks(listed: Sequence[claims.Claimed]) -> dict[str, float]:
    peaks: dict[str, float] = {}
    for one in listed:
        if one.worker is not None and one.peak_kib is not None:
            peaks[one.worker] = max(peaks.get(one.worker, 0.0), round(one.peak_kib / 1024, 1))
    return peaks
