"""Generations of results: made, attached beside the live one, shown, and taken away again.

Every step is its own transaction and may be repeated after a kill. They are the owner's, under whose role the
connection must stand; processes that fold have no right to them.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final, Literal

import msgspec
from psycopg import sql

from events.log.heads import Connection
from events.told_error import ToldError
from projections.marks import GRADES
from projections.sql import statements
from projections.supposed import AS_IT_STANDS, Kept, Supposition, from_kept, to_json

State = Literal["prepared", "running", "catching-up", "live", "retired", "leaving"]
Purpose = Literal["rebuild", "correction"]
"""A correction goes live together with the law it was folded under."""

UNFINISHED: Final[frozenset[State]] = frozenset({"prepared", "running", "catching-up", "leaving"})
"""States between nothing and being shown."""

WRITTEN: Final[frozenset[State]] = frozenset({"catching-up", "live", "retired"})
"""States in which a generation lies beside the others, and is taken further by the live driver."""

LOCKS: Final = 0x6261_6772
"""The first half of the advisory locks' keys; the second is the generation."""

_DETACH: Final = sql.SQL("ALTER TABLE projection.grades DETACH PARTITION projection.{} {}")
_SQL = statements("rebuild")


class RebuildError(ToldError):
    """A step that cannot be taken; `code` is stable.

    `no-rebuild` (none of that number, or none under way), `rebuild-state` (the step does not come next),
    `rebuild-given-up`, `rebuild-behind` (it does not catch up), `rebuild-unfolded` (ledgers failed),
    `workers-ended`, `nothing-compared`, `rebuild-differs`.
    """


class Generation(msgspec.Struct, frozen=True):
    """A generation, what is supposed of the law under it, and what became of it; times in UTC."""

    number: int
    state: State
    purpose: Purpose
    supposed: Kept
    prepared_at: datetime
    run_at: datetime | None = None
    run_from: int | None = None
    filled_at: datetime | None = None
    live_at: datetime | None = None


def generations(conn: Connection, projection: str = GRADES) -> list[Generation]:
    """Every generation there is, the newest first."""
    rows = conn.execute(_SQL["list_generations"], [projection]).fetchall()
    return [
        Generation(number, state, purpose, law or (), *times) for number, state, purpose, law, *times in rows
    ]


def unfinished(conn: Connection, projection: str = GRADES) -> list[Generation]:
    """Those that are under way, and are shown or given up one day; the newest first."""
    return [one for one in generations(conn, projection) if one.state in UNFINISHED]


def find(conn: Connection, number: int | None = None, projection: str = GRADES) -> Generation:
    """The generation of that number; without one the rebuild under way.

    Raises RebuildError `no-rebuild`.
    """
    for one in generations(conn, projection):
        if one.state in UNFINISHED if number is None else one.number == number:
            return one
    detail = "No rebuild is under way." if number is None else f"There is no generation {number}."
    raise RebuildError("no-rebuild", detail, "`bagalau rebuild status` tells what there is.")


def prepare(
    conn: Connection,
    *,
    purpose: Purpose = "rebuild",
    supposed: Supposition = AS_IT_STANDS,
    projection: str = GRADES,
) -> Generation:
    """A new generation with an empty table of its own; the rebuild under way where there is one.

    With `supposed` it is folded under more than the law as it stands.
    """
    with conn.transaction():
        conn.execute(_SQL["shut_prepare"])
        for one in unfinished(conn, projection):
            return one
        row = conn.execute(_SQL["add_generation"], [projection, purpose, to_json(supposed)]).fetchone()
        assert row is not None
        number = int(row[0])
        conn.execute(_SQL["make_generation"], [number])
        enrol(conn, number, projection)
        return find(conn, number, projection)


def enrol(conn: Connection, number: int, projection: str = GRADES) -> None:
    """Puts every ledger on a generation's list; those that are on it already stay as they are."""
    wanted = {"projection": projection, "generation": number}
    conn.execute(_SQL["enrol_marks"], wanted)
    conn.execute(_SQL["enrol_claims"], wanted)


