"""The live driver: a ledger's new events become rows, and its mark moves, in one transaction."""

from collections import OrderedDict
from collections.abc import Collection
from typing import Final

import msgspec

from events.codec import Codec
from events.envelope import AGENCY
from events.keyring import Keyring
from events.log.heads import Connection
from projections import marks
from projections.dossiers import Reader
from projections.grading import Ground
from projections.law import AgencyLaw
from projections.marks import Mark, MarkError
from projections.reads import UNREAD_AS_STORED
from projections.rebuild import generations
from projections.stretches import Reading, State
from projections.supposed import AS_IT_STANDS, Supposing
from projections.writing import Outcome, derive

BATCH: Final = 1000
"""The most events in one transaction."""

CACHED: Final = 4_000
"""The most persons whose documents are kept folded between transactions, over all ledgers."""


class Advanced(msgspec.Struct, frozen=True):
    """What one transaction did: the ledger's mark and head after it, events read, rows written and removed.

    `whole` says that everyone in the ledger was derived anew.
    """

    ledger: str
    seq: int
    head: int
    events: int
    written: int
    removed: int
    parked: int
    whole: bool

    @property
    def is_level(self) -> bool:
        """Whether the rows stood at the ledger's head."""
        return self.seq == self.head


class Live:
    """Keeps a generation of grades up to the ledgers; for one connection and one thread.

    It is the generation that is shown, whichever that is by then, or one that is `built` beside it, under the
    law that is supposed for that one. Documents folded lately stay in memory, up to a bound; they are taken
    only where the ledger's mark stands as this driver left it, so another driver's work is never overlooked.
    """

    def __init__(
        self,
        keyring: Keyring,
        codec: Codec | None = None,
        *,
        batch: int = BATCH,
        cached: int = CACHED,
        built: int | None = None,
    ) -> None:
        self._reader = Reader(keyring, codec)
        self._law = AgencyLaw(self._reader)
        self._batch = batch
        self._cached = cached
        self._built = built
        self._supposing = Supposing(AS_IT_STANDS)
        self._states: OrderedDict[str, State] = OrderedDict()

    @property
    def law_changed_at(self) -> int:
        """The last place in the agency's ledger, as far as it was read, where the law came to say else."""
        return self._law.changed_at

    def mark(self, ledger: str) -> Mark | None:
        """Where this driver left the ledger; None when it never was there, or failed there."""
        state = self._states.get(ledger)
        return state.mark if state else None

    def follow_agency(self, conn: Connection, ledgers: Collection[str]) -> None:
        """Reads the agency's new events, and moves the marks of those ledgers whose law says the same.

        A mark left behind `law_changed_at` is for `advance`. Raises LawError and MarkError.
        """
        with conn.transaction():
            generation = self._generation(conn)
            _, head = marks.ends(conn, AGENCY)
            self._law.catch_up(conn, head)
            moved = marks.follow_agency(conn, generation, ledgers, self._law.changed_at, head)
        for ledger, mark in moved.items():
            state = self._states.get(ledger)
            if state is not None and state.mark.seq == mark.seq and state.mark.generation == generation:
                state.mark = mark

    def look(self, conn: Connection) -> None:
        """Drops what is kept of a generation that is no longer the one to keep up.

        Asked before marks are taken for where the rows stand: those of the one shown before may be level
        while the other's are not.
        """
        generation = self._generation(conn)
        stale = [name for name, state in self._states.items() if state.mark.generation != generation]
        for ledger in stale:
            self.forget(ledger)

    def forget(self, ledger: str) -> None:
        """Drops what is kept of a ledger, as when another takes it over."""
        self._states.pop(ledger, None)

    def advance(self, conn: Connection, ledger: str) -> Advanced:
        """Projects the next events of a ledger in one transaction; nothing new is no error.

        The first time, what was parked is tried again. Raises MarkError, LawError, DossierError,
        KeyringError, RebuildError for a built generation that is gone, and psycopg.Error; nothing is then
        written, and the next call begins where this one did.
        """
        try:
            with conn.transaction():
                advanced = self._advance(conn, ledger)
        except BaseException:
            self.forget(ledger)
            raise
        self._evict()
        return advanced

    def level(self, conn: Connection, ledger: str) -> None:
        """Projects a ledger up to its head of some moment. Raises what `advance` raises."""
        while not self.advance(conn, ledger).is_level:
            pass

    def _advance(self, conn: Connection, ledger: str) -> Advanced:
        mark = marks.lock_mark(conn, self._generation(conn), ledger)
        head, agency_head = marks.ends(conn, ledger)
        if head < mark.seq or agency_head < mark.agency_seq:
            raise MarkError(
                "ahead-of-ledger",
                f"the projection of {ledger} says that it goes further than the ledger does",
            )
        law = self._supposing(self._law.catch_up(conn, agency_head))
        state = self._state(conn, ledger, mark)
        upto = min(head, mark.seq + self._batch)
        stretch = self._reader.stretch(conn, ledger, mark.seq, upto, unread=UNREAD_AS_STORED)
        reading = Reading(conn, self._reader, ledger, state, upto)
        reading.take(stretch)
        whole = reading.adopted or (mark.seq > 0 and self._law.changed_at > mark.agency_seq)
        ground = Ground(ledger, upto, state.adoptions, law)
        outcome = Outcome(parked=reading.orphaned)
        for some in reading.everyone() if whole else [reading.touched()]:
            one = derive(conn, self._reader.keyring, ground, mark.generation, some)
            outcome = Outcome(*map(sum, zip(outcome, one, strict=True)))
            # What failed is read anew the next time, all of it.
            for dossier, _ in some:
                if dossier.failures:
                    state.dossiers.pop(dossier.person, None)
        after = Mark(mark.generation, upto, agency_head)
        if after != mark:
            marks.move_mark(conn, ledger, mark, after)
        state.mark = after
        done = upto - mark.seq - len(stretch.failures) - stretch.destroyed
        return Advanced(ledger, upto, head, done, *outcome, whole)

    def _generation(self, conn: Connection) -> int:
        if self._built is None:
            return marks.live_generation(conn)
        supposed = generations.share(conn, self._built, generations.WRITTEN)
        if supposed != self._supposing.supposition:
            self._supposing = Supposing(supposed)
        return self._built

    def _state(self, conn: Connection, ledger: str, mark: Mark) -> State:
        state = self._states.get(ledger)
        if state is None or state.mark != mark:
            state = State(mark, self._reader.adoptions(conn, ledger, mark.seq))
            self._states[ledger] = state
        self._states.move_to_end(ledger)
        return state

    def _evict(self) -> None:
        surplus = sum(len(state.dossiers) for state in self._states.values()) - self._cached
        for state in self._states.values():
            while surplus > 0 and state.dossiers:
                state.dossiers.popitem(last=False)
                surplus -= 1
