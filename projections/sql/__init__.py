"""Every statement on projections, by name, with the reason for its form."""

import re
from functools import cache
from importlib.resources import files

_NAMED = re.compile(r"^-- (?P<name>[a-z_]+): ", re.MULTILINE)
_COMMENT = re.compile(r"^--.*\n", re.MULTILINE)


@cache
def statements(file: str) -> dict[str, bytes]:
    """The statements of `<file>.sql` by name, as bytes: psycopg takes no text that was put together."""
    text = files(__name__).joinpath(f"{file}.sql").read_text("utf-8")
    named = list(_NAMED.finditer(text))
    ends = [each.start() for each in named[1:]] + [len(text)]
    return {
        each["name"]: _COMMENT.sub("", text[each.start() : end]).strip().removesuffix(";").encode()
        for each, end in zip(named, ends, strict=True)
    }
