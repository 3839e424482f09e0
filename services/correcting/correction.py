"""A correction from the question who would change to the last result that is told anew."""

from collections.abc import Callable, Collection
from datetime import date
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from events.envelope import AGENCY
from events.keyring import Keyring
from events.log import Connection, Log, heads, today
from methodologies.registry import Law
from projections.rebuild import generations
from projections.rebuild.generations import Generation
from services.correcting.affected import persons_since, persons_under
from services.correcting.agency import activating, lay_down
from services.correcting.asking import Asker, Asking, Hearing, Prepared
from services.correcting.listing import List
from services.correcting.lookers import APPLICATION
from services.correcting.proposal import CorrectionError, Proposal, Scope, read_proposal
from services.correcting.restating import Restater
from services.correcting.tally import Tally
from services.rebuild_steps import Rebuilding, Watch
from services.servers import Servers, connect

_PROJECTOR: Final = "bagalau_projector"
_WRITER: Final = "bagalau_writer"

Restated: TypeAlias = dict[str, int]
"""How many results were told anew, by ledger."""

Telling: TypeAlias = Callable[[str, int, int], None]
"""Hears of a ledger, how many persons were gone over, and of how many."""


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
        self._asker = Asker(servers, keyring, self._rebuilding.keyring)

    @property
    def _keyring(self) -> Keyring:
        return self._rebuilding.keyring

    def law(self) -> Law:
        """The law as the agency's ledger has it."""
        return self._asker.law()

    def read(self, file: Path, scope: Scope) -> Proposal:
        """The proposal in a file. Raises ActError and CorrectionError; see `read_proposal`."""
        return read_proposal(file, self.law(), scope)

    def what_if(
        self,
        proposal: Proposal,
        *,
        workers: int = 2,
        watch: Asking = lambda _: None,
        into: List | None = None,
        hearing: Hearing | None = None,
    ) -> Tally:
        """Who would change; nothing is written but the list.

        Looked at are those ledgers alone that the scope is of and in which the act can govern; where they
        become more meanwhile, those too. Raises RebuildError, DossierError, and OSError for a list that
        cannot be written.
        """
        return self._asker.ask(proposal, workers, watch, into, hearing).tally

    def prepare(
        self,
        proposal: Proposal,
        *,
        workers: int = 2,
        watch: Asking = lambda _: None,
        into: List | None = None,
        hearing: Hearing | None = None,
    ) -> Prepared | None:
        """Who changes by the correction, which `apply` makes the law; None where it is.

        Nothing is written but the list. Raises CorrectionError `correction-waits` where another generation is
        under way, and what `what_if` raises.
        """
        if proposal.standing == "in-force":
            return None
        with self._session(_PROJECTOR) as conn:
            for one in generations.generations(conn):
                if one.state in generations.UNFINISHED:
                    _check_own(one, proposal)
        return self._asker.ask(proposal, workers, watch, into, hearing)

    def apply(
        self,
        proposal: Proposal,
        prepared: Prepared | None,
        reason: str,
        *,
        by: str = AGENCY,
        workers: int = 2,
        watch: Watch = lambda _: None,
        told: Telling = lambda *_: None,
        idle: bool = False,
    ) -> Applied:
        """Derives a generation under it, makes it the law and that one shown, and tells results anew.

        Where it is the law already, what was left untold is told. Killed at any point it is taken up again
        by the same call. `told` is told (ledger, persons gone over, of how many). Raises RebuildError and
        CorrectionError, `correction-idle` for one that changes no result unless `idle` says that it may.
        """
        if prepared is None:
            return Applied(proposal.revision, None, None, self._restate_all(proposal, told))
        if not prepared.tally.results and not idle:
            raise CorrectionError(
                "correction-idle",
                f"It changes none of the {prepared.tally.rows} results there are, and nothing was recorded.",
                "Look at the file and the scope; --force makes it the law all the same.",
            )
        number = self._build(proposal, workers, watch)
        log, on = Log(self._keyring), self._today()
        with self._session(_WRITER) as conn:
            lay_down(conn, log, proposal, reason=reason, by=by, on=on)
        before = self._rebuilding.go_live(number, together=activating(log, proposal, on=on))
        return Applied(proposal.revision, number, before, self._restate(proposal, prepared, told))

    def _build(self, proposal: Proposal, workers: int, watch: Watch) -> int:
        """The correction's own generation, folded up to the heads."""
        made = self._rebuilding.prepare(purpose="correction", supposed=proposal.supposed(self._today()))
        _check_own(made, proposal)
        self._rebuilding.run(made.number, workers=workers, watch=watch)
        self._rebuilding.catch_up(made.number, watch=watch)
        return made.number

    def _restate(self, proposal: Proposal, seen: Prepared, told: Telling) -> Restated:
        """Tells anew what changed, and what was told while it was being looked at."""
        with self._session(_PROJECTOR) as conn:
            persons = {
                ledger: one.persons | set(persons_since(conn, ledger, one.seq))
                for ledger, one in seen.by_ledger.items()
            }
        return self._tell(self._under(proposal, seen.by_ledger.keys()) | persons, told)

    def _restate_all(self, proposal: Proposal, told: Telling) -> Restated:
        return self._tell(self._under(proposal, ()), told)

    def _under(self, proposal: Proposal, known: Collection[str]) -> dict[str, frozenset[bytes]]:
        """Whose results the revision decides by now, in all ledgers but those that are known."""
        with self._session(_PROJECTOR) as conn:
            return {
                one.ledger: frozenset(persons_under(conn, one.ledger, proposal.act.id, proposal.revision))
                for one in heads(conn)
                if one.ledger != AGENCY and one.ledger not in known
            }

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

    def _today(self) -> date:
        with self._session(_PROJECTOR) as conn:
            return today(conn)

    def _session(self, role: str) -> Connection:
        return connect(self._servers, role, autocommit=True, application_name=APPLICATION)


def _check_own(found: Generation, proposal: Proposal) -> None:
    """Raises CorrectionError `correction-waits` where a generation is under way for something else."""
    if not proposal.is_supposed_by(found.supposed):
        raise CorrectionError(
            "correction-waits",
            f"Generation {found.number} is under way for another {found.purpose}.",
            "`bagalau rebuild` finishes a rebuild; `bagalau rebuild abort` gives it up.",
        )
