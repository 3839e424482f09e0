"""`bagalau --version`."""

from importlib.metadata import version
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Adds the option."""
    app.callback()(_options)


def _tell(asked: bool) -> None:
    if asked:
        typer.echo(version("bagalau"))
        raise typer.Exit


def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_tell, is_eager=True)
    ] = False,
) -> None:
    """Options of every command."""
