"""Asking who would change by a proposal: of which ledgers, how far it is, and what they come to together."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from events.envelope import AGENCY
from events.keyring import Keyring
from events.log import Connection, Head, head, today
from methodologies.registry import Law
from projections import marks
from projections.dossiers import Reader
from projections.law import AgencyLaw
from projections.rebuild.generations import RebuildError
from projections.rebuild.side_by_side import MOST_BEHIND
from services.correcting.affected import Person
from services.correcting.listing import List, Listing, listing
from services.correcting.lookers import APPLICATION, look
from services.correcting.looking import Seen
from services.correcting.proposal import Proposal
from services.correcting.question import Question
from services.correcting.tally import Counting, Tally
from services.correcting.within import Within, within
from services.servers import Servers, connect

_PROJECTOR: Final = "bagalau_projector"

Hearing: TypeAlias = Callable[[Person], None]
"""Hears of everyone whom a correction concerns, one after the other."""


class Asked(msgspec.Struct, frozen=True):
    """How far a question is: ledgers looked at of so many, and events gone over of so many."""

    ledgers: int
    ledgers_done: int
    events: int
    folded: int


Asking: TypeAlias = Callable[[Asked], None]
"""Hears how far a question is."""


class Concerned(msgspec.Struct, frozen=True):
    """Whose announced results change in a ledger, as seen at a place of it."""

    seq: int
    persons: frozenset[bytes]


class Prepared(msgspec.Struct, frozen=True):
    """Who changes by a proposal."""

    tally: Tally
    by_ledger: dict[str, Concerned]


class Asker:
    """Asks ledgers for one that holds the database's keyring."""

    def __init__(self, servers: Servers, keyring_file: Path, keyring: Keyring) -> None:
        self._servers = servers
        self._keyring_file = keyring_file
        self._keyring = keyring

    def law(self) -> Law:
        """The law as the agency's ledger has it."""
        with self._session() as conn:
            return self._law(conn)

    def ask(
        self, proposal: Proposal, workers: int, watch: Asking, into: List | None, hearing: Hearing | None
    ) -> Prepared:
        """Who changes; ledgers that the act comes to govern meanwhile are looked at too.

        Raises what `look` raises, RebuildError `rebuild-behind` where bringing up what is shown would take
        too long here, DossierError, and OSError for a list that cannot be written.
        """
        counting, by_ledger = Counting(), dict[str, Concerned]()
        with listing(proposal, into) as found:
            asked = self._question(proposal, found, heard=hearing is not None)
            while True:
                now = self._within(proposal)
                unseen = [one for one in now.ledgers if one.ledger not in by_ledger]
                if not unseen:
                    break
                for seen in self._seen(asked, unseen, workers, watch):
                    counting.add(seen.counting)
                    by_ledger[seen.ledger] = Concerned(seen.seq, seen.announced)
                    if found is not None:
                        found.add(seen.entries)
                    if hearing is not None:
                        for person in seen.people:
                            hearing(person)
            counting.rows += now.results_beyond
            tally = counting.tally()
            if found is not None:
                found.close(tally)
        return Prepared(tally, by_ledger)

    def _seen(self, asked: Question, ledgers: Sequence[Head], workers: int, watch: Asking) -> Iterator[Seen]:
        """What each of the ledgers comes to, while `watch` is told how far it is."""
        self._check_behind(ledgers)
        events, folded, done = sum(one.size for one in ledgers), 0, 0

        def passed(count: int) -> None:
            nonlocal folded
            folded += count
            watch(Asked(len(ledgers), done, events, folded))

        passed(0)
        for seen in look(self._servers, self._keyring_file, asked, ledgers, workers, passed):
            done += 1
            yield seen

    def _check_behind(self, ledgers: Sequence[Head]) -> None:
        asked = {one.ledger for one in ledgers}
        with self._session() as conn:
            late = sum(one.behind for one in marks.lag(conn) if one.ledger in asked)
        if late > MOST_BEHIND:
            raise RebuildError(
                "rebuild-behind",
                f"What is shown is {late} events behind.",
                "A running projector brings it up.",
            )

    def _within(self, proposal: Proposal) -> Within:
        with self._session() as conn:
            return within(conn, Reader(self._keyring), self._law(conn), proposal)

    def _question(self, proposal: Proposal, into: Listing | None, *, heard: bool) -> Question:
        with self._session() as conn:
            on = today(conn)
        return Question(
            methodology=proposal.act.id,
            revision=proposal.revision,
            scope=proposal.scope,
            supposed=proposal.supposed(on),
            decided_too=proposal.supposed(on, decided_too=True),
            listed=None if into is None else into.kind,
            language="en" if into is None else into.language,
            heard=heard,
        )

    def _law(self, conn: Connection) -> Law:
        return AgencyLaw(Reader(self._keyring)).catch_up(conn, head(conn, AGENCY).size)

    def _session(self) -> Connection:
        return connect(self._servers, _PROJECTOR, autocommit=True, application_name=APPLICATION)
