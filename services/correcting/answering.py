"""Answering for a ledger who changes: derived under a proposed law, beside the rows that are shown."""

from collections.abc import Callable
from typing import Final, TypeAlias

import msgspec

from events.keyring import Keyring
from events.log import Connection
from methodologies.registry import Law
from projections.comparing import one_snapshot
from projections.dossiers import Reader
from projections.grading import Ground
from projections.law import AgencyLaw
from projections.live import Live
from projections.marks import Mark, ends
from projections.rebuild.deriving import derived, made_again, read_ledger
from projections.rebuild.generations import RebuildError
from projections.rebuild.scanning import plan_for_scans
from projections.record_keys import LedgerKeys, passing
from projections.rows_replayed import mark_of
from projections.shown import ShownRows
from projections.supposed import Supposing
from services.correcting.affected import Person, Unread
from services.correcting.changing import Changing
from services.correcting.laws import Laws
from services.correcting.listing import entries
from services.correcting.question import Question
from services.correcting.tally import Counting

_TRIES: Final = 100

Passed: TypeAlias = Callable[[int], None]
"""Told how many events were gone over since it was told last."""


class Answer(msgspec.Struct, frozen=True):
    """What a ledger comes to at a place of it.

    Counts, whose announced results change or cannot be told of, a list's entries, and the people; both by
    person.
    """

    ledger: str
    seq: int
    counting: Counting
    to_restate: frozenset[bytes]
    entries: tuple[str, ...]
    people: tuple[Person, ...]


class Answerer:
    """Answers a question ledger by ledger, on one session of the projector's role.

    It writes nothing but what the live driver writes of a ledger that it is behind in.
    """

    def __init__(self, conn: Connection, keyring: Keyring, question: Question) -> None:
        self._conn = conn
        self._keyring = keyring
        self._question = question
        self._reader = Reader(keyring)
        self._law = AgencyLaw(self._reader)
        self._live = Live(keyring)
        self._after = Supposing(question.supposed)
        self._decided_too = Supposing(question.decided_too)

    def answer(self, ledger: str, passed: Passed = lambda _: None) -> Answer:
        """Who changes in a ledger, read in one snapshot.

        Raises RebuildError `rebuild-behind`, and what a rebuild of the ledger raises.
        """
        return made_again(lambda trusted: self._answer(ledger, passed, trusted=trusted))

    def _answer(self, ledger: str, passed: Passed, *, trusted: bool) -> Answer:
        # Whatever comes while it is looked at: what is shown was level once.
        was_level = False
        for _ in range(_TRIES):
            with one_snapshot(self._conn):
                # Whoever drops a generation that was shown waits: rows and mark are of the same one.
                self._conn.execute("LOCK TABLE projection.grades IN ACCESS SHARE MODE")
                mark = mark_of(self._conn, ledger)
                size, agency_size = ends(self._conn, ledger)
                law = self._law.catch_up(self._conn, agency_size)
                is_level = mark is not None and (was_level or mark.seq == size)
                if mark is not None and is_level and mark.agency_seq >= self._law.changed_at:
                    return self._beside(ledger, mark, self._laws(law), passed, trusted=trusted)
            self._live.level(self._conn, ledger)
            was_level = True
        raise RebuildError(
            "rebuild-behind", f"The law changes faster than {ledger} can be compared.", "Try again later."
        )

    def _beside(self, ledger: str, mark: Mark, laws: Laws, passed: Passed, *, trusted: bool) -> Answer:
        conn = self._conn
        plan_for_scans(conn, local=True)
        shown = ShownRows(conn, ledger, mark.generation)
        record_keys = LedgerKeys(conn, self._keyring, ledger, passing)
        read = read_ledger(conn, self._reader, ledger, mark.seq, trusted=trusted, heard=lambda _: passed(0))
        passed(read.unread)
        ground = Ground(ledger, mark.seq, read.adoptions, laws.after)
        changing = Changing(conn, self._reader, self._question, laws, ground, shown, record_keys)
        concerned: list[Person | Unread] = []
        for page, events in derived(self._keyring, ground, read.folding, record_keys):
            concerned += changing.page(page)
            passed(events)
        # Of a document that does not open nobody knows whose it is.
        concerned += changing.left("unreadable" if read.folding.orphans else "destroyed")
        return self._put(ledger, mark, laws, sorted(concerned, key=lambda one: one.person), changing.results)

    def _put(
        self, ledger: str, mark: Mark, laws: Laws, concerned: list[Person | Unread], results: int
    ) -> Answer:
        asked = self._question
        counting = Counting(results)
        for one in concerned:
            counting.count(one)
        people = [one for one in concerned if isinstance(one, Person)]
        listed = entries(asked.listed, laws.after, asked.language) if asked.listed else None
        return Answer(
            ledger,
            mark.seq,
            counting,
            frozenset(one.person for one in concerned if _may_be_told(one)),
            tuple(listed.of(one) for one in people) if listed else (),
            tuple(people) if asked.heard else (),
        )

    def _laws(self, law: Law) -> Laws:
        return Laws(law, self._after(law), self._decided_too(law))


def _may_be_told(one: Person | Unread) -> bool:
    """Whether something is to be told anew; of whom nothing can be told now, it can once rows are derived."""
    return isinstance(one, Unread) or any(result.announced for result in one.results)
