"""What follows from the grades as they stand: rows are read, and of some the days that terms run from."""

from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import date
from itertools import groupby

from events.documents import Assessment, Document, fold
from events.keyring import Keyring
from events.log import Connection, Log
from events.vocabulary import Name
from methodologies.act import Act
from methodologies.registry import Law
from projections.consequences import Consequence, Days, consequences, decision_days
from projections.grade import Grade
from projections.store import counts
from projections.store import grades as stored_grades


def acts_used(conn: Connection, law: Law, ledger: str | None = None) -> dict[str, list[Act]]:
    """The acts, as they are now, that something was assessed under, by ledger; nothing is opened."""
    used = sorted({(one.ledger, one.methodology) for one in counts(conn, ledger=ledger)})
    return {
        name: [law.methodologies[methodology].current.act for _, methodology in pairs]
        for name, pairs in groupby(used, key=lambda pair: pair[0])
    }


def following(
    conn: Connection, keyring: Keyring, law: Law, ledgers: Collection[str], employee: str | None = None
) -> Generator[Consequence, None, None]:
    """What follows for everyone, or for an employee, in these ledgers, person by person.

    Fetched as it is asked for; raises what `projections.store.grades` does. The law has to be at least as
    new as the rows: read both in one REPEATABLE READ transaction.
    """
    for ledger in ledgers:
        rows = stored_grades(conn, keyring, ledger=ledger, employee=employee)
        assert isinstance(rows, Generator)
        # Its cursor ends before the transaction that it is read in.
        with closing(rows):
            for _, together in groupby(rows, key=lambda grade: grade.employee):
                own = list(together)
                yield from consequences(own, law, _days(conn, keyring, own, law))


def _days(conn: Connection, keyring: Keyring, own: Sequence[Grade], law: Law) -> Days:
    """A grade does not hold the days of its commission; the sheet, perhaps of another position, does."""
    dated = [one for one in consequences(own, law) if not one.pending and _has_term(one, law)]
    if not dated:
        return {}
    names = {Name("assessment", (one.employee, one.position, of.period)) for one in own for of in dated}
    loaded = Log(keyring).load_documents(conn, {own[0].body: names})
    sheets = [document for stored in loaded.values() for document in fold(stored.events).values()]
    return {
        (one.kind, one.body, one.employee, one.position, one.period): _latest(one.period, sheets)
        for one in dated
    }


def _has_term(one: Consequence, law: Law) -> bool:
    printed = law.methodologies[one.methodology].current.act.consequences.get(one.code)
    return printed is not None and printed.term is not None


def _latest(period: str, sheets: Iterable[Document]) -> Mapping[str, date]:
    days: dict[str, date] = {}
    for sheet in sheets:
        if isinstance(sheet, Assessment) and sheet.period == period:
            for name, day in decision_days(sheet).items():
                days[name] = max(day, days.get(name, day))
    return days
