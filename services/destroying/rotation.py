"""The living keys wrapped under a new key-encryption key, and the old one erased.

Deleted rows live on in heap pages and in the write-ahead log: what they hold goes with the key that wraps it.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec

from events import keyring
from events.files import settle
from events.keyring import Keyring, KeyringError
from events.log import Connection
from events.sql import statements
from projections.sql import statements as projection_statements

_SQL = statements("destroying")
_PROJECTION_SQL = projection_statements("destroying")
_PAGE: Final = 2000
_FIRST: Final = UUID(int=0)

Reached = Callable[[str], None]
"""Told of each step once it is done; where a test may end the process."""

Told = Callable[[int], None]
"""Told how many keys were wrapped anew."""


class Rotated(msgspec.Struct, frozen=True):
    """The number of the new key, how many keys it wraps, and how many did not open under the old one.

    Those are left as they were, and are lost: nobody could read what they seal before either.
    """

    kek: int
    wrapped: int
    unopened: int


def rotate(conn: Connection, path: Path, reached: Reached, told: Told = lambda _: None) -> Rotated:
    """Wraps every living key anew, and erases every other key-encryption key from the keyring's file.

    Broken off anywhere it can be called again, and then begins with one more new key: what stood under the
    last one may have been destroyed since. Raises KeyringError.
    """
    ring = keyring.load(path).rotated(os.urandom)
    keyring.save(ring, path, replace=True)
    reached("key-made")
    with conn.transaction():
        conn.execute(_SQL["shut_wrapping"])
        conn.execute(_SQL["raise_wrapping"], [ring.newest])
    reached("wrapping-raised")
    wrapping = _Wrapping(conn, ring, told)
    wrapping.documents()
    reached("documents-wrapped")
    wrapping.record_keys()
    reached("records-wrapped")
    wrapping.rejection_keys()
    reached("rejections-wrapped")
    for number in sorted(ring.keks):
        if number != ring.newest:
            ring = ring.without(number)
    keyring.save(ring, path, replace=True)
    reached("key-erased")
    _clear_away(path)
    return Rotated(ring.newest, wrapping.wrapped, wrapping.unopened)


class _Wrapping:
    """Goes over every table that holds wrapped keys."""

    def __init__(self, conn: Connection, ring: Keyring, told: Told) -> None:
        self.wrapped = 0
        self.unopened = 0
        self._conn = conn
        self._ring = ring
        self._told = told

    def documents(self) -> None:
        after: tuple[Any, ...] = ("", _FIRST)
        while rows := self._page(_SQL["old_documents"], after):
            self._wrap(_SQL["wrap_documents"], [(row[:2], *row[1:]) for row in rows])
            after = rows[-1][:2]

    def record_keys(self) -> None:
        after: tuple[Any, ...] = ("", b"", _FIRST)
        while rows := self._page(_PROJECTION_SQL["old_record_keys"], after):
            self._wrap(_PROJECTION_SQL["wrap_record_keys"], [(row[:3], *row[2:]) for row in rows])
            after = rows[-1][:3]

    def rejection_keys(self) -> None:
        cursor = self._conn.cursor(binary=True)
        rows = cursor.execute(_SQL["old_rejection_keys"], [self._ring.newest]).fetchall()
        self._wrap(_SQL["wrap_rejection_keys"], [(row[:2], *row[1:]) for row in rows])

    def _page(self, statement: bytes, after: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        cursor = self._conn.cursor(binary=True)
        return cursor.execute(statement, [self._ring.newest, *after, _PAGE]).fetchall()

    def _wrap(self, statement: bytes, rows: list[tuple[Any, ...]]) -> None:
        """Each row: its place, what its key is bound to, the number of the old key, and the wrapped key."""
        anew: list[tuple[Any, ...]] = []
        for place, bound, kek, wrapped in rows:
            try:
                key = self._ring.unwrap(bound, kek, wrapped)
            except KeyringError:
                self.unopened += 1
                continue
            anew.append((*place, self._ring.wrap(bound, key)[1]))
        if anew:
            columns = [list(column) for column in zip(*anew, strict=True)]
            self.wrapped += self._conn.execute(statement, [self._ring.newest, *columns]).rowcount
        self._told(len(rows))


def _clear_away(path: Path) -> None:
    """Removes what a rotation that was killed left half written beside the keyring: it holds old keys too."""
    for left in path.parent.glob(f".{path.name}.*"):
        with suppress(OSError):
            with left.open("r+b") as file:
                file.write(os.urandom(os.fstat(file.fileno()).st_size))
                settle(file)
            left.unlink()
