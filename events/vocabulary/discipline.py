"""Disciplinary sanctions."""

from datetime import date
from functools import cached_property
from typing import ClassVar
from uuid import UUID

from events.vocabulary.types import BodyCode, Code, Data, Name, Text, Title
from events.vocabulary.words import Sanction


class _OfDiscipline(Data, frozen=True, kw_only=True, omit_defaults=True):
    employee: Code

    @cached_property
    def document(self) -> Name:
        return Name("discipline", (self.employee,))


class DisciplineRecorded(_OfDiscipline, frozen=True, kw_only=True, omit_defaults=True):
    """A sanction was imposed on a servant (annexes 1 and 2, row 5)."""

    sanction: Sanction
    imposed_on: date
    discrediting: bool
    basis: Text
    title: Title | None = None


class DisciplineAnnulled(_OfDiscipline, frozen=True, kw_only=True):
    """A sanction was annulled as unlawful (annexes 1 and 2, row 5; reading `annulled-sanction`)."""

    discipline: UUID
    basis: Text


class DisciplineCarried(_OfDiscipline, frozen=True, kw_only=True, omit_defaults=True):
    """A sanction in another body's ledger is carried here with its source (cl. 3; annexes, row 5)."""

    # Known by the id of the fact that recorded it there; a later statement replaces an earlier one.

    system: ClassVar[bool] = True
    discipline: UUID
    sanction: Sanction
    imposed_on: date
    discrediting: bool
    annulled: bool = False
    from_body: BodyCode
    source_seq: int
    source_leaf: str
