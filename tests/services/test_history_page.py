"""A person's history as a page: whose, as known when, and for each event who, when, what, what came of it."""

from datetime import date

import msgspec
import pytest

from methodologies.model.clause import Language
from services.history import Asked, Recorded, end_of, recorded_in
from services.history_page import page
from tests.facts import assessed, body_and_servant, sanctioned
from tests.projections.history.correcting import correction

LINES = [*body_and_servant(name="Айгүл"), *assessed(), sanctioned("remark", "2026-02-11")]


def corrected() -> Recorded:
    (known,) = recorded_in(LINES, "e-1")
    return msgspec.structs.replace(known, law_events=(*known.law_events, *correction()))


def shown(known: Recorded, asked: Asked, language: Language = "en") -> list[str]:
    return list(page(known, asked.told(known), asked, language))


def test_it_begins_with_whose_it_is_as_known_when_and_of_what() -> None:
    asked = Asked(end_of(date(2026, 4, 30)), "2026")
    first = shown(asked.known(corrected()), asked)[:4]
    assert first == [
        "History of assessments: body zhanakorgan, employee e-1, Айгүл",
        "As it was known on 30 April 2026, 23:59 (Almaty)",
        "Only what concerns the year 2026",
        "",
    ]


@pytest.mark.parametrize(
    ("language", "heading", "words"),
    [
        ("en", "central HR, event ", "A corrected revision of the act went live"),
        ("ru", "центральная кадровая служба, событие ", "Введена в действие исправленная редакция акта"),
        ("kk", "орталық кадр қызметі, ", "Актінің түзетілген редакциясы қолданысқа енгізілді"),
    ],
)
def test_a_change_of_the_law_stands_apart_with_what_it_changed(
    language: Language, heading: str, words: str
) -> None:
    *_, named, told, quarter, year = shown(corrected(), Asked(), language)
    assert named.startswith(heading)
    assert told.startswith(f"  {words}")
    assert quarter.startswith("  → ")
    assert ("2,99" if language != "en" else "2.99") in year


def test_of_a_quarter_nothing_is_said_of_the_year() -> None:
    lines = shown(corrected(), Asked(period="2026-Q1"))
    assert any("quarter 1 of 2026, position p-1: 2.99" in line for line in lines)
    assert not any("the year 2026" in line for line in lines)


def test_a_ledger_tells_when_it_took_each_event_in_and_a_file_has_no_such_time() -> None:
    known = corrected()
    timed = msgspec.structs.replace(known, is_timed=True)
    assert any(line.endswith("recorded on 10 April 2026, 23:59") for line in shown(timed, Asked()))
    assert not any("recorded on" in line for line in shown(known, Asked()))
