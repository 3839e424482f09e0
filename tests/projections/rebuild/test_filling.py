import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from events.codec import Codec
from events.envelope import AGENCY
from events.keyring import Keyring
from events.log import Connection, heads
from events.vocabulary import TYPES
from projections import marks
from projections.live import Live
from projections.rebuild import claims
from projections.rebuild.claims import ClaimLost
from projections.rebuild.filling import Filler
from projections.rebuild.generations import RebuildError
from services.servers import Servers, connect
from tests.facts import BODY, adopted, appointed, assessed, body_and_servant, ref, sanctioned
from tests.projections.rebuild.building import Builder, rows
from tests.projections.recorded import Recorder, catch_up, sample
from tests.services.deciding.telling import delivered

pytestmark = pytest.mark.servers

FIVES = ("5", "5", "5", "5", "5")


def assert_alike(owner: Connection, before: int, after: int) -> None:
    expected = rows(owner, before)
    assert rows(owner, after) == expected
    print(f"{len(expected)} rows compared")  # noqa: T201 - no rows would prove nothing
    assert len(expected) > 0


def test_a_rebuild_is_the_live_rows(
    recorder: Recorder, projector: Connection, owner: Connection, keys: Keyring, builder: Builder
) -> None:
    recorder.record(sample(1500))
    catch_up(projector, Live(keys))
    number = builder.build()
    assert_alike(owner, 1, number)
    assert {(one.behind, one.law_behind) for one in marks.lags_of(owner, number)} == {(0, 0)}


@pytest.mark.parametrize("seed", range(4))
def test_facts_that_arrive_during_a_rebuild_are_caught_up(
    recorder: Recorder, projector: Connection, owner: Connection, keys: Keyring, builder: Builder, seed: int
) -> None:
    rng = random.Random(seed)
    lines = sample(900, seed=seed, bodies=3)
    at = len(lines) // 2
    recorder.record(lines[:at])
    live = Live(keys, batch=rng.choice((7, 1000)))
    catch_up(projector, live)

    def more() -> None:
        nonlocal at
        step = rng.randint(1, 60)
        recorder.record(lines[at : at + step])
        at += step
        if rng.random() < 0.5:
            catch_up(projector, live)

    number = builder.build(between=more)
    recorder.record(lines[at:])
    assert sum(one.behind for one in marks.lags_of(owner, number)) > 0
    assert builder.catch_up(number) == 0
    catch_up(projector, live)
    assert_alike(owner, 1, number)


def test_where_no_projector_ever_ran_what_is_caught_up_is_whole(
    recorder: Recorder, projector: Connection, owner: Connection, keys: Keyring, builder: Builder
) -> None:
    recorder.record([*body_and_servant(), *assessed(FIVES)])
    number = builder.build()
    recorder.record([*assessed(of=ref(period="2026-Q2")), sanctioned("reprimand", "2026-02-10")])
    assert builder.catch_up(number) == 0
    catch_up(projector, Live(keys))
    assert_alike(owner, 1, number)
    assert len(rows(owner, number)) == 3


def test_a_law_that_changes_meanwhile_is_followed(
    recorder: Recorder, projector: Connection, owner: Connection, keys: Keyring, builder: Builder
) -> None:
    lines = [line for line in body_and_servant() if b"MethodologyAdopted" not in line]
    recorder.record([*lines, *assessed(FIVES)])
    number = builder.build()
    assert {row[3] for row in rows(owner, number).values()} == {"typical-2025"}
    recorder.record([adopted("health-2025", body=AGENCY)])
    builder.catch_up(number)
    assert {row[3] for row in rows(owner, number).values()} == {"health-2025"}
    recorder.record([adopted("zhanakorgan-2026")])
    builder.catch_up(number)
    catch_up(projector, Live(keys))
    assert_alike(owner, 1, number)


def _closed(type_: str) -> Codec:
    """A release that cannot read one type of event."""
    return Codec({name: kind for name, kind in TYPES.items() if name != type_})


