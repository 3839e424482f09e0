"""Progress on long work, on standard error, where somebody watches."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.cli.output import progress_console

T = TypeVar("T")


def bar() -> Progress:
    """A bar that vanishes when done and prints nothing where no terminal is."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=progress_console,
        transient=True,
        disable=not progress_console.is_terminal,
    )


def counted(items: Iterable[T], what: str) -> Iterator[T]:
    """The items, counted while they are worked through."""
    with bar() as progress:
        task = progress.add_task(what, total=None)
        for item in items:
            yield item
            progress.advance(task)
