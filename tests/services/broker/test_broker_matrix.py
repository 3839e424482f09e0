"""Who may do what on the broker: every row of the table in docs/broker.md, against a real server."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from services import streams
from services.broker import SERVICES, service_rights
from tests.brokers import ONLOOKER, Broker, User, state_of

pytestmark = pytest.mark.servers

PAGE = (Path(__file__).parents[3] / "docs" / "broker.md").read_text("utf-8")
OWN, OTHER = "alpha", "beta"
ALLOWED = {"**yes**": True, "no": False}

# Every request of the server's JetStream API, and other subjects that it listens on.
REQUESTS = (
    "$JS.API.INFO", "$JS.API.STREAM.CREATE", "$JS.API.STREAM.UPDATE", "$JS.API.STREAM.NAMES",
    "$JS.API.STREAM.LIST", "$JS.API.STREAM.INFO", "$JS.API.STREAM.DELETE", "$JS.API.STREAM.PURGE",
    "$JS.API.STREAM.SNAPSHOT", "$JS.API.STREAM.RESTORE", "$JS.API.STREAM.MSG.DELETE",
    "$JS.API.STREAM.MSG.GET", "$JS.API.STREAM.PEER.REMOVE", "$JS.API.STREAM.LEADER.STEPDOWN",
    "$JS.API.DIRECT.GET", "$JS.API.CONSUMER.CREATE", "$JS.API.CONSUMER.DURABLE.CREATE",
    "$JS.API.CONSUMER.NAMES", "$JS.API.CONSUMER.LIST", "$JS.API.CONSUMER.INFO", "$JS.API.CONSUMER.DELETE",
    "$JS.API.CONSUMER.PAUSE", "$JS.API.CONSUMER.RESET", "$JS.API.CONSUMER.UNPIN",
    "$JS.API.CONSUMER.LEADER.STEPDOWN", "$JS.API.CONSUMER.MSG.NEXT", "$JS.API.META.LEADER.STEPDOWN",
    "$JS.API.SERVER.REMOVE", "$JS.API.ACCOUNT.PURGE", "$JS.API.ACCOUNT.STREAM.MOVE", "$JS.ACK", "$JS.FC",
    "$SYS.REQ.USER", "$SYS.REQ.SERVER", "$SYS.REQ.ACCOUNT", "$SYS.ACCOUNT",
)  # fmt: skip


class Cell(NamedTuple):
    """Whether `user` may publish to or subscribe to one subject."""

    user: str
    act: str
    subject: str
    allowed: bool


def rows() -> Iterator[tuple[str, str, dict[str, bool]]]:
    lines = [line for line in PAGE.splitlines() if line.startswith("| ")]
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    (head,) = [row for row in table if row[1] == "subject"]
    for row in table:
        if row[0] in {"publish", "subscribe"}:
            cells = zip(head[2:], row[2:], strict=True)
            yield (
                row[0],
                row[1].strip("`"),
                {user: ALLOWED[cell] for users, cell in cells for user in users.split(", ")},
            )


def subjects(template: str, user: str) -> Iterator[str]:
    """The subjects that a row stands for when this user tries it."""
    filled = template.replace("<own>", OWN).replace("<other>", OTHER)
    filled = filled.replace("<me>", OWN if user == "body" else user)
    filled = filled.replace("<Type>", "ScoreSubmitted").replace("<id>", "0b0c6bd2").replace("<x>", "x.y")
    filled = filled.replace("<ack>", "1.1.1.1.0")
    for stream in ("FACTS", "EVENTS", "ADVISORIES") if "<stream>" in filled else ("",):
        for number in range(streams.PARTITIONS) if "<n>" in filled else (0,):
            yield filled.replace("<stream>", stream).replace("<n>", str(number))


CELLS = tuple(
    Cell(user, act, subject, allowed)
    for act, template, cells in rows()
    for user, allowed in cells.items()
    for subject in subjects(template, user)
)
USERS = tuple(dict.fromkeys(cell.user for cell in CELLS))


def test_the_table_has_every_service_and_every_request_of_the_server():
    assert set(USERS) == {"body", *SERVICES} - {"up"}
    tried = {cell.subject for cell in CELLS}
    assert [one for one in REQUESTS if not any(f"{has}.".startswith(f"{one}.") for has in tried)] == []


def test_whoever_runs_all_services_in_one_process_may_do_what_each_of_them_may_and_no_more():
    together = service_rights("up")
    alone = [service_rights(name) for name in ("intake", "relay", "projector", "witness", "keeper", "clock")]
    assert set(together.publish) == {subject for one in alone for subject in one.publish}
    assert set(together.subscribe) == {subject for one in alone for subject in one.subscribe}


async def attempt(user: User, cell: Cell) -> None:
    if cell.act == "publish":
        # Without a reply the server does nothing of what an API request asks.
        await user.client.publish(cell.subject, b"{}", reply=f"{user.inbox}.answer")
    elif cell.subject.startswith("queue of "):
        await user.client.subscribe(cell.subject.removeprefix("queue of "), queue="workers")
    else:
        await user.client.subscribe(cell.subject)


def told(cell: Cell) -> str:
    """How the server names what it forbids; the client tells it in small letters."""
    act = "publish" if cell.act == "publish" else "subscription"
    return f"{act} {cell.subject.removeprefix('queue of ')}".lower()


@pytest.mark.parametrize("user", USERS)
async def test_the_server_forbids_exactly_what_the_table_does(broker: Broker, user: str) -> None:
    cells = [cell for cell in CELLS if cell.user == user and not (cell.act == "publish" and cell.allowed)]
    async with broker.user(OWN if user == "body" else user) as tried:
        for cell in cells:
            await attempt(tried, cell)
        await tried.settled()
        forbidden = tried.forbidden
    assert sorted(forbidden) == sorted(told(cell) for cell in cells if not cell.allowed)


@pytest.mark.parametrize("user", USERS)
async def test_what_the_table_allows_to_send_is_taken(broker: Broker, user: str) -> None:
    async with broker.user(OWN if user == "body" else user) as tried:
        for cell in CELLS:
            if cell.user == user and cell.act == "publish" and cell.allowed:
                # Nothing that the server could carry out.
                await tried.client.publish(cell.subject, b"no request")
        await tried.settled()
        assert tried.errors == []
    await broker.provision()


async def test_what_a_body_is_forbidden_reaches_nobody_and_changes_nothing(broker: Broker) -> None:
    async with broker.user(OWN) as body, broker.user(OTHER) as other, broker.user(ONLOOKER) as onlooker:
        await other.hear(f"receipts.{OTHER}.>", f"events.{OTHER}.>", f"_INBOX_{OTHER}.>")
        before = await state_of(onlooker)
        await onlooker.hear("facts.>", "receipts.>", "events.>", "doorbell.>", "_INBOX_intake.>", "$JS.ACK.>")
        for cell in CELLS:
            if cell.user == "body" and not cell.allowed:
                await attempt(body, cell)
        await body.settled()
        await onlooker.settled()
        assert onlooker.heard == []
        assert other.heard == []
        assert await state_of(onlooker) == before


async def test_every_refusal_stands_in_the_servers_log_with_its_user(broker: Broker) -> None:
    async with broker.user(OWN) as body:
        await body.client.publish(f"facts.{OTHER}.ScoreSubmitted", b"a secret mark")
        await body.client.subscribe(f"receipts.{OTHER}.>")
        await body.settled()
    key = broker.keys[OWN].public
    logged = broker.logged()
    assert re.search(rf'BODY-{OWN}/nkey:{key}" - Publish Violation - Subject "facts\.{OTHER}\.', logged)
    assert re.search(rf'{key}" - Subscription Violation - Subject "receipts\.{OTHER}\.>"', logged)
    assert "a secret mark" not in logged
