"""nats-server from its wheel, with its JetStream store under a home directory."""

import json
import os
import secrets
import signal
import socket
import time
from pathlib import Path

import msgspec

from services.servers import daemon
from services.servers.errors import ServersError
from services.servers.wheels import nats_program

_HOST = "127.0.0.1"
_START_SECONDS = 120.0  # a large store takes long to recover
_POLL_SECONDS = 0.01
_PORTS_TRIED = 5


class _Address(msgspec.Struct, frozen=True):
    """What must stay the same across restarts, so that clients find the server again."""

    name: str
    port: int
    token: str


class EmbeddedNats:
    """One nats-server under `home`, started, found again, stopped, killed or emptied."""

    def __init__(self, home: Path) -> None:
        self._home = home.absolute()
        self.directory = self._home / "nats"
        self.store = self.directory / "jetstream"
        self.log = self._home / "nats.log"
        self.url_file = self._home / "nats.url"
        self._configuration = self.directory / "nats.conf"
        self._remembered = self.directory / "address.json"

    @property
    def url(self) -> str:
        """The server's URL, with the token that keeps the machine's other users out.

        Raises FileNotFoundError before the first start.
        """
        address = self._address()
        return f"nats://{address.token}@{_HOST}:{address.port}"

    def is_made(self) -> bool:
        """Whether the server ever ran in this home."""
        return self._remembered.is_file()

    def start(self) -> bool:
        """True when the server was started here, False when it was running already.

        Raises ServersError `embedded-servers-missing` or `nats-did-not-start`.
        """
        daemon.private_directory(self._home)
        daemon.private_directory(self.directory)
        with daemon.locked(self.directory / "lock"):
            if (pid := self.pid()) is not None and self._await(pid):
                return False
            program = nats_program()
            for _ in range(_PORTS_TRIED):
                self._configure()
                pid = daemon.spawn([program, "-c", self._configuration], _environment(), self.log)
                if self._await(pid):
                    # For an engineer's own feeder; the token in it is a secret of the home's owner.
                    _write(self.url_file, f"{self.url}\n".encode())
                    return True
                if _is_free(self._address().port):
                    break  # not the port, so another one would not help
            raise ServersError(
                "nats-did-not-start",
                f"nats-server ended; {self.log} ends:\n{daemon.tail(self.log)}\n",
                "Mend what the log names, or choose another BAGALAU_HOME.",
            )

    def stop(self) -> None:
        """Ends the server cleanly; nothing when it is not running.

        Raises ServersError `nats-did-not-stop`.
        """
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Ends the server as a crash would (SIGKILL), for fault tests."""
        self._end(signal.SIGKILL)

    def pid(self) -> int | None:
        """The server's pid, None when it does not run."""
        pid = daemon.read_pid(self.directory / "nats.pid")
        return pid if pid is not None and daemon.alive(pid, self._configuration) else None

    def is_running(self) -> bool:
        """Whether this home's server, and not another on its port, takes connections."""
        try:
            address = self._address()
            with socket.create_connection((_HOST, address.port), timeout=2) as connection:
                greeting = connection.makefile("rb").readline()
        except OSError:
            return False
        # The first line that a NATS server says is INFO and a JSON object.
        if not greeting.startswith(b"INFO "):
            return False
        return bool(json.loads(greeting[5:]).get("server_name") == address.name)

    def _address(self) -> _Address:
        return msgspec.json.decode(self._remembered.read_bytes(), type=_Address)

    def _configure(self) -> None:
        address = self._address() if self._remembered.exists() else _new_address()
        if not _is_free(address.port):
            address = _Address(address.name, _new_address().port, address.token)
        _write(self._remembered, msgspec.json.encode(address))
        # sync_interval stays at the server's default: an acknowledged message that a power failure takes is
        # sent again by its feeder, which waits for a receipt. max_payload is far above a fact's 64 KiB, so
        # that an oversized fact arrives and is told so.
        configuration = {
            "server_name": address.name,
            "host": _HOST,
            "port": address.port,
            "max_payload": 1024 * 1024,
            "pid_file": str(self.directory / "nats.pid"),
            "authorization": {"token": address.token},
            "jetstream": {"store_dir": str(self.store)},
        }
        # The server's format reads JSON, but not its escapes for other alphabets.
        _write(self._configuration, json.dumps(configuration, indent=2, ensure_ascii=False).encode())

    def _await(self, pid: int) -> bool:
        """Whether the server came to answer; it may end instead."""
        deadline = time.monotonic() + _START_SECONDS
        while not self.is_running():
            if not daemon.alive(pid, self._configuration) or time.monotonic() > deadline:
                return False
            time.sleep(_POLL_SECONDS)
        return True

    def _end(self, how: signal.Signals) -> None:
        if not self.directory.exists():
            return
        with daemon.locked(self.directory / "lock"):
            pid = self.pid()
            if pid is not None and not daemon.end(pid, self._configuration, how, 30.0):
                raise ServersError(
                    "nats-did-not-stop", f"nats-server (pid {pid}) still runs.", f"See {self.log}."
                )


def _new_address() -> _Address:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port = probe.getsockname()[1]
    # Random, because a home's path may be used again for another home.
    return _Address(f"bagalau-{secrets.token_hex(8)}", port, secrets.token_hex(16))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return False
    return True


def _write(file: Path, content: bytes) -> None:
    fresh = file.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_bytes(content)
    fresh.replace(file)


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": os.environ.get("HOME", "/")}
