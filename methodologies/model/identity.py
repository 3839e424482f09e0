"""What an act is: its source, its life, the law it rests on, its known faults."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, field

from methodologies.model.clause import Clause
from methodologies.model.text import Code, Part, Text, Words


class Inferred(Part, frozen=True, kw_only=True):
    """A part of the act that its source does not contain, and the acts it was inferred from."""

    section: Words
    from_: Annotated[tuple[Code, ...], Meta(min_length=1)] = field(name="from")


class Wording(Part, frozen=True, kw_only=True):
    """Whose words the titles are, per language: the act's own, another act's id, or `translation`."""

    kk: Words
    ru: Words
    en: Words


class Source(Part, frozen=True, kw_only=True):
    """The text that the act was taken from and what of the data is not in it."""

    seed: Words | None = None
    text_in: Literal["kk", "ru"] | None = None
    wording: Wording
    inferred: tuple[Inferred, ...] = ()

    def infers(self, section: str) -> tuple[str, ...]:
        """The acts a section (`bands`, `panel`, …) was inferred from; empty when the source has it."""
        return tuple(act for part in self.inferred if part.section in {section, "*"} for act in part.from_)


class InForce(Part, frozen=True, kw_only=True):
    """When the act takes effect: the day where it is known, and always the words that set it."""

    on: date | None = None
    basis: Text
    clause: Clause | None = None


class Repealed(Part, frozen=True, kw_only=True):
    """The act that ended this one, and from when in the words of that act."""

    by: Text
    adopted: date
    basis: Text


class Life(Part, frozen=True, kw_only=True):
    """Adopted (None: not in the source), in force, what it replaced or reworded, what ended it."""

    adopted: date | None = None
    in_force: InForce
    replaces: tuple[Text, ...] = ()
    replaces_clause: Clause | None = None
    rewords: Text | None = None
    rewords_clause: Clause | None = None
    repealed: Repealed | None = None


class Ended(Part, frozen=True, kw_only=True):
    """The end of the law behind an act: a warning for later periods, never a refusal."""

    on: date
    by: Text
    note: Text


class LawBehind(Part, frozen=True, kw_only=True):
    """The provision that the act rests on."""

    title: Text
    article: Words
    clause: Clause
    ended: Ended | None = None


class Fault(Part, frozen=True, kw_only=True):
    """A fault of the act's own text, and how it is understood."""

    clause: Clause
    text: Text
