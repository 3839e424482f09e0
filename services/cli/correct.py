"""`bagalau correct`: an act is read otherwise: who would change, and then the correction itself."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from events.period import parse_period
from methodologies.model.clause import Language
from methodologies.model.readings import READINGS
from services.cli.correct_told import tell_applied, tell_proposal, tell_tally, to_json
from services.cli.output import REFUSED, AsJson, console, print_json
from services.cli.progress import bar
from services.cli.rebuild_told import watching
from services.cli.viewing import As, looking, reading

if TYPE_CHECKING:
    from rich.progress import TaskID

    from services.correcting.asking import Foretold, QuestionProgress, QuestionWatch
    from services.correcting.correction import Correcting, Telling
    from services.correcting.listing import List
    from services.correcting.proposal import Proposal, Scope


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("correct", epilog=_correctable())(correct)


def _correctable() -> str:
    choices = (f"{name} ({' | '.join(kind.choices or ('0.4/0.6',))})" for name, kind in READINGS.items())
    return (
        "FILE states any keys of the act, as docs/methodologies and the act's own TOML have them: readings,"
        " bands, caps, terms, consequences and so on; an array is stated whole. A reading is changed by its"
        f" value alone, `[readings.NAME]` and `value = ...`: {', '.join(choices)}."
    )


@reading
def correct(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="TOML: `corrects = ID` and what differs from the act as it is, or the whole act.",
        ),
    ],
    *,
    what_if: Annotated[
        bool, typer.Option("--what-if", help="Only show who would change; nothing is recorded.")
    ] = False,
    reason: Annotated[
        str | None, typer.Option(help="Why; makes the correction the law, and tells results anew.")
    ] = None,
    from_period: Annotated[
        str | None,
        typer.Option(metavar="PERIOD", help="Only from this quarter (2026-Q2) or year (2026) on."),
    ] = None,
    body: Annotated[list[str] | None, typer.Option(help="Only for this body; may be repeated.")] = None,
    decided_too: Annotated[
        bool,
        typer.Option(
            "--decided-too", help="Also for what a panel, a commission or an appeal had decided before."
        ),
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            dir_okay=False,
            help="List everyone concerned: FILE.csv, or JSON with explanations.",
        ),
    ] = None,
    lang: Annotated[Language, typer.Option(help="The language of the explanations in the list.")] = "en",
    by: Annotated[str, typer.Option(help="Who corrects; recorded with the correction.")] = "agency",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before it takes effect.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Make it the law even if it changes no result.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Processes on this machine, by default one a core; with 0 projectors fold a correction.",
        ),
    ] = None,
    as_json: AsJson = False,
    reader: As,
) -> None:
    """Corrects an act: shows whose results change, makes it the law, and tells announced results anew.

    Either --what-if or --reason is needed. Results are derived beside those that are shown, and take their
    place in one moment. What a panel, a commission or an appeal decided stays, and is listed apart. Killed at
    any point, the same command finishes it. Exit code 1 when it was not carried out, also as it would change
    no result.
    """
    if what_if == (reason is not None):
        raise typer.BadParameter("give either --what-if or --reason TEXT", param_hint="--what-if")
    if report is not None and report.exists() and report.samefile(file):
        raise typer.BadParameter("it would take the place of the correction itself", param_hint="--report")
    if reason is not None:
        _check(reason, by)
        if not yes and not sys.stdin.isatty():
            raise typer.BadParameter("nobody can be asked here; say --yes", param_hint="--yes")
    from services.correcting.correction import Correcting
    from services.correcting.listing import List
    from services.keys import keyring_path
    from services.servers import home_directory
    from services.viewers.rights import check_correcting

    scope = _scope(from_period, body, decided_too=decided_too)
    into = None if report is None else List(report, lang)
    with looking(reader, f"correct {file.name}") as here:
        check_correcting(here.proven, body, applying=reason is not None)
        correcting = Correcting(here.servers, keyring_path(home_directory()))
        proposal = _read(correcting, file, scope)
        # Whoever changes is told of by name, to the file of the report and on the screen.
        here.disclose_everybody(scope.bodies or here.ledgers(None))
        if not as_json:
            tell_proposal(proposal)
        if reason is None:
            foretold = _ask(correcting, proposal, into, workers)
            if as_json:
                print_json(to_json(proposal, foretold.tally, None))
            else:
                tell_tally(foretold.tally)
                if not foretold.to_restate:
                    console.print(f"{proposal.act.id} can govern none of these bodies.", highlight=False)
        else:
            said = _Said(reason, by, yes=yes, force=force)
            _carry_out(correcting, proposal, said, into, workers, as_json=as_json)
    if report is not None and report.exists() and not as_json:
        console.print(f"The list of people is in {report}; it holds personal data.", highlight=False)


def _ask(
    correcting: "Correcting", proposal: "Proposal", into: "List | None", workers: int | None
) -> "Foretold":
    with _asking() as watch:
        return correcting.what_if(proposal, workers=_workers(workers), watch=watch, into=into)


def _carry_out(
    correcting: "Correcting",
    proposal: "Proposal",
    said: "_Said",
    into: "List | None",
    workers: int | None,
    *,
    as_json: bool,
) -> None:
    correcting.check_waits(proposal)
    # What is the law already is not asked about, but finished.
    foretold = None if proposal.standing == "in-force" else _ask(correcting, proposal, into, workers)
    if foretold is None and into is not None:
        typer.echo("Nobody changes by what is the law already; no list is written.", err=True)
    if workers == 0:
        typer.echo("No process folds here (--workers 0): a projector has to run.", err=True)
    if foretold is not None:
        if not as_json:
            tell_tally(foretold.tally)
        _confirm(correcting, proposal, foretold, said)
    # Two bars at once, the second within the first.
    with watching() as watch, _telling() as told:
        applied = correcting.apply(
            proposal,
            foretold,
            said.reason,
            by=said.by,
            workers=_workers(workers),
            watch=watch,
            told=told,
            idle=said.force,
        )
    if as_json:
        print_json(to_json(proposal, None if foretold is None else foretold.tally, applied))
    else:
        tell_applied(applied)


def _confirm(correcting: "Correcting", proposal: "Proposal", foretold: "Foretold", said: "_Said") -> None:
    """Goes on once it is confirmed; what changes nothing is refused without being asked about."""
    if said.yes or (foretold.tally.is_idle and not said.force):
        return
    if not typer.confirm("Make it the law and tell these results anew?", err=True):
        correcting.decline(proposal)
        typer.echo("Nothing was recorded.", err=True)
        raise typer.Exit(REFUSED)


@contextmanager
def _asking() -> "Iterator[QuestionWatch]":
    """A bar for the ledgers that are looked at."""
    with bar() as progress:
        task = progress.add_task("looking who changes", total=None)

        def watch(now: "QuestionProgress") -> None:
            done = f"looking who changes, {now.ledgers_done} of {now.ledgers} ledgers"
            progress.update(task, description=done, completed=now.folded, total=now.events)

        yield watch


@contextmanager
def _telling() -> "Iterator[Telling]":
    """A bar for each ledger in which results are told anew."""
    with bar() as progress:
        tasks: dict[str, TaskID] = {}

        def told(ledger: str, done: int, of: int) -> None:
            if ledger not in tasks:
                tasks[ledger] = progress.add_task(f"telling anew in {ledger}", total=of)
            progress.update(tasks[ledger], completed=done)

        yield told


class _Said(msgspec.Struct, frozen=True):
    """What was said of the correction: why, by whom, and that nobody is to be asked or held back."""

    reason: str
    by: str
    yes: bool
    force: bool


def _read(correcting: "Correcting", file: Path, scope: "Scope") -> "Proposal":
    from services.correcting.proposal import CorrectionError

    try:
        return correcting.read(file, scope)
    except CorrectionError as error:
        if error.code != "correction-scope":
            raise
        raise typer.BadParameter(error.detail, param_hint="--body or --from-period") from None


def _check(reason: str, by: str) -> None:
    """Before anything is derived in vain."""
    from services.correcting.agency import check_actor
    from services.correcting.proposal import CorrectionError

    try:
        check_actor(by)
    except CorrectionError as error:
        raise typer.BadParameter(error.detail, param_hint="--by") from None
    if not reason.strip():
        raise typer.BadParameter("a correction states its reason", param_hint="--reason")


def _scope(from_period: str | None, bodies: list[str] | None, *, decided_too: bool) -> "Scope":
    from services.correcting.proposal import Scope

    try:
        first = None if from_period is None else str(parse_period(from_period))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--from-period") from None
    return Scope(first, tuple(sorted(set(bodies))) if bodies else None, decided_too)


def _workers(given: int | None) -> int:
    import os

    return given if given is not None else os.cpu_count() or 1
