"""Procedures kept by plain means, from the words of the acts: what is on the papers, and what they come to.

It is for one servant of one body, and knows nothing of the product. `plain_sheets`, `plain_results`,
`plain_panels` and `plain_commissions` say what may not be done, `plain_course` and `plain_papers` what a fact
that is accepted leads to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from tests.services.deciding.plain_acts import (
    ASKED,
    CLIENTS,
    MILD,
    OF_TARGETS,
    ON_FIVE,
    QUARTERS,
    ROWS,
    SUPERVISOR,
    UNIT_HEAD,
    YEAR,
    Act,
    Post,
    quarter_of,
    rounded,
)


class Said(NamedTuple):
    """A result as it is told; of competencies their results."""

    score: str | None = None
    grade: str | None = None
    results: tuple[tuple[str, str], ...] | None = None


class Decision(NamedTuple):
    """`right` is the corrected score, points or results of competencies; None where nothing was corrected."""

    at: int
    by: str
    right: object = None
    annuls: bool = False


class Told(NamedTuple):
    at: int
    said: Said
    anew: bool
    of_decision: bool = False


Data = Mapping[str, Any]
"""What a fact says, as it is written in a file of facts."""

Added = tuple[str, str, object]
"""What the system adds: its type, the period, and what it says."""


@dataclass
class Appeal:
    to: str
    on: date
    outcome: str | None = None
    at: int = 0
    sends_back: bool = False


@dataclass
class Paper:
    """A sheet, and what became of its result."""

    period: str
    form: str | None = None
    evaluator: str = ""
    helpers: list[str] = field(default_factory=list)
    marks: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    bonus: dict[str, int] = field(default_factory=dict)
    breaches: int = 0
    targets: dict[str, int | bool] = field(default_factory=dict)
    shown: dict[str, int] = field(default_factory=dict)
    signed_at: int = 0
    agreed: bool = False
    delivered_on: date | None = None
    acquainted_on: date | None = None
    told: list[Told] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    session: str | None = None
    sessions: dict[str, int] = field(default_factory=dict)
    sat_on: date | None = None
    approved: bool = False
    appeals: list[Appeal] = field(default_factory=list)
    settled: Said | None = None

    @property
    def key(self) -> tuple[str, bool]:
        return self.period, self.form == "competencies"

    @property
    def scorers(self) -> set[str]:
        """Those who scored, or are to."""
        return {self.evaluator, *(scorer for _, scorer in self.marks)}

    def decided_at(self, by: str) -> int:
        return max((one.at for one in self.decisions if one.by == by), default=0)

    def standing(self) -> Decision | None:
        return next((one for one in reversed(self.decisions) if one.at > self.signed_at), None)

    def sent_back_since(self, at: int) -> bool:
        return any(one.sends_back and one.at > at for one in self.appeals)

    @property
    def is_reviewed(self) -> bool:
        """Whether a commission's decision on it stands."""
        decided = self.decided_at("commission")
        return decided > self.signed_at > 0 and not self.sent_back_since(decided)

    def pending_appeal(self) -> Appeal | None:
        return next((one for one in self.appeals if one.outcome is None), None)


@dataclass
class Panel:
    requested_on: date | None = None
    members: dict[str, str] = field(default_factory=dict)
    votes: dict[int, dict[str, Decimal]] = field(default_factory=dict)
    round: int = 1
    concluded: bool = False
    filed: bool = False
    decided_on: date | None = None

    @property
    def pending(self) -> bool:
        return self.requested_on is not None and not self.filed

    def begin(self, on: date | None) -> None:
        """Asked for anew, or no longer; what was decided before stays."""
        self.requested_on, self.members, self.votes, self.round = on, {}, {}, 1
        self.concluded = self.filed = False


@dataclass
class Session:
    members: dict[str, str]
    convened_on: date
    sat_on: date | None = None
    present: list[str] = field(default_factory=list)
    votes: dict[tuple[str, bool], dict[str, tuple[int, object]]] = field(default_factory=dict)
    filed: bool = False

    @property
    def voters(self) -> list[str]:
        return [one for one, role in self.members.items() if role != "secretary"]

    @property
    def chair(self) -> str | None:
        return next((one for one, role in self.members.items() if role == "chair"), None)


