"""Statements in a `.sql` file, each under a comment `-- name: why it is as it is`."""

import re

_NAMED = re.compile(r"^-- (?P<name>[a-z_]+): ", re.MULTILINE)
_COMMENT = re.compile(r"^--.*\n", re.MULTILINE)


def named_statements(text: str) -> dict[str, bytes]:
    """The statements by name, as bytes: psycopg takes no text that was put together."""
    named = list(_NAMED.finditer(text))
    ends = [each.start() for each in named[1:]] + [len(text)]
    return {
        each["name"]: _COMMENT.sub("", text[each.start() : end]).strip().removesuffix(";").encode()
        for each, end in zip(named, ends, strict=True)
    }
