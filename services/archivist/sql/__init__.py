"""Every statement of the archivist, by name, with the reason for its form."""

from functools import cache
from importlib.resources import files

from events.sql.named import named_statements


@cache
def statements(file: str) -> dict[str, bytes]:
    """The statements of `<file>.sql` by name."""
    return named_statements(files(__name__).joinpath(f"{file}.sql").read_text("utf-8"))
