"""What to do about a refusal where a person at a terminal said the fact, and no feeder sent it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from events.envelope import Refusal
from events.problems import KINDS

_REMEDIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "unknown-employee": "Check the code: `bagalau grades --body {body}` lists them; then run it again.",
        "key-malformed": "Give with --public what `bagalau viewer key` printed, and run it again.",
        "viewer-role-elsewhere": "Name the ledger that the role belongs to, and run it again.",
        "unknown-viewer": "`bagalau viewer list {body}` tells who there is.",
        "viewer-revoked": "Nothing is to be done.",
        "already-held": "Nothing is to be done.",
        "not-held": "`bagalau hold list --body {body}` tells what is held; lift that.",
    }
)


def told_here(refusal: Refusal, body: str) -> tuple[str, str, str]:
    """Code, meaning and remedy of what was refused in a body, as a command tells them."""
    kind = KINDS.get(refusal.code)
    meaning = refusal.detail if kind is None else refusal.detail.removesuffix(f" {kind.remedy}")
    remedy = _REMEDIES.get(refusal.code, "Correct what you named and run it again.")
    return refusal.code, meaning, remedy.format(body=body)
