"""The fold: a person's events and the law, each event told with what it made of his results."""

from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from events.documents import Document, evolve
from events.documents.assessment import ALWAYS_NAMED
from events.envelope import Event
from events.period import parse_period
from events.vocabulary import Name
from events.vocabulary.assessment import CompetencyAssessed
from events.vocabulary.body import MethodologyAdopted, WorkCalendarDeclared
from events.vocabulary.methodology import MethodologyActivated, MethodologyPublished, MethodologyRepealed
from methodologies import registry
from methodologies.registry import Law
from projections.grade import Grade
from projections.history.entries import Change, Entry
from projections.history.saying import say
from projections.history.scene import Scene
from projections.ledger import Work, grades_of, work_by_employee
from projections.view import LedgerView

# A correction is inert until it is activated; a body that joins changes nobody's results.
_CHANGING: Final = (
    MethodologyActivated,
    MethodologyAdopted,
    MethodologyPublished,
    MethodologyRepealed,
    WorkCalendarDeclared,
)
_OF_ONE_YEAR: Final = frozenset({"annual", "assessment", "calibration", "obligations", "plan"})
"""Documents on which no result of another year rests."""

# Kind, position and period; a year's record has one place whatever the position that it stands in.
_Place: TypeAlias = tuple[str, str, str]


def history(ledger: str, employee: str, events: Iterable[Event], law: Iterable[Event]) -> tuple[Entry, ...]:
    """Every event of an employee of a body, in order, with what it made of his results.

    `events` are the body's that concern him, by seq; `law` the agency's from its first on. An event is told
    under the law that its decider saw. Of the law, and of the body's own adoptions, only what changed a
    result of his is told. The last changes come to his derived grades under all of that law.
    """
    teller = _Teller(ledger, employee)
    pending = iter(law)
    following = next(pending, None)
    told: list[Entry] = []
    for event in events:
        while following is not None and following.seq <= event.agency_seq:
            told += teller.take_law(following)
            following = next(pending, None)
        told += teller.take(event)
    while following is not None:
        told += teller.take_law(following)
        following = next(pending, None)
    return tuple(told)


class _Teller:
    """The person's documents, the law and his results as they are so far."""

    def __init__(self, ledger: str, employee: str) -> None:
        self.ledger = ledger
        self.employee = employee
        self.law = Law()
        self.documents: dict[Name, Document] = {}
        self.results: dict[_Place, Grade] = {}

    @property
    def view(self) -> LedgerView:
        return LedgerView(self.ledger, self.documents, self.law)

    def take(self, event: Event) -> Iterator[Entry]:
        """One more event of the body's ledger."""
        scene = Scene(self.employee, event, LedgerView(self.ledger, dict(self.documents), self.law))
        name = event.document
        # Of a session only a part is his, and no result rests on it but by what it decided.
        document = None if name.kind == "commission" else evolve(self.documents.get(name), event)
        if document is not None:
            self.documents[name] = document
        place = _place(scene)
        changes = self._changed(_year(scene) if name.kind in _OF_ONE_YEAR else None, place)
        if name.kind != "adoptions" or changes:
            yield Entry(
                event, say(scene), scene.position, scene.period, scene.form, place is not None, changes
            )

    def take_law(self, event: Event) -> Iterator[Entry]:
        """One more event of the agency's ledger."""
        self.law = registry.evolve(self.law, event)
        if self.results and isinstance(event.data, _CHANGING):
            changes = self._changed(None, None)
            if changes:
                yield Entry(event, say(Scene(self.employee, event, self.view)), changes=changes)

    def _changed(self, year: int | None, place: _Place | None) -> tuple[Change, ...]:
        """What became of the results of a year, or of all; the one at `place` first, changed or not."""
        after = self._derived(year)
        before = {at: one for at, one in self.results.items() if year in {None, parse_period(at[2]).year}}
        self.results = {at: one for at, one in self.results.items() if at not in before} | after
        changes = {at: Change(before.get(at), after.get(at)) for at in (*after, *(before.keys() - after))}
        first = [changes.pop(place)] if place in changes else []
        return (*first, *(one for one in changes.values() if one.is_any))

    def _derived(self, year: int | None) -> dict[_Place, Grade]:
        work = work_by_employee(self.documents).get(self.employee)
        if work is None:
            return {}
        if year is not None:
            own = [one for one in work.assessments if parse_period(one.period).year == year]
            work = Work(own, work.years & {year})
        return {_place_of(grade): grade for grade in grades_of(self.view, self.employee, work)}


def _year(scene: Scene) -> int | None:
    return None if scene.period is None else parse_period(scene.period).year


def _place(scene: Scene) -> _Place | None:
    """The result that an event concerns."""
    if scene.period is None or scene.event.document.kind not in _OF_ONE_YEAR:
        return None
    if parse_period(scene.period).is_quarter:
        return "quarterly", scene.position or "", scene.period
    data = scene.event.data
    if isinstance(data, CompetencyAssessed) or getattr(data, "form", None) == ALWAYS_NAMED:
        return "competencies", scene.position or "", scene.period
    return "annual", "", scene.period


def _place_of(grade: Grade) -> _Place:
    return grade.kind, "" if grade.kind == "annual" else grade.position, grade.period
