"""`bagalau replay`: derives every announced result anew under the law of its day, and tells what differs."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from events.period import parse_period
from services.cli.output import REFUSED, AsJsonLines, console, print_json, print_table
from services.cli.viewing import As, looking, reading

if TYPE_CHECKING:
    from projections.replayed import Difference, Finding
    from services.replaying import Passed, Replayed

_CAUSES = {
    "AnnualFormed": "the year was formed",
    "AppealResolved": "an appeal",
    "CalibrationConcluded": "a panel",
    "CommissionDecided": "a commission",
    "DecisionApproved": "a decision was approved",
    "DisciplineAnnulled": "a sanction was annulled",
    "DisciplineCarried": "a sanction from another body",
    "DisciplineRecorded": "a late sanction",
    "EmployeeAppointed": "an appointment",
    "EmployeeDismissed": "a dismissal",
    "EmployeeTransferred": "a transfer",
    "LeaveEnded": "the end of a leave",
    "LeaveTaken": "a leave",
    "MethodologyActivated": "a correction of the methodology",
    "MethodologyAdopted": "a methodology adopted late",
    "MethodologyPublished": "a methodology published",
    "MethodologyRepealed": "a methodology repealed",
    "PlanAgreed": "the plan",
    "PlanReturned": "the plan was returned",
    "QuarterCarried": "a quarter from another body",
    "ResultDelivered": "told anew",
    "SecondmentReceived": "a secondment",
    "SheetReturned": "the sheet was returned",
    "SheetSigned": "a sheet was signed",
    "WorkdaysReported": "work days",
}


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("replay")(replay)


@reading
def replay(
    *,
    body: Annotated[str | None, typer.Option(help="Only this body's ledger.")] = None,
    period: Annotated[
        str | None, typer.Option(help="Only of a quarter (2026-Q1), or of a year (2026) and its quarters.")
    ] = None,
    employee: Annotated[
        str | None, typer.Option(help="Only this employee's, by his code in his body.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="List what is explained too.")] = False,
    as_json: AsJsonLines = False,
    reader: As,
) -> None:
    """Recomputes every announced result from its ledger under the law of its day, to the last digit.

    It verifies the ledgers themselves, derives each result where it was announced or restated, traces every
    change to its cause, compares the projection's rows with what the ledger comes to, and sees that every
    document stands in its own servant's dossier. Exit code 1 when anything is unexplained. With --json one
    object for each finding, explained or not, then a summary.
    """
    from projections.replay import Scope
    from services.cli.known_ledgers import check_ledgers
    from services.replaying import replay_ledgers
    from services.servers import home_directory

    scope = Scope(employee, _checked(period))
    with looking(reader, "replay") as here:
        check_ledgers(here.system, [] if body is None else [body])
        bodies = here.ledgers(body)
        here.disclose_everybody(bodies, scope.period)
        with _counting(_events(here.system, body)) as passed:
            audit = replay_ledgers(
                here.system, here.keyring, home_directory(), bodies=bodies, scope=scope, passed=passed
            )
            found = list(audit)
    if as_json:
        for one in found:
            for finding in one.findings:
                print_json(_object(finding))
        print_json(_summary(found))
    else:
        _show(found, verbose=verbose)
    if any(one.unexplained for one in found):
        raise typer.Exit(REFUSED)


def _checked(period: str | None) -> str | None:
    try:
        return None if period is None else str(parse_period(period))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--period") from None


def _events(conn: Any, body: str | None) -> int:
    from events.envelope import AGENCY
    from events.log import heads

    return sum(head.size for head in heads(conn) if body is None or head.ledger in {AGENCY, body})


@contextmanager
def _counting(events: int) -> "Iterator[Passed]":
    from services.cli.progress import bar

    with bar() as progress:
        task = progress.add_task("replaying", total=events)

        def passed(ledger: str, count: int) -> None:
            progress.update(task, description=f"replaying {ledger}", advance=count)

        yield passed


def _object(finding: "Finding") -> dict[str, Any]:
    return {
        "code": finding.code,
        "explained": finding.is_explained,
        "body": finding.body,
        "seq": finding.seq,
        "employee": finding.employee,
        "position": finding.position,
        "period": finding.period,
        "form": finding.form,
        "cause": finding.cause,
        "cause_seq": finding.cause_seq,
        "differences": finding.differences,
        "document": finding.document,
        "detail": finding.detail,
    }


def _summary(found: "Sequence[Replayed]") -> dict[str, Any]:
    unexplained = sum(len(one.unexplained) for one in found)
    return {
        "ok": not unexplained,
        "results": sum(one.results for one in found),
        "announcements": sum(one.judged for one in found),
        "alike": sum(one.alike for one in found),
        "unexplained": unexplained,
        "causes": dict(sorted(sum((Counter(one.causes) for one in found), Counter()).items())),
        "findings": dict(sorted(Counter(each.code for one in found for each in one.findings).items())),
        "ledgers": [
            {
                "ledger": one.ledger,
                "events": one.events,
                "results": one.results,
                "announcements": one.judged,
                "alike": one.alike,
                "inputs_destroyed": one.lost,
                "documents_destroyed": one.documents_destroyed,
                "rows": one.rows,
                "documents": one.documents,
                "compared_at": one.mark,
                "parked": one.parked,
                "caveat": one.caveat,
                "unexplained": len(one.unexplained),
            }
            for one in found
        ],
    }


def _show(found: "Sequence[Replayed]", *, verbose: bool) -> None:
    from services.code_page import CODES

    rows = [
        [
            one.ledger,
            one.events,
            one.judged,
            one.alike,
            one.rows,
            sum(each.is_explained for each in one.findings),
            len(one.unexplained),
        ]
        for one in found
    ]
    columns = ["ledger", "events", "announced", "alike", "rows", "explained", "unexplained"]
    print_table("Replayed ledgers", columns, rows)
    causes = sum((Counter(one.causes) for one in found), Counter())
    if causes:
        told = [[_CAUSES.get(cause, cause), count] for cause, count in causes.most_common()]
        print_table("Results that changed after they were announced", ["because of", "times"], told)
    for one in found:
        for line in (
            *_remarks(one),
            *(_line(each) for each in one.findings if verbose or not each.is_explained),
        ):
            console.print(line, highlight=False, markup=False, soft_wrap=True)
    for code in sorted({each.code for one in found for each in one.unexplained}):
        remedy = f"{code}: {CODES['replay'][code].remedy}"
        console.print(remedy, highlight=False, markup=False, soft_wrap=True)
    console.print(_verdict(found), highlight=False)


def _remarks(one: "Replayed") -> Iterator[str]:
    """What was left out, and why."""
    from events.envelope import AGENCY

    if one.caveat is not None:
        yield f"{one.ledger}: {one.caveat}: the ledger could only be held against itself"
    if one.documents_destroyed or one.lost:
        yield (
            f"{one.ledger}: inputs-destroyed: {one.documents_destroyed} documents were destroyed,"
            f" and with them {one.lost} announcements"
        )
    if one.parked:
        yield (
            f"{one.ledger}: rows of {one.parked} employees were not compared: they are parked, see"
            " `bagalau doctor`"
        )
    if one.ledger == AGENCY or not one.events:
        return
    if one.mark is None:
        yield f"{one.ledger}: its rows were not compared: it is not projected yet"
    elif one.mark < one.events:
        yield (
            f"{one.ledger}: the projection is {one.events - one.mark} events behind; its rows were compared"
            f" at {one.mark}"
        )


def _line(finding: "Finding") -> str:
    whose = " ".join(one for one in (finding.employee, finding.position, finding.period, finding.form) if one)
    seq = "" if finding.seq is None else f" at {finding.seq}"
    cause = ""
    if finding.cause is not None:
        by = "" if finding.cause_seq is None else f" at {finding.cause_seq}"
        cause = f" by {finding.cause}{by}"
    parts = [
        *(_difference(one) for one in finding.differences),
        *([finding.detail] if finding.detail else []),
    ]
    said = f": {'; '.join(parts)}" if parts else ""
    return f"{finding.body}{seq}: {finding.code}{cause}{f': {whose}' if whose else ''}{said}"


def _difference(one: "Difference") -> str:
    return f"{one.field} {_told(one.recorded)} -> {_told(one.derived)}"


def _told(value: object) -> str:
    return "none" if value is None else str(value)


def _verdict(found: "Sequence[Replayed]") -> str:
    unexplained = sum(len(one.unexplained) for one in found)
    judged = sum(one.judged for one in found)
    if unexplained:
        return f"{unexplained} findings are unexplained."
    if not judged:
        return "No result was announced: there was nothing to replay."
    results = sum(one.results for one in found)
    return f"All {judged} announcements of {results} results are explained."
