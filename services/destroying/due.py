"""What is due: the papers whose years of keeping are over, and why the others are kept (cl. 12)."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Final, NamedTuple

import msgspec

from events.documents import Annual, Assessment, Calibration, Commission, Employment, Hold
from events.documents.assessment import ALWAYS_NAMED
from events.period import Period, parse_period, quarter_of
from events.vocabulary import Name
from methodologies.act import Act
from methodologies.registry import Law
from methodologies.rules.completion import completed_on, kept_until
from projections.history import PERSONAL
from projections.view import LedgerView
from services.destroying.papers import Paper, Papers

_OF_AN_ASSESSMENT: Final = frozenset({"assessment", "calibration", "obligations", "plan"})

TERM: Final = "term"
NO_TERM: Final = "no-term"
NOT_COMPLETED: Final = "not-completed"
APPEAL: Final = "appeal-pending"
CALIBRATION: Final = "calibration-pending"
DISPUTE: Final = "dispute-pending"
HELD: Final = "held"
YEAR: Final = "needed-by-year"
QUARTER: Final = "quarter-kept"
RESULTS: Final = "needed-by-results"
SERVING: Final = "in-service"
UNREAD: Final = "unreadable"

REASONS: Final = (
    TERM, NO_TERM, NOT_COMPLETED, APPEAL, CALIBRATION, DISPUTE, HELD, YEAR, QUARTER, RESULTS, SERVING, UNREAD,
)  # fmt: skip
"""Why a paper is kept; the first three and the last are of the paper itself."""


class Standing(NamedTuple):
    """The last day on which papers are kept by their own term, or why there is none yet.

    With both the reason keeps them, until that day as far as it is known.
    """

    reason: str | None
    until: date | None


class Verdict(msgspec.Struct, frozen=True):
    """A paper, and why it is kept (None: it is due) and until when, where that is known."""

    paper: Paper
    period: str | None
    reason: str | None
    until: date | None

    @property
    def is_due(self) -> bool:
        return self.reason is None

    @property
    def person(self) -> str | None:
        """Whose paper it is; None of a session's."""
        name = self.paper.name
        return name.key[0] if name.kind in PERSONAL else None


class _Group(NamedTuple):
    """Papers that stand and fall together."""

    period: str | None
    papers: list[Paper]


