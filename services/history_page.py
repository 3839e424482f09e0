"""A person's history as a page of text, and as an object for each event."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from events.documents import Employment, evolve
from events.envelope import AGENCY, SYSTEM, Event
from events.zone import ALMATY
from methodologies.explanations.figures import day, period
from methodologies.model.clause import Language
from projections.grade import Grade
from projections.history import Entry, changes_told, tell
from projections.history.sentences import EVENTS
from services.history import Asked, Recorded


def page(recorded: Recorded, entries: Iterable[Entry], asked: Asked, language: Language) -> Iterator[str]:
    """The history in a language, line by line: for each event when and who, what, and what came of it.

    Raises UnexplainedError for an event that has no sentence.
    """
    law = recorded.law
    yield _subject(recorded, language)
    if asked.at is not None:
        yield EVENTS.template("page.as-of", language).format(**_moment(asked.at, language))
    if asked.period is not None:
        of = EVENTS.template("page.of-period", language)
        yield of.format(period=period(asked.period, language))
    for entry in entries:
        yield ""
        yield _heading(entry, language, is_timed=recorded.is_timed)
        yield f"  {_shown(tell(entry, language))}"
        shown = tuple(one for one in entry.changes if asked.holds(one.result.period))
        for line in changes_told(msgspec.structs.replace(entry, changes=shown), law, language):
            yield _shown(f"  → {line}")


def to_json(recorded: Recorded, entry: Entry, language: Language) -> bytes:
    """The event with what it says and what it changed as one JSON object on one line.

    `recorded_at` is null in a file of facts, which nobody recorded. `changes` holds every result that is
    concerned or changed, `score_before`, `score_after` and `grade_after` are the first one's.
    """
    event = entry.event
    told = {
        "body": recorded.body,
        "employee": recorded.employee,
        "ledger": event.ledger,
        "seq": event.seq,
        "id": event.id,
        "recorded_at": event.recorded_at if recorded.is_timed else None,
        "occurred_on": event.occurred_on,
        "actor": event.actor,
        "type": event.type,
        "position": entry.position,
        "period": entry.period,
        "form": entry.form,
        "text": tell(entry, language),
        "data": event.data,
        "cause": entry.cause,
        "methodology": entry.methodology,
        "revision": entry.revision,
        "score_before": entry.score_before,
        "score_after": entry.score_after,
        "grade_after": entry.grade_after,
        "changes": [
            {
                "kind": one.result.kind,
                "position": one.result.position,
                "period": one.result.period,
                "changed": one.is_any,
                "before": _standing(one.before),
                "after": _standing(one.after),
            }
            for one in entry.changes
        ],
    }
    return msgspec.json.encode(told)


def _shown(told: str) -> str:
    """What was told on one line, without the codes by which a terminal is told to do things."""
    return "".join(
        one if one.isprintable() else " " if one.isspace() else f"\\u{ord(one):04x}" for one in told
    )


def _standing(grade: Grade | None) -> dict[str, Any] | None:
    if grade is None:
        return None
    names = ("status", "reason", "score", "grade", "results", "flags", "methodology", "revision")
    return {name: getattr(grade, name) for name in names}


def _subject(recorded: Recorded, language: Language) -> str:
    name = _name(recorded.events)
    message = EVENTS.template("page.subject" if name is None else "page.subject-named", language)
    return _shown(message.format(body=recorded.body, employee=recorded.employee, name=name))


def _name(events: Iterable[Event]) -> str | None:
    """What the person is called, by the last appointment that says so."""
    file = None
    for event in events:
        if event.document.kind == "employment":
            file = evolve(file, event)
    return file.name if isinstance(file, Employment) else None


def _heading(entry: Entry, language: Language, *, is_timed: bool) -> str:
    """Which event of the ledger, the day it happened, who reported it, and on what."""
    of_law = entry.event.ledger == AGENCY
    place = EVENTS.template("page.law", language).format(seq=entry.seq) if of_law else f"{entry.seq}"
    who = EVENTS.template("page.system", language) if entry.actor == SYSTEM else entry.actor
    about = [] if entry.period is None else [period(entry.period, language)]
    about += [] if entry.position is None else [entry.position]
    parts = [place, day(entry.occurred_on, language), who, ", ".join(about), _recorded(entry, language)]
    shown = parts if is_timed else parts[:-1]
    return _shown(" · ".join(part for part in shown if part))


def _recorded(entry: Entry, language: Language) -> str:
    return EVENTS.template("page.recorded", language).format(**_moment(entry.recorded_at, language))


def _moment(at: datetime, language: Language) -> dict[str, str]:
    local = at.astimezone(ALMATY)
    return {"day": day(local.date(), language), "time": f"{local:%H:%M}"}
