"""What an event is told against: the documents before it and the act that governs its period."""

from functools import cached_property

import msgspec

from events.documents import Assessment, Plan
from events.documents.assessment import Sheet
from events.documents.discipline import Sanction
from events.envelope import Event
from events.period import parse_period
from events.vocabulary import Name
from events.vocabulary.discipline import DisciplineAnnulled
from methodologies.act import Act
from methodologies.model.text import Text
from methodologies.rules.eligibility import tenure_in
from projections.history.said import Numbered, Verdict
from projections.view import LedgerView

_OF_AN_ASSESSMENT = frozenset({"assessment", "calibration", "obligations", "plan"})


class Scene(msgspec.Struct, frozen=True, dict=True):
    """An event of an employee's history, and his documents and the law as they were just before.

    A change of the law itself is told as it is after it. Titles are the act's own; without one, codes.
    """

    employee: str
    event: Event
    view: LedgerView

    @cached_property
    def position(self) -> str | None:
        """The position of the assessment or plan that the event is of."""
        name = self.event.document
        if name.kind == "commission":
            return getattr(self.event.data, "position", None)
        return name.key[1] if name.kind in _OF_AN_ASSESSMENT else None

    @cached_property
    def period(self) -> str | None:
        """The period of the assessment, plan or annual record that the event is of."""
        name = self.event.document
        if name.kind == "commission":
            return getattr(self.event.data, "period", None)
        if name.kind == "annual":
            return name.key[1]
        return name.key[2] if name.kind in _OF_AN_ASSESSMENT else None

    @cached_property
    def form(self) -> str | None:
        """The form of the sheet that the event speaks of, where it names one or a sheet is there."""
        named: str | None = getattr(self.event.data, "form", None)
        return named or (self.sheet.form if self.sheet else None)

    @cached_property
    def act(self) -> Act | None:
        """The act that governs the period; None for events without one."""
        return None if self.period is None else self.view.governing(parse_period(self.period)).act

    @cached_property
    def sheet(self) -> Sheet | None:
        """The sheet that the event speaks of."""
        found = self.view.documents.get(self._named("assessment"))
        form = getattr(self.event.data, "form", None)
        return found.sheet(form) if isinstance(found, Assessment) else None

    @cached_property
    def sanction(self) -> Sanction | None:
        """The sanction that an annulment speaks of."""
        data = self.event.data
        file = self.view.discipline(self.employee)
        if file is None or not isinstance(data, DisciplineAnnulled):
            return None
        return file.sanction(data.discipline)

    def form_title(self) -> Text | str:
        """What the act calls the form of the sheet."""
        form = self.act.forms.get(self.form) if self.act and self.form else None
        return form.title if form else self.form or ""

    def parameter_title(self, code: str) -> Text | str:
        """What the sheet calls its row."""
        form = self.act.forms.get(self.sheet.form) if self.act and self.sheet else None
        row = form.parameters.get(code) if form else None
        return row.title if row else code

    def grade_title(self, code: str | None, act: Act | None = None) -> Text | str:
        """What an act calls a grade."""
        governing = act or self.act
        grade = governing.grades.get(code) if governing and code else None
        return grade.title if grade else code or ""

    def act_of(self, methodology: str, revision: int | None = None) -> Act | None:
        """An act in a revision, or in the one that decides."""
        found = self.view.law.methodologies.get(methodology)
        if found is None:
            return None
        laid_down = found.current if revision is None else found.revisions.get(revision)
        return laid_down.act if laid_down else None

    def act_title(self, methodology: str, revision: int | None = None) -> Text | str:
        """What an act calls itself."""
        act = self.act_of(methodology, revision)
        return act.title if act else methodology

    def target_title(self, number: str) -> str:
        """What the plan calls a target."""
        found = self.view.documents.get(self._named("plan"))
        target = found.target(number) if isinstance(found, Plan) else None
        return target.title if target else number

    def competency_title(self, named: str) -> Text | str:
        """What the act calls a competency, named by its code or number."""
        rule = self.act.competencies if self.act else None
        code = rule.code_of(named) if rule else None
        return rule.competencies[code].title if rule and code else named

    def indicators(self, named: str, numbers: tuple[int, ...]) -> tuple[Numbered | str, ...]:
        """These of a competency's indicators, as the act prints them for the servant's category."""
        rule = self.act.competencies if self.act else None
        code = rule.code_of(named) if rule else None
        group = self._group()
        if rule is None or code is None or group is None:
            return tuple(str(number) for number in numbers)
        printed = rule.competencies[code].indicators[group]
        return tuple(
            Numbered(str(number), printed[number - 1]) if 0 < number <= len(printed) else str(number)
            for number in numbers
        )

    def verdicts(self, results: dict[str, str] | None) -> tuple[Verdict, ...]:
        """What competencies came to, both in the act's words."""
        rule = self.act.competencies if self.act else None
        called = rule.results if rule else {}
        return tuple(
            Verdict(self.competency_title(code), called.get(result, result))
            for code, result in (results or {}).items()
        )

    def _group(self) -> str | None:
        rule = self.act.competencies if self.act else None
        if rule is None or self.period is None:
            return None
        file = self.view.employment(self.employee)
        held = tenure_in(file, self.position or "", parse_period(self.period))
        return rule.group_of(held.category, heads_unit=held.heads_unit) if held else None

    def _named(self, kind: str) -> Name:
        return Name(kind, (self.employee, self.position or "", self.period or ""))
