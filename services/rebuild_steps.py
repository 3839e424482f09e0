"""The steps of a rebuild, from a new generation to the one that is shown, each on sessions of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path
from time import monotonic, sleep
from typing import Final

import msgspec

from events import schema as ledgers_schema
from events.keyring import Keyring
from events.log import Connection
from projections import comparing, marks
from projections import schema as projections_schema
from projections.comparing import Change, Comparison
from projections.live import Live
from projections.rebuild import generations, switching
from projections.rebuild.generations import Generation, Purpose, RebuildError
from projections.rebuild.progress import Progress, progress
from projections.rebuild.side_by_side import side_by_side
from projections.supposed import AS_IT_STANDS, Supposition
from services.folding_process import APPLICATION, Crew
from services.keys import check, open_keyring
from services.servers import Servers, connect

_OWNER: Final = "SET ROLE bagalau_owner"
_POLL_SECONDS: Final = 0.25

Watch = Callable[[Progress], None]


class Differing(msgspec.Struct, frozen=True):
    """The comparison of two generations, ledger by ledger."""

    before: int
    after: int
    ledgers: tuple[Comparison, ...]

    @property
    def rows(self) -> int:
        """How many rows were compared."""
        return sum(one.rows for one in self.ledgers)

    @property
    def differing(self) -> int:
        """How many of them are not the same."""
        return sum(one.differing for one in self.ledgers)


class Rebuilding:
    """The steps of a rebuild, for one that administers the database and holds its keyring.

    Each step may be killed and taken again. Raises SchemaError and KeyringError where they do not fit.
    """

    def __init__(self, servers: Servers, keyring: Path) -> None:
        self._servers = servers
        self._keyring_file = keyring
        self._keyring = open_keyring(keyring)
        with self._session("bagalau_projector") as conn:
            ledgers_schema.check(conn)
            projections_schema.check(conn)
            check(conn, self._keyring, keyring)

    @property
    def keyring(self) -> Keyring:
        """The database's own."""
        return self._keyring

    def prepare(self, *, purpose: Purpose = "rebuild", supposed: Supposition = AS_IT_STANDS) -> Generation:
        """A new generation, or the rebuild under way; see `generations.prepare`."""
        with self.owner() as conn:
            return generations.prepare(conn, purpose=purpose, supposed=supposed)

    def run(
        self,
        number: int | None = None,
        *,
        workers: int = 2,
        watch: Watch = lambda _: None,
        poll: float = _POLL_SECONDS,
    ) -> Progress:
        """Has every ledger folded, by local workers and whoever else takes part, and attaches the generation.

        Without workers it waits for others. What is folded already is not folded again. Raises RebuildError
        `no-rebuild`, `rebuild-state`, `rebuild-unfolded` or `workers-ended`.
        """
        with self.owner() as conn:
            found = generations.find(conn, number)
            if found.state == "catching-up":
                return progress(conn, found.number)
            generations.start(conn, found.number)
            with Crew(self._servers, self._keyring_file, workers, found.number) as crew:
                while not (now := progress(conn, found.number)).is_folded:
                    watch(now)
                    if now.ledgers_done + len(now.failed) == now.ledgers:
                        raise _unfolded(now)
                    crew.tend()
                    sleep(poll)
                    generations.enrol(conn, found.number)
            generations.attach(conn, found.number, marks.live_generation(conn))
            now = progress(conn, found.number)
            watch(now)
            return now

    def catch_up(self, number: int | None = None, *, watch: Watch = lambda _: None, rounds: int = 10) -> int:
        """Brings a folded generation to the heads; how many events are left, as facts may go on coming."""
        with self._session("bagalau_projector") as conn:
            found = generations.find(conn, number)
            if found.state not in generations.WRITTEN:
                raise _not_yet(found, "catch up")
            live = Live(self._keyring, built=found.number)
            told = [monotonic()]

            def advanced(_: object) -> None:
                if monotonic() - told[0] > _POLL_SECONDS:
                    told[0] = monotonic()
                    watch(progress(conn, found.number))

            return switching.catch_up(conn, live, found.number, rounds=rounds, advanced=advanced)

    def compare(self, number: int | None = None, *, before: int | None = None) -> Differing:
        """The generation against the one that is shown, or against another, at equal places.

        Raises RebuildError `nothing-compared` where neither has a row: that proves nothing.
        """
        with self._session("bagalau_projector") as projector, self._session("bagalau_projector") as reader:
            found = generations.find(reader, number)
            if found.state not in generations.WRITTEN:
                raise _not_yet(found, "be compared")
            old = marks.live_generation(reader) if before is None else before
            ledgers = tuple(side_by_side(projector, reader, self._keyring, old, found.number))
        differing = Differing(old, found.number, ledgers)
        if not differing.rows:
            raise RebuildError(
                "nothing-compared",
                f"Generations {old} and {found.number} have no rows: that compares nothing.",
            )
        return differing

    def changes(self, found: Differing, limit: int | None = None) -> Iterator[Change]:
        """Whose rows differ between two generations that were compared, opened, by body."""
        with self._session("bagalau_projector") as conn:
            opened = chain.from_iterable(
                comparing.changes(conn, self._keyring, one.ledger, found.before, found.after)
                for one in found.ledgers
                if one.differing
            )
            yield from islice(opened, limit)

    def go_live(self, number: int | None = None, *, together: switching.Together | None = None) -> int:
        """Shows the generation; the number of the one shown before. See `switching.go_live`."""
        with self.owner() as owner, self._session("bagalau_projector") as projector:
            found = generations.find(owner, number)
            if found.state not in generations.WRITTEN:
                raise _not_yet(found, "go live")
            return switching.go_live(owner, projector, self._keyring, found.number, together=together)

    def abort(self, number: int | None = None) -> int:
        """Gives an unfinished rebuild up, and leaves nothing of it; its number."""
        with self.owner() as conn:
            found = generations.find(conn, number)
            generations.remove(conn, found.number, generations.UNFINISHED)
            return found.number

    def drop(self, number: int | None = None) -> list[int]:
        """Drops a generation that is no longer shown, or all of them; their numbers."""
        with self.owner() as conn:
            if number is not None:
                chosen = [generations.find(conn, number)]
            else:
                chosen = [one for one in generations.generations(conn) if one.state == "retired"]
            for one in chosen:
                generations.remove(conn, one.number, {"retired"})
            return [one.number for one in chosen]

    def status(self, number: int | None = None) -> Progress:
        """How a rebuild fares. Raises RebuildError `no-rebuild`."""
        with self._session("bagalau_projector") as conn:
            return progress(conn, number)

    def listed(self) -> list[tuple[Generation, int]]:
        """Every generation there is, the newest first, with the bytes that its table takes."""
        with self._session("bagalau_projector") as conn:
            sizes = generations.bytes_on_disk(conn)
            return [(one, sizes.get(one.number, 0)) for one in generations.generations(conn)]

    @contextmanager
    def owner(self) -> Iterator[Connection]:
        """A session of whoever may change what is shown."""
        with connect(self._servers, autocommit=True, application_name=APPLICATION) as conn:
            conn.execute(_OWNER)
            yield conn

    def _session(self, role: str) -> Connection:
        return connect(self._servers, role, autocommit=True, application_name=APPLICATION)


def _unfolded(now: Progress) -> RebuildError:
    told = "; ".join(f"{one.ledger}: {one.error}" for one in now.failed)
    return RebuildError(
        "rebuild-unfolded",
        f"{len(now.failed)} ledgers cannot be folded: {told}.",
        "`bagalau rebuild run` tries them again; `bagalau rebuild abort` gives the rebuild up.",
    )


def _not_yet(found: Generation, step: str) -> RebuildError:
    return RebuildError(
        "rebuild-state",
        f"Generation {found.number} is {found.state} and cannot {step} yet.",
        "`bagalau rebuild run` folds what is left.",
    )
