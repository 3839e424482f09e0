"""What holds of every sheet, whatever its marks, sanctions and readings."""

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from events.documents.discipline import Sanction
from events.vocabulary.words import SANCTIONS
from methodologies.model.readings import READINGS
from methodologies.rules.steps import plain
from tests.documents import sanction, sheet, sheet_of
from tests.methodologies.rules.replaying import of_rule, sheet_score
from tests.methodologies.rules.test_score_sheet import DISMISSAL, PERIOD, REMARK, outcome, told, worked_out

marks = st.decimals("0", "5", places=2).map(str)
sheets_of_marks = st.tuples(marks, marks, marks, marks, marks)
sanctions = st.lists(
    st.builds(
        sanction,
        st.sampled_from(SANCTIONS),
        st.dates(PERIOD.start.replace(year=2025), PERIOD.end.replace(year=2027)).map(str),
        discrediting=st.booleans(),
        annulled=st.booleans(),
    ),
    max_size=3,
)
CHOICES = (
    "discipline-cap-scope",
    "rounding",
    "rounding-scope",
    "annulled-sanction",
    "discrediting-mild-sanction",
    "over-twenty",
)
chosen_readings: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {name.replace("-", "_"): st.sampled_from(READINGS[name].choices) for name in CHOICES}
)


@given(sheets_of_marks, st.integers(0, 4), marks, sanctions, chosen_readings)
def test_a_higher_mark_never_lowers_a_score(
    given_marks: tuple[str, ...], row: int, other: str, imposed: list[Sanction], chosen: dict[str, str]
) -> None:
    low, high = sorted((given_marks[row], other), key=Decimal)
    before = worked_out(sheet(*given_marks[:row], low, *given_marks[row + 1 :]), *imposed, **chosen)
    after = worked_out(sheet(*given_marks[:row], high, *given_marks[row + 1 :]), *imposed, **chosen)
    assert before.capped_mean <= after.capped_mean
    assert before.placed.announced <= after.placed.announced


@given(sheets_of_marks, sanctions, st.data(), chosen_readings)
def test_a_sanction_never_raises_a_score(
    given_marks: tuple[str, ...], imposed: list[Sanction], data: st.DataObject, chosen: dict[str, str]
) -> None:
    fewer = [one for one in imposed if data.draw(st.booleans())]
    without = worked_out(sheet(*given_marks), *fewer, **chosen)
    with_more = worked_out(sheet(*given_marks), *imposed, **chosen)
    assert with_more.capped_mean <= without.capped_mean


@given(
    st.permutations([(str(row), scorer) for row in range(1, 6) for scorer in ("head-1", "aide-1")]),
    st.permutations([REMARK, DISMISSAL, sanction("reprimand", "2026-03-01")]),
)
def test_the_order_of_marks_and_sanctions_does_not_matter(
    entered: list[tuple[str, str]], imposed: list[Sanction]
) -> None:
    mark = {
        (str(row), scorer): str((row * 7 + len(scorer)) % 6)
        for row in range(1, 6)
        for scorer in ("head-1", "aide-1")
    }
    made = sheet_of([(row, by, mark[row, by]) for row, by in entered], added=("aide-1",))
    one = sheet_of([(row, "head-1", mark[row, "head-1"]) for row, by in entered if by == "head-1"])
    plain_order = sheet_of([(str(row), "head-1", mark[str(row), "head-1"]) for row in range(1, 6)])
    both = sheet_of([(row, by, mark[row, by]) for row, by in sorted(mark)], added=("aide-1",))
    assert outcome(made, *imposed, over_twenty="mean") == outcome(both, *imposed, over_twenty="mean")
    assert told(one, *imposed) == told(plain_order, REMARK, DISMISSAL, sanction("reprimand", "2026-03-01"))


@given(sheets_of_marks, st.lists(st.tuples(st.integers(1, 5), marks), max_size=6), sanctions, chosen_readings)
def test_the_steps_done_again_by_hand_give_the_score(
    given_marks: tuple[str, ...],
    more: list[tuple[int, str]],
    imposed: list[Sanction],
    chosen: dict[str, str],
) -> None:
    added = tuple(f"aide-{number}" for number in range(len(more)))
    entered = [(str(row), "head-1", mark) for row, mark in enumerate(given_marks, 1)]
    entered += [(str(row), by, mark) for by, (row, mark) in zip(added, more, strict=True)]
    made = sheet_of(entered, added=added)
    found = told(made, *imposed, **chosen)
    assert sheet_score(found) == plain(worked_out(made, *imposed, **chosen).placed.announced)
    assert len(of_rule(found, "mark", "mark-mean")) == 5
