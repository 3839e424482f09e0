"""The deciders and the plain model side by side: each fact is told to both, and they must agree."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from events.documents import Assessment
from events.envelope import SYSTEM, Event
from events.vocabulary import Name
from methodologies.loading import act_to_data, shipped
from projections.results import result_of
from projections.view import LedgerView
from services.intake.batch import Accepted, Refused
from services.offline import Ledgers, rejections
from tests.facts import BODY, adopted, appointed, fact, registered
from tests.services.deciding.plain_acts import (
    EMPLOYEE,
    POSITION,
    SUPERIOR,
    SUPERVISOR,
    UNIT_HEAD,
    Act,
    Post,
)
from tests.services.deciding.plain_course import accept, refusals
from tests.services.deciding.plain_model import Body, Said
from tests.services.deciding.recorded_guards import Recorded

_SAYING = {
    "CalibrationConcluded",
    "CommissionDecided",
    "DecisionApproved",
    "ResultAnnounced",
    "ResultRestated",
}


def opening(act: Act, post: Post) -> list[bytes]:
    """A body under the act, and its servant in his post since long ago."""
    lines = [registered()]
    if act.overall:
        own: dict[str, Any] = {**act_to_data(shipped()["zhanakorgan-2026"]), "id": act.id}
        own["readings"]["discipline-cap-scope"]["value"] = "overall"
        said = {"id": act.id, "revision": 1, "act": own, "reason": None}
        lines.append(fact("MethodologyPublished", said, body="agency", on="2025-01-10"))
    people = {"supervisor": SUPERVISOR, "unit_head": UNIT_HEAD, "superior": SUPERIOR}
    held = {**post._asdict(), **people}
    return [*lines, adopted(act.id, "2025-Q1"), appointed(EMPLOYEE, POSITION, on="2020-01-09", **held)]


class SideBySide:
    """One servant's procedures under one act."""

    def __init__(self, act: Act, post: Post) -> None:
        ledgers = Ledgers()
        assert list(rejections(ledgers, opening(act, post))) == []
        self.body = Body(act, post)
        self.said: list[tuple[str, str, Mapping[str, Any]]] = []
        self.recorded = Recorded()
        self._sitting = ledgers._sitting
        self._ledger = self._sitting.ledgers[BODY]

    def report(self, type_: str, data: Mapping[str, Any], on: date) -> tuple[str, list[str]]:
        """Tells both; `recorded` with the types of what the system adds, or the code of the refusal.

        AssertionError, with all that was told before, where they differ.
        """
        id_ = str(UUID(int=len(self.said) + 1, version=4))
        self.said.append((on.isoformat(), type_, data))
        line = fact(type_, dict(data), on=on.isoformat(), id=id_)
        reasons = refusals(self.body, type_, data, on)
        before, size = dict(self._ledger.documents), self._ledger.size
        answer = self._sitting.hear(Ledgers.read(None, line))  # type: ignore[arg-type]
        if isinstance(answer, Refused):
            assert answer.problem.code in reasons, self._differ(answer.problem, reasons or "to be accepted")
            assert (self._ledger.documents, self._ledger.size) == (before, size), self._differ("changed")
            return answer.problem.code, []
        assert isinstance(answer, Accepted), self._differ(answer)
        assert not reasons, self._differ("accepted", reasons)
        self._check_added(answer.events, accept(self.body, type_, data, on, id_))
        self._check_results()
        return "recorded", [event.type for event in answer.events[1:]]

    def _check_added(self, events: tuple[Event, ...], expected: list[tuple[str, str, object]]) -> None:
        first, *rest = events
        assert [one.seq for one in events] == list(range(first.seq, first.seq + len(events)))
        assert all((one.actor, one.occurred_on) == (SYSTEM, first.occurred_on) for one in rest)
        found = [_summed_up(one) for one in rest]
        assert sorted(map(repr, found)) == sorted(map(repr, expected)), self._differ(found, expected)
        for event in events:
            self.recorded.take(event)
        assert not self.recorded.breaches, self._differ(self.recorded.breaches)

    def _check_results(self) -> None:
        """Every result is what the model makes of it, and what was told last of it is the result."""
        view = LedgerView(BODY, self._ledger.documents, self._sitting.law)
        for (period, apart), paper in list(self.body.papers.items()):
            name = Name("assessment", (EMPLOYEE, POSITION, period))
            grade = result_of(view, name, "competencies" if apart else None)
            graded = grade is not None and grade.status == "graded"
            results = grade.results if grade else None
            said = Said(
                grade.score if grade else None,
                grade.grade if grade else None,
                None if results is None else tuple(sorted((one.competency, one.result) for one in results)),
            )
            expected = self.body.outcome(paper)
            assert (said if graded else None) == expected, self._differ(grade, expected)
            found = view.documents.get(name)
            kept = found if isinstance(found, Assessment) else Assessment(EMPLOYEE, POSITION, period)
            last = kept.result("competencies" if apart else None).last
            assert (last is not None) == bool(paper.told)
            if last is not None:
                assert _told(last) == (expected or Said()), self._differ(last, expected)

    def _differ(self, found: object, expected: object = None) -> str:
        lines = [f"{on} {type_} {json.dumps(data)}" for on, type_, data in self.said]
        act = f"{self.body.act.id}, {self.body.post}"
        return "\n".join([act, *lines, f"found: {found}", f"expected: {expected}"])


def _summed_up(event: Event) -> tuple[str, str, object]:
    data: Any = event.data
    assert event.type in _SAYING
    match event.type:
        case "CalibrationConcluded":
            return event.type, data.period, data.score.normalize()
        case "DecisionApproved":
            return event.type, data.period, data.form == "competencies"
        case "CommissionDecided":
            right = data.score if data.points is None else data.points
            if right is not None:
                right = Decimal(right).normalize()
            if data.competencies is not None:
                right = frozenset(data.competencies.items())
            return event.type, data.period, (data.choice, right)
    return event.type, data.period, _told(data)


def _told(data: Any) -> Said:
    results = None if data.results is None else tuple(sorted(data.results.items()))
    return Said(data.score, data.grade, results)
