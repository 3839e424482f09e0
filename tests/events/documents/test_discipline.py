from datetime import date
from uuid import UUID

import msgspec

from events.documents.discipline import Sanction
from events.vocabulary.discipline import DisciplineAnnulled, DisciplineCarried, DisciplineRecorded
from tests.ledger import after, fact_id

SERVANT = "4117"


def recorded(sanction: str = "reprimand", on: date = date(2026, 2, 10)) -> DisciplineRecorded:
    return DisciplineRecorded(
        employee=SERVANT, sanction=sanction, imposed_on=on, discrediting=False, basis="order 17"
    )


def annulled(discipline: UUID) -> DisciplineAnnulled:
    return DisciplineAnnulled(employee=SERVANT, discipline=discipline, basis="court decision")


def test_a_sanction_is_known_by_the_fact_that_recorded_it():
    discipline = after(recorded())

    assert discipline.sanctions == (Sanction(fact_id(1), "reprimand", date(2026, 2, 10), discrediting=False),)
    assert discipline.sanction(fact_id(1)) is discipline.sanctions[0]
    assert discipline.sanction(fact_id(9)) is None


def test_sanctions_stay_in_the_order_recorded():
    discipline = after(recorded("remark", date(2026, 3, 1)), recorded("reprimand", date(2026, 1, 15)))

    assert [sanction.sanction for sanction in discipline.sanctions] == ["remark", "reprimand"]


def test_an_annulled_sanction_is_kept_as_annulled_and_the_other_stands():
    discipline = after(recorded("remark"), recorded("reprimand"), annulled(fact_id(1)))

    assert [(sanction.sanction, sanction.annulled) for sanction in discipline.sanctions] == [
        ("remark", True),
        ("reprimand", False),
    ]


def test_an_annulment_of_a_sanction_that_is_not_here_changes_nothing():
    assert after(recorded(), annulled(fact_id(9))) == after(recorded())


def test_a_sanction_carried_from_another_body_counts_here_and_may_come_annulled():
    carried = DisciplineCarried(
        employee=SERVANT,
        discipline=fact_id(5),
        sanction="demotion",
        imposed_on=date(2026, 2, 10),
        discrediting=True,
        annulled=True,
        from_body="health",
        source_seq=12,
        source_leaf="00" * 32,
    )

    (sanction,) = after(msgspec.structs.replace(carried, annulled=False), carried).sanctions

    assert sanction.id == fact_id(5)
    assert (sanction.sanction, sanction.discrediting, sanction.annulled) == ("demotion", True, True)
