"""Employment: who holds which position, under whom, and when he is away."""

from datetime import date
from functools import cached_property
from typing import ClassVar
from uuid import UUID

from msgspec import field

from events.vocabulary.types import BodyCode, Code, Data, Name, Title, Word
from events.vocabulary.words import Category, LeaveKind


class _OfEmployee(Data, frozen=True, kw_only=True, omit_defaults=True):
    employee: Code

    @cached_property
    def document(self) -> Name:
        return Name("employment", (self.employee,))


class EmployeeAppointed(_OfEmployee, frozen=True, kw_only=True, omit_defaults=True):
    """A servant is appointed or elected to a position (cl. 5, 16)."""

    position: Code
    category: Category
    managerial: bool
    unit: Code
    supervisor: Code
    unit_head: Code
    superior: Code | None = None
    heads_unit: bool | None = None
    on: date
    probation_until: date | None = None
    serves_public: bool | None = None
    name: Title | None = None
    iin: Word | None = None


class EmployeeTransferred(EmployeeAppointed, frozen=True, kw_only=True, omit_defaults=True):
    """A servant leaves one position for another in the same body (cl. 5)."""

    from_position: Code


class SuperiorsChanged(_OfEmployee, frozen=True, kw_only=True, omit_defaults=True):
    """A servant who stays in his position works under other superiors; those left out stay (cl. 2, 16)."""

    # It also tells under whom one works who was received by secondment.

    position: Code
    supervisor: Code | None = None
    unit_head: Code | None = None
    superior: Code | None = None
    on: date


class EmployeeSeconded(_OfEmployee, frozen=True, kw_only=True, omit_defaults=True):
    """A servant is seconded; the receiving body assesses him for that time (`pavlodar-2026` cl. 3)."""

    position: Code
    to_body: BodyCode
    to_employee: Code
    to_position: Code
    from_: date = field(name="from")
    until: date


class SecondmentEnded(_OfEmployee, frozen=True, kw_only=True):
    """A secondment ends on a day (`pavlodar-2026` cl. 3)."""

    position: Code
    on: date


class SecondmentReceived(_OfEmployee, frozen=True, kw_only=True):
    """The receiving body's ledger learns of a secondment from the sending one (`pavlodar-2026` cl. 3)."""

    # A later statement of the same secondment, known by the id of the fact that began it, replaces this.

    system: ClassVar[bool] = True
    id: UUID
    position: Code
    category: Category
    managerial: bool
    heads_unit: bool = False
    serves_public: bool = False
    from_body: BodyCode
    from_employee: Code
    from_position: Code
    from_: date = field(name="from")
    until: date
    source_seq: int
    source_leaf: str


class LeaveTaken(_OfEmployee, frozen=True, kw_only=True, omit_defaults=True):
    """A servant is absent: leave, illness, trip, study (`sjc-2017` cl. 3, `arys-2022` cl. 4)."""

    kind: LeaveKind
    from_: date = field(name="from")
    until: date | None = None


class LeaveEnded(_OfEmployee, frozen=True, kw_only=True):
    """A servant is back (`sjc-2017` cl. 3, `arys-2022` cl. 4)."""

    on: date


class EmployeeDismissed(_OfEmployee, frozen=True, kw_only=True):
    """A servant leaves the body; the day is his last in it (cl. 6)."""

    on: date
