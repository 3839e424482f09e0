"""Receipts as a feeder keeps them: its own proof of what was accepted, one JSON object per line."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import msgspec

from events.envelope import Receipt

_encoder = msgspec.json.Encoder()


class ReceiptsFile:
    """Appends receipts to a file as they come; what was there stays."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        self._file = self._path.open("ab")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            with self._file as file:
                # A pipe or a device has no disk behind it.
                if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    os.fsync(file.fileno())

    def write(self, receipt: Receipt) -> None:
        """Adds the receipt: at once it outlives the process, once the file is closed the machine."""
        assert self._file is not None
        self._file.write(_encoder.encode(receipt) + b"\n")
        self._file.flush()


def read_receipts(path: Path) -> Iterator[Receipt]:
    """The receipts of a file, in the order received. Raises msgspec.DecodeError for a line that is none."""
    with path.open("rb") as file:
        for line in file:
            if line.strip():
                yield msgspec.json.decode(line, type=Receipt)
