"""Server processes that outlive whoever starts them: spawned, found again by pid, signalled, locked."""

import fcntl
import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

_POLL_SECONDS = 0.01
_READS = 5


def spawn(argv: Sequence[str | Path], environment: Mapping[str, str], log: Path) -> int:
    """The pid of a new process beyond the reach of Ctrl-C, its output appended to `log`."""
    output = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    return os.posix_spawn(
        argv[0],
        [str(word) for word in argv],
        dict(environment),
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), output, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )


def read_pid(file: Path) -> int | None:
    """The pid on the first line of a pid file, None when there is none."""
    try:
        return int(file.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def alive(pid: int, argument: str | Path) -> bool:
    """Whether the process runs and was started with `argument`; a pid alone may by now be another's."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # our own child stays a zombie until it is waited for
    if not Path("/proc/self/cmdline").exists():
        return _exists(pid)
    for _ in range(_READS):
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            return False
        if words:
            return os.fsencode(argument) in words.split(b"\0")
        # Empty for a zombie, and for the moment in which one program gives way to the next.
        time.sleep(_POLL_SECONDS)
    return False


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def end(pid: int, argument: str | Path, how: signal.Signals, seconds: float) -> bool:
    """Sends the signal and waits; whether the process is gone."""
    with suppress(ProcessLookupError):
        os.kill(pid, how)
    deadline = time.monotonic() + seconds
    while alive(pid, argument):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Holds an exclusive lock on `file`; the system drops it when the holder dies."""
    with file.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def private_directory(path: Path) -> Path:
    """The directory, made if need be, open to its owner alone."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a server's log, for its error message."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
