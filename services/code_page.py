"""Renders `docs/codes.md` from the table of codes: `python -m services.code_page [FOLDER]`."""

import sys
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec


class Code(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a code means and what to do; `explained` where the ledger itself gives the reason."""

    meaning: str
    remedy: str
    explained: bool = False


_SECTIONS: Final = (
    ("rebuild", "Rebuilds", "`bagalau rebuild` and whatever derives results anew ends with one of these."),
    ("correction", "Corrections", "`bagalau correct` ends with one of these, or with one of a rebuild."),
    (
        "replay",
        "Findings of the audit",
        "`bagalau replay` tells each with body, result and place; it exits with 1 when one is not explained.",
    ),
)


def _read() -> Mapping[str, Mapping[str, Code]]:
    table = tomllib.loads(files(__package__).joinpath("codes.toml").read_text("utf-8"))
    return MappingProxyType(msgspec.convert(table, dict[str, dict[str, Code]]))


CODES: Final = _read()
"""The codes of each section, in the order of the page."""


def code_page() -> str:
    """Every code with which a rebuild, a correction or an audit ends or tells of something."""
    return "\n".join((_OPENING, *(_section(*section) for section in _SECTIONS)))


_OPENING: Final = """# What rebuilds, corrections and audits tell

*Generated from `services/codes.toml` by `make docs`; do not edit.*

A command that cannot be carried out exits with 1 and tells a code, a sentence and what to do; with `--json`
the same stands on standard error as `{"error": {"code", "detail", "remedy"}}`. Codes are stable. Why facts
are refused stands on [a page of its own](problems.md); [operating.md](operating.md) tells of the commands.
"""


def _section(section: str, title: str, opening: str) -> str:
    found = CODES[section]
    with_reason = any(code.explained for code in found.values())
    head = ["code", *(["explained"] if with_reason else []), "what it means", "what to do"]
    rows = [
        [
            f"`{name}`",
            *(["yes" if code.explained else "no"] if with_reason else []),
            code.meaning,
            code.remedy,
        ]
        for name, code in found.items()
    ]
    lines = (f"| {' | '.join(row)} |\n" for row in (head, ["---"] * len(head), *rows))
    return f"## {title}\n\n{opening}\n\n{''.join(lines)}"


def main(folder: Path) -> None:
    """Writes the page into a folder."""
    (folder / "codes.md").write_text(code_page(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs"))
