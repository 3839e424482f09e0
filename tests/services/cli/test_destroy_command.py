"""`bagalau destroy` and `bagalau hold`, as an operator and two of HR use them."""

import asyncio
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nats
import psycopg
import pytest
from psycopg import sql

from services import streams
from services.servers import EmbeddedNats, EmbeddedPostgres, running
from tests.facts import BODY, appointed, assessed, body_and_servant, ref
from tests.services.cli.commands import bagalau, serving
from tests.services.clock.world import delivered, dismissed

pytestmark = pytest.mark.servers

DUE = "2029-05-01"
DRAWN = ["--body", BODY, "--as-of", DUE]
FACTS = [
    *body_and_servant(name="Айгүл"),
    appointed("e-2", "p-2"),
    *assessed(("5", "4", "4", "4", "5")),
    delivered(ref(), "2026-04-20"),
    *assessed(("5", "5", "5", "5", "5"), ref("e-2", "p-2")),
    delivered(ref("e-2", "p-2"), "2026-04-20"),
    # Both left with the quarter, so that the clock issues no further sheet.
    dismissed("e-1", "2026-03-31"),
    dismissed("e-2", "2026-03-31"),
]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("destroy")
    file = home / "facts.jsonl"
    file.write_bytes(b"\n".join(FACTS) + b"\n")
    with serving(home):
        assert bagalau(home, "submit", str(file)).returncode == 0
        for code in ("hr-1", "hr-2"):
            made = bagalau(home, "viewer", "key", "--output", str(home / f"{code}.pem"), "--json")
            assert made.returncode == 0, made.stderr
            public = json.loads(made.stdout)["public"]
            told = bagalau(home, "viewer", "register", f"{BODY}/{code}", "--role", "hr", "--public", public)
            assert told.returncode == 0, told.stderr
    yield home
    EmbeddedNats(home).stop()
    EmbeddedPostgres(home).stop()