def start(conn: Connection, number: int, projection: str = GRADES) -> None:
    """Lets workers take its ledgers, those that failed before too. Raises RebuildError `rebuild-state`."""
    with conn.transaction():
        _expect(conn, number, {"prepared", "running"})
        enrol(conn, number, projection)
        conn.execute(_SQL["reopen_claims"], [number])
        conn.execute(_SQL["set_running"], [number])


def attach(conn: Connection, number: int, alike: int) -> None:
    """Gives a full generation its key and policies, as generation `alike` has them, and its place beside it.

    Waits for whoever still writes into it. Raises RebuildError `rebuild-state`.
    """
    with conn.transaction():
        hold(conn, number)
        _expect(conn, number, {"running"})
        conn.execute(_SQL["attach_generation"], [number, alike])
        conn.execute(_SQL["set_filled"], [number])


def show(conn: Connection, number: int, before: int, projection: str = GRADES) -> None:
    """Makes it the one that is shown, in the caller's transaction. Raises RebuildError `rebuild-state`."""
    _expect(conn, number, {"catching-up", "retired"})
    conn.execute(_SQL["set_retired"], [projection])
    conn.execute(_SQL["set_live"], [number])
    if conn.execute(_SQL["show_generation"], [number, projection, before]).rowcount != 1:
        raise RebuildError("rebuild-state", f"Generation {before} is no longer the one that is shown.")


def remove(conn: Connection, number: int, states: Collection[State], projection: str = GRADES) -> None:
    """Takes a generation away with everything that was kept of it; for a connection that commits each step.

    Readers and writers of the others pass; those who still read this one are waited for. Called again it goes
    on where it was killed. Raises RebuildError `rebuild-state`.
    """
    with conn.transaction():
        _expect(conn, number, {*states, "leaving"})
        conn.execute(_SQL["set_leaving"], [number])
    table = sql.Identifier(f"grades_{number}")
    row = conn.execute(_SQL["place_of_generation"], [number]).fetchone()
    match row[0] if row else None:
        case "attached":
            # No transaction may be around it; it waits for old snapshots, and new ones do not see the table.
            conn.execute(_DETACH.format(table, sql.SQL("CONCURRENTLY")))
        case "detaching":
            conn.execute(_DETACH.format(table, sql.SQL("FINALIZE")))
    with conn.transaction():
        hold(conn, number)
        conn.execute(sql.SQL("DROP TABLE IF EXISTS projection.{}").format(table))
        conn.execute(_SQL["forget_marks"], [projection, number])
        conn.execute(_SQL["forget_parked"], [projection, number])
        conn.execute(_SQL["forget_generation"], [number])


def hold(conn: Connection, number: int) -> None:
    """Waits for those who write into the generation, and keeps them out until the transaction ends."""
    conn.execute(_SQL["hold_generation"], [LOCKS, number])


def share(conn: Connection, number: int, states: Collection[State]) -> Supposition:
    """For whoever writes into a generation: it stays where it is until his transaction ends.

    What is supposed of the law under it. Raises RebuildError `rebuild-given-up` and SuppositionError.
    """
    conn.execute(_SQL["share_generation"], [LOCKS, number])
    row = conn.execute(_SQL["state_of_generation"], [number]).fetchone()
    if row is None or row[0] not in states:
        raise RebuildError("rebuild-given-up", f"Generation {number} is no longer written into.")
    return from_kept(row[1] or ())


def bytes_on_disk(conn: Connection, projection: str = GRADES) -> dict[int, int]:
    """How large the tables of the generations are."""
    return dict(conn.execute(_SQL["sizes_of_generations"], [projection]).fetchall())


def _expect(conn: Connection, number: int, states: Collection[str]) -> None:
    row = conn.execute(_SQL["lock_generation"], [number]).fetchone()
    if row is None:
        raise RebuildError("no-rebuild", f"There is no generation {number}.")
    if row[0] not in states:
        raise RebuildError(
            "rebuild-state",
            f"Generation {number} is {row[0]}, not {' or '.join(sorted(states))}.",
            "`bagalau rebuild status` tells what comes next.",
        )