class Retention:
    """The papers of a ledger under the law, as of a day; pure."""

    def __init__(self, papers: Papers, law: Law, as_of: date) -> None:
        self._papers = papers
        self._as_of = as_of
        self._view = LedgerView(papers.ledger, papers.documents, law)
        self._said: dict[str, list[Verdict]] = {}

    def verdicts(self) -> Iterator[Verdict]:
        """On every paper of a person or a session."""
        for employee in self._papers.employees:
            yield from self.of_person(employee)
        for session in self._papers.sessions:
            yield self.of_session(session)

    def of_person(self, employee: str) -> list[Verdict]:
        """On a servant's papers; his file comes last."""
        said = self._said.get(employee)
        if said is None:
            said = self._said[employee] = list(self._of_person(employee))
        return said

    def of_session(self, paper: Paper) -> Verdict:
        """On the minutes of a session: kept as long as a result that was decided there is."""
        session = paper.document
        period = str(paper.last_on.year)
        if paper.unread or not isinstance(session, Commission):
            return Verdict(paper, period, UNREAD, None)
        concerned = {Name("assessment", subject.key) for subject in session.subjects}
        kept = [
            one
            for employee in {name.key[0] for name in concerned}
            for one in self.of_person(employee)
            if one.paper.name in concerned and not one.is_due
        ]
        if kept:
            return Verdict(paper, period, RESULTS, _latest(one.until for one in kept))
        return self._judged(
            paper, period, self._term(self._act(quarter_of(paper.last_on)), paper.last_on), None
        )

    def _of_person(self, employee: str) -> Iterator[Verdict]:
        papers = self._papers.of(employee)
        if any(one.unread for one in papers):
            yield from (Verdict(one, _period_of(one.name), UNREAD, None) for one in papers)
            return
        found = self._papers.documents.get(Name("hold", (employee,)))
        hold = found if isinstance(found, Hold) else Hold(employee)
        quarters, years, file = _grouped(papers)
        said: list[Verdict] = []
        for year in sorted({*years, *(key[1][:4] for key in quarters)}):
            own = {key: group for key, group in quarters.items() if key[1][:4] == year}
            said += self._of_year(hold, Period(int(year)), own, years.get(year, []))
        yield from said
        for paper in file:
            yield self._of_file(employee, hold, paper, said)

    def _of_year(
        self, hold: Hold, year: Period, quarters: dict[tuple[str, str], list[Paper]], papers: list[Paper]
    ) -> Iterator[Verdict]:
        act = self._act(year)
        annual = next((one for one in papers if one.name.kind == "annual"), None)
        record = annual.document if annual else None
        formed = isinstance(record, Annual) and record.formed is not None
        standing = {key: self._completed(its) for key, its in quarters.items()}
        if act.annual is not None and not formed and standing:
            standing = _together(standing)
        said = [
            verdict
            for key, its in quarters.items()
            for verdict in self._all(_Group(key[1], its), standing[key], hold)
        ]
        yield from said
        # A year outlives its quarters, and never they it: of what is left it would be formed anew.
        if any(not one.is_due and one.reason != TERM for one in said):
            standing = {key: Standing(one.reason or QUARTER, one.until) for key, one in standing.items()}
        whole = self._year(year, annual, papers, standing.values())
        yield from self._all(_Group(str(year), papers), whole, hold)

    def _year(
        self, year: Period, annual: Paper | None, papers: list[Paper], quarters: Collection[Standing]
    ) -> Standing:
        """How the papers of a year stand, which last as long as those of its quarters at least."""
        act = self._act(year)
        own = [self._completed([*papers, one], one) for one in papers if one.name.kind == "assessment"]
        record = annual.document if annual else None
        if annual is not None and isinstance(record, Annual) and record.formed is not None:
            own.append(self._term(act, max(annual.last_on, year.end)))
        undone = next((one for one in own if one.reason is not None), None)
        if undone is not None:
            return undone
        if any(one.reason is not None for one in quarters):
            return Standing(QUARTER, _latest(one.until for one in quarters))
        if not own and not quarters:
            # A plan or terms alone: there is no result that anybody could finish.
            return self._term(act, year.end) if annual is None else Standing(NOT_COMPLETED, None)
        return Standing(None, _latest(one.until for one in (*own, *quarters)))

    def _completed(self, group: list[Paper], of: Paper | None = None) -> Standing:
        """How an assessment stands, all of its strands; its papers are `group`."""
        paper = of or next(one for one in group if one.name.kind == "assessment")
        assessment = paper.document
        assert isinstance(assessment, Assessment)
        period = parse_period(assessment.period)
        act = self._act(period)
        name = Name("calibration", paper.name.key)
        found = self._papers.documents.get(name)
        calibration = found if isinstance(found, Calibration) else None
        if assessment.disputes:
            return Standing(DISPUTE, None)
        strands = _strands(assessment)
        if not strands:
            # No sheet was issued, or all was destroyed and a fact came late: there is nothing to finish.
            return self._term(act, max(period.end, assessment.settled_on or period.end))
        standings = [self._strand(act, assessment, one, calibration) for one in strands]
        undone = next((one for one in standings if one.reason is not None), None)
        return undone or Standing(None, _latest(one.until for one in standings))

    def _strand(
        self, act: Act, assessment: Assessment, form: str | None, calibration: Calibration | None
    ) -> Standing:
        result = assessment.result(form)
        if result.pending_appeal is not None:
            return Standing(APPEAL, None)
        if calibration is not None and calibration.is_pending:
            return Standing(CALIBRATION, None)
        sheet = assessment.sheet(form)
        signed = sheet.signed_on if sheet is not None else None
        period, settled = parse_period(assessment.period), assessment.settled_on
        completed = completed_on(act, result, calibration, period, signed_on=signed, settled_on=settled)
        return Standing(NOT_COMPLETED, None) if completed is None else self._term(act, completed)

    def _of_file(self, employee: str, hold: Hold, paper: Paper, said: list[Verdict]) -> Verdict:
        """His file, sanctions, holds and who read of him: needed while any of his results is kept."""
        if hold.placed:
            return Verdict(paper, None, HELD, None)
        kept = [one for one in said if not one.is_due]
        found = self._papers.documents.get(Name("employment", (employee,)))
        if not isinstance(found, Employment) or not found.tenures:
            return Verdict(
                paper, None, RESULTS if kept else NOT_COMPLETED, _latest(one.until for one in kept)
            )
        left = found.dismissed_on
        if left is None and any(one.until is None for one in found.tenures):
            return Verdict(paper, None, SERVING, None)
        last = left or max(one.until for one in found.tenures if one.until is not None)
        if kept:
            return Verdict(paper, None, RESULTS, _latest(one.until for one in kept))
        return self._judged(paper, None, self._term(self._act(quarter_of(last)), last), None)

    def _all(self, group: _Group, standing: Standing, hold: Hold) -> Iterator[Verdict]:
        for paper in group.papers:
            yield self._judged(paper, group.period, standing, hold)

    def _judged(self, paper: Paper, period: str | None, standing: Standing, hold: Hold | None) -> Verdict:
        if hold is not None and hold.covering(period) is not None:
            return Verdict(paper, period, HELD, None)
        reason, until = standing
        if reason is None and (until is None or self._as_of <= until):
            reason = TERM
        return Verdict(paper, period, reason, until)

    def _act(self, period: Period) -> Act:
        return self._view.governing(period).act

    @staticmethod
    def _term(act: Act, completed: date) -> Standing:
        until = kept_until(act, completed)
        return Standing(NO_TERM, None) if until is None else Standing(None, until)


