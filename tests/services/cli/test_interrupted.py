"""Whoever interrupts a command (Ctrl-C) is told in one line what became of it, and how to go on."""

import asyncio
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nats
import pytest

from services.cli.interrupted import interrupted, was_interrupted
from services.servers import EmbeddedNats, EmbeddedPostgres
from tests.facts import body_and_servant
from tests.services.cli.commands import bagalau, command, environment

SECONDS = 60


@pytest.fixture(autouse=True)
def _heeded() -> Iterator[None]:
    """Whoever runs the tests in the background has the signal ignored, and so would what they start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def started(home: Path, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    """The command with a process group of its own, as a shell starts it."""
    return subprocess.Popen(
        command(*arguments),
        env={**environment(home), **variables},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def ctrl_c(process: subprocess.Popen[str]) -> str:
    """What is told on standard error once everybody in the foreground got the signal."""
    assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=SECONDS)
    assert process.returncode == 130, told
    return told


def until(seen: Callable[[], bool]) -> None:
    give_up = time.monotonic() + SECONDS
    while not seen():
        assert time.monotonic() < give_up
        time.sleep(0.05)


def test_grades_from_a_file_that_goes_on(home: Path) -> None:
    process = started(home, "grade", "-")
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write("nonsense\n")
    process.stdin.flush()
    assert json.loads(process.stderr.readline())["problem"]["code"] == "not-json"
    assert ctrl_c(process) == "bagalau: interrupted: It only reads: nothing was recorded.\n"


@pytest.mark.servers
async def test_a_file_that_is_being_fed(home: Path, own_nats: EmbeddedNats) -> None:
    facts = home / "facts.jsonl"
    facts.write_bytes(b"\n".join(body_and_servant()))
    async with await nats.connect(own_nats.url) as client:
        heard = await client.subscribe("facts.>")
        await client.flush()
        process = started(home, "submit", str(facts), "--json")
        await heard.next_msg(timeout=SECONDS)
        told = json.loads(await asyncio.to_thread(ctrl_c, process))["error"]
    assert told["code"] == "interrupted"
    assert "The same command sends the file again" in told["remedy"]


@pytest.mark.servers
def test_a_rebuild_goes_on_where_it_was(home: Path) -> None:
    made = bagalau(home, "demo", "--keep", "--facts", "100")
    assert made.returncode == 0, made.stderr

    def folding() -> bool:
        found = bagalau(home, "rebuild", "status", "--json")
        return found.returncode == 0 and json.loads(found.stdout)["rebuild"] is not None

    try:
        # It waits for a projector, and none runs.
        process = started(home, "rebuild", "--workers", "0")
        until(folding)
        told = ctrl_c(process)
        assert told.startswith("bagalau: interrupted: The rebuild did not finish. The same command goes on")
        assert told.count("\n") == 1
        finished = bagalau(home, "rebuild", "--workers", "1", "--accept-changes", "--json")
        assert finished.returncode == 0, finished.stderr
    finally:
        EmbeddedNats(home).stop()
        EmbeddedPostgres(home).stop()


@pytest.mark.servers
def test_a_demo_leaves_nothing_behind(home: Path) -> None:
    process = started(home, "demo", TMPDIR=str(home))
    until(lambda: any(home.glob("bagalau-demo-*/postgres/data/postmaster.pid")))
    assert ctrl_c(process) == "bagalau: interrupted: Nothing of it was kept.\n"
    assert list(home.glob("bagalau-demo-*")) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("rebuild", "run", "--workers", "2"), "goes on where it was"),
        (("rebuild", "golive"), "whole or not at all"),
        (("correct", "a.toml", "--reason", "x"), "The same command goes on where it was"),
        (("correct", "--what-if", "a.toml"), "nothing was corrected"),
        (("replay", "--json"), "neither facts nor results"),
        (("verify",), "nothing was recorded"),
        (("archive", "export", "a", "2026"), "whole or not at all"),
        (("archive", "verify", "a"), "nothing was recorded"),
        (("destroy", "run", "2029-1"), "finishes the act"),
        (("demo", "--keep"), "stays in BAGALAU_HOME"),
        (("clock",), "stays recorded"),
        (("archive", "key"), "stays recorded"),
        ((), "stays recorded"),
    ],
)
def test_each_command_tells_what_became_of_it(arguments: tuple[str, ...], words: str) -> None:
    told = interrupted(arguments)
    assert told.code == "interrupted"
    assert words in f"{told.detail} {told.remedy}"


@contextmanager
def closing_badly() -> Iterator[None]:
    try:
        yield
    finally:
        raise OSError("the connection is closed")


def test_what_failed_as_it_was_interrupted_was_interrupted() -> None:
    with pytest.raises(OSError, match="closed") as failed, closing_badly():
        signal.raise_signal(signal.SIGINT)
    assert was_interrupted(failed.value)
    assert not was_interrupted(OSError("the connection is closed"))
