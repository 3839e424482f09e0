"""PostgreSQL from its wheel, with its data under a home directory."""

import hashlib
import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from services.servers import daemon
from services.servers.errors import ServersError
from services.servers.wheels import postgres_programs

_DATABASE = "bagalau"
_PORT = 5432  # only names the socket file: the server listens on no network address
_SOCKET_PATH_LIMIT = 103  # bytes, the smaller of Linux's and macOS's
_START_SECONDS = 120.0  # recovery after a crash replays up to max_wal_size
_ORPHANS_SECONDS = 15.0
_POLL_SECONDS = 0.02

# For a small machine; they stand in postgresql.conf, where an operator may change them.
_SETTINGS = {
    "shared_buffers": "256MB",
    "max_connections": "200",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "max_locks_per_transaction": "256",  # a query over all ledgers locks each partition and its indexes
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}

# Given at each start, so that no file undoes them: an error's details quote the row or the line that failed,
# and its parameters are what a statement was given. The log is no place for marks and names.
_SECRECY = {
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


class EmbeddedPostgres:
    """One PostgreSQL cluster under `home`, started, found again, stopped or killed."""

    def __init__(self, home: Path) -> None:
        self._home = home.absolute()
        self.directory = self._home / "postgres"
        self.data = self.directory / "data"
        self.log = self._home / "postgres.log"
        self._sockets = _socket_directory(self.directory / "run")

    @property
    def url(self) -> str:
        """The superuser's URL of the database `bagalau`, over a socket that only the home's owner reaches."""
        return self._url(_DATABASE)

    def is_made(self) -> bool:
        """Whether the home holds a cluster."""
        return (self.data / "PG_VERSION").is_file()

    def start(self) -> bool:
        """True when the server was started here, False when it was running already.

        Raises ServersError `embedded-servers-missing`, `embedded-postgres-as-root` or
        `postgres-did-not-start`.
        """
        daemon.private_directory(self._home)
        daemon.private_directory(self.directory)
        with daemon.locked(self.directory / "lock"):
            if (pid := self.pid()) is not None:
                self._await(pid)  # it may still be recovering
                return False
            programs = postgres_programs()
            if not self.is_made():
                self._initialise(programs)
            self._start(programs)
            self._create_database()
            return True

    def stop(self) -> None:
        """Ends the server cleanly, its sessions with it; nothing when it is not running.

        Raises ServersError `postgres-did-not-stop`.
        """
        self._end(signal.SIGINT)  # "fast": sessions are ended, then a checkpoint

    def kill(self) -> None:
        """Ends the postmaster as a crash would (SIGKILL), for fault tests."""
        self._end(signal.SIGKILL)

    def pid(self) -> int | None:
        """The postmaster's pid, None when it does not run."""
        pid = daemon.read_pid(self.data / "postmaster.pid")
        return pid if pid is not None and daemon.alive(pid, self.data) else None

    def is_running(self) -> bool:
        """Whether the server takes connections."""
        try:
            psycopg.connect(self._url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={quote(str(self._sockets), safe='')}&port={_PORT}"

    def _initialise(self, programs: Path) -> None:
        # Made aside and renamed, so that a half-made cluster is never taken for a whole one.
        fresh = self.directory / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        account = _account()
        if account:
            os.chown(fresh, account.pw_uid, account.pw_gid)
        settings = [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]
        # The built-in locale sorts by code point on every machine, whatever its C library.
        argv: list[str | Path] = [
            *_as_account(account), programs / "initdb", "-D", fresh, "-U", "postgres", "-A", "trust",
            "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions",
            *settings,
        ]  # fmt: skip
        made = subprocess.run(  # noqa: S603 - our own program, no shell
            argv, env=_environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if made.returncode:
            raise ServersError(
                "postgres-did-not-start",
                f"initdb failed: {made.stderr.strip()}",
                "Free the directory or choose another with BAGALAU_HOME.",
            )
        fresh.rename(self.data)

    def _start(self, programs: Path) -> None:
        argv: list[str | Path] = [
            *_as_account(_account()), programs / "postgres", "-D", self.data, "-c", "listen_addresses=",
            "-c", f"unix_socket_directories={self._sockets}", "-c", f"port={_PORT}",
            *(word for name, value in _SECRECY.items() for word in ("-c", f"{name}={value}")),
        ]  # fmt: skip
        _own(self._sockets)
        deadline = time.monotonic() + _ORPHANS_SECONDS
        while True:
            # The pid in a stale lock file may by now be another program's, and then the server would refuse;
            # its shared memory, found by the data directory's inode, still keeps two servers apart.
            for stale in (self.data / "postmaster.pid", self._sockets / f".s.PGSQL.{_PORT}.lock"):
                stale.unlink(missing_ok=True)
            logged = self.log.stat().st_size if self.log.exists() else 0
            pid = daemon.spawn(argv, _environment(), self.log)
            try:
                self._await(pid)
            except ServersError:
                # A killed postmaster's sessions hold its memory until they notice.
                with self.log.open("rb") as log:
                    log.seek(logged)
                    orphans = b"is still in use" in log.read()
                if not orphans or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                return

    def _await(self, pid: int) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not self.is_running():
            gone = not daemon.alive(pid, self.data)
            if gone or time.monotonic() > deadline:
                what = "ended" if gone else "does not answer"
                raise ServersError(
                    "postgres-did-not-start",
                    f"PostgreSQL {what}; {self.log} ends:\n{daemon.tail(self.log)}\n",
                    "Mend what the log names, or choose another BAGALAU_HOME.",
                )
            time.sleep(_POLL_SECONDS)

    def _create_database(self) -> None:
        with (
            psycopg.connect(self._url("postgres"), autocommit=True) as conn,
            suppress(psycopg.errors.DuplicateDatabase),
        ):
            conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_DATABASE)))

    def _end(self, how: signal.Signals) -> None:
        if not self.directory.exists():
            return
        with daemon.locked(self.directory / "lock"):
            pid = self.pid()
            if pid is not None and not daemon.end(pid, self.data, how, 60.0):
                raise ServersError(
                    "postgres-did-not-stop",
                    f"PostgreSQL (pid {pid}) still runs.",
                    f"See {self.log}; `kill -QUIT {pid}` ends it as a crash would.",
                )


