"""Every reason why a fact is refused: a stable code, its title, what it means and what to do about it.

Receipts, the command line and `docs/problems.md` tell the same sentences; where a refusal knows more (the
clause, the figures, the codes that are known) its detail says that instead.
"""

import tomllib
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, TypeAlias, get_args

import msgspec

MAX_BYTES: Final = 64 * 1024
"""The largest message that is read as a fact."""

Where: TypeAlias = Literal["door", "intake", "decider", "law"]
"""Who refuses: the door that reads a message, the intake that keeps order and repeats, the decider that holds
the fact against the ledger, or the law that a fact would change."""

_FILE = Path(__file__).with_suffix(".toml")


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One reason: a title of a few words, what it means, what to do."""

    title: str
    meaning: str
    remedy: str

    @property
    def sentence(self) -> str:
        """Meaning and remedy: the detail of a refusal that knows no more."""
        return f"{self.meaning} {self.remedy}"


def _read() -> dict[Where, dict[str, Kind]]:
    found = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return msgspec.convert(found, dict[Where, dict[str, Kind]])


BY_WHERE: MappingProxyType[Where, dict[str, Kind]] = MappingProxyType(_read())
"""The reasons of each of those who refuse, by code."""

KINDS: MappingProxyType[str, Kind] = MappingProxyType(
    {code: kind for where in get_args(Where) for code, kind in BY_WHERE[where].items()}
)
"""Every code with which a fact may be refused."""
