"""Viewers registered and revoked by whoever runs the machine, decided as a body's own facts are."""

from collections.abc import Iterator, Mapping
from typing import Final
from uuid import UUID, uuid5

from events.codec import Codec
from events.documents import Document, Viewer, fold
from events.envelope import AGENCY, Event, Fact, Refusal
from events.keyring import Keyring
from events.log import Connection, Head, Log, head, heads, today
from events.sql import statements
from events.vocabulary import Data, Name
from events.vocabulary.viewer import ViewerRegistered, ViewerRevoked
from methodologies.registry import Law
from services.deciding import decide
from services.recording import Due, record
from services.refusals_here import told_here
from services.viewers.errors import ViewerError
from services.viewers.naming import ViewerName

_SQL = statements("viewers")
_CAUSE: Final = UUID("5a0b8c55-3f0e-5c37-9a1e-2d8b5d1c7f42")
"""Stands for the operator's word; the ids follow from it, the viewer and how much was said of him."""

OPERATOR: Final = "operator"
"""The actor where nobody is named: whoever holds the keyring and may write."""


def register(conn: Connection, keyring: Keyring, name: ViewerName, role: str, key: str) -> None:
    """Records that a viewer reads in a role and proves it with a key (base64), in place of any before.

    `conn` is the writer's. What is recorded just so already is not recorded again. Raises ViewerError with
    the code of the refusal, and LogError `unknown-ledger`.
    """
    _record(conn, keyring, name, ViewerRegistered(viewer=name.code, role=role, key=key))


def revoke(conn: Connection, keyring: Keyring, name: ViewerName, reason: str) -> None:
    """Records that a viewer's key proves nothing any more. Raises as `register` does."""
    _record(conn, keyring, name, ViewerRevoked(viewer=name.code, reason=reason))


def registered(conn: Connection, keyring: Keyring, ledger: str | None = None) -> Iterator[tuple[str, Viewer]]:
    """The viewers of a ledger, or of every one, revoked ones too: by ledger, then by code."""
    log = Log(keyring)
    types = [Codec().stored_type(kind.__name__) for kind in (ViewerRegistered, ViewerRevoked)]
    for one in sorted(each.ledger for each in heads(conn)):
        if ledger in {None, one}:
            streams = [row[0] for row in conn.execute(_SQL["streams_of_viewers"], [one, types], binary=True)]
            for found in sorted(_viewers(log, conn, one, streams), key=lambda viewer: viewer.viewer):
                yield one, found


def _viewers(log: Log, conn: Connection, ledger: str, streams: list[UUID]) -> Iterator[Viewer]:
    for events in log.read_streams(conn, ledger, streams).values():
        for document in fold(events).values():
            if isinstance(document, Viewer):
                yield document


def _record(conn: Connection, keyring: Keyring, name: ViewerName, data: Data) -> None:
    log, on = Log(keyring), today(conn)

    def due(at: Head) -> Due:
        events, documents = _documents(conn, log, name)
        said = [event.data for event in events if event.document == data.document]
        if said and said[-1] == data:
            return Due()
        subject = "\0".join((name.ledger, name.code, str(len(said))))
        fact = Fact(uuid5(_CAUSE, subject), name.ledger, type(data).__name__, on, OPERATOR, data)
        facts = decide(fact, documents, Law())
        return Due(facts, at.size if name.ledger == AGENCY else head(conn, AGENCY).size)

    try:
        record(conn, log, name.ledger, due)
    except Refusal as refusal:
        raise ViewerError(*told_here(refusal, name.ledger)) from None


def _documents(conn: Connection, log: Log, name: ViewerName) -> tuple[list[Event], Mapping[Name, Document]]:
    names = [Name(kind, (name.code,)) for kind in ("viewer", "employment")]
    loaded = log.load_documents(conn, {name.ledger: names})
    events = [event for stored in loaded.values() for event in stored.events]
    return events, fold(events)
