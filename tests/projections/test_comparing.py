import pytest

from events.envelope import AGENCY
from events.keyring import Keyring
from events.log import Connection, heads
from projections import comparing
from projections.comparing import Comparison, Shift, changes, compare, matrix
from projections.live import Live
from projections.rebuild.side_by_side import side_by_side
from tests.facts import BODY, appointed, assessed, body_and_servant, ref, sanctioned
from tests.projections.rebuild.building import Builder, rows
from tests.projections.recorded import Recorder, catch_up, sample

pytestmark = pytest.mark.servers

FIVES = ("5", "5", "5", "5", "5")
LOW = ("1", "1", "1", "1", "1")


@pytest.fixture
def two(recorder: Recorder, projector: Connection, keys: Keyring, builder: Builder) -> int:
    """Two servants with a quarter each, and a second generation that says the same."""
    recorder.record([*body_and_servant(), appointed("e-2", "p-2")])
    recorder.record([*assessed(FIVES), *assessed(LOW, ref("e-2", "p-2"))])
    catch_up(projector, Live(keys))
    return builder.build()


def test_what_is_the_same_is_counted_and_not_opened(
    country: Recorder,
    builder: Builder,
    reader: Connection,
    owner: Connection,
    keys: Keyring,
    projector: Connection,
) -> None:
    number = builder.build()
    found = list(side_by_side(projector, reader, keys, 1, number))
    assert [one.ledger for one in found] == [head.ledger for head in heads(country.conn)]
    assert sum(one.rows for one in found) == len(rows(owner, 1)) > 0
    assert {one.differing for one in found} == {0}
    assert [list(changes(reader, keys, one.ledger, 1, number)) for one in found] == [[]] * len(found)


def test_generations_of_different_places_are_not_compared(
    recorder: Recorder, reader: Connection, projector: Connection, keys: Keyring, two: int
) -> None:
    assert compare(reader, BODY, 1, two) is not None
    recorder.record([sanctioned("reprimand", "2026-02-10")])
    live = Live(keys)
    live.advance(projector, BODY)
    assert compare(reader, BODY, 1, two) is None
    assert compare(reader, BODY, 1, 77) is None
    found = {one.ledger: one for one in side_by_side(projector, reader, keys, 1, two)}
    assert found[BODY].differing == 0
    assert found[BODY].seq == live.mark(BODY).seq  # type: ignore[union-attr]
    assert (found[AGENCY].rows, found[AGENCY].shifts) == (0, ())


def test_rows_that_differ_are_counted_by_grade_and_opened_with_both(
    recorder: Recorder, builder: Builder, reader: Connection, owner: Connection,
    keys: Keyring, two: int,
) -> None:  # fmt: skip
    # The one that was taken further differs from the one that stands; places are then made to look alike.
    recorder.record([sanctioned("reprimand", "2026-02-10"), *assessed(FIVES, ref("e-2", "p-2", "2026-Q2"))])
    builder.catch_up(two)
    owner.execute(
        "UPDATE projection.checkpoints AS c SET seq = o.seq FROM projection.checkpoints AS o"
        " WHERE c.generation = 1 AND o.generation = %s AND c.ledger = o.ledger",
        [two],
    )
    owner.execute(
        "DELETE FROM projection.grades WHERE generation = 1 AND kind = 'annual' AND grade = 'effective'"
    )
    found = compare(reader, BODY, 1, two)
    assert found is not None
    opened = list(changes(reader, keys, BODY, 1, two))
    assert found.differing == len(opened)
    assert found.rows == len(rows(owner, 1).keys() | rows(owner, two).keys()) == 5
    by_place = {(one.kind, (one.after or one.before).employee): one for one in opened}  # type: ignore[union-attr]
    quarter = by_place["quarterly", "e-1"]
    assert quarter.before is not None
    assert quarter.after is not None
    assert quarter.before.score == "5.00"
    assert quarter.after.score != "5.00"
    assert quarter.is_of_result
    assert by_place["annual", "e-1"].before is None
    assert by_place["quarterly", "e-2"].before is None
    assert by_place["quarterly", "e-2"].after.period == "2026-Q2"  # type: ignore[union-attr]
    annual = matrix([found], "annual")[BODY]
    assert annual["absent", by_place["annual", "e-1"].after.grade] == 1  # type: ignore[union-attr, index]
    assert sum(annual.values()) == 2


def test_a_row_whose_key_is_destroyed_or_that_was_altered_is_told_as_such(
    reader: Connection, owner: Connection, keys: Keyring, two: int
) -> None:
    owner.execute(
        "UPDATE projection.grades SET grade = 'proper' WHERE generation = %s AND kind = 'quarterly'", [two]
    )
    owner.execute(
        "DELETE FROM ledger.documents WHERE stream ="
        " (SELECT id FROM projection.grades WHERE kind = 'quarterly' ORDER BY id LIMIT 1)"
    )
    found = list(changes(reader, keys, BODY, 1, two))
    assert sorted(str(one.unreadable) for one in found) == ["destroyed", "row-not-authentic"]
    assert {(one.before, one.after) for one in found} == {(None, None)}


def test_a_matrix_has_the_bodies_that_changed() -> None:
    compared = [
        Comparison("a", 1, 10, (Shift("annual", "effective", "proper", 2), Shift("quarterly", "x", "y", 1))),
        Comparison("b", 1, 10, ()),
        Comparison("c", 1, 10, (Shift("annual", "proper", comparing.ABSENT, 3),)),
    ]
    assert matrix(compared, "annual") == {
        "a": {("effective", "proper"): 2},
        "c": {("proper", "absent"): 3},
    }
    assert [one.differing for one in compared] == [3, 0, 3]


def test_a_country_under_another_batch_compares_alike(
    recorder: Recorder, builder: Builder, reader: Connection, keys: Keyring, projector: Connection
) -> None:
    recorder.record(sample(300, seed=8, bodies=2))
    catch_up(projector, Live(keys, batch=13))
    number = builder.build()
    assert sum(one.differing for one in side_by_side(projector, reader, keys, 1, number)) == 0
