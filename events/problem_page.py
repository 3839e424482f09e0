"""Renders `docs/problems.md` from the table of problems."""

from events.envelope import UNKNOWN_YET
from events.problems import BY_WHERE, Kind, Where

_SECTIONS: tuple[tuple[Where, str, str], ...] = (
    ("door", "At the door", "The message itself cannot be read as a fact."),
    ("intake", "On the way in", "The fact can be read, but not taken into a ledger as it came."),
    ("decider", "Against the ledger", "The fact does not fit what the body reported before, or its act."),
    ("law", "Against the law", "The fact is about acts and bodies themselves."),
)


def problem_page() -> str:
    """Every code with which a fact may be refused, its title, its meaning and what to do."""
    return "\n".join((_opening(), *(_section(*section) for section in _SECTIONS)))


def _opening() -> str:
    anew = ", ".join(f"`{code}`" for code in sorted(UNKNOWN_YET))
    return f"""# Why facts are refused

*Generated from `events/problems.toml` by `make docs`; do not edit.*

A receipt with the outcome `rejected` carries a problem (RFC 9457) of the type `urn:bagalau:problem:<code>`:
its `code` and `title` stand below, `detail` tells what is wrong and what to do, with the clause and the
figures of the act where there are any, and `field` names the place where one is at fault. A problem never
repeats a value of the fact. Codes are stable and, like titles and details, English; `bagalau grade` offline
tells the same as the intake.

A refusal is final, and a corrected fact takes a new id, but for {anew} and `undecidable`: there
the same fact is sent again, unchanged, and decided anew.
"""


def _section(where: Where, title: str, opening: str) -> str:
    lines = (_row(code, kind) for code, kind in BY_WHERE[where].items())
    head = "| code | title | what it means | what to do |\n| --- | --- | --- | --- |\n"
    return f"## {title}\n\n{opening}\n\n{head}{''.join(lines)}"


def _row(code: str, kind: Kind) -> str:
    return f"| `{code}` | {kind.title} | {kind.meaning} | {kind.remedy} |\n"
