"""Bad input through the real queue: each message is answered, listed, delays nobody and loses nothing."""

import json
from hashlib import sha256
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from events.envelope import ACCEPTED, REJECTED
from events.log import Log
from services.servers import Servers
from tests import serving
from tests.facts import (
    BODY,
    appointed,
    assessed,
    body_and_servant,
    fact,
    id_of,
    issued,
    ref,
    scored,
    signed,
    under,
)

pytestmark = pytest.mark.servers


def mark(written: str) -> bytes:
    """A mark whose number stands in the JSON exactly so."""
    return scored("1", "MARK", ref("e-2")).replace(b'"MARK"', written.encode())


def changed(line: bytes, **fields: Any) -> bytes:
    return json.dumps({**json.loads(line), **fields}).encode()


def without(line: bytes, name: str) -> bytes:
    return json.dumps({key: value for key, value in json.loads(line).items() if key != name}).encode()


REGISTER, *OPENING = body_and_servant()
SHEET = assessed()
OTHER_SHEET = [appointed("e-2"), issued(ref("e-2"))]

BAD: dict[str, tuple[bytes, str, str | None]] = {
    "not JSON": (b"{", "not-json", None),
    "an empty message": (b"", "not-json", None),
    "not UTF-8": (b'{"id": "\xff"}', "not-utf8", None),
    "nested 100,000 deep": (b"[" * 30_000 + b"]" * 30_000, "too-deep", None),
    "over 64 KiB": (changed(appointed(), data={"name": "x" * 70_000}), "too-large", None),
    "nested 100,000 deep and over 64 KiB": (b"[" * 100_000, "too-large", None),
    "U+0000 in a string": (appointed("e\0"), "nul-character", "data.employee"),
    "an unknown type": (changed(appointed(), type="Promoted"), "unknown-type", "type"),
    "an unknown field": (appointed(rank=1), "unknown-field", "data.rank"),
    "a missing field": (without(appointed(), "occurred_on"), "missing-field", "occurred_on"),
    "a mark of 5.01": (mark("5.01"), "mark-out-of-range", "data.score"),
    "a mark of -1": (mark("-1"), "invalid-score", "data.score"),
    "a mark of 1e400": (mark("1e400"), "invalid-score", "data.score"),
    "a mark of NaN": (mark("NaN"), "invalid-score", "data.score"),
    'a mark of "5,0"': (mark('"5,0"'), "invalid-score", "data.score"),
    "a date that does not exist": (appointed(on="2026-02-30"), "invalid-date", None),
    "a period that does not exist": (issued(ref(period="2026-Q5")), "invalid-period", "data.period"),
    "a body unlike the subject": (appointed(body="health"), "wrong-body", "body"),
    "an unknown employee": (issued(ref("e-9")), "unknown-employee", "data.employee"),
    "an unknown position": (issued(ref("e-1", "p-9")), "unknown-position", "data.position"),
    "an unknown sheet": (scored("1", "4", ref(period="2026-Q3")), "unknown-sheet", "data"),
    "a mark on a sheet that is signed": (scored("1", "4"), "sheet-signed", "data"),
    "a second signature": (signed(), "already-signed", "data"),
    "an id reused with another content": (under(id_of(SHEET[1]), appointed("e-3")), "id-reused", "id"),
    "the system's own name": (changed(appointed(), actor="system"), "reserved-actor", "actor"),
    "a duplicate key": (
        appointed("e-4").replace(b'{"id"', b'{"actor": "a", "id"', 1),
        "duplicate-key",
        "actor",
    ),
}


