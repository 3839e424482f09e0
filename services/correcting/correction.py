"""A correction from the question who would change to the last result that is told anew."""

from collections.abc import Callable, Collection
from datetime import date
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from events.envelope import AGENCY
from events.keyring import Keyring
from events.log import Log, heads, today
from methodologies.registry import Law
from projections.rebuild import generations
from projections.rebuild.generations import Generation, RebuildError
from projections.supposed import proposed_in
from services.correcting.affected import persons_since, persons_under
from services.correcting.agency import activating, lay_down
from services.correcting.asking import Asker, Foretold, Hearing, QuestionWatch
from services.correcting.in_words import proposed_in_words
from services.correcting.listing import List
from services.correcting.proposal import CorrectionError, Proposal, Scope, proposed, read_proposal
from services.correcting.restating import Restater
from services.correcting.sessions import projector, writer
from services.rebuild_steps import Rebuilding, Watch
from services.servers import Servers

_NO_LONGER_FITS: Final = frozenset(
    {"correction-overtaken", "no-rebuild", "rebuild-given-up", "rebuild-state"}
)

Restated: TypeAlias = dict[str, int]
"""How many results were told anew, by ledger."""

Telling: TypeAlias = Callable[[str, int, int], None]
"""Hears of a ledger, how many persons were gone over, and of how many."""


