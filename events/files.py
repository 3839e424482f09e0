"""Files that are whole or not there, and lie on the disk before anybody is told of them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO


@contextmanager
def written(path: Path, *, replace: bool) -> Iterator[IO[bytes]]:
    """A file that takes its name once the block ends well, and lies on the disk then; else it is not there.

    Raises FileExistsError for one that is there already, unless it is to `replace` it, and OSError.
    """
    with beside(path) as file:
        yield file
        settle(file)
        if replace:
            Path(file.name).replace(path)
        else:
            # A link, unlike a rename, never takes the place of what another process made meanwhile.
            path.hardlink_to(file.name)
        settle_names(path.parent)


@contextmanager
def beside(path: Path) -> Iterator[IO[bytes]]:
    """A file of mode 0600 in the folder of `path`; gone after the block unless it was given another name.

    Raises OSError that names `path`.
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
