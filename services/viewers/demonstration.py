"""Homes that `bagalau demo` made: whatever is in them is made up, and nobody need prove who he is."""

from pathlib import Path
from typing import Final

from events.keyring import Keyring
from services.keys import fingerprint
from services.servers import Servers

_MARK: Final = "demo"


def mark_demonstration(home: Path, servers: Servers, keyring: Keyring) -> None:
    """Marks a home whose embedded servers hold nothing but a demonstration.

    Call it for a home that was empty. Servers of one's own are never marked.
    """
    if servers.embedded:
        (home / _MARK).write_text(f"{fingerprint(keyring).hex()}\n", encoding="utf-8")


def is_demonstration(home: Path, servers: Servers, keyring: Keyring) -> bool:
    """Whether the home was made by a demonstration, and still holds the keyring that was made with it."""
    # The mark names the keyring: carried into another home it marks nothing there.
    if not servers.embedded:
        return False
    try:
        return (home / _MARK).read_text(encoding="utf-8").strip() == fingerprint(keyring).hex()
    except (OSError, UnicodeDecodeError):
        return False
