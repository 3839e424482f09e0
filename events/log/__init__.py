"""The event log: sealed ledgers in PostgreSQL, appended to under their heads' locks and read in order."""

from events.log.append import Appended, Batch, Entry, Extended, place
from events.log.documents import Loaded, StoredDocument, Stream, new_stream
from events.log.heads import Connection, Head, Lock, LogError, head, heads, lock_heads, open_ledger
from events.log.reading import Destroyed, Place, UnreadableEventError, read_places
from events.log.receipts import StoredReceipt, decided, find_receipts, find_rejections
from events.log.rejections import KeptRejection, Rejection, count_rejections, purge_rejections, today
from events.log.store import Log

__all__ = [
    "Appended",
    "Batch",
    "Connection",
    "Destroyed",
    "Entry",
    "Extended",
    "Head",
    "KeptRejection",
    "Loaded",
    "Lock",
    "Log",
    "LogError",
    "Place",
    "Rejection",
    "StoredDocument",
    "StoredReceipt",
    "Stream",
    "UnreadableEventError",
    "count_rejections",
    "decided",
    "find_receipts",
    "find_rejections",
    "head",
    "heads",
    "lock_heads",
    "new_stream",
    "open_ledger",
    "place",
    "purge_rejections",
    "read_places",
    "today",
]
