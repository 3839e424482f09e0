"""The subjects that a body or a service may publish to and subscribe to, and no others."""

from collections.abc import Mapping
from functools import reduce
from typing import Final

import msgspec

from services import streams
from services.broker.durables import body_durable
from services.servers import inbox

_API: Final = "$JS.API"


class Rights(msgspec.Struct, frozen=True):
    """What a user may publish to and subscribe to; an empty list is nothing."""

    publish: tuple[str, ...] = ()
    subscribe: tuple[str, ...] = ()

    def __or__(self, other: "Rights") -> "Rights":
        return Rights(
            tuple(dict.fromkeys((*self.publish, *other.publish))),
            tuple(dict.fromkeys((*self.subscribe, *other.subscribe))),
        )


def body_facts(code: str) -> str:
    """Where a body sends its facts."""
    return f"facts.{code}.>"


def body_fetch(code: str) -> str:
    """The one request by which a body takes its events."""
    return f"{_API}.CONSUMER.MSG.NEXT.{streams.EVENTS}.{body_durable(code)}"


def body_acks(code: str) -> str:
    """Where a body acknowledges its events."""
    return f"$JS.ACK.{streams.EVENTS}.{body_durable(code)}.>"


def body_hears(code: str) -> tuple[str, str]:
    """What a body is told: its receipts, and its events as they happen."""
    return f"receipts.{code}.>", f"events.{code}.>"


def body_rights(code: str) -> Rights:
    """A body sends its facts, hears its receipts and events, and fetches from its one durable."""
    return Rights(
        publish=(body_facts(code), body_fetch(code), body_acks(code)),
        subscribe=(*body_hears(code), f"{inbox(code)}.>"),
    )


def service_rights(name: str) -> Rights:
    """What one of SERVICES needs and no more. Raises KeyError for another name."""
    return _SERVICES[name]


def _intake_durables(request: str) -> tuple[str, ...]:
    return tuple(
        f"{_API}.{request}.{streams.FACTS}.{streams.intake_durable(number)}"
        for number in range(streams.PARTITIONS)
    )


_STREAMS = tuple(str(stream.name) for stream in streams.STREAMS)
_COMPARES = (
    *(f"{_API}.STREAM.INFO.{name}" for name in _STREAMS),
    f"{_API}.CONSUMER.LIST.{streams.FACTS}",
)
# Streams whose store was lost are made anew by the intake, without which no fact is settled anyhow.
_MAKES = (
    *_COMPARES,
    *(f"{_API}.STREAM.CREATE.{name}" for name in _STREAMS),
    *_intake_durables("CONSUMER.DURABLE.CREATE"),
)

_ALONE: Mapping[str, Rights] = {
    "intake": Rights(
        publish=(
            "receipts.*.*",
            "doorbell.*",
            *_MAKES,
            *_intake_durables("CONSUMER.INFO"),
            *_intake_durables("CONSUMER.RESET"),
            *_intake_durables("CONSUMER.MSG.NEXT"),
            *(
                f"$JS.ACK.{streams.FACTS}.{streams.intake_durable(number)}.>"
                for number in range(streams.PARTITIONS)
            ),
        ),
        subscribe=(f"{inbox('intake')}.>",),
    ),
    "relay": Rights(
        publish=("events.*.*", *_COMPARES),
        subscribe=(streams.all_doorbells_subject(), f"{inbox('relay')}.>"),
    ),
    "projector": Rights(subscribe=(streams.all_doorbells_subject(),)),
    # They work on PostgreSQL alone, and only look at the start whether NATS answers.
    "witness": Rights(),
    "keeper": Rights(),
    "clock": Rights(),
    "doctor": Rights(
        publish=(*_COMPARES, *_intake_durables("CONSUMER.INFO")),
        subscribe=(f"{inbox('doctor')}.>",),
    ),
    # Whether a fact of what is destroyed still waits in the queue; it can take nothing out of it.
    "destroyer": Rights(
        publish=(f"{_API}.STREAM.INFO.{streams.FACTS}", f"{_API}.STREAM.MSG.GET.{streams.FACTS}"),
        subscribe=(f"{inbox('destroyer')}.>",),
    ),
    "provisioner": Rights(
        publish=(
            *_MAKES,
            f"{_API}.STREAM.UPDATE.{streams.FACTS}",
            f"{_API}.CONSUMER.LIST.{streams.EVENTS}",
            f"{_API}.CONSUMER.DURABLE.CREATE.{streams.EVENTS}.*",
            f"{_API}.CONSUMER.DELETE.{streams.EVENTS}.*",
        ),
        subscribe=(f"{inbox('provisioner')}.>",),
    ),
}

UP: Final = "up"
"""Who runs all services in one process, under one key."""

_SERVED: Final = ("intake", "relay", "projector", "witness", "keeper", "clock")

_SERVICES: Mapping[str, Rights] = {**_ALONE, UP: reduce(Rights.__or__, (_ALONE[name] for name in _SERVED))}

SERVICES: Final = tuple(_SERVICES)
"""Those who use the broker beside the bodies."""
