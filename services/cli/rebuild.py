"""`bagalau rebuild`: a new generation of results beside the one shown, until it is shown itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from services.cli.output import AsJson, console, moment, print_json, print_table
from services.cli.rebuild_told import (
    person,
    tell,
    tell_correction,
    tell_differing,
    tell_people,
    tell_report,
    told_proposal,
    told_purpose,
    watching,
)
from services.cli.viewing import As, looking, reading

if TYPE_CHECKING:
    from pathlib import Path

    from projections.comparing import Change
    from services.rebuild_steps import Differing, Rebuilding
    from services.servers import Servers

Number = Annotated[
    int | None,
    typer.Option("--generation", min=1, help="Which generation; without it the rebuild under way."),
]
Workers = Annotated[
    int | None,
    typer.Option(
        min=0, help="Processes that fold on this machine, by default one a core; 0 leaves it to others."
    ),
]

_SHOWN = 50
_MIB = 1024 * 1024


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(
        help="Derives all results anew from the ledgers, beside those that are shown, and then shows them.",
        invoke_without_command=True,
    )
    group.callback()(rebuild)
    for command in (prepare, run, catchup, compare, golive, abort, status, drop):
        group.command(command.__name__)(command)
    app.add_typer(group, name="rebuild")


def rebuild(
    context: typer.Context,
    *,
    workers: Workers = None,
    accept_changes: Annotated[
        bool, typer.Option(help="Go live though rows differ from those that are shown.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """All of it: prepare, run, catchup, compare, golive; or the rest of a rebuild that is under way.

    Services go on meanwhile, and any `bagalau serve projector` of the same database takes part. Before the
    switch nothing is shown of it; when rows would change it stops there with exit code 1.
    """
    if context.invoked_subcommand is not None:
        return
    from services.rebuilding import rebuild_all

    with _place() as place, watching() as watch:
        report = rebuild_all(*place, workers=_workers(workers), watch=watch, accept_changes=accept_changes)
    if as_json:
        print_json({**msgspec.to_builtins(report), "events_per_second": round(report.events_per_second)})
    else:
        tell_report(report)


def prepare(*, as_json: AsJson = False) -> None:
    """Makes a new generation with an empty table; tells of the rebuild under way where there is one."""
    with _rebuilding() as rebuilding:
        found = rebuilding.prepare()
        now = rebuilding.status(found.number)
    if as_json:
        print_json(now)
    else:
        tell(now)
        _next("run")


def run(*, generation: Number = None, workers: Workers = None, as_json: AsJson = False) -> None:
    """Folds every ledger into the new generation; run again after a kill, it goes on with what is left.

    Exit code 1 when a ledger cannot be folded. A document that fails is parked, and the rest go on.
    """
    with _rebuilding() as rebuilding, watching() as watch:
        now = rebuilding.run(generation, workers=_workers(workers), watch=watch)
    if as_json:
        print_json(now)
    else:
        tell(now)
        _next("catchup")


def catchup(*, generation: Number = None, as_json: AsJson = False) -> None:
    """Takes in what was recorded since each ledger was folded."""
    with _rebuilding() as rebuilding, watching() as watch:
        left = rebuilding.catch_up(generation, watch=watch)
        now = rebuilding.status(generation)
    if as_json:
        print_json(now)
    else:
        told = f"{left} events came meanwhile" if left else "every ledger is at its head"
        console.print(f"Generation {now.generation}: {told}.", highlight=False)
        _next("compare")


@reading
def compare(
    *,
    generation: Number = None,
    people: Annotated[bool, typer.Option(help="List whose rows differ, with both scores.")] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help=f"At most so many people; {_SHOWN} without it.")
    ] = None,
    as_json: AsJson = False,
    reader: As,
) -> None:
    """Holds the new generation against the one that is shown, row by row at the same places of the ledgers.

    Tells how many rows differ, by body and from which grade to which. With --people HR of a body is told of
    its own, central HR and auditors of every body, and it is recorded. Exit code 1 when there is no row to
    compare.
    """
    if people:
        found, listed = _compared_as(reader, generation, limit or _SHOWN)
    else:
        with _rebuilding() as rebuilding:
            found, listed = rebuilding.compare(generation), []
    if as_json:
        told: dict[str, Any] = {
            "before": found.before,
            "after": found.after,
            "rows": found.rows,
            "differing": found.differing,
            "ledgers": [
                {"ledger": one.ledger, "seq": one.seq, "rows": one.rows, "changes": one.shifts}
                for one in found.ledgers
            ],
        }
        print_json({**told, "people": [person(one) for one in listed]} if people else told)
    else:
        tell_differing(found)
        if people:
            tell_people(listed)


def _compared_as(reader: As, generation: int | None, limit: int) -> "tuple[Differing, list[Change]]":
    """The comparison, and whose rows differ in the bodies that the viewer may ask of."""
    from services.keys import keyring_path
    from services.rebuild_steps import Rebuilding
    from services.servers import home_directory

    with looking(reader, "rebuild compare") as here:
        bodies = here.ledgers(None)
        here.disclose_everybody(bodies)
        rebuilding = Rebuilding(here.servers, keyring_path(home_directory()))
        found = rebuilding.compare(generation)
        shown = tuple(one for one in found.ledgers if one.ledger in bodies)
        return found, list(rebuilding.changes(msgspec.structs.replace(found, ledgers=shown), limit))


def golive(*, generation: Number = None, as_json: AsJson = False) -> None:
    """Takes in what is left and shows the new generation, in one transaction.

    Those who record wait for that moment, those who read do not. The generation shown before stays until
    `drop`.
    """
    with _rebuilding() as rebuilding:
        number = rebuilding.status(generation).generation
        before = rebuilding.go_live(number)
    if as_json:
        print_json({"generation": number, "before": before})
    else:
        console.print(f"Generation {number} is shown instead of {before}.", highlight=False)
        console.print("`bagalau rebuild drop` drops those before.", highlight=False, markup=False)


def abort(*, generation: Number = None, as_json: AsJson = False) -> None:
    """Gives the rebuild up; nothing of it is left."""
    with _rebuilding() as rebuilding:
        number = rebuilding.abort(generation)
    if as_json:
        print_json({"aborted": number})
    else:
        console.print(f"Generation {number} is gone.", highlight=False)


def drop(
    *,
    generation: Annotated[
        int | None,
        typer.Option(min=1, help="Which one; without it all that nobody is shown."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Drops generations that were shown before."""
    with _rebuilding() as rebuilding:
        dropped = rebuilding.drop(generation)
    if as_json:
        print_json({"dropped": dropped})
    else:
        told = ", ".join(map(str, dropped))
        console.print(f"Dropped: {told}." if dropped else "There is none to drop.", highlight=False)


