"""What goes to the log: one line an outage, in the product's own words, and no tracebacks of libraries."""

import logging
import time
from typing import Final

_LIBRARIES: Final = ("nats", "faststream", "bagalau.faststream", "asyncio")
"""They tell of each attempt with a traceback; the services say themselves what is away, and for how long."""

_OUTAGE_SECONDS: Final = 30.0


def configure(*, verbose: bool) -> None:
    """Logs warnings to standard error; with `verbose` also what each service does, and libraries' words."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO if verbose else logging.WARNING)
    if not verbose:
        handler.addFilter(OncePerOutage())
        for name in _LIBRARIES:
            # A filter, as a library may set its logger's level itself.
            logging.getLogger(name).addFilter(_critical)
            logging.getLogger(name).setLevel(logging.CRITICAL)


_POSTGRES_AWAY: Final = (
    "OperationalError", "InterfaceError", "AdminShutdown", "CrashShutdown", "CannotConnectNow",
)  # fmt: skip
"""What psycopg calls the absence of a server, in the places where it is noticed."""


class OncePerOutage(logging.Filter):
    """Lets a warning pass when it was not given for half a minute, whichever service and part gives it.

    The last argument of a warning says why; what differs before it (the partition, the ledger) says only how
    many are held up, which `bagalau doctor` lists.
    """

    def __init__(self) -> None:
        super().__init__()
        self._given: dict[tuple[str, ...], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        why = [str(last) for last in record.args[-1:]] if isinstance(record.args, tuple) else []
        if any(name in reason for reason in why for name in _POSTGRES_AWAY):
            record.msg, record.args, why = "PostgreSQL is away", (), []
        key = (str(record.msg), *why)
        now = time.monotonic()
        before = self._given.get(key)
        self._given[key] = now
        return before is None or now - before > _OUTAGE_SECONDS


def _critical(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.CRITICAL
