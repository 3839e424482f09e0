"""The page for feeders: its facts are accepted, its feeder runs, and the queue behaves as it says."""

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import nats
import pytest
from nats.js.errors import NoStreamResponseError

from events.envelope import ACCEPTED
from services.feeding.receipts import read_receipts
from services.offline import Ledgers, rejections
from services.servers import EmbeddedNats, Servers
from tests.facts import body_and_servant, issued, registered
from tests.services.cli.commands import bagalau, serving
from tests.serving import codes, intake, mailbox, new_keyring

PAGE = (Path(__file__).parents[2] / "docs" / "feeding.md").read_text("utf-8")


def block(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    return found


FACTS = block("jsonl")
SECONDS = 30


def test_the_facts_of_the_page_are_accepted_in_their_order_and_make_a_grade():
    ledgers = Ledgers()
    assert list(rejections(ledgers, FACTS.encode().splitlines())) == []
    quarter, year = ledgers.grades(explained=False)
    assert (quarter.status, quarter.score, quarter.flags) == ("graded", "4.55", ())
    assert year.kind == "annual"


def test_the_page_tells_of_each_fact_of_its_file_in_order():
    told = re.findall(r"^\d\. `(\w+)`", PAGE, re.MULTILINE)
    assert told == list(dict.fromkeys(json.loads(line)["type"] for line in FACTS.splitlines()))


@pytest.mark.servers
def test_the_feeder_of_the_page_gets_every_receipt_and_the_same_ones_again(home: Path, tmp_path: Path):
    script, facts, held = tmp_path / "feeder.py", tmp_path / "first-quarter.jsonl", tmp_path / "held.jsonl"
    script.write_text(block("python"), "utf-8")
    facts.write_text(FACTS, "utf-8")
    with serving(home):
        environment = {**os.environ, "BAGALAU_NATS_URL": EmbeddedNats(home).url}
        first, second = (
            subprocess.run(
                [sys.executable, str(script), str(facts)],
                env=environment,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=True,
            ).stdout
            for _ in range(2)
        )
        held.write_text(first, "utf-8")
        receipts = list(read_receipts(held))
        assert [one.id for one in receipts] == [json.loads(line)["id"] for line in FACTS.splitlines()]
        assert {one.outcome for one in receipts} == {ACCEPTED}
        assert second == first
        until = time.monotonic() + SECONDS
        while "Result: 4.55" not in bagalau(home, "explain", "e-17", "2026-Q1").stdout:
            assert time.monotonic() < until


@pytest.mark.servers
def test_odd_subjects_and_headers_are_answered_as_the_page_says(fresh_servers: Servers):
    async def run() -> None:
        async with intake(fresh_servers, new_keyring()), mailbox(fresh_servers) as box:
            subjects: list[str] = []

            async def note(message: object) -> None:
                subjects.append(message.subject)  # type: ignore[attr-defined]

            await box.client.subscribe("receipts._.*", cb=note)
            await box.client.publish("facts.Ж.Fact", issued())
            assert codes(await box.until(1)) == ["wrong-body"]
            assert len(subjects) == 1
            await box.send(registered(), "agency", headers={"Bagalau-After": "nothing of the kind"})
            assert codes(await box.until(2))[1:] == [ACCEPTED]
            with pytest.raises(NoStreamResponseError):
                await box.client.jetstream().publish("facts.zhanakorgan.a.b", body_and_servant()[2])
            with pytest.raises(nats.errors.MaxPayloadError):
                await box.client.publish("facts.zhanakorgan.Fact", b" " * (1024 * 1024 + 1))

    asyncio.run(run())
