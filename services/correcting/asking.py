"""Asking who would change by a proposal: which ledgers, and what they come to together."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

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
from services.correcting.answering import Answer
from services.correcting.answering_processes import answers
from services.correcting.listing import List, Listing, listing
from services.correcting.proposal import CorrectionError, Proposal, proposed
from services.correcting.question import Question
from services.correcting.sessions import projector
from services.correcting.tally import Counting, Tally
from services.correcting.within import within
from services.servers import Servers

Hearing: TypeAlias = Callable[[Person], None]
"""Hears of everyone whom a correction concerns, one after the other."""


class QuestionProgress(msgspec.Struct, frozen=True):
    """How far a question is: ledgers looked at of so many, and events gone over of so many."""

    ledgers: int
    ledgers_done: int
    events: int
    folded: int


QuestionWatch: TypeAlias = Callable[[QuestionProgress], None]
"""Hears how far a question is."""


class ToRestate(msgspec.Struct, frozen=True):
    """Whose announced results change in a ledger, or may, as seen at a place of it."""

    seq: int
    persons: frozenset[bytes]


class Foretold(msgspec.Struct, frozen=True):
    """What a proposal would come to, and whose results are to be told anew, by ledger."""

    tally: Tally
    to_restate: dict[str, ToRestate]


class Asker:
    """Asks ledgers for one that holds the database's keyring."""

    def __init__(self, servers: Servers, keyring_file: Path, keyring: Keyring) -> None:
        self._servers = servers
        self._keyring_file = keyring_file
        self._reader = Reader(keyring)
        self._agency = AgencyLaw(self._reader)

    def law(self) -> Law:
        """The law as the agency's ledger has it."""
        with projector(self._servers) as conn:
            return self._law(conn)

    def ask(
        self,
        proposal: Proposal,
        workers: int,
        watch: QuestionWatch,
        into: List | None,
        hearing: Hearing | None,
    ) -> Foretold:
        """Who changes; ledgers that the act comes to govern meanwhile are asked too.

        Rows that do not follow the law of today yet are written anew first, as a projector does. Raises what
        `answers` raises, RebuildError `rebuild-behind` where bringing up what is shown would take too long
        here, CorrectionError `question-overtaken` where the law changed meanwhile, DossierError, and OSError
        for a list that cannot be written.
        """
        counting, to_restate = Counting(), dict[str, ToRestate]()
        with listing(proposal, into) as found, projector(self._servers) as conn:
            law = self._law(conn)
            changed_at = self._agency.changed_at
            if proposed(law, proposal.act, proposal.scope).revision != proposal.revision:
                raise _overtaken()
            question = _question(conn, law, proposal, found, heard=hearing is not None)
            while True:
                now = within(conn, self._reader, law, proposal)
                unasked = [one for one in now.ledgers if one.ledger not in to_restate]
                if not unasked:
                    break
                _check_behind(conn, unasked)
                for answer in self._answers(question, unasked, workers, watch):
                    counting.add(answer.counting)
                    to_restate[answer.ledger] = ToRestate(answer.seq, answer.to_restate)
                    if found is not None:
                        found.add(answer.entries)
                    if hearing is not None:
                        for person in answer.people:
                            hearing(person)
            self._law(conn)
            if self._agency.changed_at > changed_at:
                raise _overtaken()
            counting.rows += now.results_beyond
            tally = counting.tally()
            if found is not None:
                found.close(tally)
        return Foretold(tally, to_restate)

    def _answers(
        self, question: Question, ledgers: Sequence[Head], workers: int, watch: QuestionWatch
    ) -> Iterator[Answer]:
        """What each of the ledgers comes to, while `watch` is told how far it is."""
        events, folded, done = sum(one.size for one in ledgers), 0, 0

        def passed(count: int) -> None:
            nonlocal folded
            # What is folded a second time, and what came meanwhile, is beyond what there was.
            folded = min(folded + count, events)
            watch(QuestionProgress(len(ledgers), done, events, folded))

        passed(0)
        for answer in answers(self._servers, self._keyring_file, question, ledgers, workers, passed):
            done += 1
            passed(0)
            yield answer

    def _law(self, conn: Connection) -> Law:
        return self._agency.catch_up(conn, head(conn, AGENCY).size)


def _overtaken() -> CorrectionError:
    return CorrectionError(
        "question-overtaken", "The law changed while it was asked.", "Run the same command again."
    )


def _question(
    conn: Connection, law: Law, proposal: Proposal, into: Listing | None, *, heard: bool
) -> Question:
    on = today(conn)
    earlier = law.methodologies[proposal.act.id].revisions.values()
    return Question(
        methodology=proposal.act.id,
        revision=proposal.revision,
        scope=proposal.scope,
        supposed=proposal.supposed(on),
        decided_too=proposal.supposed(on, decided_too=True),
        follows_otherwise=any(one.act.consequences != proposal.act.consequences for one in earlier),
        listed=None if into is None else into.kind,
        language="en" if into is None else into.language,
        heard=heard,
    )


def _check_behind(conn: Connection, ledgers: Sequence[Head]) -> None:
    asked = {one.ledger for one in ledgers}
    late = sum(one.behind for one in marks.lag(conn) if one.ledger in asked)
    if late > MOST_BEHIND:
        raise RebuildError(
            "rebuild-behind", f"What is shown is {late} events behind.", "A running projector brings it up."
        )
