"""Heartbeats: what each process says of itself, for whoever asks what is stuck."""

import os
import secrets
import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from events.log import Connection
from events.sql import statements

BEAT_SECONDS: Final = 1.0
"""How often a process says that it is alive."""

_SQL = statements("services")


class Heartbeat(msgspec.Struct, frozen=True):
    """The last word of a process, `age` seconds old by the server's clock."""

    service: str
    instance: str
    at: datetime
    age: float
    detail: Mapping[str, Any]


def new_instance() -> str:
    """A name for this process's beats: machine, process, and a few random digits for one that is reused."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(2)}"


def beat(conn: Connection, service: str, instance: str, detail: Mapping[str, Any]) -> None:
    """Says that the process is alive, and how it fares."""
    conn.execute(_SQL["beat"], [service, instance, msgspec.json.encode(detail).decode()])
    conn.execute(_SQL["forget_beats"], [service])


def leave(conn: Connection, service: str, instance: str) -> None:
    """Says that the process ends of its own will: it is not missed."""
    conn.execute(_SQL["leave"], [service, instance])


def heartbeats(conn: Connection) -> list[Heartbeat]:
    """The last word of every process, dead ones of the last day too."""
    return [
        Heartbeat(service, instance, at.astimezone(UTC), age, detail)
        for service, instance, at, age, detail in conn.execute(_SQL["beats"])
    ]
