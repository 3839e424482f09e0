"""Random procedures under every act, held against a plain model of them after every fact."""

from collections import Counter
from datetime import date, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.services.deciding.plain_acts import ACTS, DAYS_OFF, Act, Post
from tests.services.deciding.plain_next import Pick, at_the_end_of_a_term, papers_of, sensible
from tests.services.deciding.plain_stray import stray
from tests.services.deciding.side_by_side import SideBySide

OPENED, LAST = date(2026, 4, 13), date(2026, 7, 10)
POSTS = (
    Post("E-4"),
    Post("E-3"),
    Post("E-4", managerial=True),
    Post("E-1", managerial=True),
    Post("E-3", managerial=True, heads_unit=True, serves_public=True),
    Post("E-R-1", serves_public=True),
)
DEEP = (
    "AppealResolved: annul",
    "AppealResolved: left",
    "AppealResolved: revise",
    "CalibrationConcluded",
    "CalibrationRequested: term-missed",
    "CommissionDecided",
    "DecisionApproved",
    "DecisionAppealed: term-missed",
    "ProtocolFiled of a session: recorded",
    "ProtocolFiled: recorded",
    "ResultRestated",
    "SheetReturned: recorded",
    "another round",
    "another session decides",
    "calibrated anew",
)
"""How far a run must have come, again and again, to say anything."""
OFTEN = 5


class Procedures(RuleBasedStateMachine):
    """One servant's year under an act: what would sensibly be reported, and what anybody may report."""

    reached: ClassVar[Counter[str]] = Counter()
    """How often each outcome came about, in all procedures of a run."""

    both: SideBySide
    today: date

    @initialize(act=st.sampled_from(ACTS), post=st.sampled_from(POSTS), data=st.data())
    def begin(self, act: Act, post: Post, data: st.DataObject) -> None:
        self.both = SideBySide(act, post)
        self.today = OPENED
        for _ in range(data.draw(st.sampled_from((0, 2, 3)))):
            self.go_on_with(data, steps=14)

    @rule(data=st.data(), steps=st.integers(1, 8))
    def go_on_with(self, data: st.DataObject, steps: int) -> None:
        """One paper is taken further by some facts."""
        body, pick = self.both.body, picking(data)
        key = pick(papers_of(body))
        for _ in range(steps):
            self._report(*sensible(body, key, pick, self.today))

    @rule(data=st.data(), times=st.integers(1, 3))
    def report_anything(self, data: st.DataObject, times: int) -> None:
        for _ in range(times):
            self._report(*stray(self.both.body, picking(data), self.today))

    @rule(days=st.sampled_from((1, 1, 2, 4, 6, 12)))
    def wait(self, days: int) -> None:
        """Days pass, as far as the model's calendar of days off goes."""
        self.today = min(self.today + timedelta(days=days), LAST)
        while self.today.weekday() >= 5 or self.today in DAYS_OFF:
            self.today += timedelta(days=1)

    @rule(data=st.data(), late=st.booleans())
    def use_a_term_up(self, data: st.DataObject, late: bool) -> None:
        """The servant asks or appeals on the last day that he has, or on the next."""
        body = self.both.body
        found = at_the_end_of_a_term(body, data.draw(st.sampled_from(papers_of(body))), late=late)
        if found is not None and self.today <= found[0] <= LAST:
            self.today = found[0]
            self._report(*found[1])

    def _report(self, type_: str, data: dict[str, Any]) -> None:
        outcome, added = self.both.report(type_, data, self.today)
        self.reached["facts"] += 1
        where = " of a session" if "session" in data else ""
        self.reached[f"{type_}{where}: {outcome}"] += 1
        self.reached.update(added)
        if type_ == "AppealResolved" and outcome == "recorded":
            self.reached[f"{type_}: {data['outcome']}"] += 1

    def teardown(self) -> None:
        if not hasattr(self, "both"):
            return
        body = self.both.body
        self.reached["procedures"] += 1
        self.reached["another round"] += sum(panel.round > 1 for panel in body.panels.values())
        for paper in body.papers.values():
            panels = sum(one.by == "panel" for one in paper.decisions)
            self.reached["calibrated anew"] += panels > 1
            self.reached["another session decides"] += len(paper.sessions) > 1


def picking(data: st.DataObject) -> Pick:
    return lambda options: data.draw(st.sampled_from(options))


def run(examples: int, steps: int, *, derandomize: bool) -> Counter[str]:
    """How often everything came about in so many procedures of so many rules each."""
    Procedures.reached.clear()
    run_state_machine_as_test(
        Procedures,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=derandomize,
            deadline=None,
            database=None,
            report_multiple_bugs=False,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )
    found = Procedures.reached
    print(*(f"{times:8} {what}" for what, times in sorted(found.items())), sep="\n")  # noqa: T201 - figures
    return found


def test_procedures_of_all_acts_go_as_the_acts_have_them() -> None:
    # The same ones each time; the long run looks for others.
    found = run(examples=350, steps=25, derandomize=True)

    assert {what for what in DEEP if found[what] < OFTEN} == set()


@pytest.mark.long
def test_many_more_procedures_go_as_the_acts_have_them() -> None:
    found = run(examples=3000, steps=40, derandomize=False)

    assert {what for what in DEEP if found[what] < 20 * OFTEN} == set()
