"""A body whose 2026 is long over: quarters told, the year formed, everything with its term."""

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.keyring import Keyring
from events.log import Connection, Log
from projections.live import Live
from services.clock.passing import pass_over
from services.destroying.acts import Act
from services.destroying.authorising import authorise, draw
from services.destroying.running import Destroyer, Outcome
from services.viewers.keys import fingerprint, public_text
from tests.facts import BODY, adopted, appointed, assessed, fact, ref, registered
from tests.projections.recorded import Recorder, catch_up
from tests.services.clock.world import delivered, dismissed

TODAY = date(2031, 3, 3)
SECOND_QUARTER_OVER = date(2029, 9, 1)
YEAR_OVER = date(2031, 3, 1)
FORMED_ON = date(2027, 2, 1)
DELIVERED = {
    "2026-Q1": "2026-04-20",
    "2026-Q2": "2026-07-20",
    "2026-Q3": "2026-10-20",
    "2026-Q4": "2027-01-20",
}


def year_of(employee: str, position: str, marks: dict[str, tuple[str, ...]] | None = None) -> list[bytes]:
    """Four quarters of a servant, each told on its day."""
    lines = []
    for period, on in DELIVERED.items():
        of = ref(employee, position, period)
        lines += assessed((marks or {}).get(period, ("5", "4", "4", "4", "4")), of)
        lines.append(delivered(of, on))
    return lines


def body(*servants: str) -> list[bytes]:
    lines = [registered(), adopted("zhanakorgan-2026"), viewer(FIRST), viewer(SECOND)]
    for servant in servants:
        lines += [appointed(servant, f"p-{servant}"), *year_of(servant, f"p-{servant}")]
    return lines


class Signatory(msgspec.Struct, frozen=True):
    """Somebody with a key of his own."""

    ledger: str
    code: str
    role: str
    secret: Ed25519PrivateKey
    key: str

    def sign(self, content: bytes, /) -> bytes:
        return self.secret.sign(content)


def signatory(code: str, *, ledger: str = BODY, role: str = "hr", key: str | None = None) -> Signatory:
    secret = Ed25519PrivateKey.generate()
    own = fingerprint(secret.public_key().public_bytes_raw())
    return Signatory(ledger, code, role, secret, key or own)


def viewer(person: Signatory) -> bytes:
    """He is registered with his key."""
    said = {"viewer": person.code, "role": person.role, "key": public_text(person.secret)}
    return fact("ViewerRegistered", said, body=person.ledger, on="2025-12-03")


def revoked(person: Signatory) -> bytes:
    said = {"viewer": person.code, "reason": "he left"}
    return fact("ViewerRevoked", said, body=person.ledger, on="2031-03-02")


FIRST = signatory("hr-1")
SECOND = signatory("hr-2")


def nothing_queued(*_: object) -> None:
    return None


class Archive:
    """The body's ledger in a real database, with those who may destroy."""

    def __init__(
        self, recorder: Recorder, destroyer: Connection, projector: Connection, keys: Keyring, file: Path
    ) -> None:
        self.recorder = recorder
        self.destroyer = destroyer
        self.projector = projector
        self.keys = keys
        self.file = file
        self.log = Log(keys)
        self.told: list[bytes] = []

    def tell(self, *lines: bytes) -> None:
        assert self.recorder.record(lines) >= len(lines)
        self.told += lines

    def form_the_year(self) -> None:
        done = pass_over(self.recorder.conn, self.log, FORMED_ON)
        assert (done.failing, done.failed) == ({}, 0)

    def project(self) -> Live:
        live = Live(self.keys)
        catch_up(self.projector, live)
        return live

    def draw(self, number: str = "2031-1", as_of: date = YEAR_OVER) -> Act:
        return draw(self.destroyer, self.log, BODY, number, as_of=as_of, on=TODAY)

    def authorised(self, number: str = "2031-1", as_of: date = YEAR_OVER) -> Act:
        act = self.draw(number, as_of)
        for person in (FIRST, SECOND):
            act = authorise(self.destroyer, self.log, act, person, on=TODAY)
        return act

    def run(self, number: str = "2031-1", **more: Any) -> Outcome:
        return Destroyer(
            self.destroyer,
            self.projector,
            self.keys,
            self.file,
            more.pop("queue", nothing_queued),
            **{"patience": 1.0, "day": lambda _: TODAY, **more},
        ).run(BODY, number)


__all__ = ["Archive", "dismissed"]
