"""Files written whole or not at all, and read without being held in memory."""

import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from events.files import written
from projections.archives.failures import ArchiveError


@contextmanager
def written_whole(path: Path, *, force: bool) -> Iterator[IO[bytes]]:
    """A file that takes its name, with mode 0600, once the block ends well and it lies on the disk.

    Raises ArchiveError `file-exists` unless `force` is given.
    """
    check_free(path, force=force)
    try:
        with written(path, replace=force) as file:
            yield file
    except FileExistsError:
        # Somebody else wrote one meanwhile.
        check_free(path, force=force)
        raise


@contextmanager
def mapped(file: IO[bytes]) -> Iterator[memoryview]:
    """The file's bytes, read from the disk as they are looked at."""
    file.seek(0, os.SEEK_END)
    if file.tell() == 0:
        # An empty file cannot be mapped.
        yield memoryview(b"")
        return
    # Whoever holds a slice of the view holds the map: it is let go of with the last of them.
    yield memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def check_free(path: Path, *, force: bool) -> None:
    """Returns when a file may be written there. Raises ArchiveError `file-exists`."""
    if path.exists() and not force:
        raise ArchiveError("file-exists", f"{path} is there already.", "Name another file, or add --force.")
