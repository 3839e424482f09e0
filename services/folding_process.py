"""The processes that fold ledgers of a rebuild, and whoever keeps so many of them at work."""

import gc
import logging
import multiprocessing
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep
from types import TracebackType
from typing import Final, Self

import psycopg

from events.failures import told
from events.keyring import Keyring, KeyringError
from events.log import Connection
from projections.law import LawError
from projections.marks import MarkError
from projections.rebuild import claims
from projections.rebuild.claims import Claim, ClaimLost
from projections.rebuild.filling import Filler, Heard
from projections.rebuild.generations import RebuildError
from services.heartbeat import new_instance
from services.keys import open_keyring
from services.servers import Servers, connect
from services.uninterrupted import uninterrupted

APPLICATION: Final = "bagalau-rebuild"

_PROJECTOR: Final = "bagalau_projector"
_BEAT_SECONDS: Final = 0.5
_IDLE_SECONDS: Final = 0.1
_MOST_ENDED: Final = 3
_NICE: Final = 10

_log = logging.getLogger("bagalau.rebuild")


def work(servers: Servers, keyring: Path, generation: int | None, parent: int, *, aside: bool) -> None:
    """Folds ledgers of one rebuild, or of any, until there are none left; what a process of its own runs.

    It opens the keyring itself, as keys do not travel between processes. `aside` lets other processes of the
    machine go first, and ends as soon as nothing is to be taken.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it ends it
    if aside:
        os.nice(_NICE)
    # A ledger's objects are many, hold no cycles, and would be looked through again and again.
    gc.disable()
    gc.freeze()
    ring = open_keyring(keyring)
    worker = new_instance()
    while _session(servers, ring, generation, worker, parent, aside=aside):
        gc.collect()


def _session(
    servers: Servers, ring: Keyring, generation: int | None, worker: str, parent: int, *, aside: bool
) -> bool:
    """Folds on three sessions until one ledger fails, which may leave them unusable; whether to go on."""
    with (
        _connected(servers) as reading,
        _connected(servers) as writing,
        _connected(servers) as beating,
    ):
        claims.be_present(beating)
        # Planning how to take a claim costs three times what taking it does.
        beating.execute("SET plan_cache_mode = force_generic_plan")
        # A claim that is lost with the server is lost with all who could have worked on it.
        beating.execute("SET synchronous_commit = off")
        filler = Filler(reading, writing, ring)
        with suppress(LawError, KeyringError, MarkError):  # the ledger that is taken first fails with it
            filler.read_law()
        with _Beating(beating, parent) as beats:
            while True:
                claim = claims.take(beating, worker, generation)
                if claim is not None:
                    if not _filled(filler, beating, claim, beats.of(claim)):
                        return True
                    gc.collect()
                    # What is left outlasts the ledger: the next one is not kept waiting by a look through it.
                    gc.freeze()
                elif aside or _is_over(beating, generation):
                    return False
                else:
                    sleep(_IDLE_SECONDS)


def _is_over(conn: Connection, generation: int | None) -> bool:
    return generation is not None and all(one.state == "done" for one in claims.claims(conn, generation))


def _filled(filler: Filler, beating: Connection, claim: Claim, heard: Heard) -> bool:
    """Whether the ledger was folded, and the sessions are as they were."""
    try:
        filler.fill(claim, heard)
    except (ClaimLost, RebuildError):
        return False
    except psycopg.OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - the others go on; what failed is seen
        code = getattr(error, "code", None)
        _log.error("%s: %s", claim.ledger, told(error))
        claims.fail(beating, claim, code if isinstance(code, str) else told(error))
        return False
    return True


class _Worked:
    """A claim as its worker says that it fares; `lost` once it is no longer the worker's."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self.folded = self.size = 0
        self.lost = False

    def heard(self, folded: int, size: int) -> None:
        """Takes what is told with the next beat. Raises ClaimLost."""
        self.folded, self.size = folded, size
        if self.lost:
            raise ClaimLost(f"{self.claim.ledger} was taken over")


class _Beating:
    """Says twice a second that a claim is worked on, and notices when it is no longer the worker's.

    One thread for a whole session: starting one for each ledger takes as long as folding a small one. The
    process ends with its parent, as nobody is left to hear of it; what was not committed is rolled back.
    """

    def __init__(self, conn: Connection, parent: int) -> None:
        self._conn = conn
        self._parent = parent
        self._worked: _Worked | None = None
        self._done = Event()
        self._thread = Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def of(self, claim: Claim) -> Heard:
        """Beats for this claim from now on; what is to be told of it."""
        self._worked = _Worked(claim)
        return self._worked.heard

    def _beat(self) -> None:
        while not self._done.wait(_BEAT_SECONDS):
            if os.getppid() != self._parent:
                os._exit(1)
            worked = self._worked
            if worked is not None and not worked.lost:
                try:
                    worked.lost = not claims.beat(self._conn, worked.claim, worked.folded, worked.size)
                except psycopg.Error:
                    worked.lost = True


def _connected(servers: Servers) -> Connection:
    return connect(servers, _PROJECTOR, autocommit=True, application_name=APPLICATION)


class Crew:
    """So many processes at work on a rebuild; one that is killed is replaced. Ended with the block."""

    def __init__(
        self,
        servers: Servers,
        keyring: Path,
        workers: int,
        generation: int | None = None,
        *,
        aside: bool = False,
    ) -> None:
        self._start: Callable[[], multiprocessing.process.BaseProcess] = lambda: _started(
            servers, keyring, generation, aside=aside
        )
        self._workers = workers
        self._processes: list[multiprocessing.process.BaseProcess] = []
        self._ended = 0
        self._again_at = 0.0

    def __enter__(self) -> Self:
        self.tend()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def tend(self) -> None:
        """Starts whoever is missing. Raises RebuildError `workers-ended` when they end of themselves."""
        for process in [one for one in self._processes if not one.is_alive()]:
            process.join()
            self._processes.remove(process)
            if process.exitcode == 0:
                self._ended = 0
            # Below 0 it was killed, which the next one makes good.
            elif process.exitcode is not None and process.exitcode > 0:
                self._ended += 1
                self._again_at = monotonic() + self._ended
        if self._ended >= _MOST_ENDED:
            raise RebuildError(
                "workers-ended", "The processes that fold end again and again.", "Their log has the error."
            )
        while len(self._processes) < self._workers and monotonic() >= self._again_at:
            self._processes.append(self._start())

    def stop(self) -> None:
        """Ends them; what they have not committed is rolled back."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join()
        self._processes.clear()


def _started(
    servers: Servers, keyring: Path, generation: int | None, *, aside: bool
) -> multiprocessing.process.BaseProcess:
    # Not a fork: the process may have threads, and sessions that are not the child's.
    context = multiprocessing.get_context("spawn")
    process = context.Process(
        target=work,
        args=(servers, keyring, generation, os.getpid()),
        kwargs={"aside": aside},
        name=APPLICATION,
        daemon=True,
    )
    with uninterrupted():
        process.start()
    return process
