"""Payloads as they are stored: versioned, and upcast when an older layout is read."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec

from events.envelope import Fact
from events.vocabulary import TYPES, Data

D = TypeVar("D", bound=Data)
Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Takes the data of one version of a type and returns those of the next."""


class UnknownEventError(Exception):
    """A stored type or version that this release does not know (`unknown-event`)."""

    code = "unknown-event"


class Payload(msgspec.Struct, Generic[D], frozen=True):
    """What an event says, apart from its place in the ledger."""

    id: UUID
    occurred_on: date
    actor: str
    data: D


class _Older(msgspec.Struct, frozen=True):
    id: UUID
    occurred_on: date
    actor: str
    data: dict[str, Any]


# An act's order is told by it too: competencies may be named by their number in it.
_encoder = msgspec.json.Encoder()
_canonical = msgspec.json.Encoder(order="deterministic")


class Codec:
    """Encodes and decodes payloads of a vocabulary.

    The stored type is the type's name, with `/2` and so on once its layout has changed. `upcasters`
    maps (type, version) to the function that lifts that version's data to the next.
    """

    def __init__(
        self,
        types: Mapping[str, type[Data]] = TYPES,
        upcasters: Mapping[tuple[str, int], Upcaster] | None = None,
    ) -> None:
        self._upcasters = dict(upcasters or {})
        self._types = dict(types)
        self._decoders = {
            self.stored_type(name): msgspec.json.Decoder(Payload[kind])  # type: ignore[valid-type]
            for name, kind in types.items()
        }

    def stored_type(self, name: str) -> str:
        """The type as the ledger keeps it: `SheetIssued`, or `SheetIssued/2` from the second layout on."""
        version = self._types[name].version
        return name if version == 1 else f"{name}/{version}"

    def encode(self, payload: Payload[Data]) -> bytes:
        """The payload as JSON, what it maps in the order given."""
        return _encoder.encode(payload)

    def decode(self, stored_type: str, encoded: bytes) -> Payload[Data]:
        """The payload in today's layout; raises UnknownEventError and msgspec.ValidationError."""
        decoder = self._decoders.get(stored_type)
        if decoder is not None:
            return decoder.decode(encoded)
        return self._upcast(stored_type, encoded)

    def _upcast(self, stored_type: str, encoded: bytes) -> Payload[Data]:
        name, versioned, number = stored_type.partition("/")
        kind = self._types.get(name)
        # A version of today or later is none to lift: read as today's, a newer layout would be misread.
        older = kind is not None and (number if versioned else "1") in map(str, range(1, kind.version))
        if kind is None or not older:
            raise UnknownEventError(f"event type {stored_type} is not in this release's vocabulary")
        old = msgspec.json.decode(encoded, type=_Older)
        data = old.data
        for version in range(int(number or "1"), kind.version):
            upcaster = self._upcasters.get((name, version))
            if upcaster is None:
                raise UnknownEventError(f"no upcaster lifts {name} from version {version}")
            data = upcaster(data)
        return Payload(old.id, old.occurred_on, old.actor, msgspec.convert(data, kind))


def public_type(stored_type: str) -> str:
    """The type's name on the wire, without the version of its layout."""
    return stored_type.partition("/")[0]


def canonical(fact: Fact) -> bytes:
    """The one byte form of a fact, whatever its spacing, key order or way of writing a score."""
    return _canonical.encode(fact)
