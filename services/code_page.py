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
    (
        "archive",
        "Archives",
        "`bagalau archive` ends with one of these, or `verify` and `replay` of it find them in the file.",
    ),
    (
        "destroying",
        "Destructions",
        "`bagalau destroy` ends with one of these. `bagalau hold` tells why its fact was refused.",
    ),
    (
        "viewer",
        "Viewers",
        "Whatever reads `--as` a viewer ends with one of these; `bagalau viewer` says why a fact is refused.",
    ),
    ("broker", "The broker's users", "`bagalau broker` ends with one of these."),
    (
        "checkpoint",
        "Checkpoints and countersignatures",
        "`bagalau checkpoint` and `verify` with what was kept outside end with one of these.",
    ),
    ("trust", "Trust in signatures", "Whatever verifies signatures of facts ends with this."),
    ("keyring", "The keyring", "Whatever opens or seals ends with one of these."),
    ("log", "The ledgers", "Whatever reads or records ends with one of these, or `missing-events`."),
    ("server", "The servers", "Whatever needs PostgreSQL or NATS ends with one of these."),
    ("command", "Any command", "Some commands, or any of them, end with one of these."),
)


def _read() -> Mapping[str, Mapping[str, Code]]:
    table = tomllib.loads(files(__package__).joinpath("codes.toml").read_text("utf-8"))
    return MappingProxyType(msgspec.convert(table, dict[str, dict[str, Code]]))


CODES: Final = _read()
"""The codes of each section, in the order of the page."""


def code_page() -> str:
    """Every code with which a command ends or tells of something."""
    return "\n".join((_OPENING, *(_section(*section) for section in _SECTIONS)))


_OPENING: Final = """# What commands tell

*Generated from `services/codes.toml` by `make docs`; do not edit.*

A command that cannot be carried out exits with 1 and tells a code, a sentence and what to do; with `--json`
the same stands on standard error as `{"error": {"code", "detail", "remedy"}}`. Where no remedy comes with the
code, what to do stands here. Codes are stable. Why facts are refused stands on
[a page of its own](problems.md); [operating.md](operating.md) tells of the commands.
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
