"""`bagalau grade`: grades from a file of facts, with no servers."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from services.cli.output import REFUSED, print_error_line, print_line

if TYPE_CHECKING:
    from methodologies.registry import Law


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("grade")(grade)


def grade(
    file: Annotated[
        typer.FileBinaryRead,
        typer.Argument(help="Facts, one JSON envelope per line (.jsonl); `-` reads standard input."),
    ],
    *,
    revision: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="As if revision N were the law of every act that has one."),
    ] = None,
    act: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="As if an act were corrected by FILE, as `bagalau correct` takes it.",
        ),
    ] = None,
    decided_too: Annotated[
        bool, typer.Option("--decided-too", help="Then also what a panel, a commission or an appeal decided.")
    ] = False,
    steps: Annotated[bool, typer.Option(help="Carry the whole calculation in `steps`.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="What it prints is JSON in any case.")] = True,  # noqa: ARG001
) -> None:
    """Grades a file of facts offline: the same law, deciders and folds as the servers'.

    Prints one derived grade a line (JSON) on standard output. Each refused fact is one JSON object a line
    on standard error, with its `id` and `problem`; so is each employee who could not be graded, with
    `body`, `employee` and `error`. Exit code 0, or 1 when there was any of either.

    With --revision or --act the facts are decided under the law that they state, and graded under the other.
    """
    supposed = revision is not None or act is not None
    if revision is not None and act is not None:
        raise typer.BadParameter("give --revision or --act, not both", param_hint="--revision")
    if decided_too and not supposed:
        raise typer.BadParameter("it goes with --revision or --act", param_hint="--decided-too")
    # Imported here so that `bagalau --help` need not load the law.
    from projections.grade import to_json
    from services.offline import Ledgers, law_of, rejections
    from services.signatures import trust_from_environment

    trust = trust_from_environment()
    lines: Iterable[bytes] = file
    if supposed:
        # The file may lay down revisions itself: its law is read first, so that nothing is decided in vain.
        lines = list(file)
        _law(law_of(lines), revision, act, decided_too=decided_too)
    ledgers = Ledgers(trust=trust)
    refused = 0
    for fact_id, problem in rejections(ledgers, lines):
        refused += 1
        print_error_line(msgspec.json.encode({"id": fact_id, "problem": problem}))

    def failed(body: str, employee: str, error: Exception) -> None:
        nonlocal refused
        refused += 1
        told = {"body": body, "employee": employee, "error": f"{type(error).__name__}: {error}"}
        print_error_line(msgspec.json.encode(told))

    law = _law(ledgers.law, revision, act, decided_too=decided_too)
    for result in ledgers.grades(explained=steps, failed=failed, law=law):
        print_line(to_json(result))
    if refused:
        raise typer.Exit(REFUSED)


def _law(law: "Law", revision: int | None, file: Path | None, *, decided_too: bool) -> "Law | None":
    """The law to grade under; None for the facts' own."""
    if revision is None and file is None:
        return None
    from events.vocabulary.methodology import MethodologyActivated
    from methodologies.loading import read_correction
    from methodologies.registry import as_if_activated
    from services.correcting.proposal import current_acts
    from services.explaining import under_revision

    if file is not None:
        act = read_correction(file, current_acts(law))
        number = law.methodologies[act.id].latest + 1
        activated = MethodologyActivated(id=act.id, revision=number, decided_too=decided_too)
        return as_if_activated(law, activated, act)
    assert revision is not None
    having = [one.id for one in law.methodologies.values() if revision in one.revisions]
    if not having:
        raise typer.BadParameter(f"no act has a revision {revision} here", param_hint="--revision")
    for methodology in having:
        law = under_revision(law, methodology, revision, decided_too=decided_too)
    return law
