"""What a secondment takes from one ledger into another, and takes again when its source says otherwise."""

import json
from typing import Any
from uuid import UUID

import pytest

from events.documents import Annual, Discipline, Employment
from events.vocabulary import Name
from events.vocabulary.assessment import ResultAnnounced
from tests.facts import adopted, appointed, fact, id_of, ref, sanctioned, worked
from tests.services.clock.world import World, dated, graded, told

HOME, HOST = "zhanakorgan", "pavlodar"
THERE = {"employee": "s-1", "position": "q-1", "period": "2026-Q2"}
FOURS = ("4", "4", "4", "4", "4")


def seconded(since: str = "2026-04-01", until: str = "2026-06-30", **more: Any) -> bytes:
    data = {
        "employee": "e-1",
        "position": "p-1",
        "to_body": HOST,
        "to_employee": "s-1",
        "to_position": "q-1",
        "from": since,
        "until": until,
        **more,
    }
    return fact("EmployeeSeconded", data, on="2026-03-25")


def recalled(on: str) -> bytes:
    return fact("SecondmentEnded", {"employee": "e-1", "position": "p-1", "on": on}, on=on)


def superiors() -> bytes:
    named = {"employee": "s-1", "position": "q-1", "supervisor": "akim", "unit_head": "chief"}
    return fact("SuperiorsChanged", {**named, "on": "2026-04-02"}, body=HOST, on="2026-04-02")


def world(*more: bytes) -> World:
    """A servant of one body seconded to another, which stands under an act that assesses such."""
    return World(
        adopted("pavlodar-2026"),
        appointed(category="E-3"),
        adopted("pavlodar-2026", body=HOST),
        appointed("x-1", "q-9", body=HOST),
        *more,
    )


def file(of: World) -> Employment:
    found = of.states[HOST].employment("s-1")
    assert found is not None
    return found


def year(of: World) -> Annual:
    found = of.states[HOME].documents[Name("annual", ("e-1", "2026"))]
    assert isinstance(found, Annual)
    return found


def sanctions(of: World, ledger: str, employee: str) -> list[tuple[str, bool]]:
    found = of.states[ledger].documents.get(Name("discipline", (employee,)))
    return [(one.sanction, one.annulled) for one in found.sanctions] if isinstance(found, Discipline) else []


def test_the_receiving_body_learns_of_the_secondment_with_its_source_and_once() -> None:
    sent = seconded()
    of = world(sent)

    (received, *_) = of.tick("2026-03-26")

    assert (received.ledger, received.type, received.actor) == (HOST, "SecondmentReceived", "system")
    assert str(received.occurred_on) == "2026-03-25"
    data = received.data
    assert (data.id, data.category, data.from_body, data.from_employee) == (id_of(sent), "E-3", HOME, "e-1")
    assert (data.source_seq, data.source_leaf) == (3, f"{HOME}/3")
    assert [(one.position, str(one.since), str(one.until)) for one in file(of).tenures] == [
        ("q-1", "2026-04-01", "2026-06-30")
    ]
    assert of.tick("2026-03-27") == []


def test_a_secondment_that_ends_early_is_carried_again() -> None:
    of = world(seconded())
    of.tick("2026-03-26")

    of.tell(recalled("2026-05-15"))
    of.tick("2026-05-16")

    assert [str(one.until) for one in file(of).tenures] == ["2026-05-15"]
    assert of.tick("2026-05-17") == []


def test_a_body_that_has_not_joined_yet_is_told_when_it_does() -> None:
    of = World(adopted("pavlodar-2026"), appointed(), seconded())
    assert of.tick("2026-03-26") == []

    of.tell(adopted("pavlodar-2026", body=HOST))

    assert told(of.tick("2026-03-27")) == ["SecondmentReceived s-1 "]


@pytest.mark.clause("pavlodar-2026/cl-3/seconded")
def test_cl_3_the_receiving_body_assesses_and_the_quarter_goes_home() -> None:
    of = world(seconded(), dated("2026-03-25", superiors())[0])
    of.tick("2026-03-26")
    of.tell(superiors())
    assert "SheetIssued s-1 2026-Q2" in told(of.tick("2026-07-01"))
    assert not any(one.type == "SheetIssued" and one.data.period == "2026-Q2" for one in _of(of, HOME))

    of.tell(*graded(THERE, "2026-07-10", FOURS, body=HOST))
    (carried, *_) = [one for one in of.tick("2026-07-11") if one.type == "QuarterCarried"]

    signature = of.states[HOST].seq
    assert carried.ledger == HOME
    assert str(carried.occurred_on) == "2026-07-10"
    data = carried.data
    assert (data.employee, data.position, data.period, data.from_body) == ("e-1", "q-1", "2026-Q2", HOST)
    assert (data.score, data.grade, data.methodology, data.days) == (
        "4.00",
        "effective",
        "pavlodar-2026",
        91,
    )
    assert data.source_seq < signature
    assert data.source_leaf == f"{HOST}/{data.source_seq}"
    assert of.tick("2026-07-12") == []


def _of(of: World, ledger: str) -> list[Any]:
    return [one for one in of.said if one.ledger == ledger]


