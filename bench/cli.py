"""`bagalau bench`: how fast the parts are on this machine, one subcommand per measure."""

import typer

from bench import intake, rules


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    bench = typer.Typer(
        help="Measures how fast parts of the product are on this machine.", no_args_is_help=True
    )
    intake.register(bench)
    rules.register(bench)
    app.add_typer(bench, name="bench")
