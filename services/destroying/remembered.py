"""What a servant can still be told of papers of his that were destroyed: which, when and under which act."""

from collections.abc import Iterator
from datetime import date

import msgspec

from events.keyring import Keyring
from events.log import Connection, Log
from events.period import parse_period
from events.vocabulary.retention import ListedDocument
from methodologies.model.clause import Language
from methodologies.registry import Law, governing
from methodologies.rules.steps import DESTROYED
from projections.grade import Grade, Kind
from projections.rows import person_of
from services.destroying.acts import acts
from services.destroying.words import word


class Remembered(msgspec.Struct, frozen=True):
    """A document that was destroyed, on a day, at a place of the ledger; `period` is None of his file."""

    type: str
    body: str
    employee: str
    kind: str
    period: str | None
    act: str
    on: date
    seq: int

    @property
    def of_grade(self) -> Kind | None:
        """The kind of result that went with it."""
        if self.kind == "annual":
            return "annual"
        is_sheet = self.kind == "assessment" and self.period is not None
        return "quarterly" if is_sheet and parse_period(self.period or "").is_quarter else None


def destroyed_of(conn: Connection, keyring: Keyring, body: str, employee: str) -> Iterator[Remembered]:
    """What was destroyed of an employee's in a body, act by act.

    `conn` is of a login that may read acts of destruction, which are no person's documents.
    """
    person = person_of(keyring, body, employee).hex()
    for act in acts(conn, Log(keyring), body):
        for one in sorted(act.documents, key=_order):
            gone = act.destroyed.get(one.stream)
            if one.person == person and gone is not None:
                yield Remembered(
                    "DocumentDestroyed",
                    body,
                    employee,
                    one.kind,
                    one.period,
                    act.number,
                    gone.occurred_on,
                    gone.seq,
                )


def as_grade(one: Remembered, kind: Kind, law: Law) -> Grade:
    """The result that went with it: its act and that it was destroyed are all that is known."""
    assert one.period is not None, "a result is of a period"
    act = governing(law, None, parse_period(one.period), one.body)
    return Grade(kind, one.body, one.employee, "", one.period, act.act.id, act.revision, DESTROYED)


def sentence(one: Remembered, language: Language) -> str:
    """That it was destroyed, in a sentence."""
    message = word("was-destroyed" if one.period else "file-destroyed", language)
    return message.format(
        kind=word(one.kind, language), period=one.period, body=one.body, act=one.act, on=one.on
    )


def _order(one: ListedDocument) -> tuple[str, str]:
    return one.period or "~", one.kind
