"""What `bagalau rebuild` shows: bars while it works, and tables of what came of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from services.cli.output import console, print_table, progress_console

if TYPE_CHECKING:
    from projections.comparing import Change
    from projections.rebuild.generations import Generation
    from projections.rebuild.progress import Progress
    from projections.supposed import Proposed
    from services.correcting.under_way import UnderWay
    from services.rebuild_steps import Differing, Watch
    from services.rebuilding import Report


@contextmanager
def watching() -> "Iterator[Watch]":
    """A bar for the whole rebuild, and one for each ledger that is being folded."""
    from rich import progress as rich

    with rich.Progress(
        rich.TextColumn("{task.description}"),
        rich.BarColumn(),
        rich.MofNCompleteColumn(),
        rich.TextColumn("{task.fields[speed]}"),
        rich.TimeElapsedColumn(),
        console=progress_console,
        transient=True,
        disable=not progress_console.is_terminal,
    ) as shown:
        whole = shown.add_task("folding", total=None, speed="")
        tasks: dict[str, Any] = {}

        def watch(now: "Progress") -> None:
            speed = f"{now.rate:,.0f} events/s" if now.rate else ""
            if now.seconds_left is not None:
                speed += f", {_span(now.seconds_left)} left"
            if now.is_folded:
                shown.update(whole, description=f"catching up, {now.behind} events behind", speed="")
            else:
                done = f"{now.ledgers_done} of {now.ledgers} ledgers"
                shown.update(whole, description=done, speed=speed, completed=now.folded, total=now.events)
            for ledger in [name for name in tasks if name not in {one.ledger for one in now.in_hand}]:
                shown.remove_task(tasks.pop(ledger))
            for one in now.in_hand:
                if one.ledger not in tasks:
                    tasks[one.ledger] = shown.add_task(f"  {one.ledger}", speed="")
                shown.update(tasks[one.ledger], completed=one.folded, total=one.size)

        yield watch


def tell(now: "Progress") -> None:
    print_table(
        f"Generation {now.generation}: {now.state}",
        ["", ""],
        [
            ["ledgers folded", f"{now.ledgers_done} of {now.ledgers}"],
            ["events folded", f"{now.folded} of {now.events}"],
            ["events a second", f"{now.rate:,.0f}" if now.rate else None],
            ["time left", None if now.seconds_left is None else _span(now.seconds_left)],
            ["events since then", now.behind],
            ["rows", now.rows],
            ["documents parked", now.parked],
            ["events destroyed", now.destroyed],
        ],
    )
    for one in now.in_hand:
        console.print(f"{one.ledger}: {one.folded} of {one.size}, by {one.worker}", highlight=False)
    for one in now.failed:
        console.print(f"{one.ledger}: fails with {one.error}", highlight=False)


def tell_correction(found: "UnderWay") -> None:
    """What a correction under way is about."""
    from rich.markup import escape

    from services.correcting.in_words import scope_in_words

    scope = scope_in_words(found.from_period, found.bodies, decided_too=found.decided_too)
    why = (
        f"laid down by {found.by}: {found.reason}"
        if found.laid_down
        else "proposed; its reason is recorded once it is laid down"
    )
    told = f"{found.methodology}, revision {found.revision}, for {scope}: {why}."
    console.print(f"Correction under way: {told}", highlight=False, markup=False)
    rows = [
        [
            escape(one.row.label),
            "–" if one.first is None else escape(one.first.value),
            "–" if one.second is None else escape(one.second.value),
            one.row.clause,
        ]
        for one in found.differences
    ]
    print_table("What it would change", ["what", "now", "proposed", "clause"], rows)


def told_proposal(found: "Generation") -> "Proposed | None":
    """The correction that a generation was made for; None for none, and for one of another release."""
    from projections.supposed import SuppositionError, proposed_in

    try:
        return proposed_in(found.supposed)
    except SuppositionError:
        return None


def told_purpose(found: "Generation") -> str:
    """What a generation was made for: a rebuild, or which correction."""
    correction = told_proposal(found)
    if correction is None:
        return found.purpose
    return f"{found.purpose} of {correction.methodology}, revision {correction.revision}"


def tell_report(report: "Report") -> None:
    if report.compared is not None:
        tell_differing(report.compared)
    console.print(
        f"{report.events} events folded into {report.rows} rows in {report.folding_seconds:.1f} s"
        f" ({report.events_per_second:,.0f} events/s); {report.parked} documents parked,"
        f" {report.destroyed} events of destroyed ones.",
        highlight=False,
    )
    console.print(f"Generation {report.generation} is shown instead of {report.before}.", highlight=False)


def tell_differing(found: "Differing") -> None:
    from projections.comparing import matrix

    console.print(
        f"{found.rows} rows of generations {found.before} and {found.after} compared,"
        f" {found.differing} differ.",
        highlight=False,
    )
    for kind in ("quarterly", "annual", "competencies"):
        rows = [
            [body, before, after, count]
            for body, changed in matrix(found.ledgers, kind).items()
            for (before, after), count in changed.items()
        ]
        if rows:
            print_table(kind.capitalize(), ["body", "from", "to", "rows"], rows)


def tell_people(listed: "list[Change]") -> None:
    rows = [list(person(one).values()) for one in listed]
    print_table(
        "Whose",
        ["body", "kind", "employee", "period", "score", "grade", "new score", "new grade", "why not read"],
        rows,
    )


def person(change: "Change") -> dict[str, Any]:
    before, after = change.before, change.after
    known = after or before
    return {
        "body": change.ledger,
        "kind": change.kind,
        "employee": known and known.employee,
        "period": known and known.period,
        "score": before and before.score,
        "grade": before and (before.grade or before.status),
        "new_score": after and after.score,
        "new_grade": after and (after.grade or after.status),
        "unreadable": change.unreadable,
    }


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
