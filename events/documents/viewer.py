"""A viewer as registered last: his role and the key that proves him."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from datetime import date
from typing import Final

import msgspec

from events.envelope import Event
from events.vocabulary.viewer import ViewerRegistered, ViewerRevoked

_KEY_BYTES: Final = 32


class Viewer(msgspec.Struct, frozen=True):
    """Who reads results in a role since a day.

    `key` is the Ed25519 public key's 32 bytes; None once he was revoked, who keeps role and day.
    """

    viewer: str
    role: str
    key: bytes | None
    since: date


def key_bytes(text: str) -> bytes | None:
    """The 32 bytes that a registered key writes down; None unless it is the one way to write them."""
    try:
        found = b64decode(text, validate=True)
    except (Base64Error, ValueError):
        return None
    return found if len(found) == _KEY_BYTES and b64encode(found).decode() == text else None


def evolve(document: Viewer | None, event: Event) -> Viewer:
    """The viewer after one more event."""
    match event.data:
        case ViewerRegistered() as data:
            return Viewer(data.viewer, data.role, key_bytes(data.key), event.occurred_on)
        case ViewerRevoked():
            current = document or Viewer(event.data.viewer, "servant", None, event.occurred_on)
            return msgspec.structs.replace(current, key=None)
    raise TypeError(f"{event.type} says nothing of a viewer")
