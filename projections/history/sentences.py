"""An event and what it changed, in sentences of a language."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from events.period import Period
from events.vocabulary.assessment import AnnouncedResult
from methodologies.act import Act
from methodologies.explanations import reason_text, sanction_name
from methodologies.explanations.catalogue import Domain
from methodologies.explanations.catalogue import template as explained
from methodologies.explanations.figures import day, number, period
from methodologies.model.clause import Language, clause_text
from methodologies.model.text import Text
from methodologies.outline.words import word
from methodologies.registry import Law
from methodologies.rules.steps import GRADED, NOT_ASSESSED, OPEN
from projections.grade import Grade
from projections.history.entries import Change, Entry
from projections.history.said import Coded, Counted, Numbered, Owed, Seat, Value, Verdict

EVENTS: Final = Domain(Path(__file__).parent / "locale", "events")
"""The sentences of events; codes of causes, roles and states of terms are in it too."""

_NOTHING: Final = "–"


def tell(entry: Entry, language: Language) -> str:
    """What the event says, with its details, each in a sentence of its own.

    Titles are the act's own. Raises UnexplainedError for a type that nobody gave a sentence.
    """
    said = entry.said
    count = said.arguments.get(said.counted) if said.counted else None
    words = EVENTS.template(f"event.{said.message}", language, int(str(count)) if count is not None else None)
    sentences = [words.format_map(_InWords(said.arguments, language))]
    for name, value in said.details.items():
        detail = EVENTS.template(f"detail.{name.replace('_', '-')}", language)
        sentences.append(detail.format(text=_in_words(value, language)))
    return " ".join(sentences)


def changes_told(entry: Entry, law: Law, language: Language) -> Iterator[str]:
    """A line for each result that the event changed, and for the graded one that it concerns and left.

    What an announcement itself says is not said again. `law` holds every revision that the results were
    derived under.
    """
    data = entry.event.data
    said = data.score if isinstance(data, AnnouncedResult) else None
    for change in entry.changes:
        grade = change.result
        if change.is_any:
            yield _change_told(change, law, language)
        elif grade.status == GRADED and (said is None or grade.score != said):
            yield _unchanged(grade, language)


def result_named(grade: Grade, language: Language) -> str:
    """Which result it is: its period, and for all but a year's its position."""
    return EVENTS.template(f"result.{grade.kind}", language).format(
        period=period(grade.period, language), position=grade.position
    )


def _unchanged(grade: Grade, language: Language) -> str:
    name = result_named(grade, language)
    if grade.score is None:
        return EVENTS.template("change.none.competencies", language).format(result=name)
    score = number(grade.score, language)
    return EVENTS.template("change.none", language).format(result=name, score=score)


def _change_told(change: Change, law: Law, language: Language) -> str:
    before, grade = change.before, change.result
    values = {"result": result_named(grade, language), "after": _standing(change.after, law, language)}
    moved = before is not None and _derived_under(before) != _derived_under(grade)
    if before is None or (not moved and (before.status == OPEN or before.status == grade.status != GRADED)):
        # What was missing until now is no news.
        return EVENTS.template("change.first", language).format_map(values)
    message = "change.of-revision" if moved else "change.of-result"
    return EVENTS.template(message, language).format(
        **values,
        before=_before(before, change.after, law, language),
        act=_act_of(grade, law).title.in_(language),
        revision=grade.revision,
    )


def _before(before: Grade, after: Grade | None, law: Law, language: Language) -> str:
    """How a result stood: by its score alone where its grade is called as it is now."""
    if (
        before.score is not None
        and after is not None
        and (before.grade, before.methodology) == (after.grade, after.methodology)
    ):
        return EVENTS.template("standing.score", language).format(score=number(before.score, language))
    return _standing(before, law, language)


def _standing(grade: Grade | None, law: Law, language: Language) -> str:
    """How a result stands: its score and grade, or why there is none."""
    if grade is None:
        return EVENTS.template("standing.gone", language)
    if grade.status != GRADED:
        message = "standing.not-assessed" if grade.status == NOT_ASSESSED else "standing.open"
        return EVENTS.template(message, language).format(reason=_reason(grade, language))
    act = _act_of(grade, law)
    if grade.score is None or grade.grade is None:
        return _in_words(_verdicts(grade, act), language)
    return EVENTS.template("standing.graded", language).format(
        score=number(grade.score, language), grade=act.grades[grade.grade].title.in_(language)
    )


def _reason(grade: Grade, language: Language) -> str:
    """Why there is no result, as a part of a sentence."""
    whole = reason_text(grade.reason or "incomplete", language).rstrip(".")
    return whole[0].lower() + whole[1:]


def _verdicts(grade: Grade, act: Act) -> tuple[Verdict, ...]:
    rule = act.competencies
    assert rule is not None, "only an act with competencies has results without a score"
    return tuple(
        Verdict(rule.competencies[one.competency].title, rule.results[one.result])
        for one in grade.results or ()
    )


def _derived_under(grade: Grade) -> tuple[str, int]:
    return grade.methodology, grade.revision


def _act_of(grade: Grade, law: Law) -> Act:
    return law.methodologies[grade.methodology].revisions[grade.revision].act


class _InWords(dict[str, str]):
    """Values that a sentence fills in, put into words as they are asked for; a dash for what is not said."""

    def __init__(self, values: Mapping[str, Value], language: Language) -> None:
        super().__init__()
        self._values = values
        self._language = language

    def __missing__(self, name: str) -> str:
        value = self._values.get(name)
        return _NOTHING if value is None else _in_words(value, self._language)


def _in_words(value: Value, language: Language) -> str:
    if isinstance(value, tuple):
        parts = [_in_words(one, language) for one in value]
        between = "; " if any(isinstance(one, _LONG) for one in value) else ", "
        return between.join(parts) or _NOTHING
    put = _WORDS.get(type(value))
    return str(value) if put is None else put(value, language)


def _coded(value: Coded, language: Language) -> str:
    if value.group == "sanction":
        return sanction_name(value.code, language)
    if value.group not in _OWN_GROUPS:
        return word(value.group, value.code, language)
    message = f"{value.group}.{value.code}"
    known = message in EVENTS.messages(language)
    return EVENTS.template(message if known else f"{value.group}.other", language)


def _owed(value: Owed, language: Language) -> str:
    told = EVENTS.template(f"term.{value.state.code}", language)
    return told.format(
        title=_in_words(value.title, language),
        owes=_coded(value.owes, language),
        due=day(value.due, language),
        clause=clause_text(value.clause, language),
        met_on=_NOTHING if value.met_on is None else day(value.met_on, language),
    )


def _titled(value: Numbered, language: Language) -> str:
    return explained("format.indicator", language).format(number=value.number, title=value.title)


_OWN_GROUPS: Final = frozenset({"cause", "reading-ground", "role", "viewer-role"})
_LONG: Final = (Numbered, Owed, Verdict)
"""What holds commas of its own."""

_WORDS: Final[Mapping[type, Callable[[Any, Language], str]]] = MappingProxyType(
    {
        Coded: _coded,
        Counted: lambda one, language: f"{period(one.period, language)} – {number(one.score, language)}",
        Decimal: number,
        Numbered: _titled,
        Owed: _owed,
        Period: period,
        Seat: lambda one, language: f"{one.member} ({_coded(one.role, language)})",
        Text: lambda text, language: text.in_(language),
        Verdict: lambda one, language: (
            f"{_in_words(one.competency, language)} – {_in_words(one.result, language)}"
        ),
        date: day,
    }
)
"""How each kind of value is put into words; any other is told as it is."""
