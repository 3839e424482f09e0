"""`bagalau doctor`: what is stuck, and why."""

from itertools import count

import typer

from services.cli.output import REFUSED, AsJson, print_json, print_table

_ORDER = dict(zip(("stuck", "look", "well"), count(), strict=False))


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("doctor")(doctor)


def doctor(*, as_json: AsJson = False) -> None:
    """Examines servers, partitions, projections, the relay and documents; says what is stuck and what to do.

    Exit code 1 when anything is stuck.
    """
    from services.cli.attached import attached
    from services.doctor import examine

    with attached() as (servers, _, _):
        found = sorted(examine(servers), key=lambda one: _ORDER[one.verdict])
    if as_json:
        print_json({"ok": not any(one.verdict == "stuck" for one in found), "findings": found})
    else:
        rows = [[one.verdict, one.subject, one.detail, one.remedy] for one in found]
        print_table("Findings", ["", "what", "how it is", "what to do"], rows)
    if any(one.verdict == "stuck" for one in found):
        raise typer.Exit(REFUSED)
