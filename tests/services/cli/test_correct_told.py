"""What `bagalau correct` prints of a tally: true of the scope, and rows that explain themselves."""

import pytest

from services.cli.correct_told import tell_tally
from services.correcting.tally import Cell, Tally

ALIKE = "Where `from` and `to` are the same the grade stays"


def tally(*cells: Cell, rows: int = 7) -> Tally:
    return Tally(rows, sum(one.count for one in cells), cells, (), (), ())


def printed(found: Tally, capsys: pytest.CaptureFixture[str]) -> str:
    tell_tally(found)
    return " ".join(capsys.readouterr().out.split())


def test_a_grade_that_stays_is_explained_where_there_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    other = Cell("b", "quarterly", "effective", "unsatisfactory", 1, 0)
    same = Cell("b", "annual", "effective", "effective", 2, 1)
    assert ALIKE not in printed(tally(other), capsys)
    told = printed(tally(other, same), capsys)
    assert told.count(ALIKE) == 1
    assert "3 of 7 results change" in told


def test_what_changes_nothing_tells_how_many_results_it_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    assert "It changes none of the 7 results of the bodies that it is for." in printed(tally(), capsys)
