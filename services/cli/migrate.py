"""`bagalau migrate`: the database brought to this release, and its rights looked at."""

import typer

from services.cli.output import AsJson, console, print_json


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("migrate")(migrate)


def migrate(*, as_json: AsJson = False) -> None:
    """Migrates the database under the login of `BAGALAU_POSTGRES_URL`, and checks everybody's rights in it.

    For servers of your own whose services have a login each: they do not migrate. Exit code 1 when somebody
    may do more, or less, than this release means him to.
    """
    from services import grants
    from services.migrating import migrate as migrated
    from services.servers import connect, home_directory, reading

    with reading(home_directory()) as servers:
        done = migrated(servers)
        if not as_json:
            for one in done:
                console.print(_said(one.schema, one.before, one.after), highlight=False)
        with connect(servers, autocommit=True) as conn:
            grants.check(conn)
    if as_json:
        print_json({"migrated": done})
    else:
        console.print("Everybody may do what he should in it, and nothing else.", highlight=False)


def _said(schema: str, before: str | None, after: str) -> str:
    if before == after:
        return f"{schema}: stands at {after} already"
    return f"{schema}: made, at {after}" if before is None else f"{schema}: from {before} to {after}"
