"""The pages of the acts say what the acts say, and are in step with them."""

from pathlib import Path

import msgspec
import pytest

from methodologies.explanations import explain_step
from methodologies.loading import shipped
from services.methodology_pages import INDEX, act_page, pages, write
from services.worked_examples import example

DOCS = Path(__file__).parents[2] / "docs" / "methodologies"


@pytest.mark.parametrize("name", pages())
def test_the_docs_are_in_step_with_the_acts(name):
    assert (DOCS / name).read_text(encoding="utf-8") == pages()[name], "run `make docs`"


def test_the_folder_holds_nothing_that_is_not_generated():
    assert {file.name for file in DOCS.iterdir()} == pages().keys()


def test_the_index_names_every_act():
    for identity in shipped():
        assert f"[`{identity}`]({identity}.md)" in pages()[INDEX]


@pytest.mark.parametrize("identity", sorted(shipped()))
def test_a_page_tells_readings_with_reasons_faults_and_figures(identity):
    act = shipped()[identity]
    page = pages()[f"{identity}.md"].replace("\\|", "|")

    assert all(reading.reason.en in page for reading in act.readings.values())
    assert all(fault.text.en in page for fault in act.faults.values())
    assert all(term.title.en in page for term in act.terms.values())


def test_what_is_inferred_is_marked_where_it_stands():
    health = pages()["health-2025.md"].splitlines()

    assert "| members at least | 3 *(inferred)* | cl. 19 |" in health
    assert "| least days worked in the period | 15 | cl. 5 |" in health
    assert not any("*(inferred)*" in line for line in pages()["zhanakorgan-2026.md"].splitlines())


@pytest.mark.parametrize("identity", sorted(shipped()))
def test_a_page_carries_an_example_with_every_step_computed(identity):
    act = shipped()[identity]
    page = pages()[f"{identity}.md"]

    found = example(act)

    assert {one.methodology for one in found.grades} == {identity}
    for grade in found.grades:
        assert all(explain_step(step, act, "en") in page for step in grade.steps)
        assert grade.steps


@pytest.mark.parametrize(
    ("identity", "grades"),
    [
        # 5 + 4 + 4 + 4 + 2.99 = 19.99, a fifth of it 3.998; (3.5 + 4 + 3 + 4 + 5) / 5; (4.00 + 3.90) / 2
        ("zhanakorgan-2026", [("4.00", "effective"), ("3.90", "proper"), ("3.95", "proper")]),
        # 100 + 8 - 2; 100 + 2 - 4; mean 102 is a 3, plan (4 + 5 + 3) / 3: 0.4 * 3 + 0.6 * 4
        ("sjc-2017", [("106", "effective"), ("98", "satisfactory"), ("3.60", "satisfactory")]),
        ("arys-2022", [("4", "effective"), (None, None)]),
    ],
)
def test_the_examples_come_to_what_they_come_to_by_hand(identity, grades):
    assert [(one.score, one.grade) for one in example(shipped()[identity]).grades] == grades


def test_every_row_of_a_table_has_as_many_cells_as_its_head():
    for page in pages().values():
        width = 0
        for line in page.replace("\\|", "/").splitlines():
            if not line.startswith("|"):
                width = 0
                continue
            width = width or line.count("|")
            assert line.count("|") == width, line


def test_a_page_follows_the_act():
    act = shipped()["sjc-2017"]
    base = msgspec.structs.replace(act.points.base, value=99)
    changed = msgspec.structs.replace(act, points=msgspec.structs.replace(act.points, base=base))

    assert "| base points | 99 | cl. 16 |" in act_page(changed)


def test_the_pages_are_written_into_any_folder_and_stale_ones_leave_it(tmp_path):
    (tmp_path / "repealed-1999.md").write_text("old", encoding="utf-8")

    write(tmp_path)

    assert {file.name for file in tmp_path.iterdir()} == pages().keys()
