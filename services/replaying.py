"""The audit of a whole system: the log, what was announced from it, and the rows made of it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from events.codec import Codec
from events.envelope import AGENCY, Event
from events.failures import told
from events.keyring import Keyring
from events.log import Connection, head, heads
from events.sql import statements as log_statements
from events.verification import VerificationReport
from events.vocabulary.retention import DocumentDestroyed, ResultDisclosed
from projections import marks
from projections.lawbook import Lawbook
from projections.marks import Mark
from projections.replay import Replay, Scope
from projections.replayed import Finding
from projections.replayed_dossiers import DIFFERS, UNEXPECTED, Dossiers, Met, compare_dossiers
from projections.rows import person_of
from projections.rows_replayed import Rows, compare, mark_of, stored_rows
from services.unsealing import Gone, Missing, Read, Unopened, Unsealing
from services.verifying import verify_ledgers

Passed = Callable[[str, int], None]
"""Told which ledger is in hand, and how many of its events were gone over since it was told last."""

LOG_ALTERED: Final = "log-altered"
MARK_AHEAD: Final = "mark-ahead"

_PROVEN_BY_ITSELF: Final = frozenset({MARK_AHEAD, DIFFERS, UNEXPECTED, "row-not-authentic", "row-unreadable"})

_SNAPSHOT = log_statements("verification")["snapshot"]


class Replayed(msgspec.Struct, frozen=True, kw_only=True):
    """What the audit of one ledger came to.

    `events` were read, `documents_destroyed` of them without a key; `judged` announcements were derived anew,
    `alike` came out the same, `results` are how many results they tell of, `lost` were destroyed. `rows` of
    the projection were compared where it stood (`mark`, None where it could not be), with `parked` employees
    left out; `documents` of persons were held against the table of dossiers. `causes` counts changes by
    the type of the event that made them. `caveat` is that of `verify`.
    """

    ledger: str
    events: int = 0
    documents_destroyed: int = 0
    results: int = 0
    judged: int = 0
    alike: int = 0
    lost: int = 0
    rows: int = 0
    parked: int = 0
    documents: int = 0
    mark: int | None = None
    causes: Mapping[str, int] = {}
    caveat: str | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def unexplained(self) -> tuple[Finding, ...]:
        """What nothing explains."""
        return tuple(one for one in self.findings if not one.is_explained)


def replay_ledgers(
    conn: Connection,
    keyring: Keyring,
    home: Path,
    *,
    bodies: Iterable[str] = (),
    scope: Scope | None = None,
    passed: Passed = lambda _, __: None,
) -> Iterator[Replayed]:
    """The audit of the agency's ledger, then of each body's (all without `bodies`), by their codes.

    `conn` must be outside any transaction; each ledger is read in one snapshot. Memory grows with the largest
    ledger. Raises KeyringError `unknown-kek`, and CheckpointError for a kept checkpoint that was not signed
    with the log key.
    """
    ground = _Ground(conn, keyring, scope or Scope(), passed)
    for ledger in (AGENCY, *(one for one in sorted(bodies) or _known(conn) if one != AGENCY)):
        report = next(verify_ledgers(conn, keyring, home, (), [ledger]))
        log = _Log(ledger, report)
        with conn.transaction():
            conn.execute(_SNAPSHOT)
            replayed = _replayed(ground, log)
        yield replayed


def _replayed(ground: "_Ground", log: "_Log") -> Replayed:
    # The agency's may have grown: what a body's holds was decided by no more of it than there is now.
    ground.read_law(log)
    if log.ledger == AGENCY:
        return _of_agency(ground, log)
    if ground.law_failed is not None:
        log.find("not-replayed", None, f"the law cannot be read: {ground.law_failed}")
        return Replayed(ledger=log.ledger, caveat=log.caveat, findings=tuple(log.findings))
    return _Pass(ground, log).run()


def _of_agency(ground: "_Ground", log: "_Log") -> Replayed:
    dossiers = Dossiers()
    if ground.law_failed is None:
        dossiers = ground.dossiers(AGENCY, ground.met, mark_of(ground.conn, AGENCY), frozenset())
    return Replayed(
        ledger=AGENCY,
        events=ground.laws.seq,
        documents=dossiers.compared,
        caveat=log.caveat,
        findings=log.with_what_rests_on_it(dossiers.findings),
    )


def _known(conn: Connection) -> list[str]:
    return [one.ledger for one in heads(conn)]


class _Log:
    """What is wrong with a ledger itself."""

    def __init__(self, ledger: str, report: VerificationReport) -> None:
        self.ledger = ledger
        self.caveat = report.caveat
        self.findings: list[Finding] = []
        self._named: set[int | None] = set()
        for one in report.findings:
            self.find(LOG_ALTERED, one.seq, f"{one.code}: {one.detail}")

    def find(self, code: str, seq: int | None, detail: str) -> None:
        self._named.add(seq)
        self.findings.append(Finding(code=code, body=self.ledger, seq=seq, detail=detail))

    def unread(self, read: Gone | Unopened | Missing) -> None:
        """Notes an event that should be there and open; one that was named already is not named again."""
        if read.seq not in self._named:
            detail = (
                f"unsealed: {read.error}" if isinstance(read, Unopened) else "missing-row: it is not there"
            )
            self.find(LOG_ALTERED, read.seq, detail)

    def with_what_rests_on_it(self, found: Iterable[Finding]) -> tuple[Finding, ...]:
        """All findings of the ledger, these among them."""
        return (*self.findings, *(_resting_on_altered(one) if self.findings else one for one in found))


class _Ground:
    """What every ledger is audited by; the law is taken further as the agency's ledger grows."""

    def __init__(self, conn: Connection, keyring: Keyring, scope: Scope, passed: Passed) -> None:
        self.conn = conn
        self.keyring = keyring
        self.scope = scope
        self.laws = Lawbook()
        self.met = Met()
        self.law_failed: str | None = None
        self._passed = passed
        self._codec = Codec()

    def read(self, ledger: str, after: int, upto: int, met: Met) -> Iterator[Read]:
        """What lies in a stretch of a ledger."""
        opening = Unsealing(self.conn, self.keyring, ledger, self._codec, met.take)
        return opening.read(after, upto, lambda count: self._passed(ledger, count))

    def read_law(self, log: _Log) -> None:
        """Reads what the agency's ledger holds since; where it cannot be read the law stands still."""
        if self.law_failed is not None:
            return
        for read in self.read(AGENCY, self.laws.seq, head(self.conn, AGENCY).size, self.met):
            if not isinstance(read, Event):
                self.law_failed = f"event {read.seq} of the agency is not there or does not open"
                if log.ledger == AGENCY:
                    log.unread(read)
                return
            try:
                self.laws.take(read)
            except Exception as error:  # noqa: BLE001 - an act that was sound when it was recorded
                self.law_failed = told(error)
                return

    def dossiers(self, ledger: str, met: Met, mark: Mark | None, destroyed: AbstractSet[UUID]) -> Dossiers:
        """Whose the documents of a ledger are, held against the table as far as its projection goes.

        Of one period nothing is told of documents, and of one employee nothing of the agency's people.
        """
        employee = self.scope.employee
        if self.scope.period is not None or (ledger == AGENCY and employee is not None):
            return Dossiers()
        return compare_dossiers(
            self.conn,
            self.keyring,
            ledger,
            met,
            upto=0 if mark is None else mark.seq,
            destroyed=destroyed,
            employee=employee,
            # Whoever reads a body's results reads the agency's for its law, and no names of its people.
            named=ledger != AGENCY,
        )


