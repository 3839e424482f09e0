"""Deleting what an act lists, group by group: keys, names and derived rows, and the event that says so."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Final
from uuid import UUID

import msgspec
import psycopg

from events.documents import Annual
from events.envelope import AGENCY, Fact
from events.log import Connection, Log, head
from events.period import parse_period
from events.sql import statements
from events.vocabulary import Name
from events.vocabulary.retention import DocumentDestroyed, ListedDocument
from projections.dossiers import Reader
from projections.law import AgencyLaw
from projections.rows import person_of, record_of
from projections.sql import statements as projection_statements
from services.destroying.acts import Act, agency_seq, fact_of
from services.destroying.due import Retention, Verdict
from services.destroying.errors import DestroyingError
from services.destroying.papers import SESSIONS, Paper, Papers
from services.recording import Due, record

_SQL = statements("destroying")
_PROJECTION_SQL = projection_statements("destroying")

BATCH: Final = 100
"""About so many documents go in one transaction; what stands and falls together is never parted."""

_TRIES: Final = 5

ELSEWHERE: Final = "destroyed-elsewhere"
CHANGED: Final = "changed"

Reached = Callable[[str], None]


class Left(msgspec.Struct, frozen=True):
    """A document of the list that was not destroyed, and why: a reason of `due`, or one of this module's."""

    stream: UUID
    kind: str
    period: str | None
    reason: str