def of(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


async def let_a_week_pass(url: str) -> None:
    async with await nats.connect(url) as client:
        js = client.jetstream()
        config = (await js.stream_info(streams.FACTS)).config
        config.max_age = 1
        await js.update_stream(config)
        async with asyncio.timeout(30):
            while (await js.stream_info(streams.FACTS)).state.messages:  # noqa: ASYNC110 - nobody tells it
                await asyncio.sleep(0.2)


def let_years_pass(home: Path) -> None:
    """The server's clock five years ahead, for every session from here on."""
    with running(home) as servers, psycopg.connect(servers.postgres_url, autocommit=True) as conn:
        [(database,)] = conn.execute("SELECT current_database()").fetchall()
        conn.execute("CREATE SCHEMA ahead")
        conn.execute("GRANT USAGE ON SCHEMA ahead TO PUBLIC")
        conn.execute(
            "CREATE FUNCTION ahead.clock_timestamp() RETURNS timestamptz LANGUAGE sql"
            " AS $$ SELECT pg_catalog.clock_timestamp() + interval '5 years' $$"
        )
        conn.execute("GRANT EXECUTE ON FUNCTION ahead.clock_timestamp() TO PUBLIC")
        conn.execute(
            sql.SQL("ALTER DATABASE {} SET search_path = ahead, pg_catalog, public").format(
                sql.Identifier(database)
            )
        )


def test_no_act_is_drawn_up_of_what_is_due_later(archive: Path) -> None:
    by = ["--by", f"{BODY}/hr-1", "--key", str(archive / "hr-1.pem")]
    for too_early in (["draw", "2029-1", *DRAWN], ["authorise", "2029-1", *DRAWN, *by]):
        done = bagalau(archive, "destroy", *too_early)
        assert (done.returncode, "not-due-yet" in done.stderr) == (1, True), done.stderr
    assert of(bagalau(archive, "destroy", "list", "--json")) == []


def test_who_lists_the_holds_of_a_body_is_on_record(archive: Path) -> None:
    by = ["--body", BODY, "--by", f"{BODY}/hr-2", "--key", str(archive / "hr-2.pem")]
    assert of(bagalau(archive, "hold", "list", *by, "--json")) == []
    told = bagalau(archive, "disclosures", "e-1", "--body", BODY, "--json")
    seen = [one for one in map(json.loads, told.stdout.splitlines()) if one["what"] == "hold list"]
    assert [(one["viewer"], one["role"]) for one in seen] == [(f"{BODY}/hr-2", "hr")], told.stderr


def test_from_what_is_due_to_the_printed_act(archive: Path) -> None:
    let_years_pass(archive)

    def hr(code: str) -> list[str]:
        return ["--by", f"{BODY}/{code}", "--key", str(archive / f"{code}.pem")]

    held = bagalau(archive, "hold", "place", "e-2", "--body", BODY, "--basis", "case 17", *hr("hr-1"))
    assert held.returncode == 0, held.stderr
    [hold] = of(bagalau(archive, "hold", "list", "--body", BODY, "--json", *hr("hr-1")))
    assert (hold["employee"], hold["period"], hold["basis"]) == ("e-2", None, "case 17")
    again = bagalau(archive, "hold", "place", "e-2", "--body", BODY, "--basis", "x", *hr("hr-1"))
    assert (again.returncode, "already-held" in again.stderr) == (1, True)

    due = of(bagalau(archive, "destroy", "--due", "--as-of", DUE, "--json"))
    [body] = due["bodies"]
    assert body["body"] == BODY
    years = {one["year"]: one for one in body["years"]}
    assert years["2026"]["due"]["assessment"] == 1
    assert years["2026"]["kept"]["held"] >= 1
    table = bagalau(archive, "destroy", "--due", "--as-of", DUE)
    assert "held" in table.stdout
    assert "e-1" not in table.stdout

    for at, code in enumerate(("hr-1", "hr-2")):
        done = bagalau(
            archive,
            "destroy",
            "authorise",
            "2029-1",
            *hr(code),
            *(DRAWN if not at else []),
        )
        assert done.returncode == 0, done.stderr
        twice = bagalau(archive, "destroy", "authorise", "2029-1", *hr(code))
        assert (twice.returncode, "same-person" in twice.stderr) == (1, True)
    early = bagalau(archive, "destroy", "run", "2029-1")
    assert (early.returncode, "queue-holds-facts" in early.stderr) == (1, True), early.stderr
    with running(archive) as servers:
        asyncio.run(let_a_week_pass(servers.nats_url))
    listed = of(bagalau(archive, "destroy", "list", "--json"))
    assert [(one["act"], one["state"]) for one in listed] == [("2029-1", "authorised")]

    told = of(bagalau(archive, "destroy", "run", "2029-1", "--json"))
    assert told["destroyed"] == listed[0]["documents"]
    assert told["left"] == []

    act = of(bagalau(archive, "destroy", "act", "2029-1", "--json"))
    assert act["state"] == "completed"
    assert all(one["leaf"] and one["destroyed_seq"] for one in act["documents"])
    assert [one["by"] for one in act["authorised"]] == [f"{BODY}/hr-1", f"{BODY}/hr-2"]
    for lang, title in (("kk", "№ 2029-1 акт"), ("ru", "Акт об уничтожении № 2029-1"), ("en", "No. 2029-1")):
        file = archive / f"act-{lang}.md"
        assert bagalau(archive, "destroy", "act", "2029-1", "--lang", lang, "-o", str(file)).returncode == 0
        text = file.read_text("utf-8")
        assert title in text
        assert re.search(r"(?<![0-9a-z-])(e-[12]|p-[12])(?![0-9a-z-])", text) is None
        assert act["documents"][0]["stream"] in text

    assert bagalau(archive, "verify").returncode == 0
    explained = bagalau(archive, "explain", "e-1", "2026-Q1", "--json", "--ground", "audit")
    assert of(explained)["status"] == "destroyed"
    history = bagalau(archive, "history", "e-1", "--period", "2026-Q1")
    assert "was destroyed in zhanakorgan under act No. 2029-1" in history.stdout, history.stderr
    kept = bagalau(archive, "explain", "e-2", "2026-Q1", "--json")
    assert of(kept)["score"] == "5.00"

    lifted = bagalau(archive, "hold", "lift", "e-2", "--body", BODY, "--basis", "case closed", *hr("hr-2"))
    assert lifted.returncode == 0, lifted.stderr
    assert of(bagalau(archive, "hold", "list", "--body", BODY, "--json", *hr("hr-1"))) == []
