import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from events.keyring import Keyring
from events.log import Connection
from projections import marks, store
from projections.live import Live
from projections.rebuild import generations, switching
from services.servers import Servers, connect
from tests.facts import assessed, body_and_servant, sanctioned
from tests.projections.rebuild.building import Builder, is_gone, rows
from tests.projections.recorded import Recorder, catch_up, folded, in_order

pytestmark = pytest.mark.servers


def test_the_switch_shows_the_new_and_the_old_one_is_dropped(
    country: Recorder, builder: Builder, reader: Connection, keys: Keyring, administrator: Connection
) -> None:
    expected = folded(country.conn, country.log)
    number = builder.build()
    assert builder.go_live(number) == 1
    assert marks.live_generation(reader) == number
    assert in_order(store.grades(reader, keys)) == expected
    assert [one.state for one in generations.generations(administrator)] == ["live", "retired"]
    generations.remove(administrator, 1, {"retired"})
    assert is_gone(administrator, 1)
    assert in_order(store.grades(reader, keys)) == expected
    assert len(expected) > 0


def test_the_one_shown_before_can_be_shown_again(
    country: Recorder, builder: Builder, reader: Connection, keys: Keyring
) -> None:
    number = builder.build()
    builder.go_live(number)
    country.record([*body_and_servant()[1:], *assessed()])
    assert builder.go_live(1) == number
    assert in_order(store.grades(reader, keys)) == folded(country.conn, country.log)


def test_the_live_driver_goes_on_with_the_new_generation(
    country: Recorder, builder: Builder, projector: Connection, reader: Connection, keys: Keyring
) -> None:
    live = Live(keys)
    catch_up(projector, live)
    number = builder.build()
    kept = live.mark("zhanakorgan")
    assert kept is not None
    live.look(projector)
    assert live.mark("zhanakorgan") == kept
    builder.go_live(number)
    live.look(projector)
    assert live.mark("zhanakorgan") is None
    country.record([sanctioned("reprimand", "2026-02-10", _somebody(country))])
    catch_up(projector, live)
    assert live.mark("zhanakorgan") == marks.Mark(number, *marks.ends(reader, "zhanakorgan"))
    assert in_order(store.grades(reader, keys)) == folded(country.conn, country.log)


def _somebody(country: Recorder) -> str:
    return next(one.employee for one in folded(country.conn, country.log) if one.body == "zhanakorgan")


def test_going_live_takes_in_what_came_last(
    country: Recorder, builder: Builder, reader: Connection, keys: Keyring
) -> None:
    number = builder.build()
    country.record([sanctioned("reprimand", "2026-02-10", _somebody(country))])
    assert not switching.is_level(reader, number)
    builder.go_live(number)
    assert {one.behind for one in marks.lags_of(reader, number)} == {0}
    assert in_order(store.grades(reader, keys)) == folded(country.conn, country.log)


@contextmanager
def reading(servers: Servers) -> Iterator[list[frozenset[tuple[str, int, int]]]]:
    """What a reader saw, over and over, as long as the block lasts: of each row its ledger and generation."""
    stop, seen = threading.Event(), list[frozenset[tuple[str, int, int]]]()

    def read() -> None:
        with connect(servers, "bagalau_projector", autocommit=True) as conn:
            conn.execute("SET statement_timeout = '5s'")
            while not stop.is_set():
                seen.append(
                    frozenset(
                        conn.execute(
                            "SELECT ledger, generation, count(*) FROM projection.live_grades GROUP BY 1, 2"
                        ).fetchall()
                    )
                )

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        stop.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("switches", [3, pytest.param(20, marks=pytest.mark.long)])
@pytest.mark.usefixtures("country")
def test_readers_see_whole_generations_alone(
    builder: Builder, administrator: Connection, own_servers: Servers, owner: Connection, switches: int
) -> None:
    expected = {(place[0]) for place in rows(owner, 1)}
    sizes = {ledger: sum(place[0] == ledger for place in rows(owner, 1)) for ledger in expected}
    with reading(own_servers) as seen:
        for _ in range(switches):
            number = builder.build()
            before = builder.go_live(number)
            generations.remove(administrator, before, {"retired"})
    assert len(seen) > switches
    generations_seen = set()
    for one in seen:
        assert {ledger: count for ledger, _, count in one} == sizes
        assert len({generation for _, generation, _ in one}) == 1
        generations_seen |= {generation for _, generation, _ in one}
    assert len(generations_seen) > 1
