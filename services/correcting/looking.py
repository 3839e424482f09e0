"""Looking at a ledger: folded as it stands under the law that is proposed, beside the rows that are shown."""

from collections.abc import Callable
from typing import Final

import msgspec

from events.codec import Codec
from events.documents import Adoptions
from events.keyring import Keyring
from events.log import Connection
from methodologies.registry import Law
from projections.comparing import one_snapshot
from projections.dossiers import Reader
from projections.grading import ADOPTIONS, Ground
from projections.law import AgencyLaw
from projections.live import Live
from projections.marks import Mark, ends
from projections.rebuild import scanning
from projections.rebuild.folding import Folding, folded
from projections.rebuild.generations import RebuildError
from projections.rebuild.record_keys import RecordKeys, passing
from projections.rows_replayed import mark_of
from projections.shown import Shown
from projections.supposed import Supposing
from projections.writing import work_out
from services.correcting.affected import Person, Unread
from services.correcting.changing import Changing
from services.correcting.derived import Laws
from services.correcting.listing import entries
from services.correcting.question import Question
from services.correcting.tally import Counting

_TRIES: Final = 100

Passed = Callable[[int], None]
"""Told how many events were gone over since it was told last."""


class Seen(msgspec.Struct, frozen=True):
    """What a ledger came to at a place of it, by persons.

    Counts, whose announced results change, a list's entries, and the people.
    """

    ledger: str
    seq: int
    counting: Counting
    announced: frozenset[bytes]
    entries: tuple[str, ...]
    people: tuple[Person, ...]


class Eye:
    """Looks at ledgers on one session of the projector's role; nothing of it is written.

    But for what the live driver writes of a ledger that it is behind in: it is compared where it stands.
    """

    def __init__(self, conn: Connection, keyring: Keyring, question: Question) -> None:
        self._conn = conn
        self._keyring = keyring
        self._question = question
        self._codec = Codec()
        self._reader = Reader(keyring, self._codec)
        self._law = AgencyLaw(self._reader)
        self._live = Live(keyring)
        self._after = Supposing(question.supposed)
        self._decided_too = Supposing(question.decided_too)

    def see(self, ledger: str, passed: Passed = lambda _: None) -> Seen:
        """Who changes in a ledger, by person, read in one snapshot.

        Raises RebuildError `rebuild-behind`, and what a rebuild of the ledger raises.
        """
        return folded(lambda trusted: self._seen(ledger, passed, trusted=trusted))

    def _seen(self, ledger: str, passed: Passed, *, trusted: bool) -> Seen:
        # Whatever comes while it is looked at: what is shown was level once.
        was_level = False
        for _ in range(_TRIES):
            with one_snapshot(self._conn):
                mark = mark_of(self._conn, ledger)
                size, _ = ends(self._conn, ledger)
                if mark is not None and (was_level or mark.seq == size):
                    # Another ledger may have been read under more of the law.
                    law = self._law.catch_up(self._conn, max(mark.agency_seq, self._law.seq))
                    if mark.agency_seq >= self._law.changed_at:
                        return self._compared(ledger, mark, self._laws(law), passed, trusted=trusted)
            while not self._live.advance(self._conn, ledger).is_level:
                pass
            was_level = True
        raise RebuildError(
            "rebuild-behind", f"The law changes faster than {ledger} can be compared.", "Try again later."
        )

    def _compared(self, ledger: str, mark: Mark, laws: Laws, passed: Passed, *, trusted: bool) -> Seen:
        conn, asked = self._conn, self._question
        # However few rows the server thinks there are: a ledger lies in the order it is asked for.
        conn.execute("SET LOCAL enable_sort = off")
        own = self._reader.document(conn, ledger, ADOPTIONS, mark.seq)
        ground = Ground(ledger, mark.seq, own if isinstance(own, Adoptions) else None, laws.after)
        record_keys = RecordKeys(conn, self._keyring, ledger, passing)
        shown = Shown(conn, ledger, mark.generation)
        changing = Changing(conn, self._reader, asked, laws, ground, shown, record_keys)
        kept = scanning.documents(conn, ledger, trusted=trusted)
        scanned = scanning.scan(conn, ledger, mark.seq, kept)
        folding = Folding(self._keyring, self._codec, ledger, kept, scanned)
        # What no grade is read from is done with already.
        passed(mark.seq - scanned.size)
        concerned: list[Person | Unread] = []
        for page, events in folding.pages():
            derived = work_out(self._keyring, ground, ((dossier, None) for dossier in page), record_keys)
            concerned += changing.page(list(derived))
            passed(events)
        concerned += changing.left()
        return self._told(ledger, mark, laws, sorted(concerned, key=lambda one: one.person), changing.results)

    def _told(
        self, ledger: str, mark: Mark, laws: Laws, concerned: list[Person | Unread], results: int
    ) -> Seen:
        asked = self._question
        counting = Counting(results)
        for one in concerned:
            counting.count(one)
        people = [one for one in concerned if isinstance(one, Person)]
        listed = entries(asked.listed, laws.after, asked.language) if asked.listed else None
        return Seen(
            ledger,
            mark.seq,
            counting,
            frozenset(one.person for one in people if any(result.announced for result in one.results)),
            tuple(listed.of(one) for one in people) if listed else (),
            tuple(people) if asked.heard else (),
        )

    def _laws(self, law: Law) -> Laws:
        return Laws(law, self._after(law), self._decided_too(law))
