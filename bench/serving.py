"""Services in processes of their own, as `bagalau serve` runs them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread


@contextmanager
def served(home: Path, service: str) -> Iterator[subprocess.Popen[str]]:
    """The service's process, ready when entered, ended when left."""
    process = subprocess.Popen(
        [sys.executable, "-m", "services.cli", "serve", service],
        env={**os.environ, "BAGALAU_HOME": str(home)},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        if not any("ready" in line for line in process.stderr):
            raise SystemExit(f"the {service} did not start")
        # What it says later must not fill the pipe and make it wait.
        Thread(target=process.stderr.read, daemon=True).start()
        yield process
    finally:
        process.terminate()
        process.wait(timeout=60)
