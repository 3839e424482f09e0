"""Looking at a generation: who changes, part by part, here or in processes of their own."""

import gc
import logging
import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Final

import msgspec

from events.failures import told
from events.keyring import Keyring
from events.log import Connection
from methodologies.registry import Law
from projections.dossiers import Reader
from projections.law import AgencyLaw
from projections.rebuild.generations import RebuildError
from projections.supposed import Supposing
from services.correcting.affected import Looking, Person
from services.correcting.derived import Laws
from services.correcting.listing import Entries, entries
from services.correcting.question import Part, Question
from services.correcting.tally import Counting
from services.keys import open_keyring
from services.servers import Servers, connect

APPLICATION: Final = "bagalau-correct"

_PROJECTOR: Final = "bagalau_projector"
_PARENT_SECONDS: Final = 0.5

_log = logging.getLogger("bagalau.correct")


class Seen(msgspec.Struct, frozen=True):
    """What a part came to: counts, whose announced results change, a list's entries, and the people."""

    counting: Counting
    announced: frozenset[bytes]
    entries: tuple[str, ...]
    people: tuple[Person, ...]


class Failed(msgspec.Struct, frozen=True):
    """Why a part could not be looked at; errors of their own do not travel between processes."""

    code: str | None
    detail: str
    remedy: str | None


class Eye:
    """Looks at parts on one session, under the law as far as the question has it."""

    def __init__(self, conn: Connection, keyring: Keyring, question: Question) -> None:
        law = AgencyLaw(Reader(keyring)).catch_up(conn, question.agency_seq)
        laws = laws_of(law, question)
        self._question = question
        self._looking = Looking(conn, keyring, laws, question)
        self._entries: Entries | None = (
            entries(question.listed, laws.after, question.language) if question.listed else None
        )

    def see(self, part: Part) -> Seen:
        """Who changes among the persons of the part."""
        counting, announced, listed, people = Counting(), set[bytes](), list[str](), list[Person]()
        for one in self._looking.people(part):
            counting.count(one)
            if not isinstance(one, Person):
                continue
            if any(result.announced for result in one.results):
                announced.add(one.person)
            if self._entries is not None:
                listed.append(self._entries.of(one))
            if self._question.heard:
                people.append(one)
        return Seen(counting, frozenset(announced), tuple(listed), tuple(people))


def laws_of(law: Law, question: Question) -> Laws:
    """The law of the agency's ledger, and what the question supposes beyond it."""
    return Laws(law, Supposing(question.supposed)(law), Supposing(question.decided_too)(law))


def look(
    servers: Servers, keyring: Path, question: Question, parts: Sequence[Part], processes: int
) -> Iterator[Seen]:
    """What each part comes to, in their order; by so many processes, or here where that is one or none.

    Raises what reading raises, from processes as RebuildError with the same code.
    """
    if min(processes, len(parts)) <= 1:
        with _connected(servers) as conn:
            eye = Eye(conn, open_keyring(keyring), question)
            yield from map(eye.see, parts)
        return
    # Not a fork: the process may have threads, and sessions that are not the child's.
    pool = ProcessPoolExecutor(
        min(processes, len(parts)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
        initargs=(servers, keyring, question, os.getpid()),
    )
    try:
        for found in pool.map(_seen, parts):
            if isinstance(found, Failed):
                raise RebuildError(found.code or "workers-ended", found.detail, found.remedy)
            yield found
    except BrokenProcessPool:
        raise RebuildError(
            "workers-ended", "A process that looked who changes ended.", "Run the same command again."
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


_eye: Eye | Failed = Failed(None, "nothing was begun", None)


def _begin(servers: Servers, keyring: Path, question: Question, parent: int) -> None:
    """Makes a process ready; it opens the keyring itself, as keys do not travel between processes."""
    global _eye  # noqa: PLW0603 - a process of a pool has no other place that outlasts a call
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it ends it
    Thread(target=_follow, args=[parent], daemon=True).start()
    gc.freeze()
    try:
        _eye = Eye(_connected(servers), open_keyring(keyring), question)
    except Exception as error:  # noqa: BLE001 - told with the first part
        _eye = _failed(error)


def _seen(part: Part) -> Seen | Failed:
    if isinstance(_eye, Failed):
        return _eye
    try:
        return _eye.see(part)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told where it can be
        return _failed(error)


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


def _connected(servers: Servers) -> Connection:
    return connect(servers, _PROJECTOR, autocommit=True, application_name=APPLICATION)
