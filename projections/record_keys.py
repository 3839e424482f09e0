"""Keys of annual records: those that a ledger's have, read at once, and others for those without."""

from collections.abc import Callable, Mapping
from os import urandom
from typing import TypeAlias
from uuid import UUID

from events.keyring import Keyring, KeyringError
from events.log.heads import Connection
from events.seal import DocumentKey, new_key
from projections.sql import statements

_SQL = statements("grades")

RecordKeys: TypeAlias = Callable[[Mapping[UUID, bytes]], Mapping[UUID, DocumentKey]]
"""The keys of annual records (with the persons they are of), made where there are none."""


class LedgerKeys:
    """The keys that a ledger's records have by now; `lacking` is asked for those of all others."""

    def __init__(self, conn: Connection, keyring: Keyring, ledger: str, lacking: RecordKeys) -> None:
        self._keyring = keyring
        self._lacking = lacking
        rows = conn.cursor(binary=True).execute(_SQL["fetch_record_keys"], [ledger])
        self._wrapped: dict[UUID, tuple[int, bytes]] = {record: (kek, key) for record, kek, key in rows}

    def __call__(self, records: Mapping[UUID, bytes]) -> Mapping[UUID, DocumentKey]:
        """The keys of these; a record whose key does not unwrap is left out. Raises `unknown-kek`."""
        keys: dict[UUID, DocumentKey] = {}
        lacking: dict[UUID, bytes] = {}
        for record, person in records.items():
            if record not in self._wrapped:
                lacking[record] = person
            elif (key := self.find(record)) is not None:
                keys[record] = key
        return {**keys, **self._lacking(lacking)} if lacking else keys

    def find(self, record: UUID) -> DocumentKey | None:
        """The key that a record has; None where it has none or it does not unwrap. Raises `unknown-kek`."""
        wrapped = self._wrapped.get(record)
        return None if wrapped is None else unwrapped(self._keyring, record, *wrapped)


def passing(records: Mapping[UUID, bytes]) -> Mapping[UUID, DocumentKey]:
    """Keys that nobody keeps, for what is worked out and written nowhere."""
    return {record: new_key(urandom) for record in records}


def unwrapped(keyring: Keyring, record: UUID, kek: int, key: bytes) -> DocumentKey | None:
    """A record's key; None where it does not unwrap. Raises KeyringError `unknown-kek`."""
    try:
        return keyring.unwrap(record, kek, key)
    except KeyringError as error:
        # A keyring older than the records is no fault of theirs.
        if error.code == "unknown-kek":
            raise
        return None
