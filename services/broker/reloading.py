"""Has a running nats-server read its configuration anew; connections of those who stay are kept."""

import os
import signal
import time
from pathlib import Path

from services.broker.keys import BrokerError

_PAUSE_SECONDS = 1.0


def reload_server(pid_file: Path, pause: float = _PAUSE_SECONDS) -> None:
    """Returns once the server was told twice, `pause` seconds apart.

    Whether it took the configuration stands in its log. Raises BrokerError `nats-not-running`.
    """
    try:
        pid = _pid(pid_file.read_text())
        os.kill(pid, signal.SIGHUP)
        # nats-server (2.15.1) puts the imports of an account that is new into force at the next reading only:
        # until then what that body sends finds no stream.
        time.sleep(pause)
        os.kill(pid, signal.SIGHUP)
    except (OSError, ValueError) as error:
        raise BrokerError(
            "nats-not-running",
            f"The server of {pid_file} cannot be told ({type(error).__name__}).",
            "Name the pid_file of nats.conf, as a user who may signal the server.",
        ) from None


def _pid(text: str) -> int:
    pid = int(text)
    if pid <= 1:
        raise ValueError("a group of processes, or the first one")
    return pid
