"""Who uses the embedded servers of a home: a lock that all share, by which the last to leave knows it."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def using(home: Path, last: Callable[[], None]) -> Iterator[bool]:
    """Counts the block among the home's users; yields whether another uses it already.

    `last` is called at the end when nobody else is left, and whoever comes meanwhile waits for it. The system
    drops the locks of a process that was killed, so servers that it left behind belong to the next user.
    """
    with (home / "users.lock").open("a") as handle:
        others = not _alone(handle)
        fcntl.flock(handle, fcntl.LOCK_SH)
        try:
            yield others
        finally:
            # Taking the lock alone gives up the shared one first: of several that leave at once, the last
            # to give it up is alone.
            if _alone(handle):
                last()


def _alone(handle: IO[str]) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
