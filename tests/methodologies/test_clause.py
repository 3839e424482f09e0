import re
from typing import get_args

import pytest

from methodologies.model.clause import CLAUSE_PATTERN, Language, clause_text


@pytest.mark.parametrize(
    ("clause", "en", "ru", "kk"),
    [
        ("5", "cl. 5", "п. 5", "5-т."),
        ("2(7)", "cl. 2(7)", "п. 2(7)", "2(7)-т."),
        ("28-29", "cl. 28-29", "п. 28-29", "28-29-т."),
        ("annex 1, row 5", "annex 1, row 5", "приложение 1, строка 5", "1-қосымша, 5-жол"),
        ("annex 2, note", "annex 2, note", "приложение 2, примечание", "2-қосымша, ескертпе"),
        ("order 4", "cl. 4 of the approving act", "п. 4 утверждающего акта", "бекітетін актінің 4-т."),
        ("7; annex 4", "cl. 7; annex 4", "п. 7; приложение 4", "7-т.; 4-қосымша"),
    ],
)
def test_a_clause_is_printed_for_its_reader(clause: str, en: str, ru: str, kk: str) -> None:
    printed = {language: clause_text(clause, language) for language in get_args(Language)}

    assert printed == {"en": en, "ru": ru, "kk": kk}


@pytest.mark.parametrize("clause", ["", "cl. 5", "5;6", "annex", "annex 1, row", "5\n", "row 5", "5; "])
def test_what_is_no_clause(clause: str) -> None:
    assert re.search(CLAUSE_PATTERN, clause) is None
