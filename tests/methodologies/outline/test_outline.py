"""An outline leaves nothing out and says it in three languages."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from methodologies.act import Act
from methodologies.loading import act_to_data, shipped
from methodologies.model.clause import LANGUAGES, Language, clause_text
from methodologies.model.readings import READINGS
from methodologies.outline import Row, outline, teller
from methodologies.outline.words import all_words, span, word

Path = tuple[str | int, ...]

NOT_TOLD = {
    # The id is the page's title and the command's first line.
    "id",
    # A day of a year has a month and one of a quarter has none, which the loader sees to.
    "of",
}

HAVE_ONE_CHOICE = {"tie_decided_by", "monitored", "tenure-month", "three-months"}

# Other values that a leaf which is one of a few words may take.
ALTERNATIVES = [
    "annual",
    "approve",
    "score-sheet/2",
    "targets",
    "hr",
    "body",
    "quarter",
    "year",
    "below",
    "calendar-days",
    "down",
    "employee",
    "mean-of-quarters",
    "period",
    "period-end",
    "points",
    "position",
    "quarterly",
    "quarters-and-plan",
    "refuses",
    "obliges",
    "revise",
    "ru",
    "kk",
    "supervisor",
    "term-end",
    "unit-head",
    "up",
    "working-days",
]


def rows(act: Act, language: Language) -> list[Row]:
    return [row for section in outline(act, language) for row in section.rows]


def leaves(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from leaves(value, (*path, key))
    elif isinstance(data, list):
        for place, value in enumerate(data):
            yield from leaves(value, (*path, place))
    else:
        yield path, data


def with_leaf(data: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    first, *rest = path
    if isinstance(data, dict):
        return {**data, first: with_leaf(data[first], tuple(rest), value)}
    return [with_leaf(one, tuple(rest), value) if place == first else one for place, one in enumerate(data)]


def others(path: Path, value: Any) -> Iterator[Any]:
    """Values that a leaf might have had instead."""
    if path[0] == "readings" and path[-1] == "value":
        yield from (one for one in READINGS[str(path[1])].choices or ("0.5/0.5",) if one != value)
    elif path == ("annual", "weights"):
        yield "rounding"
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1
        yield value - 1
    elif str(path[-1]).endswith("clause"):
        yield "99"
    elif re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        yield f"{int(value[:4]) - 1}{value[4:]}"
    elif re.fullmatch(r"\d/\d", value):
        yield "1/9"
    elif re.fullmatch(r"\d+(\.\d+)?", value):
        yield str(Decimal(value) + 1)
        yield value + "1"
    else:
        yield value + "x"
        yield from (one for one in ALTERNATIVES if one != value)


def changed(act: Act, path: Path, value: Any) -> Act | None:
    data = act_to_data(act)
    for other in others(path, value):
        try:
            return msgspec.convert(with_leaf(data, path, other), Act)
        except msgspec.ValidationError:
            continue
    return None


@pytest.mark.parametrize(
    "identity", ["health-2025", "zhanakorgan-2026", "pavlodar-2026", "sjc-2017", "arys-2022"]
)
def test_whatever_changes_in_an_act_changes_in_its_outline(identity: str) -> None:
    act = shipped()[identity]
    before = {language: rows(act, language) for language in LANGUAGES}
    silent, untried = [], []

    for path, value in leaves(act_to_data(act)):
        other = changed(act, path, value)
        language: Language = next((one for one in LANGUAGES if one == path[-1]), "en")
        if other is None:
            untried.append(path)
        elif path[-1] not in NOT_TOLD and rows(other, language) == before[language]:
            silent.append(path)

    assert silent == []
    assert {path[-1] if path[0] != "readings" else path[1] for path in untried} <= HAVE_ONE_CHOICE


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("identity", sorted(shipped()))
def test_every_code_of_a_shipped_act_has_a_word(
    identity: str, language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown: set[tuple[str, str]] = set()

    def noting(group: str, code: str, of: Language) -> str:
        # Whose words a title has is an act's id, which is told as it is.
        if code not in all_words()[group] and code not in shipped():
            unknown.add((group, code))
        return word(group, code, of)

    monkeypatch.setattr(teller, "word", noting)
    monkeypatch.setattr(
        teller, "words", lambda group, codes, of: ", ".join(noting(group, one, of) for one in codes)
    )

    assert outline(shipped()[identity], language)
    assert unknown == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("identity", sorted(shipped()))
def test_every_row_says_something_and_has_a_place_of_its_own(identity: str, language: Language) -> None:
    found = [(section.key, row) for section in outline(shipped()[identity], language) for row in section.rows]

    assert all(row.label and row.value for _, row in found)
    assert len({(section, row.key) for section, row in found}) == len(found)
    assert all(clause_text(row.clause, language) for _, row in found if row.clause is not None)


def test_no_two_languages_say_the_same_and_english_has_no_cyrillic() -> None:
    for group, words in all_words().items():
        for code, text in words.items():
            assert len({text.kk, text.ru, text.en}) == len(LANGUAGES), (group, code)
            assert not re.search("[А-Яа-я]", text.en), (group, code)
            named = [sorted(re.findall(r"\{\w+\}", one)) for one in (text.kk, text.ru, text.en)]
            assert named == [named[0]] * len(LANGUAGES), (group, code)


@pytest.mark.parametrize(
    ("count", "unit", "language", "expected"),
    [
        (1, "working-days", "ru", "1 рабочий день"),
        (3, "working-days", "ru", "3 рабочих дня"),
        (10, "working-days", "ru", "10 рабочих дней"),
        (21, "calendar-days", "ru", "21 календарный день"),
        (3, "months", "ru", "3 месяца"),
        (1, "months", "en", "1 month"),
        (2, "working-days", "en", "2 working days"),
        (2, "working-days", "kk", "2 жұмыс күні"),
    ],
)
def test_a_span_has_the_plural_form_of_its_count(
    count: int, unit: str, language: Language, expected: str
) -> None:
    assert span(count, unit, language) == expected


TOLD = [
    ("zhanakorgan-2026", "en", "bands.score.effective", "4 – 5", "7"),
    ("zhanakorgan-2026", "ru", "bands.score.proper", "3 – 3,99", "7"),
    (
        "zhanakorgan-2026",
        "ru",
        "caps.remark-reprimand-severe-reprimand",
        "2,99: замечание, выговор, строгий выговор",
        "annex 1, row 5; annex 2, row 5",
    ),
    ("zhanakorgan-2026", "en", "forms.annex-1.mean", "yes", "annex 1, note"),
    ("zhanakorgan-2026", "en", "eligibility.workdays", "15", "5"),
    (
        "zhanakorgan-2026",
        "en",
        "terms.quarter-assessed",
        (
            "day 20 of month 1 after the quarter; owed by: the evaluator; met by: the sheet is signed; "
            "what is late is still owed"
        ),
        "4",
    ),
    (
        "zhanakorgan-2026",
        "ru",
        "terms.annual-formed",
        (
            "30 января следующего года; обязан: сам государственный орган; "
            "исполняется: годовая оценка сформирована; просроченное остаётся обязанностью"
        ),
        "4",
    ),
    (
        "pavlodar-2026",
        "kk",
        "terms.calibration-request",
        (
            "мына оқиғадан кейін 5 жұмыс күні: қызметші нәтижемен танысты; құқығы бар: бағаланатын адам; "
            "орындалады: калибрлеуге өтініш берілді; кешіккені қабылданбайды"
        ),
        "10",
    ),
    ("sjc-2017", "en", "bands.quarterly.unsatisfactory", "< 80", "27"),
    ("sjc-2017", "en", "bands.quarterly.excellent", "> 130", "27"),
    ("sjc-2017", "ru", "annual.weights", "annual-weights: 0.4/0.6", "32"),
    ("arys-2022", "en", "bands.targets.unsatisfactory", "≥ 0, < 3", "18"),
    ("arys-2022", "en", "competencies.threshold", "3/4", "27"),
    ("arys-2022", "en", "competencies.integrity", "A: 6; B: 6; C: 3", "annex 3, row 8"),
]


@pytest.mark.parametrize(("identity", "language", "key", "value", "clause"), TOLD)
def test_a_figure_is_told_beside_its_clause(
    identity: str, language: Language, key: str, value: str, clause: str
) -> None:
    (found,) = [row for row in rows(shipped()[identity], language) if row.key == key]

    assert (found.value, found.clause) == (value, clause)


def test_a_reading_is_told_with_its_reason() -> None:
    (found,) = [row for row in rows(shipped()["sjc-2017"], "en") if row.key == "readings.annual-weights"]

    assert found.value.startswith("0.4/0.6: ")
    assert found.note is not None
    assert "unconfirmed" in found.note


def test_codes_of_an_act_of_ones_own_are_told_as_they_are() -> None:
    base = shipped()["sjc-2017"]
    own = msgspec.structs.replace(base, keeping=msgspec.structs.replace(base.keeping, kept_by=("archive",)))

    assert [row.value for row in rows(own, "kk") if row.key == "keeping.kept_by"] == ["archive"]
