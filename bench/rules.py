"""`bagalau bench rules`: grades a second, family by family."""

import typer


def register(app: typer.Typer) -> None:
    """Adds the command."""
