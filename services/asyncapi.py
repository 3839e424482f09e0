"""The queue's contract as an AsyncAPI document, kept in `docs/asyncapi.json`; run this module to write it.

FastStream makes it of the subjects as others see them. Its own payloads are left out: it knows pydantic's
models alone, and the vocabulary's schemas stand in `docs/schema` already.
"""

import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import msgspec
from faststream.nats import NatsBroker, NatsMessage
from faststream.specification import AsyncAPI

from services.intake.message import AFTER
from services.relay import CloudEvent

FILE: Final = Path(__file__).parent.parent / "docs" / "asyncapi.json"

_FACTS = (
    "A state body's facts, one per message, in the order in which they are sent; a body publishes under its"
    " own code alone. Keep a fact, and send it again, until its receipt is there."
)
_RECEIPTS = (
    "The answer to a fact, once it is committed; `id` is the fact's, or the SHA-256 of a message in which no"
    " id can be read. Subscribe before sending: it is published once, and again when the fact comes again."
)
_EVENTS = (
    "Committed events without what they say: CloudEvents 1.0 in structured JSON, at least once, in the order"
    " of their ledger."
)
_DOORBELL = (
    "Rung when a ledger has grown. Nothing depends on its arrival: whoever waits looks from time to time."
)
_AFTER = (
    "The id of the fact that this feeder sent before to the same body. While that one is not known, this one"
    " is refused with `unknown-predecessor` and decided anew when it is sent again."
)


def document() -> dict[str, Any]:
    """The document: what may be sent on which subject, and what comes back."""
    described = AsyncAPI(
        _broker(),
        title="Bagalau",
        version=version("bagalau"),
        schema_version="3.0.0",
        description="Facts in, receipts and events out, over NATS.",
    )
    made: dict[str, Any] = json.loads(described.to_specification().to_json())
    messages, schemas = made["components"]["messages"], _schemas()
    for name, message in messages.items():
        message["payload"] = schemas[name.partition(":")[0]]
        message.pop("correlationId", None)
        if name.startswith("facts:"):
            message["headers"] = {
                "type": "object",
                "properties": {AFTER: {"type": "string", "maxLength": 64, "description": _AFTER}},
            }
    made["components"]["schemas"] = _cloud_event()
    for channel in made["channels"].values():
        channel["parameters"] = _parameters(channel["address"])
    return made


def _broker() -> NatsBroker:
    broker = NatsBroker("nats://localhost:4222")

    @broker.subscriber("facts.{body}.{type}", title="facts", description=_FACTS)
    async def intake(message: NatsMessage) -> None:
        """Settles facts."""

    for subject, title, description in (
        ("receipts.{body}.{id}", "receipts", _RECEIPTS),
        ("events.{body}.{type}", "events", _EVENTS),
        ("doorbell.{body}", "doorbell", _DOORBELL),
    ):
        broker.publisher(subject, title=title, description=description)
    return broker


def _schemas() -> Mapping[str, dict[str, Any]]:
    return {
        "facts": {"$ref": "schema/fact.schema.json"},
        "receipts": {"$ref": "schema/receipt.schema.json"},
        "events": {"$ref": "#/components/schemas/CloudEvent"},
        "doorbell": {"type": "null"},
    }


def _cloud_event() -> dict[str, Any]:
    _, parts = msgspec.json.schema_components([CloudEvent], ref_template="#/components/schemas/{name}")
    return {name: _one_line(part) for name, part in parts.items()}


def _one_line(part: dict[str, Any]) -> dict[str, Any]:
    return {**part, "description": " ".join(part["description"].split())}


def _parameters(address: str) -> dict[str, Any]:
    told = {
        "body": "A state body's code, or `agency`.",
        "type": "A type of the vocabulary.",
        "id": "The fact's id, or its message's digest.",
    }
    return {name: {"description": text} for name, text in told.items() if f"{{{name}}}" in address}


def text() -> str:
    """The document as it is kept."""
    return json.dumps(document(), indent=2, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
