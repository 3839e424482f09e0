"""The small values that acts are made of: words in three languages and figures beside their clauses."""

from decimal import Decimal
from fractions import Fraction
from typing import Annotated

import msgspec
from msgspec import Meta

from methodologies.model.clause import Clause, Language

Code = Annotated[str, Meta(pattern=r"^[a-z0-9]+(?:[.-][a-z0-9]+)*$(?!\n)", max_length=64)]
Words = Annotated[str, Meta(min_length=1, max_length=2000)]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A part of an act; a key that it does not know is a mistake of the file."""


class Text(Part, frozen=True, kw_only=True):
    """The same words in Kazakh, Russian and English."""

    kk: Words
    ru: Words
    en: Words

    def in_(self, language: Language) -> str:
        return self.kk if language == "kk" else self.ru if language == "ru" else self.en


class Number(Part, frozen=True, kw_only=True):
    """A whole number that an act sets, beside its clause."""

    value: int
    clause: Clause


class Amount(Part, frozen=True, kw_only=True):
    """An exact decimal that an act sets, beside its clause."""

    value: Decimal
    clause: Clause


class Share(Part, frozen=True, kw_only=True):
    """A share that an act sets, as printed (`2/3`), beside its clause."""

    value: Annotated[str, Meta(pattern=r"^[1-9]/[1-9]$(?!\n)")]
    clause: Clause

    @property
    def ratio(self) -> Fraction:
        return Fraction(self.value)


class Duty(Part, frozen=True, kw_only=True):
    """A rule without a figure, beside its clause."""

    clause: Clause