def key_of(message: bytes) -> str:
    """What its receipt is known by: its id, or its digest where none can be read."""
    try:
        return str(json.loads(message)["id"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return sha256(message).hexdigest()


async def test_every_bad_message_gets_its_reason_and_the_good_ones_beside_it_pass(
    fresh_servers: Servers,
) -> None:
    ring = serving.new_keyring()
    good = [*OPENING, *SHEET, *OTHER_SHEET]
    async with serving.intake(fresh_servers, ring), serving.mailbox(fresh_servers) as box:
        await box.ask([REGISTER], "agency")
        assert serving.codes(await box.ask(good)) == [ACCEPTED] * len(good)
        bad = [message for message, _, _ in BAD.values()]
        marks = [scored(str(row), "4", ref("e-2")) for row in range(1, 6)]
        mixed = [each for at, one in enumerate(bad) for each in (one, *marks[at : at + 1])]
        answers = {receipt.id: receipt for receipt in await box.ask(mixed)}
    for name, (message, code, field) in BAD.items():
        receipt = answers[answered_as(name, message)]
        problem = receipt.problem
        assert problem is not None, name
        assert (problem.code, receipt.outcome, receipt.seq) == (code, REJECTED, None), name
        assert field is None or problem.field == field, name
        assert problem.type == f"urn:bagalau:problem:{code}"
        assert problem.title
        assert problem.detail
    assert [answers[str(id_of(line))].outcome for line in marks] == [ACCEPTED] * 5
    with psycopg.connect(fresh_servers.postgres_url) as conn:
        listed = {each.message_id: each for each in Log(ring).list_rejections(conn, BODY, messages=True)}
    assert len(listed) == len(BAD)
    for name, (message, code, _) in BAD.items():
        kept = listed[answered_as(name, message)]
        assert (kept.problem.code, kept.message) == (code, message)


def answered_as(name: str, message: bytes) -> str:
    # An oversized message is not read at all, so that nobody pays for its size.
    return sha256(message).hexdigest() if "64 KiB" in name else key_of(message)


async def test_no_receipt_repeats_what_the_fact_said(fresh_servers: Servers) -> None:
    secret = "Есенова-860101"
    lines = [
        appointed(secret, **{secret: 1}),
        appointed(secret, on=secret),
        fact(secret, {}),
        scored(secret, secret),
        changed(appointed(), id=secret),
        changed(appointed(), body=secret),
    ]
    async with serving.intake(fresh_servers, serving.new_keyring()), serving.mailbox(fresh_servers) as box:
        receipts = await box.ask(lines)
    assert {receipt.outcome for receipt in receipts} == {REJECTED}
    assert not [receipt for receipt in receipts if secret in str(receipt)]


async def test_a_fact_for_a_ledger_that_is_not_registered_is_taken_once_it_is(fresh_servers: Servers) -> None:
    early = appointed()
    async with serving.intake(fresh_servers, serving.new_keyring()), serving.mailbox(fresh_servers) as box:
        assert serving.codes(await box.ask([early])) == ["unknown-ledger"]
        await box.ask([REGISTER], "agency")
        assert serving.codes(await box.ask([early])) == [ACCEPTED]


async def test_repeats_get_the_identical_receipt_and_add_nothing(fresh_servers: Servers) -> None:
    ring = serving.new_keyring()
    lines = [*OPENING, *SHEET, scored("1", "9"), b"{"]
    async with serving.mailbox(fresh_servers) as box:
        async with serving.intake(fresh_servers, ring):
            await box.ask([REGISTER], "agency")
            first = list(await box.ask(lines))
            assert list(await box.ask(lines)) == first
        # Another process knows nothing but what is stored.
        async with serving.intake(fresh_servers, ring):
            assert list(await box.ask(lines)) == first
    with psycopg.connect(fresh_servers.postgres_url) as conn:
        size = conn.execute("SELECT size FROM ledger.ledgers WHERE ledger = %s", [BODY]).fetchone()
        assert size == (len(OPENING) + len(SHEET),)
        assert len(list(Log(ring).list_rejections(conn, BODY))) == 2


HOSTILE = {
    "a status of the server's": b"NATS/1.0\r\nStatus: 404\r\n\r\n",
    "an inline status": b"NATS/1.0 503\r\n\r\n",
    "an error": b"NATS/1.0 409 Consumer Deleted\r\n\r\n",
    "no line": b"NATS/1.0",
    "no end": b"NATS/1.0\r\nX: 1",
    "not UTF-8": b"NATS/1.0\r\n\xff\xfe: \xff\r\n\r\n",
    "no name": b"NATS/1.0\r\n: x\r\n\r\n",
    "spaces": b"NATS/1.0\r\n a b : x\r\n\r\n",
    "a predecessor that is none": b"NATS/1.0\r\nBagalau-After: '; DROP TABLE\r\n\r\n",
}


async def test_headers_that_the_client_library_trips_over_stop_nobody(fresh_servers: Servers) -> None:
    lines = [appointed(f"e-{number}") for number in range(len(HOSTILE) + 1)]
    async with serving.intake(fresh_servers, serving.new_keyring()), serving.mailbox(fresh_servers) as box:
        await box.ask([REGISTER], "agency")
        before = len(box.receipts)
        for line, headers in zip(lines, HOSTILE.values(), strict=False):
            await raw_publish(box, headers, line)
        await box.send(lines[-1])
        receipts = (await box.until(before + len(lines)))[before:]
    assert serving.codes(receipts) == [ACCEPTED] * len(lines)
    assert [receipt.id for receipt in receipts] == [str(id_of(line)) for line in lines]


async def raw_publish(box: serving.Mailbox, headers: bytes, payload: bytes) -> None:
    subject = f"facts.{BODY}.{uuid4().hex}".encode()
    command = b"HPUB %b %d %d\r\n%b%b\r\n" % (
        subject, len(headers), len(headers) + len(payload), headers, payload,
    )  # fmt: skip
    await box.client._send_command(command)
    await box.client.flush()