@dataclass
class Body:
    """Everything that is known of the servant's assessments for 2025, as of `at` accepted facts."""

    act: Act
    post: Post
    at: int = 0
    papers: dict[tuple[str, bool], Paper] = field(default_factory=dict)
    panels: dict[str, Panel] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    plan: dict[str, bool] | None = None
    plan_agreed: bool = False
    plan_approved: bool = False
    sanctions: dict[str, tuple[str, date, bool]] = field(default_factory=dict)
    workdays: dict[str, int] = field(default_factory=dict)
    disputes: dict[str, int] = field(default_factory=dict)

    def paper(self, period: str, *, apart: bool = False) -> Paper:
        """The paper of a period, `apart` the one on competencies; empty while there is none."""
        return self.papers.setdefault((period, apart), Paper(period))

    def paper_of(self, data: Data) -> Paper:
        """The paper that a fact names."""
        return self.paper(data["period"], apart=data.get("form") == "competencies")

    def panel(self, period: str) -> Panel:
        return self.panels.setdefault(period, Panel())

    def right_sheet(self, form: str) -> tuple[str, str]:
        """The form and the evaluator that the act gives the servant (cl. 16; 4; 17, 25)."""
        if self.act.family != "sheet":
            return form, SUPERVISOR
        if self.post.category in self.act.by_supervisor:
            return "annex-1", SUPERVISOR
        return ("annex-1" if self.post.managerial else "annex-2"), UNIT_HEAD

    def indicators(self) -> dict[str, int]:
        """The competencies asked of the servant, with how many indicators each has (`arys-2022` cl. 26)."""
        category, heads = self.post.category, self.post.heads_unit
        a, b = {"E-1", "E-R-1"}, {"E-2", "E-R-2", "E-R-3", "E-G-1"}
        in_b = category in b or (heads and category in {"E-3", "E-G-2"})
        group = 0 if category in a else 1 if in_b else 2
        return {
            code: of[group] for code, of in ASKED.items() if code not in CLIENTS or self.post.serves_public
        }

    def cap(self, period: str) -> Decimal | None:
        """The lowest cap of the sanctions imposed in the period (row 5)."""
        if self.act.family != "sheet":
            return None
        caps = [
            Decimal("2.99") if kind in MILD else Decimal("1.99")
            for kind, on, annulled in self.sanctions.values()
            if not annulled and period in QUARTERS and quarter_of(on) == period
        ]
        return min(caps, default=None)

    def outcome(self, paper: Paper) -> Said | None:
        """The result as the papers have it; None while there is none."""
        standing = paper.standing()
        if standing is not None and standing.annuls:
            return None
        right = standing.right if standing else None
        if self.act.family == "sheet":
            return self._of_year(right) if paper.period == YEAR else self._of_sheet(paper, right, standing)
        if not paper.signed_at:
            return None
        if paper.form == "competencies":
            return self._of_competencies(paper, right)
        if self.act.family == "targets":
            met = sum(map(bool, paper.targets.values())) if right is None else int(Decimal(str(right)))
            return Said(str(met), OF_TARGETS[max(met - 2, 0)])
        if paper.period == YEAR:
            return self._of_points_and_plan(paper, right)
        points = Decimal(100 + sum(paper.bonus.values()) - 2 * paper.breaches)
        points = points if right is None else Decimal(str(right))
        return Said(str(int(points)), _of_points(points)[1])

    def _of_sheet(self, paper: Paper, right: object, standing: Decision | None) -> Said | None:
        if not paper.signed_at or self.workdays.get(paper.period, 15) < 15:
            return None
        cap = self.cap(paper.period)
        if right is not None:
            bound = standing is not None and standing.by == "panel" and self.act.overall and cap is not None
            score = Decimal(str(right))
            return _on_five(min(score, cap) if bound and cap is not None else score)
        rows = {row: mark for (row, _), mark in paper.marks.items()}
        if cap is not None and not self.act.overall:
            rows["5"] = min(rows["5"], cap)
        mean = sum(rows.values(), Decimal(0)) / len(ROWS)
        return _on_five(min(mean, cap) if cap is not None and self.act.overall else mean)

    def _quarters(self) -> list[Decimal]:
        of = (self.outcome(self.paper(quarter)) for quarter in QUARTERS)
        return [Decimal(one.score) for one in of if one is not None and one.score is not None]

    def _of_year(self, right: object) -> Said | None:
        scores = self._quarters()
        if not scores:
            return None
        return _on_five(sum(scores) / len(scores) if right is None else Decimal(str(right)))

    def _of_points_and_plan(self, paper: Paper, right: object) -> Said | None:
        points = self._quarters()
        if not points:
            return None
        mark, _ = _of_points(sum(points, Decimal(0)) / len(points))
        kept = [paper.targets[target] for target in self.plan or {}]
        worked_out = Decimal("0.4") * mark + Decimal("0.6") * sum(kept) / len(kept)
        score = worked_out if right is None else Decimal(str(right))
        grade = "unsatisfactory"
        if score >= 3:
            tenths = rounded(score, "0.1")
            grade = "satisfactory" if tenths < 4 else "effective" if tenths < 5 else "excellent"
        return Said(str(rounded(score)), grade)

    def _of_competencies(self, paper: Paper, right: object) -> Said:
        found = {
            code: "meets" if 4 * paper.shown[code] >= 3 * of else "does-not-meet"
            for code, of in self.indicators().items()
        }
        anew = dict(right) if isinstance(right, dict) else {}
        return Said(results=tuple(sorted((code, anew.get(code, one)) for code, one in found.items())))


def _on_five(score: Decimal) -> Said:
    told = rounded(score)
    return Said(str(told), ON_FIVE[int(told)])


def _of_points(points: Decimal) -> tuple[int, str]:
    """The mark on the scale of five and the grade (`sjc-2017` cl. 27, 32; reading `eighty-points`)."""
    if points < 80:
        return 2, "unsatisfactory"
    if rounded(points, "1") <= 105:
        return 3, "satisfactory"
    return (4, "effective") if points <= 130 else (5, "excellent")
