"""Feeding a country's facts from several feeders at once, each fact until it has its receipt."""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import zip_longest
from typing import Final

import msgspec

from services.feeding import Fed, feed
from services.sample import Country, items_of, shared_out
from services.servers import Servers

FEEDERS: Final = 8

_FEEDING_PROCESSES: Final = 2


class Share(msgspec.Struct, frozen=True):
    """What one feeder fed: facts by outcome, from when to when, seconds from publish to receipt."""

    fed: int
    rejected: int
    again: int
    first: float
    last: float
    latencies: list[float]


def lines_of(country: Country, bodies: Sequence[str]) -> list[tuple[str, bytes]]:
    """The bodies' facts side by side, as bodies report in the same weeks."""
    of_each = [[(item.body, item.message) for item in items_of(country, body)] for body in bodies]
    return [line for together in zip_longest(*of_each) for line in together if line is not None]


def feed_all(servers: Servers, country: Country, window: int) -> list[Share]:
    """What each of the feeders fed, all bodies of the country together; the agency's facts are fed before."""
    shares = [share for share in shared_out(country, FEEDERS) if share]
    groups = [shares[at::_FEEDING_PROCESSES] for at in range(_FEEDING_PROCESSES)]
    with ProcessPoolExecutor(_FEEDING_PROCESSES) as pool:
        running = [pool.submit(_feed_group, servers.nats_url, country, group, window) for group in groups]
        return [share for one in running for share in one.result()]


def _feed_group(url: str, country: Country, shares: Sequence[Sequence[str]], window: int) -> list[Share]:
    """Feeds several feeders' bodies from one process; each feeder has a connection of its own."""
    lines = [lines_of(country, share) for share in shares]

    async def all_of_them() -> list[Share]:
        return await asyncio.gather(*(_feed_one(url, one, window) for one in lines))

    return asyncio.run(all_of_them())


async def _feed_one(url: str, lines: list[tuple[str, bytes]], window: int) -> Share:
    latencies: list[float] = []
    first = time.time()
    fed: Fed = await feed(url, lines, window=window, patience=120, answered=latencies.append)
    return Share(fed.accepted, len(fed.rejected), fed.again, first, time.time(), latencies)
