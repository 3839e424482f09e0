"""Runs the command as a user does: a process of its own, in a home of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECONDS = 120


def environment(home: Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("BAGALAU_")}
    return {**kept, "BAGALAU_HOME": str(home), "COLUMNS": "200"}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "services.cli", *arguments]


def bagalau(
    home: Path, *arguments: str, folder: Path | None = None, seconds: float = SECONDS
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments),
        env={**environment(home), "PYTHONPATH": str(Path(__file__).parents[3])},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


@contextmanager
def serving(home: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`bagalau up` (or another service), ready; ended as an operator ends it."""
    process = subprocess.Popen(
        command(*(arguments or ("up",))), env=environment(home), stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr is not None
        told = []
        for line in process.stderr:
            told.append(line)
            if "ready" in line:
                break
        else:
            raise AssertionError(f"{arguments or 'up'} did not get ready: {''.join(told)}")
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)
        assert process.stderr is not None
        process.stderr.close()
