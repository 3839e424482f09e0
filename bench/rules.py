"""`bagalau bench rules`: grades a second, family by family."""

import gc
import time
from collections.abc import Iterable, Sequence

import msgspec

from events.envelope import AGENCY
from methodologies.model.readings import FAMILIES, Family
from methodologies.rules.steps import GRADED
from services.cli.output import print_table, progress_console
from services.offline import Ledgers, rejections
from services.sample import Country, bodies, items_of

_TURNS = 5


class Measured(msgspec.Struct, frozen=True):
    """One family in one process: rates are of graded results a second, those without a result not counted.

    `steps_share` is the part of the explained run that goes into building steps.
    """

    family: Family
    facts: int
    refused: int
    results: int
    graded: int
    grades_per_s: float
    explained_grades_per_s: float
    steps_per_grade: float
    steps_share: float


def run(seconds: float, employees: int, seed: int) -> list[Measured]:
    """Each family's measure, taking about `seconds` in all for each."""
    found = []
    for family in FAMILIES:
        progress_console.print(f"grading {family}", highlight=False)
        found.append(measure(family, seconds, employees, seed))
    return found


def show(found: Sequence[Measured]) -> None:
    """The figures as a table."""
    columns = ("family", "facts", "graded", "grades/s", "with steps/s", "steps a grade", "share of steps")
    print_table(
        "Grades in one process",
        columns,
        [
            (
                one.family,
                one.facts,
                one.graded,
                one.grades_per_s,
                one.explained_grades_per_s,
                one.steps_per_grade,
                f"{one.steps_share:.0%}",
            )
            for one in found
        ],
    )


def measure(family: Family, seconds: float, employees: int, seed: int) -> Measured:
    """Grades a family's made-up servants over and over for about so many seconds."""
    ledgers, facts, refused = _decided(family, employees, seed)
    results = list(ledgers.grades(explained=True))
    graded = [one for one in results if one.status == GRADED]
    plain, explained = _best(ledgers, seconds)
    return Measured(
        family=family,
        facts=facts,
        refused=refused,
        results=len(results),
        graded=len(graded),
        grades_per_s=round(len(graded) / plain),
        explained_grades_per_s=round(len(graded) / explained),
        steps_per_grade=round(sum(len(one.steps) for one in graded) / max(len(graded), 1), 1),
        steps_share=round(max(0.0, 1 - plain / explained), 3),
    )


def _decided(family: Family, employees: int, seed: int) -> tuple[Ledgers, int, int]:
    country = _country(family, employees, seed)
    ledgers = Ledgers()
    of_family = [AGENCY, *(body.code for body in bodies(country) if body.family == family)]
    lines = [item.message for body in of_family for item in items_of(country, body)]
    refused = sum(1 for _ in rejections(ledgers, lines))
    return ledgers, len(lines), refused


def _country(family: Family, employees: int, seed: int) -> Country:
    if family == "score-sheet":
        return Country(seed=seed, bodies=4, employees=employees, wrong=0.0)
    # Beside a body of another family there is always one under the score sheet; its facts are left out.
    return Country(seed=seed, bodies=1, per_body=employees, wrong=0.0, families=("score-sheet", family))


def _best(ledgers: Ledgers, seconds: float) -> tuple[float, float]:
    """The shortest times of grading everybody without and with steps, in turn for so many seconds."""
    plain: list[float] = []
    explained: list[float] = []
    end = time.perf_counter() + seconds
    gc.disable()
    try:
        while len(explained) < _TURNS or time.perf_counter() < end:
            plain.append(_timed(ledgers, explained=False))
            explained.append(_timed(ledgers, explained=True))
    finally:
        gc.enable()
    return min(plain), min(explained)


def _timed(ledgers: Ledgers, *, explained: bool) -> float:
    gc.collect()
    start = time.perf_counter()
    _drain(ledgers.grades(explained=explained))
    return time.perf_counter() - start


def _drain(grades: Iterable[object]) -> None:
    for _ in grades:
        pass
