"""What a cap of the whole score makes of quarters and years, reckoned from marks and sanctions alone."""

from collections import Counter
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from events.envelope import Event
from events.period import parse_period
from projections.grade import Grade

_BANDS = (("4", "effective"), ("3", "proper"), ("2", "satisfactory"), ("0", "unsatisfactory"))
_MILD = {"remark", "reprimand", "severe-reprimand"}
_CENT = Decimal("0.01")

Key = tuple[str, str, str, str, str]


def rounded(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)


def mean(values: list[Decimal]) -> Decimal:
    return sum(values, Decimal(0)) / len(values)


def band(score: Decimal) -> str:
    return next(word for least, word in _BANDS if score >= Decimal(least))


class Reckoned:
    """The facts of one ledger that a score-sheet act grades by."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.marks: dict[tuple[str, str, str], dict[str, Decimal]] = {}
        self.sanctions: dict[str, list[tuple[object, str, object]]] = {}
        self.annulled: set[object] = set()
        for event in events:
            data = event.data
            if event.type == "ScoreSubmitted":
                sheet = self.marks.setdefault((data.employee, data.position, data.period), {})
                sheet[str(data.parameter)] = data.score
            elif event.type == "DisciplineRecorded":
                its = self.sanctions.setdefault(data.employee, [])
                its.append((event.id, data.sanction, data.imposed_on))
            elif event.type == "DisciplineAnnulled":
                self.annulled.add(data.discipline)

    def overall(self, quarter: Grade) -> Decimal:
        """The quarter's score where a sanction caps it whole: 2.99 for the mild kinds, 1.99 for others."""
        period = parse_period(quarter.period)
        caps = [
            Decimal("2.99") if sanction in _MILD else Decimal("1.99")
            for id_, sanction, day in self.sanctions.get(quarter.employee, ())
            if id_ not in self.annulled and period.start <= day <= period.end
        ]
        marks = list(self.marks[quarter.employee, quarter.position, quarter.period].values())
        return rounded(min([mean(marks), *caps]))


def corrected(grades: Iterable[Grade], events: dict[str, list[Event]], act: str) -> dict[Key, Grade]:
    """Of an act's graded quarters and years, those with another result once the cap is `overall`."""
    grades = list(grades)
    by_ledger = {ledger: Reckoned(its) for ledger, its in events.items()}
    scores: dict[tuple[str, str, str, str], Decimal] = {}
    found: dict[Key, Grade] = {}

    def enter(grade: Grade, score: Decimal) -> None:
        if str(score) != grade.score:
            found[grade.key] = msgspec.structs.replace(grade, score=str(score), grade=band(score))

    for one in grades:
        if one.kind == "quarterly" and one.status == "graded" and one.methodology == act:
            score = scores[one.body, one.employee, one.position, one.period] = by_ledger[one.body].overall(
                one
            )
            enter(one, score)
    for one in grades:
        if one.kind == "annual" and one.quarters and not one.methodology.startswith("sjc-"):
            quarters: dict[str, list[Decimal]] = {}
            for each in one.quarters:
                known = scores.get((each.body, one.employee, each.position, each.period))
                quarters.setdefault(each.period, []).append(known or Decimal(each.score))
            enter(one, rounded(mean([mean(its) for its in quarters.values()])))
    return found


def matrix(before: Iterable[Grade], after: dict[Key, Grade]) -> Counter[tuple[str, str, str, str]]:
    """How many went from which grade to which, by body and kind."""
    return Counter(
        (one.body, one.kind, one.grade or "", after[one.key].grade or "")
        for one in before
        if one.key in after
    )