def status(*, generation: Number = None, as_json: AsJson = False) -> None:
    """What generations there are, how the rebuild under way fares, and what a correction under way is about.

    Of a correction it tells the act, the revision that is proposed, for whom, and what would read otherwise.
    """
    from methodologies.loading import ActError
    from projections.law import LawError
    from projections.rebuild.generations import RebuildError
    from projections.supposed import SuppositionError
    from services.correcting.sessions import projector
    from services.correcting.under_way import under_way
    from services.rebuild_steps import Rebuilding

    with _place() as (servers, keyring):
        rebuilding = Rebuilding(servers, keyring)
        listed = rebuilding.listed()
        try:
            now = rebuilding.status(generation)
        except RebuildError as error:
            if generation is not None or error.code != "no-rebuild":
                raise
            now = None
        with projector(servers) as conn:
            found = (under_way(conn, rebuilding.keyring, one) for one, _ in listed)
            try:
                correction = next((one for one in found if one is not None), None)
            except (ActError, LawError, SuppositionError) as error:
                # It is here that one sees what to abort.
                correction = None
                typer.echo(f"What the correction under way is about cannot be told: {error}.", err=True)
    if as_json:
        told = [
            {**msgspec.to_builtins(one), "bytes": size, "correction": told_proposal(one)}
            for one, size in listed
        ]
        print_json({"generations": told, "rebuild": now, "correction": correction})
        return
    print_table(
        "Generations",
        ["number", "state", "made for", "prepared (Almaty)", "live since", "MiB"],
        [
            [
                one.number,
                one.state,
                told_purpose(one),
                moment(one.prepared_at),
                one.live_at and moment(one.live_at),
                round(size / _MIB),
            ]
            for one, size in listed
        ],
    )
    if now is not None:
        tell(now)
    if correction is not None:
        tell_correction(correction)


@contextmanager
def _place() -> "Iterator[tuple[Servers, Path]]":
    from services.cli.attached import attached
    from services.keys import keyring_path

    with attached() as (servers, _, home):
        yield servers, keyring_path(home)


@contextmanager
def _rebuilding() -> "Iterator[Rebuilding]":
    from services.rebuild_steps import Rebuilding

    with _place() as place:
        yield Rebuilding(*place)


def _workers(given: int | None) -> int:
    import os

    return given if given is not None else os.cpu_count() or 1


def _next(step: str) -> None:
    console.print(f"Next: `bagalau rebuild {step}`.", highlight=False)