def graded_there() -> World:
    of = world(seconded())
    of.tick("2026-03-26")
    of.tell(superiors())
    of.tick("2026-07-01")
    of.tell(*graded(THERE, "2026-07-10", FOURS, body=HOST))
    of.tick("2026-07-11")
    return of


def test_a_quarter_restated_there_is_carried_again_and_one_that_falls_away_stands_no_more() -> None:
    of = graded_there()
    assert [one.score for one in year(of).carried] == ["4.00"]

    sanction = sanctioned("demotion", "2026-05-04", "s-1")
    of.tell(json.dumps({**json.loads(sanction), "body": HOST}).encode())
    of.tick("2026-07-20")
    assert [one.score for one in year(of).carried] == ["3.60"]

    of.tell(*dated("2026-07-25", worked(14, THERE, body=HOST)))
    of.tick("2026-07-25")
    assert [one.score for one in year(of).carried] == [None]
    assert of.tick("2026-07-26") == []


@pytest.mark.clause("score-sheet/cl-4/mean-of-the-quarters")
def test_the_year_counts_both_and_waits_for_the_quarter_from_there() -> None:
    of = graded_there()
    of.tell(*graded(ref(period="2026-Q1"), "2026-04-10"))
    for day in ("2026-10-01", "2027-01-01"):
        of.tick(day)
    for period in ("2026-Q3", "2026-Q4"):
        of.tell(*graded(ref(period=period), "2027-01-10"))

    formed = [one.data for one in of.tick("2027-01-11") if one.type == "AnnualFormed"]

    assert [(one.score, [q.body for q in one.quarters]) for one in formed] == [
        ("4.75", [HOME, HOST, HOME, HOME])
    ]


def test_the_year_waits_for_a_quarter_that_is_still_open_there() -> None:
    of = world(seconded())
    of.tick("2026-03-26")
    of.tell(superiors())
    for day in ("2026-04-01", "2026-07-01", "2026-10-01", "2027-01-01"):
        of.tick(day)
    for period in ("2026-Q1", "2026-Q3", "2026-Q4"):
        of.tell(*graded(ref(period=period), "2027-01-10"))
    assert not any(line.startswith("AnnualFormed e-1") for line in told(of.tick("2027-01-11")))

    of.tell(*graded(THERE, "2027-01-14", FOURS, body=HOST))

    assert "AnnualFormed e-1 2026" in told(of.tick("2027-01-15"))


def test_a_year_told_at_home_is_restated_with_the_carried_quarter_as_its_cause() -> None:
    of = graded_there()
    said = ResultAnnounced(
        **ref(period="2026"),
        kind="annual",
        score="4.00",
        grade="effective",
        methodology="pavlodar-2026",
        revision=1,
        digest="d",
        readings={},
        cause="ResultDelivered",
    )
    of.say([said], of.said[-1].occurred_on, HOME)
    sanction = sanctioned("demotion", "2026-05-04", "s-1")
    of.tell(json.dumps({**json.loads(sanction), "body": HOST}).encode())

    found = of.tick("2026-07-20")

    restated = [one.data for one in found if one.type == "ResultRestated"]
    carried = [one for one in found if one.type == "QuarterCarried"]
    assert [(one.score, one.cause) for one in restated] == [("3.60", "QuarterCarried")]
    assert restated[0].caused_by == carried[0].id


@pytest.mark.clause("score-sheet/row-5/imposed-in-the-quarter")
def test_sanctions_of_the_quarters_it_touches_travel_both_ways_and_no_others() -> None:
    of = world(seconded(since="2026-04-20", until="2026-05-10"))
    of.tick("2026-03-26")
    of.tell(sanctioned("remark", "2026-02-02"), sanctioned("reprimand", "2026-04-03"))
    there = sanctioned("severe-reprimand", "2026-06-20", "s-1")
    of.tell(json.dumps({**json.loads(there), "body": HOST}).encode())

    of.tick("2026-07-01")

    assert sanctions(of, HOST, "s-1") == [("severe-reprimand", False), ("reprimand", False)]
    assert sanctions(of, HOME, "e-1") == [
        ("remark", False),
        ("reprimand", False),
        ("severe-reprimand", False),
    ]
    carried = [one.data for one in of.said if one.type == "DisciplineCarried"]
    assert {(one.from_body, str(one.imposed_on)) for one in carried} == {
        (HOME, "2026-04-03"),
        (HOST, "2026-06-20"),
    }
    assert of.tick("2026-07-02") == []


def test_an_annulment_travels_after_its_sanction() -> None:
    of = world(seconded())
    sanction = sanctioned("reprimand", "2026-04-03")
    of.tell(sanction)
    of.tick("2026-04-04")
    annulled = {"employee": "e-1", "discipline": str(UUID(json.loads(sanction)["id"])), "basis": "court"}
    of.tell(fact("DisciplineAnnulled", annulled, on="2026-06-01"))

    of.tick("2026-06-02")

    assert sanctions(of, HOST, "s-1") == [("reprimand", True)]
    assert of.tick("2026-06-03") == []
