"""Services that run while the keys are wrapped anew: they take the new key up, and lose nothing."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from threading import Event as Flag
from threading import Thread

import pytest

from events import keyring
from events.keyring import Keyring
from events.log import Connection, Destroyed
from projections import marks, store
from projections.live import Live
from projections.rebuild import claims
from projections.rebuild.claims import ClaimLost
from services import keeper, projector, relay
from services.clock import service as clock
from services.destroying.acts import load
from services.destroying.errors import DestroyingError
from services.destroying.rotation import rotate
from services.keys import open_keyring
from services.servers import Servers, connect
from tests import serving
from tests.facts import BODY, adopted, appointed, assessed, ref, registered
from tests.projections.rebuild.building import Builder
from tests.projections.recorded import folded, in_order
from tests.services.destroying.years_ago import SECOND_QUARTER_OVER, Archive

pytestmark = pytest.mark.servers


async def test_facts_go_on_being_accepted_and_projected_through_two_rotations(
    fresh_servers: Servers, keyring_file: Path
) -> None:
    stop = asyncio.Event()

    def ring() -> Keyring:
        return open_keyring(keyring_file)

    accepted = 0
    async with serving.intake(fresh_servers, ring()), serving.mailbox(fresh_servers) as box:
        others = [
            asyncio.create_task(projector.run(fresh_servers, ring(), stop)),
            asyncio.create_task(relay.run(fresh_servers, ring(), stop)),
            asyncio.create_task(clock.run(fresh_servers, ring(), stop)),
            asyncio.create_task(keeper.run(fresh_servers, ring(), stop)),
        ]
        await box.ask([registered()], "agency")
        await box.ask([adopted("zhanakorgan-2026")], BODY)
        turning = asyncio.create_task(asyncio.to_thread(turn_twice, fresh_servers, keyring_file))
        number = 0
        while not turning.done() or number < 40:
            number += 1
            of = ref(f"e-{number}", f"p-{number}")
            receipts = await box.ask([appointed(f"e-{number}", f"p-{number}"), *assessed(of=of)], BODY)
            assert {one.outcome for one in receipts} == {"accepted"}, serving.codes(receipts)
            # What is refused is sealed too, under the day's key.
            await box.ask([b'{"id": "%d"}' % number], BODY)
            accepted += len(receipts)
        await turning
        with connect(fresh_servers, autocommit=True) as owner:
            async with asyncio.timeout(30):
                while any(one.behind for one in marks.lag(owner)):  # noqa: ASYNC110 - nobody tells it
                    await asyncio.sleep(0.1)
            left = keyring.load(keyring_file)
            assert list(left.keks) == [3]
            for table in ("ledger.documents", "projection.record_keys", "ledger.rejection_keys"):
                keks = owner.execute(f"SELECT DISTINCT kek FROM {table}").fetchall()
                assert keks == [(3,)], table
            log = Archive(None, owner, owner, left, keyring_file).log  # type: ignore[arg-type]
            events = list(log.read(owner, BODY))
            assert len(events) > accepted
            assert not any(isinstance(one, Destroyed) for one in events)
            assert len(list(log.list_rejections(owner, messages=True))) == number
            assert in_order(store.grades(owner, left)) == folded(owner, log)
        stop.set()
        await asyncio.gather(*others)


def turn_twice(servers: Servers, file: Path) -> None:
    with connect(servers, "bagalau_destroyer", autocommit=True) as conn:
        for _ in range(2):
            rotate(conn, file, lambda _: None)


def test_one_who_holds_the_older_keyring_waits_and_goes_on_once_it_has_the_new_one(
    archive: Archive, tmp_path: Path, own_servers: Servers
) -> None:
    # As on another machine, whose copy of the file is brought up only after the destruction.
    elsewhere = tmp_path / "elsewhere.json"
    keyring.save(keyring.load(archive.file), elsewhere)
    theirs = open_keyring(elsewhere)
    archive.authorised()
    archive.run()
    with connect(own_servers, "bagalau_projector", autocommit=True) as conn:
        live = Live(theirs)
        with pytest.raises(keyring.KeyringError) as caught:
            live.advance(conn, BODY)
        assert caught.value.code == "unknown-kek"
        keyring.save(keyring.load(archive.file), elsewhere, replace=True)
        assert live.advance(conn, BODY).is_level


def test_a_key_wrapped_before_the_mark_was_raised_and_brought_after_it_is_refused(
    archive: Archive, own_servers: Servers
) -> None:
    with connect(own_servers, "bagalau_writer", autocommit=True) as conn:
        began, raised = Flag(), Flag()

        def insert() -> None:
            with conn.transaction():
                # In the middle of its transaction when the mark is raised: that waits for it.
                conn.execute(
                    "INSERT INTO ledger.rejection_keys (day, stream, kek, key)"
                    " VALUES ('2031-01-01', gen_random_uuid(), 1, '')"
                )
                began.set()
                assert not raised.wait(1)

        inserting = Thread(target=insert)
        inserting.start()
        began.wait()

        def reached(step: str) -> None:
            if step == "wrapping-raised":
                raised.set()

        done = rotate(archive.destroyer, archive.file, reached)
        inserting.join()
        # It came before, and was seen: it is no key at all, and is told of.
        assert done.unopened == 1


@pytest.fixture
def builder(own_servers: Servers, keys: Keyring) -> Iterator[Builder]:
    with (
        connect(own_servers, autocommit=True) as administrator,
        connect(own_servers, "bagalau_projector", autocommit=True) as reading,
        connect(own_servers, "bagalau_projector", autocommit=True) as writing,
    ):
        administrator.execute("SET ROLE bagalau_owner")
        yield Builder(administrator, reading, writing, keys)


class TestARebuildMeanwhile:
    def test_whoever_folded_with_keys_that_are_gone_starts_over(
        self, archive: Archive, builder: Builder, own_servers: Servers, owner: Connection
    ) -> None:
        act = archive.authorised("2029-1", SECOND_QUARTER_OVER)
        number = builder.begin()
        lost: list[str] = []

        def heard(folded_so_far: int, _: int) -> None:
            if folded_so_far and not lost:
                lost.append(BODY)
                destroy_beside(archive, own_servers)

        claims.be_present(builder.reading)
        while (claim := builder.take(number)) is not None:
            try:
                builder.filler.fill(claim, heard if claim.ledger == BODY else lambda *_: None)
            except ClaimLost:
                lost.append("claim")
        assert lost == [BODY, "claim"]
        builder.attach(number)
        builder.catch_up(number)
        gone = {one.stream for one in act.documents}
        [(left,)] = owner.execute(
            "SELECT count(*) FROM projection.grades WHERE id = ANY(%s)", [list(gone)]
        ).fetchall()
        assert left == 0
        builder.go_live(number)
        shown = in_order(store.grades(owner, archive.keys))
        assert shown == folded(owner, archive.log)
        assert next(one for one in claims.claims(owner, number) if one.ledger == BODY).destroyed > 0

    def test_one_that_has_folded_it_already_is_waited_for(
        self, archive: Archive, builder: Builder, owner: Connection
    ) -> None:
        archive.authorised("2029-1", SECOND_QUARTER_OVER)
        number = builder.begin()
        builder.fill(number)
        with pytest.raises(DestroyingError) as caught:
            archive.run("2029-1")
        assert caught.value.code == "rebuild-under-way"
        assert load(owner, archive.log, BODY, "2029-1").state == "begun"
        builder.attach(number)
        done = archive.run("2029-1")
        assert done.act.state == "completed"
        builder.go_live(number)
        shown = in_order(store.grades(owner, archive.keys))
        assert shown == folded(owner, archive.log)

    def test_generations_shown_before_lose_the_rows_too(
        self, archive: Archive, builder: Builder, owner: Connection
    ) -> None:
        before = builder.build()
        builder.go_live(before)
        builder.go_live(builder.build())
        act = archive.authorised("2029-1", SECOND_QUARTER_OVER)
        archive.run("2029-1")
        rows = owner.execute(
            "SELECT DISTINCT generation FROM projection.grades WHERE id = ANY(%s)",
            [[one.stream for one in act.documents]],
        ).fetchall()
        assert rows == []
        others = owner.execute("SELECT DISTINCT generation FROM projection.grades").fetchall()
        assert {before} < {generation for (generation,) in others}


def destroy_beside(archive: Archive, servers: Servers) -> None:
    with (
        connect(servers, "bagalau_destroyer", autocommit=True) as destroyer,
        connect(servers, "bagalau_projector", autocommit=True) as projecting,
    ):
        beside = Archive(archive.recorder, destroyer, projecting, open_keyring(archive.file), archive.file)
        beside.run("2029-1", patience=20)
