"""Servers of a measure's own, in a directory that is gone afterwards."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.servers import Servers, running


@contextmanager
def own_servers() -> Iterator[tuple[Path, Servers]]:
    """A fresh home with embedded servers, or the given ones; the home is removed."""
    home = Path(tempfile.mkdtemp(prefix="bagalau-bench-"))
    try:
        with running(home) as servers:
            yield home, servers
    finally:
        shutil.rmtree(home, ignore_errors=True)
