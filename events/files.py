"""Files that are whole or not there, and lie on the disk before anybody is told of them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO


@contextmanager
def beside(path: Path) -> Iterator[IO[bytes]]:
    """A file of mode 0600 in the folder of `path`; gone after the block unless it was given another name.

    A rename puts it in the place of what is there, a link only where nothing is. Raises OSError that names
    `path`.
    """
    try:
        file = NamedTemporaryFile("w+b", dir=path.parent, prefix=f".{path.name}.", delete=False)  # noqa: SIM115 - closed below
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    try:
        with file:
            yield file
    finally:
        Path(file.name).unlink(missing_ok=True)


def settle(file: IO[bytes]) -> None:
    """Returns once what was written into the file lies on the disk."""
    file.flush()
    os.fsync(file.fileno())


def settle_names(folder: Path) -> None:
    """Returns once the folder's renames and links lie on the disk."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
