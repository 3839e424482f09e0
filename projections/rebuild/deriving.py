"""A whole ledger as a rebuild derives it, whatever becomes of the rows: read at a place and worked out."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import msgspec
import psycopg

from events.documents import Adoptions
from events.keyring import Keyring, KeyringError, is_wrapped_anew
from events.log.heads import Connection
from projections.concerned import Hashes
from projections.dossiers import Reader
from projections.grading import Ground
from projections.rebuild import scanning
from projections.rebuild.folding import Folding
from projections.rebuild.scanning import Misfiled
from projections.record_keys import RecordKeys
from projections.writing import Derived, work_out

_T = TypeVar("_T")


class LedgerRead(msgspec.Struct, frozen=True, eq=False):
    """A ledger up to a place, not folded yet: the body's adoptions, its persons, how many events were none's.

    `unread` events say nothing to a grade; `destroyed` ones have no key any more.
    """

    adoptions: Adoptions | None
    folding: Folding
    unread: int
    destroyed: int


def read_ledger(
    conn: Connection,
    reader: Reader,
    ledger: str,
    upto: int,
    *,
    trusted: bool,
    heard: Callable[[int], None] = lambda _: None,
) -> LedgerRead:
    """The ledger up to a place; `trusted` has the table of dossiers asked whose the documents are.

    `heard` is told how many events were read. Raises LogError, DossierError, Misfiled and KeyringError
    `unknown-kek`.
    """
    own = reader.adoptions(conn, ledger, upto)
    kept = scanning.documents(conn, ledger, trusted=trusted)
    scanned = scanning.scan(conn, ledger, upto, kept, heard)
    folding = Folding(reader.keyring, reader.codec, ledger, kept, scanned)
    return LedgerRead(own, folding, upto - scanned.size, scanned.destroyed)


def derived(
    keyring: Keyring, ground: Ground, folding: Folding, record_keys: RecordKeys
) -> Iterator[tuple[list[Derived], int]]:
    """Everyone's rows, some persons at a time, and how many events they were folded from. Raises Misfiled."""
    # A few people evaluate many.
    hashes = Hashes(keyring, ground.ledger)
    for page, events in folding.pages():
        some = ((dossier, None) for dossier in page)
        yield list(work_out(keyring, ground, some, record_keys, hashes)), events


def made_again(derive: Callable[[bool], _T]) -> _T:
    """What comes of a ledger; where it went wrong by no fault of the ledger, of a second time.

    `derive` is told whether to trust the table of dossiers. Raises what it raises otherwise.
    """
    try:
        return derive(True)
    except Misfiled:
        # Found out by folding; whose the documents are is then asked of themselves alone.
        return derive(False)
    except (KeyringError, psycopg.DatabaseError) as error:
        if not is_wrapped_anew(error):
            raise
        # The living keys were wrapped anew while it was folded; they are read again.
        return derive(True)
