"""Tells one act in one language."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal

from methodologies.act import Act
from methodologies.explanations.figures import day, number
from methodologies.model.clause import Language
from methodologies.model.text import Amount, Duty, Number, Share, Text
from methodologies.outline.rows import Row
from methodologies.outline.words import word, words

Rows = Iterator[Row]


class Teller:
    """What rows are made with: the act, and its figures, days and codes in the language."""

    def __init__(self, act: Act, language: Language) -> None:
        self.act = act
        self.language: Language = language

    def word(self, group: str, code: str) -> str:
        return word(group, code, self.language)

    def words(self, group: str, codes: Iterable[str]) -> str:
        return words(group, codes, self.language)

    def text(self, text: Text) -> str:
        return text.in_(self.language)

    def number(self, value: Decimal | int) -> str:
        return number(value, self.language)

    def day(self, value: date) -> str:
        return day(value, self.language)

    def yes(self, value: object) -> str:
        return self.word("yes", "yes" if value else "no")

    def grades(self, codes: Iterable[str]) -> str:
        known = self.act.grades
        return ", ".join(self.text(known[code].title) if code in known else code for code in codes)

    def labelled(self, label: str, value: str) -> str:
        """A piece of a value with its own name: `precision: 0.01`."""
        return f"{self.word('label', label)}: {value}"

    def row(self, key: str, label: str, value: str, clause: str | None = None) -> Row:
        """A row under one of the labels."""
        return Row(key, self.word("label", label), value, clause)

    def figure(self, key: str, label: str, figure: Number | Amount | Share | Duty | None) -> Rows:
        """A figure beside its clause; yes for a rule without a figure, no row for one that is absent."""
        if isinstance(figure, Number | Amount):
            yield self.row(key, label, self.number(figure.value), figure.clause)
        elif isinstance(figure, Share):
            yield self.row(key, label, figure.value, figure.clause)
        elif figure is not None:
            yield self.row(key, label, self.yes(figure), figure.clause)
