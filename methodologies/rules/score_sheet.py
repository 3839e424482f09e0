"""The score-sheet rule, version 1: five marks, the cap of a sanction, their mean, its band."""

from collections.abc import Mapping
from decimal import Decimal
from math import lcm

import msgspec

from events.documents import Discipline
from events.documents.assessment import Mark, Sheet
from events.documents.discipline import Sanction
from events.period import Period
from methodologies.act import Act
from methodologies.model.sheets import Cap, Form
from methodologies.rules.bands import Placed, band_steps, place
from methodologies.rules.steps import Step, plain

BANDS = "score"
"""The bands of an act of this family that a sheet's score is placed in."""


class Row(msgspec.Struct, frozen=True):
    """A row of the sheet: the sum of its marks over their number, as one mark or as a mean of several."""

    parameter: str
    total: Decimal
    marks: int
    clause: str
    scorers: tuple[str, ...]

    @property
    def value(self) -> Decimal:
        return self.total / self.marks


class Ceiling(msgspec.Struct, frozen=True):
    """The cap that binds, and the sanction that it comes from."""

    sanction: Sanction
    cap: Cap


class Working(msgspec.Struct, frozen=True):
    """A sheet worked out: the cap, the sum and mean of its rows, the mean under a cap, the band."""

    ceiling: Ceiling | None
    scope: str
    capped_row: Row | None
    sum: Decimal
    mean: Decimal
    capped_mean: Decimal
    placed: Placed


def missing_parameters(form: Form, sheet: Sheet) -> tuple[str, ...]:
    """The parameters of the form that have no mark yet."""
    marked = {mark.parameter for mark in sheet.marks}
    if marked >= form.parameters.keys():
        return ()
    return tuple(parameter for parameter in form.parameters if parameter not in marked)


def work_out(
    act: Act, readings: Mapping[str, str], sheet: Sheet, discipline: Discipline | None, period: Period
) -> Working:
    """The score of a complete sheet (annexes 1 and 2, note) and its band (cl. 7).

    Marks count as given, means are exact until the score is announced, and a sanction caps by the reading
    `discipline-cap-scope`.
    """
    form = act.forms[sheet.form]
    ceiling = binding_ceiling(act, readings, discipline, period)
    scope = readings["discipline-cap-scope"]
    capped_row = None
    if ceiling is None and _has_one_mark_a_row(form, sheet):
        # As nearly every sheet: its rows are told in the steps alone.
        total = sum([mark.score for mark in sheet.marks], Decimal(0))
        mean = total / len(sheet.marks)
    else:
        rows = _rows(form, readings, sheet)
        counted, capped_row = _capped_rows(act, rows, ceiling if scope == "parameter" else None)
        total, mean = _sum_and_mean(counted)
    capped = mean if ceiling is None or scope == "parameter" else min(mean, ceiling.cap.ceiling)
    placed = place(capped, act.bands[BANDS], readings)
    return Working(ceiling, scope, capped_row, total, mean, capped, placed)


def _has_one_mark_a_row(form: Form, sheet: Sheet) -> bool:
    marks, parameters = sheet.marks, form.parameters
    return len(marks) == len(parameters) and {mark.parameter for mark in marks} == parameters.keys()


def _rows(form: Form, readings: Mapping[str, str], sheet: Sheet) -> tuple[Row, ...]:
    marks: dict[str, list[Mark]] = {}
    for mark in sheet.marks:
        marks.setdefault(mark.parameter, []).append(mark)
    is_mean = readings["over-twenty"] == "mean"
    return tuple(
        [
            _row(parameter, row.clause, _counted(marks.get(parameter, []), sheet, is_mean=is_mean))
            for parameter, row in form.parameters.items()
        ]
    )


def _row(parameter: str, clause: str, counted: list[Mark]) -> Row:
    total = sum((mark.score for mark in counted), Decimal(0))
    return Row(parameter, total, len(counted), clause, tuple([mark.scorer for mark in counted]))


def _counted(marks: list[Mark], sheet: Sheet, *, is_mean: bool) -> list[Mark]:
    if not is_mean or len(marks) == 1:
        return marks[-1:]
    # One whose place another evaluator took no longer counts, unless nobody else marked the row.
    return [mark for mark in marks if mark.scorer in sheet.evaluators] or marks[-1:]


