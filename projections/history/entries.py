"""An event of a person's history, with what it says and what it made of his results."""

from datetime import date, datetime

import msgspec

from events.envelope import Event
from events.vocabulary.assessment import AnnouncedResult
from projections.grade import Grade
from projections.history.said import Said


class Change(msgspec.Struct, frozen=True):
    """A derived result before and after an event; None while there is none."""

    before: Grade | None
    after: Grade | None

    @property
    def result(self) -> Grade:
        """The result that it is of, as it is now or, where it is gone, as it was."""
        result = self.after or self.before
        assert result is not None, "a change is of a result that is there before or after"
        return result

    @property
    def is_any(self) -> bool:
        """Whether what is told of a result, or the revision it is derived under, is another than before."""
        return _told(self.before) != _told(self.after)


class Entry(msgspec.Struct, frozen=True):
    """One event: of the person's own documents, or of the law where it changed a result of his.

    `changes` holds first the result that the event concerns, where there is one, changed or not; then every
    other that it changed. `said` is what it says, in the words of no language yet.
    """

    event: Event
    said: Said
    position: str | None = None
    period: str | None = None
    form: str | None = None
    concerns_result: bool = False
    changes: tuple[Change, ...] = ()

    @property
    def seq(self) -> int:
        """Its place in its ledger, the body's or the agency's."""
        return self.event.seq

    @property
    def recorded_at(self) -> datetime:
        """When the ledger took it in, in UTC."""
        return self.event.recorded_at

    @property
    def occurred_on(self) -> date:
        return self.event.occurred_on

    @property
    def actor(self) -> str:
        return self.event.actor

    @property
    def type(self) -> str:
        return self.event.type

    @property
    def cause(self) -> str | None:
        """The type of the event that made an announced result what it is; None for other events."""
        data = self.event.data
        return data.cause if isinstance(data, AnnouncedResult) else None

    @property
    def score_before(self) -> str | None:
        """The score of the first of `changes` before the event, printed as its act counts."""
        return self._of_first("before", "score")

    @property
    def score_after(self) -> str | None:
        """The score of the first of `changes` after the event, printed as its act counts."""
        return self._of_first("after", "score")

    @property
    def grade_after(self) -> str | None:
        """The grade, by its code in the act, of the first of `changes` after the event."""
        return self._of_first("after", "grade")

    @property
    def methodology(self) -> str | None:
        """The act that the first of `changes` is derived under."""
        return self.changes[0].result.methodology if self.changes else None

    @property
    def revision(self) -> int | None:
        """The revision of that act."""
        return self.changes[0].result.revision if self.changes else None

    def _of_first(self, side: str, what: str) -> str | None:
        grade = getattr(self.changes[0], side) if self.changes else None
        found: str | None = getattr(grade, what) if grade else None
        return found


def _told(grade: Grade | None) -> tuple[object, ...] | None:
    if grade is None:
        return None
    return (
        grade.status,
        grade.reason,
        grade.score,
        grade.grade,
        grade.results,
        grade.methodology,
        grade.revision,
    )
