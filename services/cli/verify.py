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
    against: Annotated[
        list[Path] | None,
        typer.Option(exists=True, dir_okay=False, help="Checkpoints kept elsewhere (`bagalau checkpoint`)."),
    ] = None,
    log_key: Annotated[
        list[str] | None,
        typer.Option(
            "--log-key", help="The key that signed them, as it was once handed out; else the home's."
        ),
    ] = None,
    witness: Annotated[
        list[str] | None,
        typer.Option(
            "--witness", help="The key of one who countersigned them, who is then believed instead."
        ),
    ] = None,
    keys: Annotated[
        bool,
        typer.Option("--keys/--no-keys", help="Open each document once, to see that its key is its own."),
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Proves that ledgers are what was recorded: sequence, versions, leaves, root and tiles, from the rows.

    They are held against the signed checkpoints kept under `BAGALAU_HOME/checkpoints`, against receipts
    that feeders hold, and against checkpoints kept elsewhere: of these it proves one by one that the ledger
    of today extends them. Without any, a ledger is only held against itself, and the report says so. Exit
    code 1 when anything does not match.
    """
    from events.checkpoint import parse_vkey
    from services.cli.attached import attached
    from services.cli.known_ledgers import check_ledgers
    from services.cli.progress import counted
    from services.servers import connect
    from services.verifying import read_checkpoints, verify_keys, verify_ledgers

    with (
        attached() as (servers, keyring, home),
        connect(servers, "bagalau_auditor", autocommit=True) as conn,
    ):
        check_ledgers(conn, ledgers or ())
        trusted, witnesses = ([parse_vkey(text) for text in texts or ()] for texts in (log_key, witness))
        held = read_checkpoints(against or (), keyring, trusted, witnesses)
        uncovered = sorted(set(ledgers or ()) - held.keys()) if against else []
        if uncovered:
            raise typer.BadParameter(f"no checkpoint of {', '.join(uncovered)} in it", param_hint="--against")
        found = verify_ledgers(conn, keyring, home, receipts or (), ledgers, against=held)
        reports = list(counted(found, "verifying ledgers"))
        if keys:
            with connect(servers, "bagalau_projector", autocommit=True) as opening:
                reports = [verify_keys(opening, keyring, report) for report in reports]
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
        for each in report.extensions:
            proven = (
                f"extends it: a proof of {len(each.proof)} hashes" if each.proof is not None else "DOES NOT"
            )
            console.print(f"{report.ledger} against {each.size} events seen: {proven}", highlight=False)
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
        "against": [
            {
                "size": each.size,
                "root": each.root.hex(),
                "extends": each.holds,
                "proof": None if each.proof is None else [one.hex() for one in each.proof],
            }
            for each in report.extensions
        ],
        "findings": report.findings,
    }
