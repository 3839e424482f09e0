"""The witness: signed checkpoints of the ledgers kept outside the database, for `verify` to hold it to."""

import asyncio
import logging
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from events import schema
from events.checkpoint import Checkpoint, CheckpointError, open_note, origin_of, sign, verifier_of
from events.keyring import Keyring
from events.log import Connection, Head, heads
from services.rounds import Rounds
from services.servers import Servers, connect

SERVICE: Final = "witness"
ROLE: Final = "bagalau_auditor"

_LOOK_SECONDS = 3.0
_END = b"\n\n"

_log = logging.getLogger("bagalau.witness")


class WitnessError(Exception):
    """A ledger that is not what was signed of it before (`ledger-went-back`)."""

    code = "ledger-went-back"

    def __init__(self, ledger: str, signed: int, found: int) -> None:
        super().__init__(f"{ledger} was signed with {signed} events, and now has {found} and another root")
        self.ledger = ledger


async def run(
    servers: Servers,
    keyring: Keyring,
    stop: asyncio.Event,
    *,
    home: Path,
    ready: Callable[[], None] = lambda: None,
) -> None:
    """Keeps a checkpoint of each ledger that has grown, every few seconds and when `stop` is set.

    A ledger that went back behind its checkpoints is told of and signed no more; `verify` shows it. Raises
    SchemaError for a database of another release.
    """
    looker = _Looker(Witness(home, keyring.log_key))
    # At the end once more, so that what came before it is witnessed.
    rounds = Rounds(
        SERVICE, partial(_connected, servers), looker.detail, looker.look, every=_LOOK_SECONDS, finished=True
    )
    await rounds.run(stop, ready)


class _Looker:
    """Looks at the ledgers' heads, and knows which of them stand."""

    def __init__(self, witness: "Witness") -> None:
        self._witness = witness
        self._standing: dict[str, str] = {}

    def detail(self) -> dict[str, dict[str, str]]:
        return {"standing": self._standing}

    def look(self, conn: Connection) -> None:
        for head in heads(conn):
            try:
                self._witness.keep(head)
            except (WitnessError, CheckpointError, OSError) as error:
                if head.ledger not in self._standing:
                    _log.error("no checkpoint of %s: %s", head.ledger, error)
                self._standing[head.ledger] = getattr(error, "code", type(error).__name__)
            else:
                self._standing.pop(head.ledger, None)


class Witness:
    """Appends to a file for each ledger, `checkpoints/<ledger>` in a home, the newest note last."""

    def __init__(self, home: Path, key: Ed25519PrivateKey) -> None:
        self._home = home
        self._key = key
        self._last: dict[str, Checkpoint] = {}

    def keep(self, head: Head) -> bool:
        """Signs and keeps the head; False when it is what was kept last.

        Raises WitnessError for a head that the one kept last does not lead to, and CheckpointError for a
        kept checkpoint that this key did not sign.
        """
        found = Checkpoint(origin_of(head.ledger), head.size, head.root)
        if head.ledger not in self._last:
            _mend(_path(self._home, head.ledger))
            kept = list(kept_checkpoints(self._home, head.ledger, self._key))
            self._last[head.ledger] = kept[-1] if kept else Checkpoint(found.origin, 0, b"")
        last = self._last[head.ledger]
        if found == last or head.size == 0 == last.size:
            return False
        if head.size <= last.size:
            raise WitnessError(head.ledger, last.size, head.size)
        self._append(head.ledger, sign(found, self._key))
        self._last[head.ledger] = found
        return True

    def _append(self, ledger: str, note: str) -> None:
        path = _path(self._home, ledger)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, f"{note}\n".encode())
            os.fsync(file)
        finally:
            os.close(file)


def kept_checkpoints(
    home: Path, ledger: str, key: Ed25519PrivateKey | Ed25519PublicKey
) -> Iterator[Checkpoint]:
    """What was signed of a ledger, oldest first; none where nothing was kept.

    Raises CheckpointError for a note that the key did not sign, or that is of another ledger.
    """
    origin = origin_of(ledger)
    path = _path(home, ledger)
    for note in _notes(path.read_bytes()) if path.exists() else ():
        yield open_note(note, [verifier_of(origin, key)], origin)


def kept_ledgers(home: Path) -> list[str]:
    """The ledgers of which anything was kept, in order."""
    folder = home / "checkpoints"
    return sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def _path(home: Path, ledger: str) -> Path:
    return home / "checkpoints" / ledger


def _notes(content: bytes) -> Iterator[bytes]:
    # A note is a text, an empty line and signatures, and an empty line follows it here. What a crash left
    # without its end is no note.
    parts = content.split(_END)[:-1]
    for text, signatures in zip(parts[0::2], parts[1::2], strict=False):
        yield text + _END + signatures + b"\n"


def _mend(path: Path) -> None:
    """Cuts off what a crash left half written, so that the next note begins on a line of its own."""
    if path.exists():
        whole = sum(len(note) + 1 for note in _notes(path.read_bytes()))
        if whole != path.stat().st_size:
            os.truncate(path, whole)


def _connected(servers: Servers) -> Connection:
    conn = connect(servers, ROLE, autocommit=True, application_name="bagalau-witness")
    schema.check(conn)
    return conn
