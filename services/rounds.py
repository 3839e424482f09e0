"""Rounds: a process says that it is alive and works when it is time, over one connection after another."""

import asyncio
import logging
import math
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import psycopg

from events.log import Connection
from services.heartbeat import BEAT_SECONDS, beat, leave, new_instance


class Rounds:
    """The beats of a service, and its work every so many seconds; PostgreSQL may be away for a while.

    `connected` opens a session, `detail` tells how the service fares. What is to be `finished` is done once
    more at the end.
    """

    def __init__(
        self,
        service: str,
        connected: Callable[[], Connection],
        detail: Callable[[], Mapping[str, Any]],
        work: Callable[[Connection], None] = lambda _: None,
        *,
        every: float = math.inf,
        finished: bool = False,
    ) -> None:
        self._service = service
        self._connected = connected
        self._detail = detail
        self._work = work
        self._every = every
        self._finished = finished
        self._instance = new_instance()
        self._conn: Connection | None = None
        self._done_at = -math.inf
        self._log = logging.getLogger(f"bagalau.{service}")

    async def run(self, stop: asyncio.Event, ready: Callable[[], None] = lambda: None) -> None:
        """Goes round until `stop` is set; `ready` is called once the first session is open.

        Raises what opening the first session raises.
        """
        await asyncio.to_thread(self._session)
        ready()
        try:
            while not stop.is_set():
                await asyncio.to_thread(self._round)
                with suppress(TimeoutError):
                    async with asyncio.timeout(BEAT_SECONDS):
                        await stop.wait()
            await asyncio.to_thread(self._end)
        finally:
            self._close()

    def _session(self) -> Connection:
        if self._conn is None or self._conn.closed:
            self._conn = self._connected()
        return self._conn

    def _round(self) -> None:
        away = self._conn is None
        try:
            conn = self._session()
            if time.monotonic() - self._done_at >= self._every:
                self._work(conn)
                self._done_at = time.monotonic()
            beat(conn, self._service, self._instance, self._detail())
        except psycopg.Error as error:
            if not away:
                self._log.warning("PostgreSQL is away: %s", type(error).__name__)
            self._close()

    def _end(self) -> None:
        try:
            conn = self._session()
            if self._finished:
                self._work(conn)
            leave(conn, self._service, self._instance)
        except psycopg.Error as error:
            self._log.warning("PostgreSQL is away at the end: %s", type(error).__name__)

    def _close(self) -> None:
        if self._conn is not None:
            self._conn.close()
            self._conn = None
