"""A generation built in the test's own process, step by step, and what its rows say."""

from collections.abc import Callable
from typing import Any

from events.keyring import Keyring
from events.log import Connection
from projections import marks
from projections.live import Live
from projections.rebuild import claims, generations, switching
from projections.rebuild.claims import Claim, Filled
from projections.rebuild.filling import Filler
from projections.supposed import AS_IT_STANDS, Supposition

ROWS = (
    "person, kind, id, period, status, grade, methodology, revision, digest, evaluators, members, requested"
)


class Builder:
    """Takes every step of a rebuild as the services do, without their processes."""

    def __init__(
        self, administrator: Connection, reading: Connection, writing: Connection, keys: Keyring
    ) -> None:
        self.administrator = administrator
        self.reading = reading
        self.writing = writing
        self.keys = keys
        self.filler = Filler(reading, writing, keys)

    def begin(self, supposed: Supposition = AS_IT_STANDS, purpose: Any = "rebuild") -> int:
        number = generations.prepare(self.administrator, supposed=supposed, purpose=purpose).number
        generations.start(self.administrator, number)
        return number

    def take(self, number: int, **more: Any) -> Claim | None:
        return claims.take(self.reading, "here", number, **more)

    def fill(self, number: int, between: Callable[[], object] = lambda: None) -> dict[str, Filled]:
        """Every ledger folded, with something done after each."""
        done: dict[str, Filled] = {}
        claims.be_present(self.reading)
        while (claim := self.take(number)) is not None:
            done[claim.ledger] = self.filler.fill(claim, lambda *_: None)
            between()
        return done

    def attach(self, number: int) -> None:
        generations.attach(self.administrator, number, marks.live_generation(self.administrator))

    def build(
        self,
        supposed: Supposition = AS_IT_STANDS,
        purpose: Any = "rebuild",
        between: Callable[[], object] = lambda: None,
    ) -> int:
        number = self.begin(supposed, purpose)
        self.fill(number, between)
        self.attach(number)
        return number

    def catch_up(self, number: int) -> int:
        return switching.catch_up(self.reading, Live(self.keys, built=number), number, rounds=3)

    def go_live(self, number: int, **more: Any) -> int:
        return switching.go_live(self.administrator, self.writing, self.keys, number, **more)


def rows(conn: Connection, generation: int) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """What a generation's rows say apart from their seals, by ledger, person, kind and id."""
    found = conn.execute(
        f"SELECT ledger, {ROWS} FROM projection.grades WHERE generation = %s".encode(), [generation]
    ).fetchall()
    by_place = {row[:4]: row[4:] for row in found}
    assert len(by_place) == len(found)
    return by_place


def is_gone(conn: Connection, number: int) -> bool:
    """Whether nothing in the database speaks of a generation."""
    tables = conn.execute(
        "SELECT count(*) FROM pg_class WHERE relname ~ %s", [f"grades_{number}(_|$)"]
    ).fetchone()
    left = [
        conn.execute(
            f"SELECT count(*) FROM projection.{table} WHERE generation = %s".encode(), [number]
        ).fetchone()
        for table in ("generations", "rebuild_claims", "checkpoints", "parked", "grades")
    ]
    return tables == (0,) and left == [(0,)] * len(left)
