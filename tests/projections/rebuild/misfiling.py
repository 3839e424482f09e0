"""Two servants of a body, and what somebody who owns the database can do to whose documents are whose."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from events.keyring import Keyring
from events.log import Connection
from projections.rows import person_of
from tests.facts import BODY, appointed, assessed, body_and_servant, ref, sanctioned
from tests.services.deciding.telling import delivered
from tests.services.destroying.years_ago import signatory, viewer

FIVES = ("5", "5", "5", "5", "5")
NOBODY = b"\xab" * 16
TWO = [
    *body_and_servant(),
    appointed("e-2", "p-2"),
    *assessed(FIVES),
    *assessed(("3", "3", "3", "3", "3"), ref("e-2", "p-2")),
    sanctioned("remark", "2026-03-02"),
    delivered(),
    viewer(signatory("e-2", role="servant")),
]


class Dossiers:
    """The table as a superuser writes it."""

    def __init__(self, owner: Connection, keys: Keyring) -> None:
        self.owner = owner
        self.keys = keys

    def rows(self) -> set[tuple[Any, ...]]:
        return set(self.owner.execute("SELECT ledger, person, stream FROM projection.dossiers").fetchall())

    def person(self, employee: str) -> bytes:
        return person_of(self.keys, BODY, employee)

    def stream(self, type_: str, employee: str = "e-1") -> UUID:
        """The document of an employee, or of nobody, that begins with such an event."""
        row = self.owner.execute(
            "SELECT stream FROM ledger.events AS e LEFT JOIN projection.dossiers AS d USING (ledger, stream)"
            " WHERE e.ledger = %s AND e.type = %s AND e.version = 1"
            " AND (d.person = %s OR d.person IS NULL) ORDER BY e.seq LIMIT 1",
            [BODY, type_, self.person(employee)],
        ).fetchone()
        assert row is not None
        found: UUID = row[0]
        return found

    def file(self, stream: UUID, person: bytes) -> None:
        self.owner.execute("INSERT INTO projection.dossiers VALUES (%s, %s, %s)", [BODY, person, stream])

    def unfile(self, stream: UUID) -> None:
        done = self.owner.execute("DELETE FROM projection.dossiers WHERE stream = %s", [stream])
        assert done.rowcount == 1

    def move(self, stream: UUID, person: bytes) -> None:
        done = self.owner.execute(
            "UPDATE projection.dossiers SET person = %s WHERE stream = %s", [person, stream]
        )
        assert done.rowcount == 1


def altered(table: Dossiers) -> None:
    table.move(table.stream("WorkdaysReported"), table.person("e-2"))


def altered_to_nobody(table: Dossiers) -> None:
    table.move(table.stream("DisciplineRecorded"), NOBODY)


def deleted(table: Dossiers) -> None:
    table.unfile(table.stream("WorkdaysReported", "e-2"))


def swapped(table: Dossiers) -> None:
    first, second = (table.stream("WorkdaysReported", one) for one in ("e-1", "e-2"))
    table.move(first, table.person("e-2"))
    table.move(second, table.person("e-1"))


def shown_to_another(table: Dossiers) -> None:
    table.file(table.stream("DisciplineRecorded"), table.person("e-2"))


def invented_of_nobodys(table: Dossiers) -> None:
    table.file(table.stream("MethodologyAdopted"), table.person("e-2"))


def invented(table: Dossiers) -> None:
    table.file(UUID(int=7), table.person("e-1"))


def altered_of_what_no_row_is_read_from(table: Dossiers) -> None:
    table.move(table.stream("ViewerRegistered", "e-2"), table.person("e-1"))


TAMPERINGS: Final[list[Callable[[Dossiers], None]]] = [
    altered,
    altered_to_nobody,
    deleted,
    swapped,
    shown_to_another,
    invented_of_nobodys,
    invented,
    altered_of_what_no_row_is_read_from,
]
