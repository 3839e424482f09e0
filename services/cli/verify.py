"""`bagalau verify`: recomputes ledgers from their rows and holds them against outside witnesses."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.output import REFUSED, AsJson, console, print_json, print_table

if TYPE_CHECKING:
    from events.verification import VerificationReport


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("verify")(verify)


def verify(
    ledgers: Annotated[list[str] | None, typer.Argument(help="Which ledgers; all without it.")] = None,
    *,
    receipts: Annotated[
        list[Path] | None,
        typer.Option(
            exists=True, dir_okay=False, help="Receipts that a feeder holds (see `submit --receipts`)."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Proves that ledgers are what was recorded: sequence, versions, leaves, root and tiles, from the rows.

    They are held against the signed checkpoints kept under `BAGALAU_HOME/checkpoints` and against receipts
    that feeders hold. Without either, a ledger is only held against itself, and the report says so. Exit
    code 1 when anything does not match.
    """
    from services.cli.attached import attached
    from services.cli.known_ledgers import check_ledgers
    from services.cli.progress import counted
    from services.servers import connect
    from services.verifying import verify_ledgers

    with (
        attached() as (servers, keyring, home),
        connect(servers, "bagalau_auditor", autocommit=True) as conn,
    ):
        check_ledgers(conn, ledgers or ())
        reports = list(
            counted(verify_ledgers(conn, keyring, home, receipts or (), ledgers), "verifying ledgers")
        )
    if as_json:
        print_json({"ok": all(report.ok for report in reports), "ledgers": [_object(one) for one in reports]})
    else:
        show(reports)
    if not all(report.ok for report in reports):
        raise typer.Exit(REFUSED)


def show(reports: "Sequence[VerificationReport]") -> None:
    """The reports as a table, then each finding in words."""
    rows = [
        [
            report.ledger,
            report.rows,
            report.receipts_checked,
            report.checkpoints_checked,
            "matches" if report.ok else "DOES NOT MATCH",
            report.caveat,
        ]
        for report in reports
    ]
    print_table("Verified ledgers", ["ledger", "events", "receipts", "checkpoints", "result", "caveat"], rows)
    for report in reports:
        for finding in report.findings:
            place = "" if finding.seq is None else f" at {finding.seq}"
            console.print(f"{report.ledger}{place}: {finding.code}: {finding.detail}", highlight=False)


def _object(report: "VerificationReport") -> dict[str, object]:
    return {
        "ledger": report.ledger,
        "ok": report.ok,
        "events": report.rows,
        "root": report.root.hex() if report.root else None,
        "receipts_checked": report.receipts_checked,
        "checkpoints_checked": report.checkpoints_checked,
        "caveat": report.caveat,
        "findings": report.findings,
    }
