from pathlib import Path

import pytest

from events.fact_pages import WORDS, clause_of, facts_page, pages, write
from events.problem_page import problem_page
from events.problems import KINDS
from events.vocabulary import TYPES
from events.vocabulary.assessment import ScoreSubmitted

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", pages())
def test_the_docs_are_in_step_with_the_vocabulary(name):
    assert (DOCS / name).read_text(encoding="utf-8") == pages()[name], "run `make docs`"


def test_the_schema_folder_holds_nothing_that_is_not_generated():
    assert {f"schema/{file.name}" for file in (DOCS / "schema").iterdir()} == pages().keys() - {
        "facts.md",
        "problems.md",
    }


@pytest.mark.parametrize("name", TYPES)
def test_the_page_tells_of_every_type_once_with_its_clause_and_who_records_it(name):
    (row,) = [line for line in facts_page().splitlines() if line.startswith(f"| `{name}` |")]

    assert row.endswith(f"| {clause_of(TYPES[name])} |")
    assert ("Recorded by the system alone" in row) == TYPES[name].system


@pytest.mark.parametrize("code", KINDS)
def test_every_problem_stands_once_with_its_title_its_meaning_and_what_to_do(code):
    kind = KINDS[code]
    assert problem_page().count(f"| `{code}` | {kind.title} | {kind.meaning} | {kind.remedy} |") == 1


@pytest.mark.parametrize("name", WORDS)
def test_every_list_of_words_is_told_and_used_by_a_field(name):
    assert f"| {name} | " in facts_page()
    assert name == "role" or f"` {name}" in facts_page()


@pytest.mark.parametrize("page", [facts_page(), problem_page()], ids=["facts", "problems"])
def test_every_row_of_a_table_has_as_many_cells_as_its_head(page):
    width = 0
    for line in page.replace("\\|", "/").splitlines():
        if not line.startswith("|"):
            width = 0
            continue
        width = width or line.count("|")
        assert line.count("|") == width, line


def test_the_clause_is_what_the_docstring_ends_with():
    assert clause_of(ScoreSubmitted) == "cl. 17"


def test_the_pages_are_written_below_any_folder(tmp_path):
    write(tmp_path / "docs")

    assert (tmp_path / "docs" / "facts.md").read_text(encoding="utf-8") == facts_page()