class Deleting:
    """Destroys what is listed, group by group; what must stay meanwhile is left out and named."""

    def __init__(
        self, conn: Connection, log: Log, act: Act, reached: Reached, told: Callable[[int], None], *, on: date
    ) -> None:
        self._conn = conn
        self._log = log
        self._act = act
        self._reached = reached
        self._told = told
        reader = Reader(log.keyring, log.codec)
        self._papers = Papers(reader, act.ledger)
        self._law = AgencyLaw(reader)
        self._today = on
        self._listed = {one.stream: one for one in act.documents}
        self._left: dict[UUID, Left] = {}
        self._retention: Retention | None = None

    def run(self, most: int) -> list[Left]:
        self._look()
        changed = [one for one in self._waiting() if self._is_changed(one)]
        if changed and not self._act.destroyed:
            raise DestroyingError(
                "papers-changed",
                f"Of what act {self._act.number} lists {len(changed)} documents have changed since.",
                "Draw up and authorise another act.",
            )
        for batch in self._batches(most):
            self._destroy(batch)
            self._reached("batch")
        return [self._left[stream] for stream in sorted(self._left)]

    def _look(self) -> Retention:
        """The papers as they are by now; read on only where the ledger grew."""
        size = head(self._conn, self._act.ledger).size
        if self._retention is None or size != self._papers.seq:
            self._papers.catch_up(self._conn, size)
            law = self._law.catch_up(self._conn, head(self._conn, AGENCY).size)
            # The list may be of any day, and no paper goes before its own term has ended.
            self._retention = Retention(self._papers, law, min(self._act.as_of, self._today))
        return self._retention

    def _waiting(self) -> list[ListedDocument]:
        """What is still there of the list."""
        done = self._act.destroyed
        return [one for one in self._act.documents if one.stream not in done]

    def _is_changed(self, one: ListedDocument) -> bool:
        paper = self._papers.at(one.stream)
        return paper is not None and (paper.events, paper.last_seq) != (one.events, one.last_seq)

    def _batches(self, most: int) -> Iterator[list[list[UUID]]]:
        """Groups of streams: an assessment or a year of a servant is one, his file and a session others.

        His file comes after all else, as it is needed for the rest.
        """
        groups: dict[tuple[str, ...], list[UUID]] = {}
        for one in self._waiting():
            paper = self._papers.at(one.stream)
            if paper is None:
                self._leave(one.stream, ELSEWHERE)
                continue
            groups.setdefault(_group_of(paper, one), []).append(one.stream)
        batch: list[list[UUID]] = []
        for _, streams in sorted(groups.items()):
            batch.append(streams)
            if sum(map(len, batch)) >= most:
                yield batch
                batch = []
        if batch:
            yield batch

    def _destroy(self, batch: list[list[UUID]]) -> None:
        for attempt in range(_TRIES):
            try:
                events = record(self._conn, self._log, self._act.ledger, lambda _: self._due(batch))
            except (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure):
                # A projector was at the same rows; the server chose this one to give way.
                if attempt == _TRIES - 1:
                    raise
            else:
                self._told(len(events))
                return

    def _due(self, batch: list[list[UUID]]) -> Due:
        """Under the head's lock: deletes what may go, and says so."""
        retention = self._look()
        verdicts = {one.paper.stream: one for one in self._verdicts(retention, batch)}
        going: list[UUID] = []
        for group in batch:
            kept = {stream: self._why_kept(stream, verdicts) for stream in group}
            reason = next((one for one in kept.values() if one is not None), None)
            if reason is None:
                going += group
            for stream in group if reason is not None else ():
                self._leave(stream, kept[stream] or reason or CHANGED)
        gone = {
            row[0]
            for row in self._conn.execute(_SQL["destroy_documents"], [self._act.ledger, going]).fetchall()
        }
        for stream in set(going) - gone:
            self._leave(stream, ELSEWHERE)
        documents = [self._listed[stream] for stream in going if stream in gone]
        delete_rows(self._conn, self._act.ledger, documents, self._records(documents))
        facts = [self._fact(one.stream) for one in documents]
        return Due(facts, agency_seq(self._conn))

    def _verdicts(self, retention: Retention, batch: Iterable[Iterable[UUID]]) -> Iterator[Verdict]:
        seen: set[str] = set()
        for stream in (one for group in batch for one in group):
            paper = self._papers.at(stream)
            if paper is None:
                continue
            if paper.name.kind == SESSIONS:
                yield retention.of_session(paper)
            elif paper.name.key[0] not in seen:
                seen.add(paper.name.key[0])
                yield from retention.of_person(paper.name.key[0])

    def _why_kept(self, stream: UUID, verdicts: dict[UUID, Verdict]) -> str | None:
        verdict = verdicts.get(stream)
        if verdict is None:
            return ELSEWHERE
        return verdict.reason or (CHANGED if self._is_changed(self._listed[stream]) else None)

    def _leave(self, stream: UUID, reason: str) -> None:
        one = self._listed[stream]
        self._left[stream] = Left(stream, one.kind, one.period, reason)

    def _records(self, documents: Sequence[ListedDocument]) -> list[tuple[bytes, UUID]]:
        """The annual records that go too: of years destroyed, and of years never formed, made of quarters.

        A new key is made where such a year is still derived from others.
        """
        found: dict[tuple[bytes, UUID], None] = {}
        for one in documents:
            paper = self._papers.at(one.stream)
            if paper is None or one.person is None or one.period is None:
                continue
            employee, year = paper.name.key[0], str(parse_period(one.period).year)
            kept = self._papers.documents.get(Name("annual", (employee, year)))
            formed = isinstance(kept, Annual) and kept.formed is not None
            if one.kind == "annual" or (one.kind == "assessment" and not formed):
                keyring, ledger = self._log.keyring, self._act.ledger
                place = person_of(keyring, ledger, employee), record_of(keyring, ledger, employee, year)
                found[place] = None
        return list(found)

    def _fact(self, stream: UUID) -> Fact:
        said = DocumentDestroyed(act=self._act.number, stream=stream, on=self._today)
        return fact_of(self._act.ledger, said, self._today, (stream,))


def delete_rows(
    conn: Connection,
    ledger: str,
    documents: Sequence[ListedDocument],
    records: Sequence[tuple[bytes, UUID]],
) -> None:
    """Deletes derived rows in the caller's transaction: of these documents, and of these annual records."""
    own = [(bytes.fromhex(one.person), one.stream) for one in documents if one.person is not None]
    rows = [*own, *records]
    if rows:
        conn.execute(
            _PROJECTION_SQL["destroy_rows"],
            [[person for person, _ in rows], [row for _, row in rows], ledger],
        )
    if records:
        conn.execute(
            _PROJECTION_SQL["destroy_record_keys"],
            [[person for person, _ in records], [record for _, record in records], ledger],
        )
    conn.execute(_PROJECTION_SQL["destroy_parked"], [ledger, [one.stream for one in documents]])


def _group_of(paper: Paper, one: ListedDocument) -> tuple[str, ...]:
    """Sorted, sessions come first, a year after its quarters, and the files of servants last."""
    if one.period is None:
        return "2", paper.name.key[0]
    if paper.name.kind == SESSIONS:
        return "0", str(paper.stream)
    if paper.name.kind == "annual" or not parse_period(one.period).is_quarter:
        return "1", paper.name.key[0], f"{one.period[:4]}-year"
    return "1", paper.name.key[0], one.period, paper.name.key[1]
