"""`destroy run` as a process of its own, which kills itself at a step."""

import os
import signal
import sys
from pathlib import Path

from services.destroying.running import Destroyer
from services.keys import open_keyring
from services.servers import Servers, connect
from tests.facts import BODY
from tests.services.destroying.years_ago import TODAY


def main(url: str, keyring_file: str, number: str, step: str) -> None:
    def reached(at: str) -> None:
        if at == step:
            os.kill(os.getpid(), signal.SIGKILL)

    servers = Servers(url, "")
    with (
        connect(servers, "bagalau_destroyer", autocommit=True) as conn,
        connect(servers, "bagalau_projector", autocommit=True) as projector,
    ):
        file = Path(keyring_file)
        Destroyer(
            conn,
            projector,
            open_keyring(file),
            file,
            lambda *_: None,
            reached=reached,
            day=lambda _: TODAY,
            batch=4,
            patience=5,
        ).run(BODY, number)


if __name__ == "__main__":
    main(*sys.argv[1:])
