"""A correction from the question who would change to the last result that is told anew."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from events.envelope import AGENCY
from events.keyring import Keyring
from events.log import Connection, Log, head, heads, today
from methodologies.model.clause import Language
from methodologies.registry import Law
from projections import comparing
from projections.dossiers import Reader
from projections.law import AgencyLaw
from projections.rebuild.generations import RebuildError
from projections.supposed import Supposing
from services.correcting.affected import Laws, Looking, Person, persons_since, persons_under
from services.correcting.agency import activating, lay_down
from services.correcting.listing import Listing, listing
from services.correcting.proposal import CorrectionError, Proposal, Scope, read_proposal
from services.correcting.restating import Restater
from services.correcting.tally import Counting, Tally
from services.correcting.trial import trial
from services.rebuild_steps import Differing, Rebuilding, Watch
from services.servers import Servers, connect

_READER: Final = "bagalau_reader"
_WRITER: Final = "bagalau_writer"

Restated: TypeAlias = dict[str, int]
"""How many results were told anew, by ledger."""

Telling: TypeAlias = Callable[[str, int, int], None]
"""Hears of a ledger, how many persons were gone over, and of how many."""


Hearing: TypeAlias = Callable[[Person], None]
"""Hears of everyone whom a correction concerns, one after the other."""


class List(msgspec.Struct, frozen=True):
    """Where to list whom a correction concerns, and the language of the explanations."""

    file: Path
    language: Language = "en"


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
        self._rebuilding = Rebuilding(servers, keyring)

    @property
    def _keyring(self) -> Keyring:
        return self._rebuilding.keyring

    def law(self) -> Law:
        """The law as the agency's ledger has it."""
        with self._session(_READER) as conn:
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
        hearing: Hearing = lambda _: None,
    ) -> Tally:
        """Who would change; nothing of the question is left but the list.

        Raises RebuildError, and OSError for a list that cannot be written.
        """
        with (
            self._listing(proposal, into) as found,
            trial(self._rebuilding, proposal.supposed(self._today())) as number,
        ):
            self._fold(number, workers, watch)
            return self._look(number, proposal, found, hearing).tally

    def prepare(
        self,
        proposal: Proposal,
        *,
        workers: int = 2,
        watch: Watch = lambda _: None,
        into: List | None = None,
        hearing: Hearing = lambda _: None,
    ) -> Prepared | None:
        """The correction derived beside what is shown, and who changes by it; None where it is the law.

        Killed at any point it is taken up again by the same call. Raises CorrectionError and RebuildError.
        """
        if proposal.standing == "in-force":
            return None
        with self._listing(proposal, into) as found:
            number = self._build(proposal, workers, watch)
            return self._look(number, proposal, found, hearing)

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
    ) -> Applied:
        """Makes what was prepared the law, shows it, and tells announced results anew.

        Where it is the law already, what was left untold is told. `told` is told (ledger, persons gone over,
        of how many). Raises CorrectionError and RebuildError.
        """
        if prepared is None:
            return Applied(proposal.revision, None, None, self._restate_all(proposal, told))
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

    def _look(self, number: int, proposal: Proposal, found: Listing | None, hearing: Hearing) -> Prepared:
        """Who changes between the generation that is shown and this one."""
        try:
            differing = self._rebuilding.compare(number)
        except RebuildError as error:
            if error.code != "nothing-compared":
                raise
            differing = Differing(0, number, ())
        counting = Counting()
        counting.rows = differing.rows
        by_ledger: dict[str, Concerned] = {}
        with self._session(_READER) as conn:
            laws = self._laws(conn, proposal)
            looking = Looking(conn, self._keyring, laws, proposal, explained=found is not None)
            for one in differing.ledgers:
                changes = comparing.changes(conn, self._keyring, one.ledger, differing.before, number)
                persons: set[bytes] = set()
                for each in looking.people(one, number, changes if one.differing else ()):
                    counting.count(each)
                    if isinstance(each, Person):
                        hearing(each)
                        if found is not None:
                            found.add(each)
                        if any(result.announced for result in each.results):
                            persons.add(each.person)
                by_ledger[one.ledger] = Concerned(one.seq, frozenset(persons))
        tally = counting.tally()
        if found is not None:
            found.close(tally)
        return Prepared(number, tally, by_ledger)

    def _laws(self, conn: Connection, proposal: Proposal) -> Laws:
        law, on = self._law(conn), self._today()
        return Laws(
            law,
            Supposing(proposal.supposed(on))(law),
            Supposing(proposal.supposed(on, decided_too=True))(law),
        )

    def _restate(self, seen: Prepared, told: Telling) -> Restated:
        """Tells anew what changed, and what was told while it was being looked at."""
        with self._session(_READER) as conn:
            persons = {
                ledger: one.persons | set(persons_since(conn, ledger, one.seq))
                for ledger, one in seen.by_ledger.items()
            }
        return self._tell(persons, told)

    def _restate_all(self, proposal: Proposal, told: Telling) -> Restated:
        with self._session(_READER) as conn:
            persons = {
                one.ledger: frozenset(persons_under(conn, one.ledger, proposal.act.id, proposal.revision))
                for one in heads(conn)
                if one.ledger != AGENCY
            }
        return self._tell(persons, told)

    def _tell(self, persons: dict[str, frozenset[bytes]], told: Telling) -> Restated:
        restated: Restated = {}
        with self._session(_READER) as reading, self._session(_WRITER) as writing:
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

    @contextmanager
    def _listing(self, proposal: Proposal, into: List | None) -> Iterator[Listing | None]:
        if into is None:
            yield None
            return
        with self._session(_READER) as conn:
            law = self._laws(conn, proposal).after
        with listing(into.file, proposal, law, into.language) as found:
            yield found

    def _law(self, conn: Connection) -> Law:
        return AgencyLaw(Reader(self._keyring)).catch_up(conn, head(conn, AGENCY).size)

    def _today(self) -> date:
        with self._session(_READER) as conn:
            return today(conn)

    def _session(self, role: str) -> Connection:
        return connect(self._servers, role, autocommit=True, application_name="bagalau-correct")
