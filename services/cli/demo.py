"""`bagalau demo`: the whole system at work on a made-up country, in under a minute."""

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.output import REFUSED, AsJson, console, print_json, print_page, print_table
from services.cli.progress import bar

if TYPE_CHECKING:
    from services.demo import DemoReport


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("demo")(demo)


def demo(
    *,
    facts: Annotated[int, typer.Option(min=100, help="About how many facts to feed.")] = 3000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same country.")] = 3,
    keep: Annotated[
        bool, typer.Option(help="Leave the data in BAGALAU_HOME for the other commands.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Starts everything, feeds a made-up country from concurrent feeders, grades, explains and verifies it.

    Tells one result that was contested, from its marks to the panel's protocol. At the end an act is
    corrected: who would change, the correction itself, and who changed.
    Nothing is left behind without `--keep`. Exit code 1 when a ledger does not verify, or when the correction
    came to something else than was foretold.
    """
    with _home(keep=keep) as home:
        report = _run(home, facts, seed)
    if as_json:
        from services.cli.correct_told import demonstrated_to_json
        from services.demo_story import to_json

        print_json(
            {
                "facts_accepted": report.accepted,
                "facts_rejected": len(report.rejected),
                "grades": report.grades,
                "ledgers_verified": sum(one.ok for one in report.verified),
                "seconds": round(report.seconds, 1),
                "rejections": Counter(one.problem.code for one in report.rejected if one.problem),
                "story": None if report.story is None else to_json(report.story),
                "correction": demonstrated_to_json(report.correction),
            }
        )
    else:
        _show(report, keep=keep)
    if not report.ok:
        raise typer.Exit(REFUSED)


@contextmanager
def _home(*, keep: bool) -> Iterator[Path]:
    from services.servers import home_directory

    if keep:
        yield home_directory()
        return
    # Not the user's home: the demo's country would stay in his ledgers for ever.
    made = Path(tempfile.mkdtemp(prefix="bagalau-demo-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _run(home: Path, facts: int, seed: int) -> "DemoReport":
    from services.demo import country, run
    from services.sample import items
    from services.servers import EmbeddedPostgres, running
    from services.system import prepare
    from services.viewers import mark_demonstration

    of = country(facts, seed)
    with bar() as progress:
        starting = progress.add_task("starting PostgreSQL and NATS", total=None)
        held: dict[int, int] = {}
        is_new = not EmbeddedPostgres(home).is_made()
        with running(home) as servers:
            keyring = prepare(home, servers)
            if is_new:
                mark_demonstration(home, servers, keyring)
            progress.remove_task(starting)
            task = progress.add_task("facts with their receipts", total=sum(1 for _ in items(of)))

            def tell(feeder: int, _: int, receipts: int) -> None:
                held[feeder] = receipts
                progress.update(task, completed=sum(held.values()))

            return asyncio.run(run(home, servers, keyring, of, tell))


def _show(report: "DemoReport", *, keep: bool) -> None:
    from services.cli.correct_told import tell_demonstrated
    from services.cli.grades import show_counts
    from services.cli.verify import show
    from services.demo_story import page as story_page
    from services.explanation_page import page

    console.print("Grades by body", style="bold")
    show_counts(report.counts, "en")
    refused = Counter(
        (one.problem.code, one.problem.detail) for one in report.rejected if one.problem is not None
    )
    print_table(
        "Refused facts",
        ["code", "count", "what to do"],
        [[code, count, detail] for (code, detail), count in refused.most_common()],
    )
    if report.example is not None:
        console.print()
        print_page(page(*report.example, "en"))
        console.print()
    if report.story is not None:
        print_page(story_page(report.story))
        console.print()
    show(report.verified)
    console.print(
        f"{report.accepted} facts accepted, {len(report.rejected)} refused, {report.grades} grades,"
        f" {sum(one.ok for one in report.verified)} ledgers verified in {report.seconds:.1f} s.",
        highlight=False,
    )
    console.print()
    tell_demonstrated(report.correction, kept=keep)
    console.print()
    for line in _next_steps(report, keep=keep):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def _next_steps(report: "DemoReport", *, keep: bool) -> Iterator[str]:
    if not keep:
        yield "Nothing of it was kept. With .venv/bin on the PATH:"
        yield "  bagalau demo --keep        the same, left for the other commands to ask"
        yield "  bagalau up                 the services, for facts of your own (docs/feeding.md)"
        return
    yield "The data stays in BAGALAU_HOME. With .venv/bin on the PATH:"
    if report.story is not None:
        told = report.story
        yield f"  bagalau history {told.employee} --body {told.body} --period {told.period}"
    for one in report.correction.changed[:1]:
        if (of := one.before) is not None:
            yield f"  bagalau explain {of.employee} {of.period} --body {of.body} --revision {of.revision}"
    yield "  bagalau grades --body zhanakorgan"
    if report.example is not None:
        grade, _ = report.example
        yield f"  bagalau explain {grade.employee} {grade.period} --lang kk"
    yield "  bagalau rejected"
    yield "  bagalau verify"
