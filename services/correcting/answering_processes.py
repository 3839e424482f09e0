"""Answering for many ledgers, here or by processes of their own."""

import gc
import logging
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any, Final, NamedTuple

import msgspec

from events.failures import told
from events.log import Head
from projections.rebuild.generations import RebuildError
from services.correcting.answering import Answer, Answerer, Passed
from services.correcting.question import Question
from services.correcting.sessions import projector
from services.keys import open_keyring
from services.servers import Servers
from services.uninterrupted import uninterrupted

_PARENT_SECONDS: Final = 0.5
_POLL_SECONDS: Final = 0.25
_AHEAD: Final = 32
"""So many ledgers a process are asked for before the first is told: the large ones come first."""
_MUCH: Final = 30_000
"""So many events are folded here as fast as by processes that are to be started first."""

_log = logging.getLogger("bagalau.correct")


class Failed(msgspec.Struct, frozen=True):
    """Why nothing could be told of a ledger; errors of their own do not travel between processes."""

    code: str | None
    detail: str
    remedy: str | None


def answers(  # noqa: PLR0917 - what is asked, of what, and by whom
    servers: Servers,
    keyring: Path,
    question: Question,
    ledgers: Sequence[Head],
    processes: int,
    passed: Passed = lambda _: None,
) -> Iterator[Answer]:
    """What each ledger comes to, the largest first; by so many processes, or here with none.

    Where there is little to fold it is done here too. Raises what `Answerer.answer` raises, from processes
    as RebuildError with the same code.
    """
    ordered = [one.ledger for one in sorted(ledgers, key=lambda one: (-one.size, one.ledger))]
    several = min(processes, len(ordered)) if sum(one.size for one in ledgers) >= _MUCH else 0
    if not several:
        with projector(servers) as conn:
            answerer = Answerer(conn, open_keyring(keyring), question)
            for ledger in ordered:
                yield answerer.answer(ledger, passed)
        return
    # Not a fork: the process may have threads, and sessions that are not the child's.
    context = multiprocessing.get_context("spawn")
    shared = _Shared(context.Value("q", 0), context.RawValue("b", 0))
    pool = ProcessPoolExecutor(
        several,
        mp_context=context,
        initializer=_begin,
        initargs=(servers, keyring, question, shared, os.getpid()),
    )
    try:
        told_of = 0
        for future in _ahead(pool, ordered, _AHEAD * several):
            for now in _counted(future, shared):
                passed(now - told_of)
                told_of = now
            found = future.result()
            if isinstance(found, Failed):
                raise RebuildError(found.code or "workers-ended", found.detail, found.remedy)
            del future
            yield found
    except BrokenProcessPool:
        raise RebuildError(
            "workers-ended", "A process that worked out who changes ended.", "Run the same command again."
        ) from None
    finally:
        shared.is_over.value = 1
        pool.shutdown(cancel_futures=True)


class _Shared(NamedTuple):
    """What the processes have in common: how many events they went over, and whether to break off.

    The second without a lock, which a process that is killed would keep for good.
    """

    counter: Any
    is_over: Any

    def passed(self, events: int) -> None:
        """Counts them. Raises _BrokenOff."""
        if self.is_over.value:
            raise _BrokenOff
        with self.counter.get_lock():
            self.counter.value += events


class _BrokenOff(Exception):  # noqa: N818 - nothing failed: nobody waits for the answer any more
    """The question is no longer asked."""


def _ahead(
    pool: ProcessPoolExecutor, ledgers: Sequence[str], most: int
) -> "Iterator[Future[Answer | Failed]]":
    """The answers in order, so many asked for at once: what comes before its turn is kept."""
    asked: deque[Future[Answer | Failed]] = deque()
    for ledger in ledgers:
        with uninterrupted():
            asked.append(pool.submit(_answered, ledger))
        if len(asked) == most:
            yield asked.popleft()
    while asked:
        yield asked.popleft()


def _counted(future: "Future[Answer | Failed]", shared: _Shared) -> Iterator[int]:
    """How many events were gone over so far, now and then until it is done.

    Read without the lock: a process that is killed while it counts would keep it for good.
    """
    while not wait([future], _POLL_SECONDS).done:
        yield shared.counter.get_obj().value
    yield shared.counter.get_obj().value


_answerer: Answerer | Failed = Failed(None, "nothing was begun", None)
_passed: Passed = lambda _: None  # noqa: E731 - until a process is made ready


def _begin(servers: Servers, keyring: Path, question: Question, shared: _Shared, parent: int) -> None:
    """Makes a process ready; it opens the keyring itself, as keys do not travel between processes."""
    global _answerer, _passed  # noqa: PLW0603 - a process of a pool has no other place that outlasts a call
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it ends it
    Thread(target=_follow, args=[parent], daemon=True).start()
    # A ledger's objects are many, hold no cycles, and would be looked through again and again.
    gc.disable()
    gc.freeze()
    _passed = shared.passed
    try:
        _answerer = Answerer(projector(servers), open_keyring(keyring), question)
    except Exception as error:  # noqa: BLE001 - told with the first ledger
        _answerer = _failed(error)


def _answered(ledger: str) -> Answer | Failed:
    if isinstance(_answerer, Failed):
        return _answerer
    try:
        _passed(0)
        return _answerer.answer(ledger, _passed)
    except _BrokenOff:
        return Failed(None, "broken off", None)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told where it can be
        return _failed(error)
    finally:
        gc.collect()
        gc.freeze()


def _failed(error: Exception) -> Failed:
    _log.error("%s", told(error))
    code = getattr(error, "code", None)
    detail = getattr(error, "detail", None) or told(error)
    return Failed(code if isinstance(code, str) else None, detail, getattr(error, "remedy", None))


def _follow(parent: int) -> None:
    """Ends the process once nobody is left to hear of it."""
    while os.getppid() == parent:
        sleep(_PARENT_SECONDS)
    os._exit(1)
