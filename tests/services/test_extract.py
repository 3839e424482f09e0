"""An extract withholds what is restricted and nothing else; a court is given everything."""

from typing import Any

import msgspec
import pytest

from methodologies.registry import Law
from projections.grade import Grade
from services.disclosing import Disclosure
from services.extract import PEOPLE, TEXTS, VOTES, WITHHELD, Extract, Ground, extract
from services.extract_page import page, to_json
from services.history import Recorded, recorded_in
from services.offline import Ledgers, rejections
from tests.facts import PERIOD, appointed, body_and_servant, issued, ref, sanctioned, scored, signed, worked
from tests.services.deciding.calibrating import asked, convened, filed, told, votes

SECRETS = ("Айгүл", "870101300123", "head-1", "m-1", "m-2", "hr-9", "e-1", "hr-1", "late again", "my work")
SEATS = ("p-1",)
NUMBER = "7 on the head of unit-2"
FACTS = [
    *body_and_servant(name="Айгүл", iin="870101300123"),
    appointed("e-2"),
    worked(),
    issued(),
    *(scored(str(row), "4", comment="late again") for row in range(1, 6)),
    signed(signature="c2lnbmVk"),
    told(),
    asked(),
    convened(),
    *votes("4.5", "4.5", "3.8"),
    filed().replace(b'"number": "7"', f'"number": "{NUMBER}"'.encode()),
    sanctioned("remark", "2026-02-10"),
]
PLACE = Disclosure("zhanakorgan", 77)


@pytest.fixture(scope="module")
def known() -> tuple[Recorded, tuple[tuple[Grade, Law], ...]]:
    (held,) = recorded_in(FACTS, "e-1")
    ledgers = Ledgers()
    list(rejections(ledgers, FACTS))
    found = [one for one in ledgers.grades() if (one.employee, one.period) == ("e-1", PERIOD)]
    return held, tuple((one, ledgers.law) for one in found)


def made(known: Any, ground: Ground, lang: Any = "en") -> Extract:
    held, found = known
    return extract(held, found, PERIOD, (ground, "request No 5"), lang)


def text_of(one: Extract, lang: Any = "en") -> str:
    return "\n".join(page(one, PLACE, lang))


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_nothing_restricted_is_in_an_extract_for_the_public(known: Any, lang: Any) -> None:
    one = made(known, "access-to-information", lang)
    written = msgspec.json.encode(to_json(one, PLACE)).decode() + text_of(one, lang)
    for secret in (*SECRETS, *SEATS, NUMBER):
        assert f"{secret}" not in written.replace("unit-1", ""), secret
    assert one.employee is None
    assert "VoteCast" not in {event["type"] for event in one.events}


def test_the_calculation_the_act_and_what_was_decided_stay(known: Any) -> None:
    ((grade, _),) = known[1]
    one = made(known, "access-to-information")
    (shown,) = one.grades
    assert (shown.score, shown.grade) == (grade.score, grade.grade)
    assert (shown.methodology, shown.revision) == (grade.methodology, grade.revision)
    assert [(step.rule, step.clause, step.value) for step in shown.steps] == [
        (step.rule, step.clause, step.value) for step in grade.steps
    ]
    assert all(
        step.inputs.keys() == its.inputs.keys() for step, its in zip(shown.steps, grade.steps, strict=True)
    )
    types = [event["type"] for event in one.events]
    assert {"ScoreSubmitted", "ResultAnnounced", "CalibrationConcluded", "ProtocolFiled"} <= set(types)
    (first, *_) = (event for event in one.events if event["type"] == "ScoreSubmitted")
    assert first["data"] == {"period": PERIOD, "parameter": "1", "score": "4.00"}
    assert "EmployeeAppointed" not in types
    (protocol,) = (event for event in one.events if event["type"] == "ProtocolFiled")
    assert protocol["data"] == {"period": PERIOD, "signed_on": "2026-04-24"}
    assert (shown.employee, shown.position) == (WITHHELD, WITHHELD)


def test_it_says_what_is_withheld_how_often_and_by_which_clause(known: Any) -> None:
    one = made(known, "access-to-information")
    assert one.withheld.keys() == {PEOPLE, TEXTS, VOTES}
    assert one.withheld[VOTES] == 3
    assert one.clause == "13"
    assert to_json(one, PLACE)["withheld"][0] == {
        "what": PEOPLE,
        "clause": "13",
        "times": one.withheld[PEOPLE],
    }
    last = text_of(one).splitlines()[-1]
    assert last.startswith("Withheld (cl. 13): codes of people and positions, names,")
    assert WITHHELD in text_of(one)


def test_a_court_is_given_everything(known: Any) -> None:
    one = made(known, "court")
    written = msgspec.json.encode(to_json(one, PLACE)).decode()
    for secret in ("head-1", "m-1", "e-1", "late again", "my work", "3.8", *SEATS, NUMBER):
        assert secret in written
    assert not one.withheld
    assert one.grades == (known[1][0][0],)
    assert text_of(one).endswith("Nothing is withheld.")


def test_the_page_names_the_ground_the_paper_and_the_record(known: Any) -> None:
    told_ = text_of(made(known, "access-to-information"))
    assert "Ground: the law on access to information; request No 5." in told_
    assert "event 77 of the ledger zhanakorgan" in told_


def test_another_period_is_not_in_it(known: Any) -> None:
    held, _ = known
    other = extract(held, (), "2025-Q4", ("court", "case 1"), "en")
    assert ref()["period"] == PERIOD
    assert not [event for event in other.events if event["type"] == "ScoreSubmitted"]
