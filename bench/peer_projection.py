"""The same grades as a user of the `eventsourcing` package projects them: a transaction for each event."""

import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

import msgspec
from eventsourcing.application import Application
from eventsourcing.persistence import Tracking
from eventsourcing.postgres import PostgresTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner
from psycopg.sql import SQL, Identifier

from bench.multiplied import Multiplied
from bench.peer_sheet import Sheet
from bench.peers import environment
from events.codec import Codec, Payload
from events.documents import Document, evolve
from events.envelope import AGENCY, Event
from events.vocabulary import Name
from methodologies.registry import Law
from projections.dossiers import is_personal
from projections.ledger import grades_of, work_by_employee
from projections.view import LedgerView

_AT_ONCE: Final = 500
_PATIENCE: Final = 600.0
_ANY_TIME: Final = datetime(2026, 1, 1, tzinfo=UTC)


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    ledger: str
    seq: int
    agency_seq: int
    type: str
    payload: msgspec.Raw


class _Grades(PostgresTrackingRecorder):
    """The grades, a row each, written with the place of the event that made them so."""

    def __init__(self, datastore: Any, **more: Any) -> None:
        super().__init__(datastore, **more)
        table = SQL("{}.{}").format(Identifier(datastore.schema), Identifier("peer_grades"))
        self.sql_create_statements.append(
            SQL("CREATE TABLE IF NOT EXISTS {} (place text PRIMARY KEY, grade bytea NOT NULL)").format(table)
        )
        self._upsert = SQL(
            "INSERT INTO {} VALUES (%s, %s) ON CONFLICT (place) DO UPDATE SET grade = excluded.grade"
        ).format(table)

    def put(self, rows: Mapping[str, bytes], tracking: Tracking) -> None:
        """Writes rows, and that the event was projected, in one transaction."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            for place, grade in rows.items():
                cursor.execute(self._upsert, (place, grade), prepare=True)


class _Folding:
    """The documents so far, kept in memory: the peer is not charged for reading them anew."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._codec = Codec()
        self._documents: dict[tuple[str, str], dict[Name, Document]] = {}
        self._written: dict[str, bytes] = {}

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self._written)

    def changed_by(self, fact: str) -> dict[str, bytes]:
        """The rows that an event made different, by their places."""
        kept = msgspec.json.decode(fact, type=_Kept)
        said = self._codec.decode(kept.type, bytes(kept.payload))
        place = kept.ledger, kept.seq, kept.type, _ANY_TIME, kept.agency_seq
        event = Event(*place, said.id, said.occurred_on, said.actor, said.data)
        name = event.document
        employee = name.key[0] if is_personal(name) else ""
        its = self._documents.setdefault((kept.ledger, employee), {})
        document = evolve(its.get(name), event)
        if document is not None:
            its[name] = document
        work = work_by_employee(its).get(employee)
        if work is None:
            return {}
        view = LedgerView(kept.ledger, its | self._documents.get((kept.ledger, ""), {}), self._law)
        changed: dict[str, bytes] = {}
        for grade in grades_of(view, employee, work):
            row, told = "/".join(map(str, grade.key)), msgspec.json.encode(grade, enc_hook=dict)
            if self._written.get(row) != told:
                self._written[row] = changed[row] = told
        return changed


def eventsourcing_projection(conninfo: str, country: Multiplied, events: int) -> tuple[int, float, int]:
    """How many events were projected, of the country's first so many; events a second; rows there are.

    What is timed is the projection alone: the events were saved in bulk before.
    """
    told = environment(conninfo)
    folding = _Folding(country.law)
    last: list[float] = []

    class Grades(Projection[_Grades]):
        """Each event as it comes: folded, graded, written."""

        def process_event(self, domain_event: Any, tracking: Tracking) -> None:
            fact = getattr(domain_event, "fact", None)
            self.view.put({} if fact is None else folding.changed_by(fact), tracking)
            last.append(time.perf_counter())

    application: Application[Any] = Application(env=told)
    chosen = list(islice((one for one in country.decided if one.ledger != AGENCY), events))
    newest = _save(application, chosen)
    application.close()
    began = time.perf_counter()
    with ProjectionRunner(
        application_class=Application, projection_class=Grades, view_class=_Grades, env=told
    ) as runner:
        runner.wait(newest, timeout=_PATIENCE)
    return len(chosen), len(chosen) / (last[-1] - began), folding.rows


def _save(application: Any, events: Iterable[Event]) -> int:
    """Saves an aggregate for each document, in bulk; the number of the last notification."""
    codec = Codec()
    sheets: dict[tuple[str, Name], Any] = {}
    newest = 0
    waiting = iter(events)
    while some := list(islice(waiting, _AT_ONCE)):
        touched: dict[tuple[str, Name], Any] = {}
        for one in some:
            at = one.ledger, one.document
            sheet = touched[at] = sheets.get(at) or sheets.setdefault(at, Sheet())
            payload = msgspec.Raw(codec.encode(Payload(one.id, one.occurred_on, one.actor, one.data)))
            kept = _Kept(one.ledger, one.seq, one.agency_seq, one.type, payload)
            sheet.report(msgspec.json.encode(kept).decode())
        newest = max(one.notification.id for one in application.save(*touched.values()))
    return newest