class _Pass:
    """One reading of a body's ledger, in a snapshot."""

    def __init__(self, ground: _Ground, log: _Log) -> None:
        self._ground = ground
        self._log = log
        self._ledger = log.ledger
        self._replay = Replay(self._ledger, ground.laws, ground.scope)
        self._met = Met()
        self._gone: set[UUID] = set()
        self._accounted: set[UUID] = set()
        self._rows = Rows(0, 0, ())
        self._dossiers = Dossiers()

    def run(self) -> Replayed:
        conn = self._ground.conn
        size, mark = head(conn, self._ledger).size, mark_of(conn, self._ledger)
        if mark is not None and (mark.seq > size or mark.agency_seq > self._ground.laws.seq):
            detail = f"the projection stands at {mark.seq}, the ledger at {size}"
            self._rows = Rows(0, 0, (Finding(code=MARK_AHEAD, body=self._ledger, detail=detail),))
            mark = None
        stop = mark.seq if mark is not None else 0
        self._take(0, stop)
        if mark is not None and stop > 0:
            self._compare_rows(mark)
        behind = self._take(stop, size)
        self._replay.finish()
        self._dossiers = self._ground.dossiers(self._ledger, self._met, mark, self._gone)
        if mark is None or not stop:
            return self._report(size, None)
        # That somebody read them changes no row: they stand as at the head, though no projector runs.
        return self._report(size, mark.seq if behind else size)

    def _take(self, after: int, upto: int) -> bool:
        """Whether there was anything in the stretch but records of who was shown results."""
        is_any = False
        for read in self._ground.read(self._ledger, after, upto, self._met):
            match read:
                case Gone():
                    self._gone.add(read.stream)
                    self._replay.take_destroyed(read.type, read.seq)
                case Unopened() | Missing():
                    self._log.unread(read)
                case _:
                    if isinstance(read.data, DocumentDestroyed):
                        self._accounted.add(read.data.stream)
                    self._replay.take(read)
            is_any |= not (isinstance(read, Event) and isinstance(read.data, ResultDisclosed))
        return is_any

    def _compare_rows(self, mark: Mark) -> None:
        conn, keyring, ledger = self._ground.conn, self._ground.keyring, self._ledger
        employee = self._ground.scope.employee
        # At 0 they are to be written anew whatever the law: until then they stand under that of today.
        law = self._ground.laws.at(mark.agency_seq or self._ground.laws.seq)
        assert law is not None, "no mark is ahead of the law that was read"
        person = None if employee is None else person_of(keyring, ledger, employee)
        parked = marks.parked_in(conn, mark.generation, ledger).values()
        self._rows = compare(
            self._replay.view(law),
            stored_rows(conn, keyring, ledger, mark.generation, person),
            lambda each: person_of(keyring, ledger, each),
            self._ground.scope,
            parked=frozenset(one for one in parked if one is not None),
            destroyed=self._gone,
            # What a row was made of was destroyed, and the ledger does not say so yet.
            inputs_lost=bool(self._gone - self._accounted),
        )

    def _report(self, size: int, mark: int | None) -> Replayed:
        replay, rows, log = self._replay, self._rows, self._log
        return Replayed(
            ledger=self._ledger,
            events=size,
            documents_destroyed=len(self._gone),
            results=replay.results,
            judged=replay.judged,
            alike=replay.alike,
            lost=replay.lost,
            rows=rows.compared,
            parked=rows.parked,
            documents=self._dossiers.compared,
            mark=mark,
            causes=dict(replay.causes),
            caveat=log.caveat,
            findings=log.with_what_rests_on_it((*replay.findings, *rows.findings, *self._dossiers.findings)),
        )


def _resting_on_altered(found: Finding) -> Finding:
    """What differs where the log itself was altered proves nothing more; a broken seal still does."""
    if found.is_explained or found.code in _PROVEN_BY_ITSELF:
        return found
    return msgspec.structs.replace(found, code="rests-on-altered-log", detail=found.detail or found.code)
