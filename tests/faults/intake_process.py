"""An intake in a process of its own that kills itself (SIGKILL) at the n-th reach of a point."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import msgspec

from events import keyring
from services.intake import service
from services.intake.crash import CrashPoint
from services.intake.partition import Partition
from services.servers import Servers

ROOT = Path(__file__).parents[2]
READY = b"ready\n"


class Orders(msgspec.Struct, frozen=True):
    """What the process is to do: whom to serve, and where to die, if anywhere.

    With `pauses` it stands still there once (SIGSTOP) instead of dying; with `awaits` it does neither before
    it is told to (SIGUSR1).
    `bug` names the class of partition that is served instead of the product's; see `BUGS`.
    """

    servers: Servers
    keyring: str
    log: str
    point: CrashPoint | None = None
    reach: int = 1
    pauses: bool = False
    awaits: bool = False
    bug: str | None = None


class AcknowledgesFirst(Partition):
    """The seeded bug: the queue is told that a batch is done before the log holds it."""

    async def _settle(self, conn, raws):  # type: ignore[no-untyped-def]
        for raw in raws:
            await raw.ack()
        await self._office.client.flush()
        return await super()._settle(conn, raws)


BUGS: dict[str | None, type[Partition]] = {None: Partition, "acknowledges-first": AcknowledgesFirst}


class IntakeProcess:
    """A running intake; it ends well when it is told to, or when the test's process is gone."""

    def __init__(self, orders: Orders) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.intake_process"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(orders) + b"\n")
        self._process.stdin.flush()

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_running(self) -> bool:
        return self._process.poll() is None

    def until_ready(self) -> None:
        """Returns once it serves; raises when it ends instead."""
        assert self._process.stdout is not None
        if self._process.stdout.readline() != READY:
            raise RuntimeError(f"the intake ended with {self._process.wait()}")

    def until_paused(self) -> None:
        """Returns once it stands still; raises when it ends instead."""
        assert self._process.stdout is not None
        while (said := self._process.stdout.readline()) == READY:
            pass
        if not said:
            raise RuntimeError(f"the intake ended with {self._process.wait()}")

    def arm(self) -> None:
        self._process.send_signal(signal.SIGUSR1)

    def go_on(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def until_crashed(self, seconds: float) -> CrashPoint:
        """Where it killed itself. Raises TimeoutExpired, and RuntimeError when it ended in another way."""
        assert self._process.stdout is not None
        code = self._process.wait(seconds)
        last = self._process.stdout.read().decode().split()
        if code != -signal.SIGKILL or not last:
            raise RuntimeError(f"the intake ended with {code} after {last}")
        self._close()
        return CrashPoint(last[-1])

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._close()

    def stop(self, seconds: float = 60.0) -> int:
        """Its exit code once it has finished the batches in hand; it is killed when it takes too long."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()
        try:
            return self._process.wait(seconds)
        finally:
            if self.is_running():
                self.kill()
            self._close()

    def _close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


class _Crash:
    """Counts the reaches of one point, in whichever thread, and dies at the one that was ordered."""

    def __init__(self, orders: Orders) -> None:
        self._point = orders.point
        self._left = orders.reach
        self._pauses = orders.pauses
        self._armed = not orders.awaits
        signal.signal(signal.SIGUSR1, self._arm)
        self._lock = threading.Lock()

    def __call__(self, point: CrashPoint) -> None:
        if point is not self._point or not self._armed:
            return
        with self._lock:
            self._left -= 1
            if self._left == 0:
                os.write(sys.stdout.fileno(), f"{point}\n".encode())
                os.kill(os.getpid(), signal.SIGSTOP if self._pauses else signal.SIGKILL)

    def _arm(self, *_: object) -> None:
        self._armed = True


def _ready() -> None:
    os.write(sys.stdout.fileno(), READY)


async def _serve(orders: Orders) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait_for_the_end() -> None:
        sys.stdin.buffer.read()
        loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=wait_for_the_end, daemon=True).start()
    await service.run(
        orders.servers,
        keyring.load(Path(orders.keyring)),
        stop,
        ready=_ready,
        reached=_Crash(orders),
        partition=BUGS[orders.bug],
    )


def main() -> None:
    orders = msgspec.json.decode(sys.stdin.buffer.readline(), type=Orders)
    logging.basicConfig(
        filename=orders.log, level=logging.INFO, format="%(asctime)s %(process)d %(name)s %(message)s"
    )
    asyncio.run(_serve(orders))


if __name__ == "__main__":
    main()
