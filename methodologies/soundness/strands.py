"""What single families add is whole: the year, points, the plan, competencies."""

from collections.abc import Iterator

from methodologies.act import Act
from methodologies.model.strands import Competencies


def of_strands(act: Act) -> Iterator[tuple[str, str]]:
    """A year without its bands, marks or weights, limits upside down, groups without indicators."""
    yield from _of_year(act)
    if act.plan is not None:
        least = act.plan.least_targets
        if least is not None and least.value > act.plan.most_targets.value:
            yield "plan.least_targets", "expected not more than the most targets"
        bands = act.bands.get("targets") if act.family == "targets" else None
        if bands is not None and bands.highest != act.plan.most_targets.value:
            yield "bands.targets.highest", "expected the most targets that a plan may have"
        if act.family == "points" and not act.plan.marks:
            yield "plan.marks", "expected what each mark for a target means"
    if act.points is not None and act.points.bonus_least.value > act.points.bonus_most.value:
        yield "points.bonus_least", "expected not more than the highest bonus"
    if act.competencies is not None:
        yield from _of_competencies(act.competencies)


def _of_year(act: Act) -> Iterator[tuple[str, str]]:
    if act.annual is None:
        return
    if act.annual.bands not in act.bands:
        yield "annual.bands", f"expected one of {', '.join(act.bands)}"
    if act.annual.method == "quarters-and-plan":
        quarterly = act.bands["quarterly"].bands if "quarterly" in act.bands else ()
        for place, band in enumerate(quarterly):
            if band.mark is None or band.mark_clause is None:
                yield f"bands.quarterly.bands[{place}].mark", "expected its mark in the year and the clause"
        if act.annual.weights not in act.readings:
            yield "annual.weights", "expected a reading of the act"


def _of_competencies(competencies: Competencies) -> Iterator[tuple[str, str]]:
    if competencies.threshold.ratio > 1:
        yield "competencies.threshold", "expected a share of the indicators, not above 1"
    if set(competencies.results) != {"meets", "does-not-meet"}:
        yield "competencies.results", "expected `meets` and `does-not-meet`"
    most = competencies.most_indicators.value
    for code, one in competencies.competencies.items():
        if set(one.indicators) != set(competencies.groups):
            yield f"competencies.competencies.{code}.indicators", "expected indicators for every group"
        for group, listed in one.indicators.items():
            if len(listed) > most:
                key = f"competencies.competencies.{code}.indicators.{group}"
                yield key, f"expected at most {most} indicators"
