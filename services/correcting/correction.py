"""A correction from the question who would change to the last result that is told anew."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from events.envelope import AGENCY
from events.keyring import Keyring
from events.log import Connection, Log, head, heads, today
from methodologies.registry import Law
from projections.dossiers import Reader
from projections.law import AgencyLaw
from projections.rebuild.generations import RebuildError
from services.correcting.affected import Person, persons_since, persons_under
from services.correcting.agency import activating, lay_down
from services.correcting.listing import List, Listing, listing
from services.correcting.looking import look
from services.correcting.proposal import CorrectionError, Proposal, Scope, read_proposal
from services.correcting.question import Question, parts
from services.correcting.restating import Restater
from services.correcting.tally import Counting, Tally
from services.correcting.trial import trial
from services.correcting.within import Within, within
from services.rebuild_steps import Differing, Rebuilding, Watch
from services.servers import Servers, connect

_PROJECTOR: Final = "bagalau_projector"
_WRITER: Final = "bagalau_writer"
_MUCH: Final = 10_000
"""So many rows that differ are looked at here as fast as by processes that are to be started first."""
_EXPLAINING: Final = 5

Restated: TypeAlias = dict[str, int]
"""How many results were told anew, by ledger."""

Telling: TypeAlias = Callable[[str, int, int], None]
"""Hears of a ledger, how many persons were gone over, and of how many."""

Hearing: TypeAlias = Callable[[Person], None]
"""Hears of everyone whom a correction concerns, one after the other."""


class Concerned(msgspec.Struct, frozen=True):
    """Whose announced results change in a ledger, as seen at a place of it."""

    seq: int
    persons: frozenset[bytes]


class Prepared(msgspec.Struct, frozen=True):
    """A generation derived under a proposal, and who changes by it."""

    generation: int
    tally: Tally
    by_ledger: dict[str, Concerned]


class Applied(msgspec.Struct, frozen=True):
    """What a correction came to: the generation shown by now and the one before, and what was told anew.

    Without generations it was the law before.
    """

    revision: int
    generation: int | None
    before: int | None
    restated: Restated


class Correcting:
    """Corrects acts for one that administers the database and holds its keyring.

    Raises what `Rebuilding` raises where they do not fit.
    """

    def __init__(self, servers: Servers, keyring: Path) -> None:
        self._servers = servers
        self._keyring_file = keyring
        self._rebuilding = Rebuilding(servers, keyring)

    @property
    def _keyring(self) -> Keyring:
        return self._rebuilding.keyring

    def law(self) -> Law:
        """The law as the agency's ledger has it."""
        with self._session(_PROJECTOR) as conn:
            return self._law(conn)

    def read(self, file: Path, scope: Scope) -> Proposal:
        """The proposal in a file. Raises ActError and CorrectionError; see `read_proposal`."""
        return read_proposal(file, self.law(), scope)

    def what_if(
        self,
        proposal: Proposal,
        *,
        workers: int = 2,
        watch: Watch = lambda _: None,
        into: List | None = None,
        hearing: Hearing | None = None,
    ) -> Tally:
        """Who would change; nothing of the question is left but the list.

        Folded are those ledgers alone that the scope is of and in which the act can govern; where that comes
        to more ledgers meanwhile it begins anew. Raises RebuildError, DossierError, and OSError for a list
        that cannot be written.
        """
        with listing(proposal, into) as found:
            while True:
                asked = self._within(proposal)
                with trial(self._rebuilding, proposal.supposed(self._today()), asked.ledgers) as number:
                    self._fold(number, workers if asked.ledgers else 0, watch)
                    now = self._within(proposal)
                    if set(now.ledgers) <= set(asked.ledgers):
                        beyond = now.results_beyond
                        return self._look(number, proposal, workers, found, hearing, beyond=beyond).tally

    def prepare(
        self,
        proposal: Proposal,
        *,
        workers: int = 2,
        watch: Watch = lambda _: None,
        into: List | None = None,
        hearing: Hearing | None = None,
    ) -> Prepared | None:
        """The correction derived beside what is shown, and who changes by it; None where it is the law.

        Killed at any point it is taken up again by the same call. Raises CorrectionError and RebuildError.
        """
        if proposal.standing == "in-force":
            return None
        with listing(proposal, into) as found:
            number = self._build(proposal, workers, watch)
            return self._look(number, proposal, workers, found, hearing)

    def decline(self, prepared: Prepared) -> None:
        """Gives up what was prepared; nothing of it is left."""
        self._rebuilding.abort(prepared.generation)

    def apply(
        self,
        proposal: Proposal,
        prepared: Prepared | None,
        reason: str,
        *,
        by: str = AGENCY,
        told: Telling = lambda *_: None,
        idle: bool = False,
    ) -> Applied:
        """Makes what was prepared the law, shows it, and tells announced results anew.

        Where it is the law already, what was left untold is told. `told` is told (ledger, persons gone over,
        of how many). Raises RebuildError and CorrectionError, `correction-idle` for one that changes no
        result unless `idle` says that it may; nothing of that one is left.
        """
        if prepared is None:
            return Applied(proposal.revision, None, None, self._restate_all(proposal, told))
        if not prepared.tally.results and not idle:
            self.decline(prepared)
            raise CorrectionError(
                "correction-idle",
                f"It changes none of the {prepared.tally.rows} results there are, and nothing was recorded.",
                "Look at the file and the scope; --force makes it the law all the same.",
            )
        log, on = Log(self._keyring), self._today()
        with self._session(_WRITER) as conn:
            lay_down(conn, log, proposal, reason=reason, by=by, on=on)
        number = prepared.generation
        before = self._rebuilding.go_live(number, together=activating(log, proposal, on=on))
        return Applied(proposal.revision, number, before, self._restate(prepared, told))

    def _build(self, proposal: Proposal, workers: int, watch: Watch) -> int:
        """The correction's own generation, folded up to the heads."""
        made = self._rebuilding.prepare(purpose="correction", supposed=proposal.supposed(self._today()))
        if not proposal.is_supposed_by(made.supposed):
            raise CorrectionError(
                "correction-waits",
                f"Generation {made.number} is under way for another {made.purpose}.",
                "`bagalau rebuild` finishes a rebuild; `bagalau rebuild abort` gives it up.",
            )
        self._fold(made.number, workers, watch)
        return made.number

    def _fold(self, number: int, workers: int, watch: Watch) -> None:
        self._rebuilding.run(number, workers=workers, watch=watch)
        self._rebuilding.catch_up(number, watch=watch)

    def _look(
        self,
        number: int,
        proposal: Proposal,
        workers: int,
        found: Listing | None,
        hearing: Hearing | None,
        *,
        beyond: int = 0,
    ) -> Prepared:
        """Who changes between the generation that is shown and this one, which lacks `beyond` results."""
        try:
            differing = self._rebuilding.compare(number)
        except RebuildError as error:
            if error.code != "nothing-compared":
                raise
            differing = Differing(0, number, ())
        asked = self._question(proposal, differing, found, heard=hearing is not None)
        with self._session(_PROJECTOR) as conn:
            divided = [part for one in differing.ledgers for part in parts(conn, one.ledger, one.seq, number)]
        counting, by_ledger = (
            Counting(differing.rows + beyond),
            {one.ledger: set[bytes]() for one in differing.ledgers},
        )
        several = workers if _is_much(differing, asked) else 1
        seen = look(self._servers, self._keyring_file, asked, divided, several)
        for part, one in zip(divided, seen, strict=True):
            counting.add(one.counting)
            by_ledger[part.ledger] |= one.announced
            if found is not None:
                found.add(one.entries)
            if hearing is not None:
                for person in one.people:
                    hearing(person)
        tally = counting.tally()
        if found is not None:
            found.close(tally)
        concerned = {
            one.ledger: Concerned(one.seq, frozenset(by_ledger[one.ledger])) for one in differing.ledgers
        }
        return Prepared(number, tally, concerned)

    def _within(self, proposal: Proposal) -> Within:
        with self._session(_PROJECTOR) as conn:
            return within(conn, Reader(self._keyring), self._law(conn), proposal)

    def _question(
        self, proposal: Proposal, found: Differing, into: Listing | None, *, heard: bool
    ) -> Question:
        with self._session(_PROJECTOR) as conn:
            size, on = head(conn, AGENCY).size, today(conn)
        return Question(
            before=found.before,
            after=found.after,
            methodology=proposal.act.id,
            revision=proposal.revision,
            scope=proposal.scope,
            agency_seq=size,
            supposed=proposal.supposed(on),
            decided_too=proposal.supposed(on, decided_too=True),
            listed=None if into is None else into.kind,
            language="en" if into is None else into.language,
            heard=heard,
        )

    def _restate(self, seen: Prepared, told: Telling) -> Restated:
        """Tells anew what changed, and what was told while it was being looked at."""
        with self._session(_PROJECTOR) as conn:
            persons = {
                ledger: one.persons | set(persons_since(conn, ledger, one.seq))
                for ledger, one in seen.by_ledger.items()
            }
        return self._tell(persons, told)

    def _restate_all(self, proposal: Proposal, told: Telling) -> Restated:
        with self._session(_PROJECTOR) as conn:
            persons = {
                one.ledger: frozenset(persons_under(conn, one.ledger, proposal.act.id, proposal.revision))
                for one in heads(conn)
                if one.ledger != AGENCY
            }
        return self._tell(persons, told)

    def _tell(self, persons: dict[str, frozenset[bytes]], told: Telling) -> Restated:
        restated: Restated = {}
        with self._session(_PROJECTOR) as reading, self._session(_WRITER) as writing:
            restater = Restater(reading, writing, Log(self._keyring))
            for ledger, own in persons.items():
                gone_over = 0

                def passed(count: int, ledger: str = ledger, own: frozenset[bytes] = own) -> None:
                    nonlocal gone_over
                    gone_over += count
                    told(ledger, gone_over, len(own))

                if count := restater.restate(ledger, own, passed):
                    restated[ledger] = count
        return restated

    def _law(self, conn: Connection) -> Law:
        return AgencyLaw(Reader(self._keyring)).catch_up(conn, head(conn, AGENCY).size)

    def _today(self) -> date:
        with self._session(_PROJECTOR) as conn:
            return today(conn)

    def _session(self, role: str) -> Connection:
        return connect(self._servers, role, autocommit=True, application_name="bagalau-correct")


def _is_much(found: Differing, asked: Question) -> bool:
    """Whether there is more to look at than processes take to start; explanations take their time."""
    return found.differing * (_EXPLAINING if asked.explained else 1) >= _MUCH
