"""What follows from rows as they stand, with the days that only the sheets in the ledger hold."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from events.envelope import Fact
from events.keyring import Keyring
from events.log import Connection
from events.vocabulary.assessment import AnnualFormed, CommissionDecided
from methodologies.registry import Law
from projections import store
from projections.consequences import consequences
from projections.live import Live
from services.consequences import acts_used, following
from services.servers import Servers, connect
from tests import ledgers
from tests.facts import BODY, SUPERVISOR, adopted, appointed, fact, ref, registered
from tests.projections.recorded import Recorder, catch_up

pytestmark = pytest.mark.servers

SAT = {"2017": date(2017, 12, 20), "2018": date(2018, 12, 21)}


@pytest.fixture
def recorder(own_servers: Servers, keys: Keyring) -> Iterator[Recorder]:
    with connect(own_servers, "bagalau_writer", autocommit=True) as conn:
        yield Recorder(conn, keys)


def failed_year(year: int) -> list[bytes]:
    """A quarter of 78 points, and a plan of which nothing was met."""
    quarter, plan = ref(period=f"{year}-Q1"), ref(period=str(year))
    of_year = {"employee": "e-1", "position": "p-1", "year": year}
    targets = [{"target": 1, "title": "Target", "measurable": True}]

    def on(day: str, type_: str, data: dict[str, Any]) -> bytes:
        return fact(type_, data, on=f"{year}-{day}")

    return [
        on("01-09", "PlanAgreed", {**of_year, "targets": targets}),
        on("04-03", "SheetIssued", {**quarter, "form": "points", "evaluator": SUPERVISOR}),
        *(
            on(
                "04-05",
                "BreachRecorded",
                {**quarter, "form": "points", "kind": "execution", "source": f"m-{at}"},
            )
            for at in range(11)
        ),
        on("04-06", "SheetSigned", {**quarter, "form": "points"}),
        on("12-08", "SheetIssued", {**plan, "form": "plan", "evaluator": SUPERVISOR}),
        on("12-12", "TargetAssessed", {**of_year, "target": 1, "mark": 2}),
        on("12-13", "SheetSigned", {**plan, "form": "plan"}),
    ]


def decided(year: str) -> list[Fact]:
    """The year formed, and approved by the commission."""
    formed = AnnualFormed(
        employee="e-1",
        position="p-1",
        year=int(year),
        score="2.00",
        grade="unsatisfactory",
        methodology="sjc-2017",
        revision=1,
        quarters=[],
    )
    called = {"session": f"s-{year}", "convened_on": date(int(year), 12, 14), "sat_on": SAT[year]}
    approved = CommissionDecided(**ref(period=year), choice="approve", **called)
    return [Fact(uuid4(), BODY, type(one).__name__, SAT[year], "system", one) for one in (formed, approved)]


def projected(of: Servers, keys: Keyring) -> None:
    with connect(of, "bagalau_projector", autocommit=True) as conn:
        catch_up(conn, Live(keys))


@pytest.fixture
def law(own_servers: Servers, recorder: Recorder, keys: Keyring) -> Law:
    """The law; under it a servant failed two years running, approved both times."""
    recorder.record(
        [
            registered(),
            adopted("sjc-2017", "2017-Q1"),
            appointed(on="2015-06-01"),
            *failed_year(2017),
            *failed_year(2018),
        ]
    )
    ledgers.record(recorder.conn, recorder.log, [*decided("2017"), *decided("2018")], agency_seq=1)
    projected(own_servers, keys)
    return recorder.law


def test_sjc_cl_42_and_44_two_failed_years_with_the_days_on_which_the_commission_sat(
    law: Law, reader: Connection, keys: Keyring
) -> None:
    found = {(one.period, one.code): one for one in following(reader, keys, law, [BODY])}
    years = {key: one for key, one in found.items() if one.kind == "annual"}
    assert {key: one.due for key, one in years.items() if one.due is not None} == {
        ("2017", "training"): date(2018, 3, 20),
        ("2018", "training"): date(2019, 3, 21),
    }
    assert not any(one.pending for one in years.values())
    assert found["2018", "demotion-or-dismissal"].since == "2017"
    assert found["2018", "no-mentoring"].until is None


def test_but_for_those_days_it_is_what_the_rows_alone_come_to(
    law: Law, reader: Connection, keys: Keyring
) -> None:
    rows = list(store.grades(reader, keys))
    assert len(rows) == 4
    without = [msgspec.structs.replace(one, due=None) for one in following(reader, keys, law, [BODY])]
    assert without == list(consequences(rows, law))


def test_an_employee_who_is_not_known_and_a_ledger_not_asked_for_have_none(
    law: Law, reader: Connection, keys: Keyring
) -> None:
    assert list(following(reader, keys, law, [BODY], "nobody")) == []
    assert list(following(reader, keys, law, [])) == []


def test_the_acts_used_are_told_from_plain_columns(law: Law, reader: Connection) -> None:
    (used,) = acts_used(reader, law)[BODY]
    assert used.id == "sjc-2017"
    assert acts_used(reader, law, "nowhere") == {}