def binding_ceiling(
    act: Act, readings: Mapping[str, str], discipline: Discipline | None, period: Period
) -> Ceiling | None:
    """The lowest cap of the sanctions imposed in the period (annexes 1 and 2, row 5), or None."""
    if act.caps is None or discipline is None:
        return None
    ceilings = [
        Ceiling(sanction, cap)
        for sanction in discipline.sanctions
        if period.contains(sanction.imposed_on)
        and not (sanction.annulled and readings["annulled-sanction"] == "ignored")
        and (cap := _cap_of(act, readings, sanction)) is not None
    ]
    # Of equal caps the sanction imposed first is named, whatever order they were reported in.
    return min(
        ceilings,
        key=lambda one: (one.cap.ceiling, one.sanction.imposed_on, one.sanction.sanction),
        default=None,
    )


def _cap_of(act: Act, readings: Mapping[str, str], sanction: Sanction) -> Cap | None:
    assert act.caps is not None
    by_kind = act.caps.by_kind(sanction.sanction)
    if sanction.discrediting and readings["discrediting-mild-sanction"] == "by-ground":
        return act.caps.by_ground() or by_kind
    return by_kind


def _capped_rows(
    act: Act, rows: tuple[Row, ...], ceiling: Ceiling | None
) -> tuple[tuple[Row, ...], Row | None]:
    if ceiling is None or act.caps is None:
        return rows, None
    limit = ceiling.cap.ceiling
    counted = tuple(
        Row(row.parameter, limit, 1, ceiling.cap.clause, row.scorers)
        if row.parameter == act.caps.parameter and row.total > limit * row.marks
        else row
        for row in rows
    )
    return counted, next((row for row in rows if row.parameter == act.caps.parameter), None)


def _sum_and_mean(rows: tuple[Row, ...]) -> tuple[Decimal, Decimal]:
    # One division at the end: a mean of rounded means could miss a band's edge by its last digit.
    shared = lcm(*[row.marks for row in rows])
    total = Decimal(0)
    for row in rows:
        total += row.total if row.marks == shared else row.total * (shared // row.marks)
    return total / shared, total / (shared * len(rows))


def steps(act: Act, readings: Mapping[str, str], sheet: Sheet, working: Working) -> tuple[Step, ...]:
    """The whole calculation of a worked-out sheet, each step with its clause."""
    return (
        *(_mark_step(row, sheet.form) for row in _rows(act.forms[sheet.form], readings, sheet)),
        *_cap_steps(working, sheet.form),
        _mean_step(act.forms[sheet.form], working),
        *_overall_steps(working),
        *band_steps(working.placed, act.bands[BANDS], readings),
    )


def _mark_step(row: Row, form: str) -> Step:
    inputs = {"form": form, "parameter": row.parameter}
    if row.marks == 1:
        inputs |= {"scorer": row.scorers[0]}
        return Step("mark", row.clause, inputs, plain(row.total))
    inputs |= {"sum": plain(row.total), "count": str(row.marks)}
    return Step("mark-mean", row.clause, inputs, plain(row.value))


def _cap_steps(working: Working, form: str) -> tuple[Step, ...]:
    if working.ceiling is None or working.capped_row is None:
        return ()
    row = working.capped_row
    inputs = {
        **_sanction(working.ceiling),
        "form": form,
        "parameter": row.parameter,
        "mark": plain(row.value),
    }
    return (
        Step(
            "cap-parameter",
            working.ceiling.cap.clause,
            inputs,
            plain(min(row.value, working.ceiling.cap.ceiling)),
        ),
    )


def _overall_steps(working: Working) -> tuple[Step, ...]:
    if working.ceiling is None or working.scope == "parameter":
        return ()
    inputs = {**_sanction(working.ceiling), "score": plain(working.mean)}
    return (Step("cap-overall", working.ceiling.cap.clause, inputs, plain(working.capped_mean)),)


def _sanction(ceiling: Ceiling) -> dict[str, str]:
    return {
        "sanction": ceiling.sanction.sanction,
        "imposed_on": ceiling.sanction.imposed_on.isoformat(),
        "ceiling": plain(ceiling.cap.ceiling),
    }


def _mean_step(form: Form, working: Working) -> Step:
    inputs = {"sum": plain(working.sum), "count": str(len(form.parameters))}
    return Step("mean", form.mean_clause or form.clause, inputs, plain(working.mean))
