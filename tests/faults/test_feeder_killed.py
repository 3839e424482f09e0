"""A feeder that is killed and run again on the same file gets the receipts that were given the first time."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

import pytest

from events.envelope import ACCEPTED, Receipt
from services.feeding import read_receipts
from services.feeding.line import Line
from services.intake.batch import DECIDED_ANEW
from tests.faults.checker import NOBODY
from tests.faults.ground import PATIENCE, Figures, Ground, Overheard, overhearing
from tests.faults.intake_process import ROOT
from tests.faults.lines import lines_of

pytestmark = [pytest.mark.servers, pytest.mark.faults]

FACTS = 1000
SEEDS = 6


def submitting(ground: Ground, file: Path, receipts: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            sys.executable, "-m", "services.cli", "submit", str(file), "--receipts", str(receipts),
            "--body", NOBODY, "--patience", str(PATIENCE), "--json",
        ],
        cwd=ROOT,
        env={**os.environ, "BAGALAU_NATS_URL": ground.servers.nats_url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip


async def until_heard(heard: Overheard, count: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while len(heard.receipts) < count:  # noqa: ASYNC110 - another process goes on
            await asyncio.sleep(0.005)


def in_order(lines: Sequence[tuple[str, bytes]], receipts: Iterable[Receipt]) -> list[Receipt]:
    """A receipt for each line, of those that were kept in the order of arrival."""
    held: dict[tuple[str, str], list[Receipt]] = {}
    for one in receipts:
        held.setdefault((one.body, one.id), []).append(one)
    return [held[body, Line(0, body, data, None).true_id].pop(0) for body, data in lines]


def final(receipts: list[Receipt]) -> list[Receipt]:
    return [one for one in receipts if one.problem is None or one.problem.code not in DECIDED_ANEW]


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, SEEDS + 1))]
)
async def test_a_feeder_killed_and_run_again_gets_identical_receipts(
    ground: Ground, figures: Figures, tmp_path: Path, seed: int
) -> None:
    lines = lines_of(FACTS, seed)
    file = tmp_path / "facts.jsonl"
    file.write_bytes(b"".join(data + b"\n" for _, data in lines))
    share = Random(f"feeder/{seed}").uniform(0.05, 0.3)
    intake = await ground.ready_intake()
    async with overhearing(ground) as heard:
        feeder = submitting(ground, file, tmp_path / "killed.jsonl")
        try:
            await until_heard(heard, int(share * len(lines)))
        finally:
            feeder.kill()
            code = await asyncio.to_thread(feeder.wait)
        assert code == -signal.SIGKILL, "the feed was over before the feeder was killed"
        early = [one for one in heard.receipts if one.outcome == ACCEPTED]
        runs = []
        for name in ("first.jsonl", "second.jsonl"):
            feeder = submitting(ground, file, tmp_path / name)
            # 1, as some of the lines are wrong.
            assert await asyncio.to_thread(feeder.wait, PATIENCE) == 1
            runs.append(in_order(lines, read_receipts(tmp_path / name)))
        assert await asyncio.to_thread(intake.stop) == 0
    first, second = runs
    # What the killed one held when it was killed, it left.
    held = final(list(read_receipts(tmp_path / "killed.jsonl")))
    assert held
    assert [one for one in held if one not in first] == []
    assert final(first) == final(second)
    kept = {one.id: one for one in first if one.outcome == ACCEPTED}
    assert early
    assert [kept.get(one.id) for one in early] == early
    assert ground.findings(lines, first) == []
    assert ground.findings(lines, second) == []
    assert heard.contradictions() == []
    figures(
        f"feeder killed, seed {seed}: {len(lines)} lines, killed after {len(early)} were accepted,"
        f" {len(final(first))} identical receipts in two further runs"
    )
