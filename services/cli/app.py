"""The application: its commands, and those that installed packages add."""

from importlib.metadata import entry_points

import typer

from services.cli import (
    grade,
    sample,
)

app = typer.Typer(
    name="bagalau",
    help="Grades civil servants from facts, and explains, proves and recomputes every grade.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    # Locals of a failing frame can hold keys, names and marks.
    pretty_exceptions_show_locals=False,
)

for module in (grade, sample):
    module.register(app)

for extension in entry_points(group="bagalau.commands"):
    extension.load()(app)
