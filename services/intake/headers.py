"""Keeps feeders' headers away from the client library, which would take some of them for the server's word.

A pulled message with a header `Status: 404`, or with headers that do not parse, is dropped or ends the
connection (nats-py 2.16): one body could stop the partition for all that share it.
"""

import re

from nats.aio.client import Client

from services.intake.message import AFTER

_ACK_PREFIX = b"$JS.ACK."
_AFTER = re.compile(rb"\r\n" + AFTER.encode() + rb":[ \t]*([0-9a-fA-F-]{1,64})[ \t]*\r\n")


def only_ours(headers: bytes) -> bytes:
    """The headers with nothing but a well-formed `Bagalau-After` left of them; empty without one."""
    found = _AFTER.search(headers)
    return b"NATS/1.0\r\n%b: %b\r\n\r\n" % (AFTER.encode(), found[1]) if found else b""


def guard(client: Client) -> None:
    """Makes the client see of a stored message's headers what `only_ours` leaves."""
    unguarded = client._process_msg  # noqa: SLF001 - the one place where raw headers pass

    async def process(sid: int, subject: bytes, reply: bytes, data: bytes, headers: bytes) -> None:
        stored = bool(reply) and bytes(reply).startswith(_ACK_PREFIX)
        await unguarded(sid, subject, reply, data, only_ours(headers) if stored and headers else headers)

    client._process_msg = process  # type: ignore[method-assign]  # noqa: SLF001
