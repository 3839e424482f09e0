"""Every figure of every act, copied by hand from its text, beside the clause that sets it.

A figure that stands in an act and not here fails, so no figure can change unnoticed.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from methodologies.loading import act_to_data, shipped

_WORDS = {"title", "reason", "text", "post", "source", "number", "replaces", "rewords"}
_FIGURE = re.compile(r"\d+(\.\d+)?(/\d+(\.\d+)?)?|\d{4}-\d\d-\d\d")

CLONES = """
law.ended.on = 2026-07-01 | 1
bands.score.precision = 0.01 | 7
bands.score.lowest = 0 | 7
bands.score.bands.0.from = 0 | 7
bands.score.bands.0.to = 1.99 | 7
bands.score.bands.1.from = 2 | 7
bands.score.bands.1.to = 2.99 | 7
bands.score.bands.2.from = 3 | 7
bands.score.bands.2.to = 3.99 | 7
bands.score.bands.3.from = 4 | 7
bands.score.bands.3.to = 5 | 7
bands.score.highest = 5 | 7
scale.lowest = 0 | annex 1, note; annex 2, note
scale.highest = 5 | 17
caps.parameter = 5 | annex 1, row 5; annex 2, row 5
caps.ceilings.0.ceiling = 2.99 | annex 1, row 5; annex 2, row 5
caps.ceilings.1.ceiling = 1.99 | annex 1, row 5; annex 2, row 5
substitution.over-twenty.over = 20 | 17
eligibility.tenure.months = 1 | 5
eligibility.workdays.value = 15 | 5
terms.quarter-assessed.fixed.0.day = 20 | 4
terms.quarter-assessed.fixed.0.months_after = 1 | 4
terms.annual-formed.fixed.0.day = 30 | 4
terms.annual-formed.fixed.0.month = 1 | 4
terms.annual-formed.fixed.0.years_after = 1 | 4
terms.dismissed-told.fixed.0.months_after = 1 | 9
terms.calibration-request.count = 5 | 10
terms.panel-approved.count = 3 | 19
terms.panel-held.count = 10 | 20
terms.protocol-filed.count = 3 | 22
panel.least_members.value = 3 | 19
panel.hr_members.value = 1 | 19
keeping.years = 3 | 12
readings.mark-precision.value = 0.01 | 17
"""

SJC = """
life.adopted = 2017-02-17 | -
life.repealed.adopted = 2018-03-14 | -
law.ended.on = 2026-07-01 | 1
bands.quarterly.precision = 1 | 27
bands.quarterly.bands.0.below = 80 | 27
bands.quarterly.bands.0.mark = 2 | 32
bands.quarterly.bands.1.from = 81 | 27
bands.quarterly.bands.1.to = 105 | 27
bands.quarterly.bands.1.mark = 3 | 32
bands.quarterly.bands.2.from = 106 | 27
bands.quarterly.bands.2.to = 130 | 27
bands.quarterly.bands.2.mark = 4 | 32
bands.quarterly.bands.3.above = 130 | 27
bands.quarterly.bands.3.mark = 5 | 32
bands.quarterly.holes.0.value = 80 | 27
bands.annual.precision = 0.1 | 33
bands.annual.announced = 0.01 | 33
bands.annual.highest = 5 | 33
bands.annual.bands.0.below = 3 | 33
bands.annual.bands.1.from = 3 | 33
bands.annual.bands.1.to = 3.9 | 33
bands.annual.bands.2.from = 4 | 33
bands.annual.bands.2.to = 4.9 | 33
bands.annual.bands.3.from = 5 | 33
bands.annual.bands.3.to = 5 | 33
scale.lowest = 2 | 30
scale.highest = 5 | 30
plan.marks.not-met.mark = 2 | 30
plan.marks.partly.mark = 3 | 30
plan.marks.met.mark = 4 | 30
plan.marks.exceeded.mark = 5 | 30
plan.most_targets.value = 4 | 12
plan.copies.value = 2 | 13
points.base.value = 100 | 16
points.bonus_least.value = 1 | 18
points.bonus_most.value = 5 | 18
points.scale_levels.value = 5 | 18
points.penalty.value = 2 | 22
eligibility.tenure.months = 3 | 3
terms.quarter-assessed.fixed.0.only_quarter = 4 | 3
terms.quarter-assessed.fixed.0.day = 10 | 3
terms.quarter-assessed.fixed.1.months_after = 1 | 3
terms.quarter-assessed.fixed.1.day = 10 | 3
terms.annual-assessed.fixed.0.month = 12 | 3
terms.annual-assessed.fixed.0.day = 25 | 3
terms.absent-assessed.count = 5 | 3
terms.plan-drawn-up.fixed.0.month = 1 | 10
terms.plan-drawn-up.fixed.0.day = 10 | 10
terms.plan-of-appointed.count = 10 | 11
terms.notice.count = 10 | 14
terms.annual-computed.count = 5 | 32
terms.told.count = 2 | 36
terms.appeal.count = 10 | 38
terms.training.count = 3 | 42
commission.quorum.value = 2/3 | 7
consequences.demotion-or-dismissal.years_running = 2 | 44
readings.annual-weights.value = 0.4/0.6 | 32
"""

ARYS = """
life.adopted = 2022-11-28 | -
life.repealed.adopted = 2023-07-01 | -
law.ended.on = 2026-07-01 | 1
bands.targets.precision = 1 | 18
bands.targets.lowest = 0 | 18
bands.targets.highest = 5 | 18
bands.targets.bands.0.from = 0 | 18
bands.targets.bands.0.below = 3 | 18
bands.targets.bands.1.from = 3 | 18
bands.targets.bands.1.to = 3 | 18
bands.targets.bands.2.from = 4 | 18
bands.targets.bands.2.to = 4 | 18
bands.targets.bands.3.from = 5 | 18
bands.targets.bands.3.to = 5 | 18
plan.least_targets.value = 5 | 14
plan.most_targets.value = 5 | 14
competencies.threshold.value = 3/4 | 27
competencies.most_indicators.value = 10 | 26
eligibility.tenure.months = 3 | 4
terms.absent-assessed.count = 5 | 4
terms.plan-drawn-up.count = 10 | 9
terms.plan-resubmitted.count = 2 | 12
terms.sheet-resubmitted.count = 2 | 23
terms.targets-to-commission.count = 2 | 24
terms.competencies-to-commission.count = 2 | 28
terms.notice.count = 7 | 29
terms.told.count = 2 | 40
terms.refused-sent.count = 2 | 40; 41
terms.appeal.count = 10 | 42
delivery.refusal.witnesses = 2 | 41
commission.least_members.value = 5 | 5
commission.quorum.value = 2/3 | 30
keeping.years = 3 | 8
"""

EXPECTED = {
    "typical-2025": "life.adopted = 2018-01-16 | -" + CLONES,
    "zhanakorgan-2026": "life.adopted = 2026-01-28 | -" + CLONES,
    "health-2025": "life.in_force.on = 2025-09-22 | -" + CLONES,
    "pavlodar-2026": "life.adopted = 2026-04-09 | -" + CLONES,
    "sjc-2017": SJC,
    "arys-2022": ARYS,
}


def figures(data: Any, path: tuple[str, ...] = (), clause: str = "-") -> Iterator[str]:
    """Each figure as `path = value | clause`, the clause being the nearest one that speaks of it."""
    if isinstance(data, dict):
        clause = data.get("clause", clause)
        for key, value in data.items():
            if key not in _WORDS and not key.endswith("clause"):
                yield from figures(value, (*path, key), data.get(f"{key}_clause", clause))
    elif isinstance(data, list):
        for place, value in enumerate(data):
            yield from figures(value, (*path, str(place)), clause)
    elif not isinstance(data, bool) and _FIGURE.fullmatch(str(data)):
        yield f"{'.'.join(path)} = {data} | {clause}"


@pytest.mark.parametrize("act", sorted(EXPECTED))
def test_every_figure_of_the_act_is_the_one_its_clause_sets(act: str) -> None:
    found = list(figures(act_to_data(shipped()[act])))

    assert sorted(found) == sorted(EXPECTED[act].strip().splitlines())


def test_no_act_is_left_out() -> None:
    assert set(EXPECTED) == set(shipped())
