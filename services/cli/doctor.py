"""`bagalau doctor`: what is stuck, and why."""

from itertools import count

import typer

from services.cli.output import REFUSED, AsJson, print_json, print_table

_ORDER = dict(zip(("stuck", "look", "well"), count(), strict=False))


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("doctor")(doctor)


def doctor(*, as_json: AsJson = False) -> None:
    """Examines servers, keyring, services, grades and documents; says what is stuck and what to do.

    It only looks: nothing is started. Exit code 1 when anything is stuck, servers or services that do not run
    among them.
    """
    from services.doctor import examine
    from services.servers import home_directory

    found = sorted(examine(home_directory()), key=lambda one: _ORDER[one.verdict])
    stuck = any(one.verdict == "stuck" for one in found)
    if as_json:
        print_json({"ok": not stuck, "findings": found})
    else:
        said: set[str | None] = {None}
        rows = []
        for one in found:
            remedy = "as above" if one.remedy in said else one.remedy
            rows.append([one.verdict, one.subject, one.detail, one.remedy and remedy])
            said.add(one.remedy)
        print_table("Findings", ["", "what", "how it is", "what to do"], rows)
    if stuck:
        raise typer.Exit(REFUSED)