def test_a_document_that_fails_is_parked_by_its_stream_and_the_rest_go_on(
    recorder: Recorder, projector: Connection, owner: Connection, keys: Keyring, builder: Builder
) -> None:
    recorder.record([*body_and_servant(), appointed("e-2", "p-2"), *assessed(FIVES)])
    recorder.record([*assessed(of=ref("e-2", "p-2")), sanctioned("reprimand", "2026-02-10", "e-2")])
    closed = _closed("DisciplineRecorded")
    catch_up(projector, Live(keys, closed))
    builder.filler = Filler(builder.reading, builder.writing, keys, closed)
    number = builder.build()
    assert_alike(owner, 1, number)
    (of_live,), (parked,) = marks.parked_of(owner, 1), marks.parked_of(owner, number)
    assert (parked.ledger, parked.stream, parked.seq) == (BODY, of_live.stream, of_live.seq)
    assert parked.error.startswith("UnknownEventError")
    by_ledger = {one.ledger: one for one in claims.claims(owner, number)}
    assert by_ledger[BODY].parked == 1
    # The next release folds it, in the generation that is shown by then.
    before = rows(owner, number)
    builder.go_live(number)
    catch_up(projector, Live(keys))
    assert marks.parked_of(owner, number) == []
    changed = {place: row for place, row in rows(owner, number).items() if row != before[place]}
    assert {place[2] for place in changed} == {"quarterly", "annual"}


def test_a_payload_that_was_tampered_with_takes_its_employee_alone(
    recorder: Recorder, projector: Connection, owner: Connection, keys: Keyring, builder: Builder
) -> None:
    recorder.record([*body_and_servant(), appointed("e-2", "p-2"), *assessed(FIVES)])
    recorder.record(assessed(of=ref("e-2", "p-2")))
    owner.execute("ALTER TABLE ledger.events DISABLE TRIGGER append_only")
    spoilt = owner.execute(
        "UPDATE ledger.events SET payload = payload || '\\x00' WHERE ledger = %s AND seq IN"
        " (SELECT max(seq) FROM ledger.events WHERE ledger = %s) RETURNING stream",
        [BODY, BODY],
    ).fetchone()
    catch_up(projector, Live(keys))
    number = builder.build()
    assert_alike(owner, 1, number)
    assert [one.stream for one in marks.parked_of(owner, number)] == [spoilt[0]]


def test_what_no_row_is_read_from_parks_nobody(
    recorder: Recorder, projector: Connection, owner: Connection, keys: Keyring, builder: Builder
) -> None:
    recorder.record([*body_and_servant(), *assessed(FIVES), delivered()])
    closed = _closed("ResultDelivered")
    catch_up(projector, Live(keys, closed))
    builder.filler = Filler(builder.reading, builder.writing, keys, closed)
    number = builder.build()
    assert_alike(owner, 1, number)
    assert len(rows(owner, number)) == 2
    assert marks.parked_of(owner, 1) == marks.parked_of(owner, number) == []


def test_documents_that_no_row_is_read_from_are_known_all_the_same(
    recorder: Recorder, projector: Connection, owner: Connection, keys: Keyring, builder: Builder
) -> None:
    # Of the year nothing but that it was told; a history finds that by its person.
    recorder.record([*body_and_servant(), *assessed(FIVES), delivered(), delivered(ref(period="2026"))])

    def known() -> set[tuple[Any, ...]]:
        return set(owner.execute("SELECT person, stream FROM projection.dossiers WHERE ledger = %s", [BODY]))

    builder.build()
    of_rebuild = known()
    owner.execute("DELETE FROM projection.dossiers")
    catch_up(projector, Live(keys))
    assert known() == of_rebuild
    documents = owner.execute("SELECT count(*) FROM ledger.documents WHERE ledger = %s", [BODY]).fetchone()
    # The body's own adoptions are nobody's.
    assert len(of_rebuild) == documents[0] - 1 == 3


def test_destroyed_documents_are_counted(
    recorder: Recorder, owner: Connection, builder: Builder, projector: Connection, keys: Keyring
) -> None:
    told = [*assessed(FIVES), delivered()]
    recorder.record([*body_and_servant(), *told, *assessed(of=ref(period="2026-Q2"))])
    catch_up(projector, Live(keys))
    gone = owner.execute(
        "DELETE FROM ledger.documents WHERE stream ="
        " (SELECT id FROM projection.grades WHERE kind = 'quarterly' AND period = '2026-Q1') RETURNING stream"
    ).fetchone()
    events = owner.execute("SELECT count(*) FROM ledger.events WHERE stream = %s", [gone[0]]).fetchone()
    number = builder.begin()
    filled = builder.fill(number)
    assert filled[BODY].destroyed == events[0] > 8
    builder.attach(number)
    assert {place[2] for place in rows(owner, number)} == {"quarterly", "annual"}
    assert len(rows(owner, number)) == 2