def _strands(document: object) -> list[str | None]:
    """The results of an assessment: of its sheets, and of a year that was told without one."""
    if not isinstance(document, Assessment):
        return []
    sheets = (ALWAYS_NAMED if one.form == ALWAYS_NAMED else None for one in document.sheets)
    return list(dict.fromkeys((*sheets, *(one.form for one in document.results))))


def _together(standing: dict[tuple[str, str], Standing]) -> dict[tuple[str, str], Standing]:
    """The quarters of a year that was never formed last as long as the last of them: it needs them."""
    if any(one.reason is not None for one in standing.values()):
        return {key: one if one.reason else Standing(YEAR, None) for key, one in standing.items()}
    until = _latest(one.until for one in standing.values())
    return dict.fromkeys(standing, Standing(None, until))


def _grouped(
    papers: Iterable[Paper],
) -> tuple[dict[tuple[str, str], list[Paper]], dict[str, list[Paper]], list[Paper]]:
    """A servant's papers by assessment of a quarter (position, period), by year, and those of his file.

    What is of a quarter that has no assessment goes with its year.
    """
    found = list(papers)
    assessed = {one.name.key[1:3] for one in found if one.name.kind == "assessment"}
    quarters: dict[tuple[str, str], list[Paper]] = {}
    years: dict[str, list[Paper]] = {}
    file: list[Paper] = []
    for one in found:
        period = _period_of(one.name)
        if period is None:
            file.append(one)
        elif parse_period(period).is_quarter and one.name.key[1:3] in assessed:
            quarters.setdefault((one.name.key[1], period), []).append(one)
        else:
            years.setdefault(period[:4], []).append(one)
    return quarters, years, file


def _period_of(name: Name) -> str | None:
    if name.kind in _OF_AN_ASSESSMENT:
        return name.key[2]
    return name.key[1] if name.kind == "annual" else None


def _latest(days: Iterable[date | None]) -> date | None:
    """The last of the days; None where one of them is not known, or there is none."""
    found = list(days)
    known = [day for day in found if day is not None]
    return max(known) if known and len(known) == len(found) else None
