"""The register of the broker's users: whose public key is whose. It holds no secret."""

import re
from collections.abc import Mapping
from pathlib import Path

import msgspec

from events.files import written
from events.vocabulary.types import BODY_PATTERN
from services.broker.keys import BrokerError, check_public
from services.broker.rights import SERVICES

_BODY = re.compile(BODY_PATTERN)
_FORMAT = 1

Keys = Mapping[str, tuple[str, ...]]


class Register(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Public keys by body and by service; several of one stand side by side while one replaces another."""

    format: int = _FORMAT
    bodies: Keys = {}
    services: Keys = {}

    def with_body(self, code: str, public: str) -> "Register":
        """The register in which the body has this key too. Raises BrokerError."""
        if not _BODY.fullmatch(code):
            raise BrokerError(
                "body-malformed",
                "A body's code is made of small letters, digits and dashes.",
                "Give the code under which the body is registered.",
            )
        return msgspec.structs.replace(self, bodies=_added(self, self.bodies, code, public))

    def with_service(self, name: str, public: str) -> "Register":
        """The register in which the service has this key too. Raises BrokerError."""
        if name not in SERVICES:
            raise BrokerError(
                "service-unknown", "There is no such service.", f"Give one of {', '.join(SERVICES)}."
            )
        return msgspec.structs.replace(self, services=_added(self, self.services, name, public))

    def without_body(self, code: str, public: str | None = None) -> "Register":
        """The register without the body, or without one key of it. Raises BrokerError `nkey-unknown`."""
        return msgspec.structs.replace(self, bodies=_removed(self.bodies, code, public))

    def without_service(self, name: str, public: str | None = None) -> "Register":
        """The register without the service, or without one key of it. Raises BrokerError `nkey-unknown`."""
        return msgspec.structs.replace(self, services=_removed(self.services, name, public))


def read_register(file: Path) -> Register:
    """The register of a file; an empty one where there is none.

    Raises BrokerError `register-unreadable`, and `nkey-malformed` for what is no public key.
    """
    try:
        found = msgspec.json.decode(file.read_bytes(), type=Register)
    except FileNotFoundError:
        return Register()
    except (OSError, msgspec.DecodeError):
        found = None
    if found is None or found.format != _FORMAT:
        raise BrokerError(
            "register-unreadable", f"{file} is no register of this release.", "Restore its back-up."
        )
    # Written anew from its own words, so that an edit by hand cannot give a code that is a wildcard.
    made = Register()
    for code, keys in found.bodies.items():
        for public in keys:
            made = made.with_body(code, public)
    for name, keys in found.services.items():
        for public in keys:
            made = made.with_service(name, public)
    return made


def write_register(file: Path, register: Register) -> None:
    """Writes the register, whole or not at all."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = msgspec.json.format(msgspec.json.encode(register, order="sorted"), indent=2)
    with written(file, replace=True) as made:
        made.write(content + b"\n")


def _added(register: Register, keys: Keys, name: str, public: str) -> Keys:
    check_public(public)
    taken = [*register.bodies.values(), *register.services.values()]
    if any(public in one for one in taken):
        raise BrokerError(
            "nkey-taken", f"The key {public} is somebody's already.", "Make a key for each user."
        )
    return {**keys, name: (*keys.get(name, ()), public)}


def _removed(keys: Keys, name: str, public: str | None) -> Keys:
    held = keys.get(name, ())
    left = tuple(one for one in held if public is not None and one != public)
    if left == held:
        raise BrokerError("nkey-unknown", "Nobody of this name has this key.", "See `bagalau broker list`.")
    return {**{one: of for one, of in keys.items() if one != name}, **({name: left} if left else {})}