def test_whose_a_document_is_is_not_taken_from_a_table_that_was_tampered_with(
    recorder: Recorder, projector: Connection, owner: Connection, keys: Keyring, builder: Builder
) -> None:
    recorder.record([*body_and_servant(), appointed("e-2", "p-2"), *assessed(FIVES)])
    recorder.record(assessed(of=ref("e-2", "p-2")))
    catch_up(projector, Live(keys))
    assert owner.execute(
        "UPDATE projection.dossiers AS d SET person = o.person FROM projection.dossiers AS o"
        " WHERE o.person <> d.person"
        " AND d.stream = (SELECT stream FROM projection.dossiers ORDER BY stream LIMIT 1)"
    ).rowcount
    number = builder.build()
    assert_alike(owner, 1, number)


def test_rows_that_are_missing_from_the_ledger_are_no_grades(
    recorder: Recorder, owner: Connection, builder: Builder
) -> None:
    recorder.record([*body_and_servant(), *assessed(FIVES)])
    owner.execute("ALTER TABLE ledger.events DISABLE TRIGGER append_only")
    owner.execute("DELETE FROM ledger.events WHERE ledger = %s AND seq = 3", [BODY])
    number = builder.begin()
    with pytest.raises(Exception, match="1 events of zhanakorgan up to") as refused:
        builder.fill(number)
    assert refused.value.code == "missing-events"


def _taken(builder: Builder, number: int) -> claims.Claim:
    claims.be_present(builder.reading)
    claim = builder.take(number)
    assert claim is not None
    return claim


@pytest.mark.parametrize("overtake", [
    lambda owner, number: owner.execute(
        "UPDATE projection.rebuild_claims SET fence = fence + 1 WHERE generation = %s", [number]
    ),
    lambda owner, number: owner.execute(
        "UPDATE projection.rebuild_claims SET state = 'done' WHERE generation = %s", [number]
    ),
])  # fmt: skip
def test_a_worker_thought_dead_cannot_commit(
    recorder: Recorder, owner: Connection, builder: Builder, overtake: Callable[[Connection, int], object]
) -> None:
    recorder.record([*body_and_servant(), *assessed(FIVES)])
    number = builder.begin()
    claim = _taken(builder, number)
    assert claim.fence == 1
    overtake(owner, number)
    with pytest.raises(ClaimLost):
        builder.filler.fill(claim, lambda *_: None)
    table = f"projection.grades_{number}"
    assert owner.execute(f"SELECT count(*) FROM {table}".encode()).fetchone() == (0,)
    assert {one.seq for one in marks.lags_of(owner, number)} == {0}


def test_a_ledger_is_taken_over_from_a_session_that_is_gone_and_from_one_that_is_silent(
    recorder: Recorder, own_servers: Servers, builder: Builder, owner: Connection
) -> None:
    recorder.record(sample(100, bodies=2))
    number = builder.begin()
    by_size = [head.ledger for head in sorted(heads(owner), key=lambda head: (-head.size, head.ledger))]
    claims.be_present(builder.reading)
    with connect(own_servers, "bagalau_projector", autocommit=True) as other:
        claims.be_present(other)
        taken = [claims.take(other, "other", number) for _ in by_size]
        assert [(claim.ledger, claim.fence) for claim in taken if claim] == [(one, 1) for one in by_size]
        assert builder.take(number) is None
        silent = builder.take(number, silent=0)
        assert silent is not None
        assert (silent.ledger, silent.fence) == (by_size[0], 2)
        assert builder.take(number) is None, "what was heard of lately, from a session that lasts, is left"
    gone: list[claims.Claim] = []
    deadline = time.monotonic() + 10
    while len(gone) < len(by_size) - 1 and time.monotonic() < deadline:
        # The server takes a moment to see that a session has ended.
        claim = builder.take(number)
        gone += [claim] if claim else []
    assert [(claim.ledger, claim.fence) for claim in gone] == [(one, 2) for one in by_size[1:]]
    assert builder.take(number) is None


def test_a_rebuild_that_is_given_up_is_no_longer_written_into(
    recorder: Recorder, owner: Connection, builder: Builder
) -> None:
    recorder.record([*body_and_servant(), *assessed(FIVES)])
    number = builder.begin()
    claim = _taken(builder, number)
    owner.execute("UPDATE projection.generations SET state = 'leaving' WHERE generation = %s", [number])
    with pytest.raises((ClaimLost, RebuildError)):
        builder.filler.fill(claim, lambda *_: None)
    assert builder.take(number, silent=0) is None
