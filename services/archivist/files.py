"""Files written whole or not at all, and read without being held in memory."""

import mmap
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from projections.archives.failures import ArchiveError


@contextmanager
def written_whole(path: Path, *, force: bool) -> Iterator[BinaryIO]:
    """A file that takes its name, with mode 0600, once the block ends well and it lies on the disk.

    Raises ArchiveError `file-exists` unless `force` is given.
    """
    check_free(path, force=force)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        check_free(path, force=force)
        Path(temporary).replace(path)
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    finally:
        with suppress(FileNotFoundError):
            Path(temporary).unlink()


@contextmanager
def mapped(file: BinaryIO) -> Iterator[memoryview]:
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
