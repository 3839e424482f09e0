"""The feeder: on real servers, and its lane where what is lost on the way must be exact."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import msgspec
import nats
import pytest

from events.envelope import ACCEPTED, AGENCY, REJECTED, Problem, Receipt
from services.feeding import FeedError, Progress, ReceiptsFile, feed, read_receipts
from services.feeding.lane import Lane
from services.feeding.line import Line
from services.intake.message import Message, read
from services.offline import Ledgers, body_named
from services.sample import Country, items
from services.servers import Servers
from tests import serving
from tests.facts import (
    BODY,
    appointed,
    body_and_servant,
    fact,
    id_of,
    issued,
    registered,
    scored,
    under,
    worked,
)

NOW = datetime(2026, 4, 11, tzinfo=UTC)


def lines_of(messages: Iterable[bytes]) -> list[tuple[str, bytes]]:
    return [(body_named(message) or BODY, message) for message in messages]


def accepted_offline(lines: Iterable[tuple[str, bytes]]) -> set[tuple[str, str]]:
    """What one pass over the file in its order accepts."""
    ledgers, ids = Ledgers(), set()
    for _, message in lines:
        reading = ledgers.read(message)
        if ledgers.decide(reading) is None:
            ids.add((reading.body, reading.id))
    return ids


@pytest.mark.servers
async def test_a_country_fed_by_one_feeder_is_accepted_as_one_pass_over_the_file_accepts_it(
    fresh_servers: Servers, tmp_path: Path
) -> None:
    lines = [(item.body, item.message) for item in items(Country.of_facts(1500, bodies=5, wrong=0.1))]
    told: list[Progress] = []
    async with serving.intake(fresh_servers, serving.new_keyring()):
        with ReceiptsFile(tmp_path / "receipts.jsonl") as kept:
            fed = await feed(fresh_servers.nats_url, lines, receipts=kept, progress=told.append)
    assert len(fed.receipts) == len(lines)
    assert {(each.body, each.id) for each in fed.receipts if each.outcome == ACCEPTED} == accepted_offline(
        lines
    )
    held = list(read_receipts(tmp_path / "receipts.jsonl"))
    assert Counter(map(msgspec.json.encode, held)) == Counter(map(msgspec.json.encode, fed.receipts))
    assert (told[-1].read, told[-1].accepted) == (len(lines), fed.accepted)
    assert told[-1].rejected == len(fed.rejected)


@pytest.mark.servers
async def test_a_feed_that_fails_leaves_the_receipts_that_it_held(
    fresh_servers: Servers, tmp_path: Path
) -> None:
    early, late = lines_of([registered(), *(appointed(f"e-{number}") for number in range(5))]), appointed("x")

    def lines() -> Iterator[tuple[str, bytes]]:
        yield from early
        # Nobody answers on a subject whose body is another's.
        yield "..", late

    with ReceiptsFile(tmp_path / "receipts.jsonl") as kept:
        async with serving.intake(fresh_servers, serving.new_keyring()):
            with pytest.raises(FeedError, match="no-receipts"):
                await feed(fresh_servers.nats_url, lines(), receipts=kept, patience=2)
        # On disk though the file is still open, as it would be in a process that is killed.
        held = list(read_receipts(tmp_path / "receipts.jsonl"))
    assert serving.codes(held) == [ACCEPTED] * len(early)


@pytest.mark.servers
async def test_what_the_agency_says_holds_for_all_that_follows_and_nothing_before(
    fresh_servers: Servers,
) -> None:
    early, late = appointed("e-1"), appointed("e-2")
    lines = lines_of([early, registered(), late])
    async with serving.intake(fresh_servers, serving.new_keyring()):
        fed = await feed(fresh_servers.nats_url, lines)
    assert serving.codes(fed.receipts)[1:] == [ACCEPTED, ACCEPTED]
    assert {(each.body, each.id) for each in fed.receipts if each.outcome == ACCEPTED} >= {
        (BODY, str(id_of(late)))
    }


@pytest.mark.servers
async def test_a_file_out_of_order_is_judged_in_its_own_order(fresh_servers: Servers) -> None:
    register, adopt, appoint = body_and_servant()
    lines = lines_of(
        [register, adopt, scored("1", "4"), issued(), worked(), appoint, issued(), scored("2", "4")]
    )
    async with serving.intake(fresh_servers, serving.new_keyring()):
        fed = await feed(fresh_servers.nats_url, lines)
    accepted = {(each.body, each.id) for each in fed.receipts if each.outcome == ACCEPTED}
    assert accepted == accepted_offline(lines)
    assert serving.codes(fed.receipts)[2:5] == ["unknown-employee"] * 3


@pytest.mark.servers
async def test_facts_that_build_on_another_feeders_are_sent_once_more(fresh_servers: Servers) -> None:
    register, adopt, appoint = body_and_servant()
    slow = [worked(of={"employee": f"e-{n}", "position": "p-1", "period": "2026-Q1"}) for n in range(2, 300)]
    async with serving.intake(fresh_servers, serving.new_keyring()):
        await feed(fresh_servers.nats_url, lines_of([register, adopt]))
        office = asyncio.create_task(
            feed(fresh_servers.nats_url, lines_of([issued(), *slow, scored("1", "4")]))
        )
        await asyncio.sleep(0)
        await feed(fresh_servers.nats_url, lines_of([appoint]))
        fed = await office
    assert serving.codes([fed.receipts[0], fed.receipts[-1]]) == [ACCEPTED, ACCEPTED]


@pytest.mark.servers
async def test_an_id_twice_in_a_file_gets_two_answers(fresh_servers: Servers) -> None:
    first = appointed("e-1")
    lines = lines_of([registered(), first, under(id_of(first), appointed("e-2")), first, b"{", b"{"])
    async with serving.intake(fresh_servers, serving.new_keyring()):
        fed = await feed(fresh_servers.nats_url, lines)
    assert serving.codes(fed.receipts) == [ACCEPTED, ACCEPTED, "id-reused", ACCEPTED, "not-json", "not-json"]
    assert fed.receipts[1] == fed.receipts[3]


@pytest.mark.servers
async def test_messages_that_no_queue_carries_are_answered_too(fresh_servers: Servers) -> None:
    huge = fact("SelfAssessed", {"text": "x" * 3_000_000})
    async with serving.intake(fresh_servers, serving.new_keyring()):
        fed = await feed(fresh_servers.nats_url, lines_of([huge, b"", b"\xff"]))
    assert serving.codes(fed.receipts) == ["too-large", "not-json", "not-utf8"]


@pytest.mark.servers
async def test_a_feeder_gives_up_when_nobody_answers(fresh_servers: Servers) -> None:
    with pytest.raises(FeedError, match="no-receipts"):
        await feed(fresh_servers.nats_url, lines_of([registered()]), patience=0.5)


@pytest.mark.servers
async def test_facts_sent_before_the_intake_starts_are_answered_once_it_does(fresh_servers: Servers) -> None:
    feeding = asyncio.create_task(feed(fresh_servers.nats_url, lines_of([registered(), appointed()])))
    await asyncio.sleep(0.5)
    async with serving.intake(fresh_servers, serving.new_keyring()):
        fed = await feeding
    assert fed.accepted == 2


@pytest.mark.servers
async def test_a_lost_fact_is_sent_again_in_its_place(fresh_servers: Servers) -> None:
    """The queue loses a fact that it took, and those behind it arrive."""
    messages = [appointed(f"e-{number}") for number in range(50)]
    async with serving.intake(fresh_servers, serving.new_keyring()):
        await feed(fresh_servers.nats_url, lines_of([registered()]))
        async with await nats.connect(fresh_servers.nats_url) as client:
            box = serving.Mailbox(client)
            await client.subscribe("receipts.>", cb=box.take)
            # As a feeder sends them, but that the first never arrives.
            for before, line in pairwise(messages):
                await box.send(line, headers={"Bagalau-After": str(id_of(before))})
            answers = await box.until(len(messages) - 1)
        assert set(serving.codes(answers)) == {"unknown-predecessor"}
        fed = await feed(fresh_servers.nats_url, lines_of(messages))
    assert [receipt.seq for receipt in fed.receipts] == list(range(1, len(messages) + 1))


def receipt(line: Line, code: str | None = None) -> Receipt:
    problem = Problem("", code, "", "", None) if code else None
    return Receipt(line.id, line.body, REJECTED if code else ACCEPTED, None, None, None, NOW, problem)


def sent(lane: Lane, *messages: bytes, now: float = 0.0) -> list[Line]:
    lines = []
    for place, message in enumerate(messages):
        line = Line(place, lane.body, message, lane.last)
        lane.add(line, now)
        lines.append(line)
    return lines


def test_a_lane_waits_longer_each_time_that_nothing_comes() -> None:
    lane = Lane(BODY, 0.0)
    sent(lane, appointed())
    assert not lane.is_due(1.9)
    assert lane.is_due(2.1)
    lane.sent_again(2.1, hurried=False)
    assert not lane.is_due(6.0)
    assert lane.is_due(6.2)


def test_a_lane_sends_again_soon_when_the_intake_misses_a_fact() -> None:
    lane = Lane(BODY, 0.0)
    first, second = sent(lane, appointed("e-1"), appointed("e-2"))
    assert lane.take(receipt(second, "unknown-predecessor"), 0.1) is None
    assert not lane.is_due(0.1)
    assert lane.is_due(0.2)
    assert list(lane.waiting) == [first, second]


def test_another_feeders_receipts_do_not_put_off_the_own() -> None:
    lane = Lane(BODY, 0.0)
    sent(lane, appointed("e-1"))
    (foreign,) = sent(Lane(BODY, 0.0), appointed("e-2"))
    lane.take(receipt(foreign), 2.0)
    assert lane.is_due(2.1)


def test_a_busy_queue_is_given_time() -> None:
    lane = Lane(BODY, 0.0)
    first, _ = sent(lane, appointed("e-1"), appointed("e-2"))
    lane.take(receipt(first), 5.0)
    assert not lane.is_due(5.0 + 3 * 5.0)
    assert lane.is_due(5.0 + 4.1 * 5.0)


def test_the_lane_learns_the_id_that_the_intake_found() -> None:
    twice = b'{"id": "' + b"0" * 8 + b'", "id": 1}'
    lane = Lane(BODY, 0.0)
    odd, follower = sent(lane, twice, appointed())
    odd.id = "another"
    lane._waiting = type(lane._waiting)({line.id: line for line in (odd, follower)})
    follower.after = "another"
    answer = Receipt(odd.true_id, BODY, REJECTED, None, None, None, NOW, None)
    assert lane.take(answer, 0.1) is odd
    assert follower.after == odd.true_id


def test_the_quick_look_finds_the_id_that_the_intake_finds() -> None:
    good = appointed()
    doubtful = [
        b"", b"{", b"[]", b"\xff", good.replace(b'"id"', b'"ID"'), good.replace(b'{"id"', b'{"id": 1, "id"'),
        good.upper(), good[:-1], good + b" ", good.replace(b"e-1", b"\\u0000"), b" " * 70_000 + good,
        good.replace(b'"id": "', b'"id": "{'),
    ]  # fmt: skip
    for message in [good, *doubtful]:
        line = Line(0, BODY, message, None)
        assert line.id == read(Message(BODY, message), lambda _: b"").id


def test_a_line_refused_for_what_comes_later_in_its_own_file_is_not_sent_again() -> None:
    lane = Lane(BODY, 0.0)
    sheet, other, appoint = sent(
        lane, issued(), worked(of={"employee": "e-2", "position": "p", "period": "2026-Q1"}), appointed("e-1")
    )
    for line, code in ((sheet, "unknown-employee"), (other, "unknown-employee"), (appoint, None)):
        answer = receipt(line, code)
        assert lane.take(answer, 0.1) is line
        lane.note(line, answer)
    assert lane.refused == [other]


def test_an_agency_line_names_the_agency() -> None:
    assert lines_of([registered()])[0][0] == AGENCY
