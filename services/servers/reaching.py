"""A first connection to NATS that gives up: the client alone would try for ever."""

import asyncio
import os

import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError

from services.servers.admission import admission
from services.servers.errors import ServersError

CONNECT_SECONDS = 3.0
"""How long a server may take to answer someone who only looks."""


async def reach(url: str, seconds: float = CONNECT_SECONDS, *, name: str = "doctor") -> Client:
    """A connection that is not made again when it is lost, admitted as `name`; see `admission`.

    Raises ServersError `nats-failed`, and what `admission` raises.
    """
    options = admission(url, name)
    try:
        async with asyncio.timeout(seconds):
            return await nats.connect(
                url,
                connect_timeout=max(1, int(seconds)),
                allow_reconnect=False,
                max_reconnect_attempts=1,
                reconnect_time_wait=0.1,
                error_cb=_quiet,
                **options,
            )
    except (NatsError, OSError, ValueError) as error:
        raise nats_failed(error) from None


def nats_failed(error: Exception) -> ServersError:
    """The failure of a NATS client in a sentence, with the variable that names the server."""
    told = str(error).removeprefix("nats: ").strip("'") or "it does not answer"
    given = "BAGALAU_NATS_URL" in os.environ
    return ServersError(
        "nats-failed",
        f"{'The NATS of BAGALAU_NATS_URL' if given else 'The NATS of this home'}: {told}.",
        "Check the variable, and that the server it names runs and admits you."
        if given
        else "Start `bagalau up`; `nats.log` in the home has the server's words.",
    )


async def _quiet(_: Exception) -> None:
    """The failure itself is told of once, by whoever connects."""
