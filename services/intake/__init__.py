"""Takes facts from the queue: each is decided, kept and receipted in the transaction of its batch."""

import asyncio
from collections.abc import Callable

from events.keyring import Keyring
from services.servers import Servers


async def run(
    servers: Servers, keyring: Keyring, stop: asyncio.Event, *, ready: Callable[[], None] = lambda: None
) -> None:
    """Serves until `stop` is set; see `services.intake.service.run`."""
    # FastStream takes half a second to import, and those who read facts without a queue have no use for it.
    from services.intake import service  # noqa: PLC0415

    await service.run(servers, keyring, stop, ready=ready)