def _socket_directory(beside_data: Path) -> Path:
    path = os.fsencode(beside_data / f".s.PGSQL.{_PORT}")
    if len(path) <= _SOCKET_PATH_LIMIT and b"," not in path:  # a comma separates addresses
        return beside_data
    return Path("/tmp") / f"bagalau-{hashlib.sha256(path).hexdigest()[:16]}"  # noqa: S108 - _own checks its owner


def _own(sockets: Path) -> None:
    """Makes the sockets' directory; the server trusts whoever can enter it, so it must be ours alone."""
    daemon.private_directory(sockets)
    found = sockets.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise ServersError(
            "socket-directory-not-private",
            f"{sockets} is open to others.",
            "Remove it, or choose a shorter BAGALAU_HOME.",
        )


def _account() -> pwd.struct_passwd | None:
    """Whom the server runs as: PostgreSQL refuses to run as root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _as_account(account: pwd.struct_passwd | None) -> list[str]:
    # Of root's rights the server keeps one, to pass directories that are closed to others (the home, a
    # closed checkout), so that none has to be opened; access(2), which initdb asks, forgets that right unless
    # told not to. The account's other processes gain nothing: the data and the socket lie behind directories
    # that root alone may enter.
    if account is None:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise ServersError(
            "embedded-postgres-as-root",
            "PostgreSQL does not run as root, and `setpriv` (util-linux) is not here to change the account.",
            "Run as an ordinary user, or set BAGALAU_POSTGRES_URL.",
        )
    return [
        setpriv, f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups",
        "--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup", "--",
    ]  # fmt: skip


def _environment() -> dict[str, str]:
    # PGDATA and the like must not lead the server elsewhere.
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