class Applied(msgspec.Struct, frozen=True):
    """What a correction came to: the generation shown now and the one before, and what was told anew.

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
        watch: QuestionWatch = lambda _: None,
        into: List | None = None,
        hearing: Hearing | None = None,
    ) -> Foretold:
        """Who would change; nothing is written but the list.

        Asked are those ledgers alone that the scope is of and in which the act can govern. Raises what
        `Asker.ask` raises.
        """
        return self._asker.ask(proposal, workers, watch, into, hearing)

    def check_waits(self, proposal: Proposal) -> None:
        """Raises CorrectionError `correction-waits` where a generation is under way for something else."""
        self._own(proposal)

    def decline(self, proposal: Proposal) -> None:
        """Gives up what an earlier run of the correction left, if it left anything.

        Raises CorrectionError `correction-waits`.
        """
        left = self._own(proposal)
        if left is not None:
            self._rebuilding.abort(left.number)

    def apply(
        self,
        proposal: Proposal,
        foretold: Foretold | None,
        reason: str,
        *,
        by: str = AGENCY,
        workers: int = 2,
        watch: Watch = lambda _: None,
        told: Telling = lambda *_: None,
        idle: bool = False,
    ) -> Applied:
        """Derives a generation under it, makes it the law and that one shown, and tells results anew.

        `foretold` is what the question came to; where it is the law already it need not be asked, and what
        was left untold is told. Killed at any point it is taken up again by the same call. `told` is told
        (ledger, persons gone over, of how many). Raises RebuildError and CorrectionError, `correction-idle`
        for one that changes no result unless `idle` says that it may; nothing of that one is left.
        `correction-overtaken` where the act was corrected by somebody else since it was asked.
        """
        if proposal.standing == "in-force":
            return Applied(proposal.revision, None, None, self._tell(self._under(proposal, ()), told))
        assert foretold is not None, "what is not the law yet is asked first"
        if foretold.tally.is_idle and not idle:
            self.decline(proposal)
            unread = sum(count for _, _, count in foretold.tally.unread)
            untold = f"; of {unread} servants it cannot be told" if unread else ""
            raise CorrectionError(
                "correction-idle",
                f"It changes none of the {foretold.tally.rows} results of the bodies that it is for{untold};"
                " nothing was recorded.",
                "Look at the file and the scope; --force makes it the law all the same.",
            )
        self._check_not_overtaken(proposal)
        try:
            number = self._build(proposal, workers, watch)
            log, on = Log(self._keyring), self._today()
            with writer(self._servers) as conn:
                lay_down(conn, log, proposal, reason=reason, by=by, on=on)
            before = self._rebuilding.go_live(number, together=activating(log, proposal, on=on))
        except (RebuildError, CorrectionError) as error:
            # What no longer fits, as somebody else was there first, is told as that.
            if error.code in _NO_LONGER_FITS:
                self._check_not_overtaken(proposal)
                if (left := self._left(proposal)) is not None:
                    raise _run_beside(left) from error
            raise
        return Applied(proposal.revision, number, before, self._restate(proposal, foretold, told))

    def _check_not_overtaken(self, proposal: Proposal) -> None:
        """Raises CorrectionError `correction-overtaken` where the act reads otherwise than it did."""
        law = self.law()
        now = proposed(law, proposal.act, proposal.scope)
        if now.revision == proposal.revision and now.standing != "in-force":
            return
        act, left = proposal.act.id, self._left(proposal)
        latest = law.methodologies[act].latest
        raise CorrectionError(
            "correction-overtaken",
            f"Another correction of {act} was made meanwhile: it is at revision {latest} now.",
            "Run the same command again: it asks who changes now."
            if left is None
            else f"`bagalau rebuild abort --generation {left.number}` gives up what was derived of this one;"
            " then run the same command again: it asks who changes now.",
        )

    def _left(self, proposal: Proposal) -> Generation | None:
        """The generation under way that was derived for the proposal."""
        with projector(self._servers) as conn:
            found = generations.unfinished(conn)
        return next((one for one in found if proposal.is_supposed_by(one.supposed)), None)

    def _build(self, proposal: Proposal, workers: int, watch: Watch) -> int:
        """The correction's own generation, folded up to the heads."""
        made = self._rebuilding.prepare(purpose="correction", supposed=proposal.supposed(self._today()))
        # It can be somebody else's that is shown, and no longer under way, a moment later.
        if not proposal.is_supposed_by(made.supposed):
            raise _waits(made)
        self._rebuilding.run(made.number, workers=workers, watch=watch)
        self._rebuilding.catch_up(made.number, watch=watch)
        return made.number

    def _restate(self, proposal: Proposal, foretold: Foretold, told: Telling) -> Restated:
        """Tells anew what changed, and what was recorded since it was asked."""
        with projector(self._servers) as conn:
            persons = {
                ledger: one.persons | set(persons_since(conn, ledger, one.seq))
                for ledger, one in foretold.to_restate.items()
            }
        return self._tell(self._under(proposal, foretold.to_restate.keys()) | persons, told)

    def _under(self, proposal: Proposal, known: Collection[str]) -> dict[str, frozenset[bytes]]:
        """Whose results the revision decides now, in all ledgers but those that are known."""
        with projector(self._servers) as conn:
            return {
                one.ledger: frozenset(persons_under(conn, one.ledger, proposal.act.id, proposal.revision))
                for one in heads(conn)
                if one.ledger != AGENCY and one.ledger not in known
            }

    def _tell(self, persons: dict[str, frozenset[bytes]], told: Telling) -> Restated:
        restated: Restated = {}
        with projector(self._servers) as reading, writer(self._servers) as writing:
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
        with projector(self._servers) as conn:
            return today(conn)

    def _own(self, proposal: Proposal) -> Generation | None:
        """The proposal's own generation that is under way. Raises CorrectionError `correction-waits`."""
        with projector(self._servers) as conn:
            found = generations.unfinished(conn)
        for one in found:
            if not proposal.is_supposed_by(one.supposed):
                raise _waits(one)
            return one
        return None


def _run_beside(found: Generation) -> CorrectionError:
    return CorrectionError(
        "correction-waits",
        f"Generation {found.number} is under way for this same correction, by another run of the command.",
        "Let that one finish; where none runs any more, the same command goes on with it.",
    )


def _waits(found: Generation) -> CorrectionError:
    correction = proposed_in(found.supposed)
    what = "a rebuild" if correction is None else f"another correction: {proposed_in_words(correction)}"
    finishing = "`bagalau rebuild`" if correction is None else "The other correction's own command"
    return CorrectionError(
        "correction-waits",
        f"Generation {found.number} is under way for {what}.",
        f"{finishing} finishes it; `bagalau rebuild abort` gives it up.",
    )
