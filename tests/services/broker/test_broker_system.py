"""The whole product behind a broker with accounts: bodies feed over TLS, and no log tells what they said."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from events.envelope import ACCEPTED, Receipt
from services import streams
from services.broker import body_durable
from services.feeding.receipts import read_receipts
from services.servers import EmbeddedNats, EmbeddedPostgres
from tests.brokers import Broker
from tests.facts import BODY, appointed, body_and_servant, fact, issued, registered, scored, signed, worked
from tests.services.cli.commands import command, environment

pytestmark = pytest.mark.servers

SECONDS = 90.0
PAGE = (Path(__file__).parents[3] / "docs" / "feeding.md").read_text("utf-8")
NAME, COMMENT, OPINION, BROKEN = (
    "Qanarbek Zhurekov",
    "canary-comment-7f31",
    "canary-opinion-5ad2",
    "canary-broken-91c4",
)
MARK = "3.37"
TOLD_OF_NO_ONE = (NAME, "Qanarbek", "Zhurekov", COMMENT, OPINION, BROKEN)
FAILING = "canaries_fail"


def facts() -> list[bytes]:
    """A quarter of one servant, with what is his alone in every place that takes words."""
    return [
        *body_and_servant(name=NAME)[1:],
        worked(),
        issued(),
        *(scored(str(row), MARK, comment=COMMENT) for row in range(1, 6)),
        fact("SelfAssessed", {"employee": "e-1", "position": "p-1", "period": "2026-Q1", "text": OPINION}),
        signed(),
    ]


def broken() -> list[bytes]:
    """What cannot be read, each in another way, and what is refused."""
    return [
        BROKEN.encode(),
        b'{"id": "' + BROKEN.encode(),
        b"\xff\xfe" + BROKEN.encode(),
        fact("SelfAssessed", {"text": BROKEN * 6000}),
        fact(BROKEN, {"employee": NAME}),
        scored("1", f"7 {BROKEN}", comment=COMMENT),
        scored("9", MARK, comment=BROKEN),
        appointed(employee="e-2", name=NAME, unknown=BROKEN),
        fact("ScoreSubmitted", {"employee": BROKEN}, body="beta"),
        json.dumps({BROKEN: [[[[COMMENT]]]]}).encode(),
        b"[" * 100_000 + BROKEN.encode(),
    ]


class System:
    """A home in which `up` runs, and everything that it and its servers write to logs."""

    def __init__(self, home: Path, broker: Broker | None) -> None:
        self.home = home
        self.broker = broker

    def told(self, user: str) -> dict[str, str]:
        return {**environment(self.home), **(self.broker.environment(user) if self.broker else {})}

    @contextmanager
    def up(self, *arguments: str) -> Iterator[None]:
        """`up`, or one service under its own key; it serves, and ends well."""
        words = arguments or ("up",)
        log = self.home / f"{words[-1]}.log"
        with log.open("ab") as opened:
            process = subprocess.Popen(
                command(*words, "--verbose"), env=self.told(words[-1]), stdout=opened, stderr=opened
            )
        try:
            self.until(lambda: "ready" in log.read_text() or process.poll() is not None)
            assert process.poll() is None, log.read_text()[-3000:]
            yield
        finally:
            process.terminate()
            process.wait(SECONDS)

    def submit(self, user: str, lines: Iterable[bytes], *options: str) -> subprocess.CompletedProcess[str]:
        file = self.home / "facts.jsonl"
        file.write_bytes(b"\n".join(lines))
        return subprocess.run(
            command("submit", str(file), "--json", *options),
            env={**self.told(user), "PYTHONPATH": str(Path(__file__).parents[3])},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def printed_by(self, script: Path) -> str:
        """What an engineer's own feeder prints of the facts that were submitted last."""
        done = subprocess.run(
            [sys.executable, str(script), str(self.home / "facts.jsonl")],
            env={**self.told(BODY), "BODY": BODY},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def until(self, done) -> None:  # type: ignore[no-untyped-def]
        end = time.monotonic() + SECONDS
        while not done():
            assert time.monotonic() < end, [text[-1000:] for text in self.logs().values()]
            time.sleep(0.1)

    def logs(self) -> dict[str, str]:
        files = [*self.home.rglob("*.log"), *(self.broker.folder.rglob("*.log") if self.broker else ())]
        return {str(file): file.read_text(errors="replace") for file in files}

    def secrets(self) -> list[str]:
        """Seeds, tokens, and every key of the keyring."""
        found = re.findall(r'"([A-Za-z0-9+/=_-]{20,})"', (self.home / "keyring.json").read_text())
        assert len(found) >= 4
        if self.broker:
            found += [key.seed for key in self.broker.keys.values()]
            found += [
                line for line in (self.broker.folder / "server.key").read_text().split() if len(line) > 40
            ]
        if EmbeddedNats(self.home).is_made():
            found.append(EmbeddedNats(self.home).url.partition("//")[2].partition("@")[0])
        return found


@pytest.fixture(params=["with accounts", "embedded"])
def system(request: pytest.FixtureRequest, home: Path, tmp_path: Path) -> Iterator[System]:
    if request.param == "embedded":
        yield System(home, None)
        return
    broker = Broker(tmp_path, ("agency", BODY, "beta"))
    broker.start()
    try:
        yield System(home, broker)
    finally:
        broker.stop()


@contextmanager
def failing(home: Path, table: str) -> Iterator[None]:
    """Whatever is written to the table fails, and PostgreSQL has the row to quote."""
    with psycopg.connect(EmbeddedPostgres(home).url, autocommit=True) as conn:
        conn.execute(f"ALTER TABLE {table} ADD CONSTRAINT {FAILING} CHECK (false) NOT VALID")  # type: ignore[arg-type]
        try:
            yield
        finally:
            conn.execute(f"ALTER TABLE {table} DROP CONSTRAINT {FAILING}")  # type: ignore[arg-type]


def test_no_log_tells_a_secret_or_what_a_fact_said(system: System) -> None:
    with system.up():
        accepted = system.submit("agency", [registered()])
        assert accepted.returncode == 0, accepted.stderr
        with failing(system.home, "ledger.events"):
            waiting = system.submit(BODY, facts(), "--patience", "3", "--body", BODY)
            assert waiting.returncode == 1
        with failing(system.home, "projection.grades"):
            taken = system.submit(BODY, facts(), "--body", BODY)
            assert taken.returncode == 0, taken.stderr
            system.until(lambda: 'relation "grades' in (system.home / "postgres.log").read_text())
        wrong = system.submit(BODY, (line for line in broken() if b'"beta"' not in line), "--body", BODY)
        assert json.loads(wrong.stdout)["accepted"] == 0
        doctor = subprocess.run(
            command("doctor"),
            env=system.told("doctor"),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        logs = system.logs()
        for done in (accepted, waiting, taken, wrong, doctor):
            logs[str(done.args[3:])] = done.stdout + done.stderr
        secrets = system.secrets()
    logs |= system.logs()
    assert FAILING in "".join(logs.values())
    assert sum("postgres.log" in name for name in logs) == 1
    assert sum("nats.log" in name for name in logs) == 1
    for name, text in logs.items():
        for secret in (*TOLD_OF_NO_ONE, *secrets):
            assert secret not in text, f"{name} tells {secret}"
        assert not re.search(rf"(?<![\d:.]){re.escape(MARK)}(?!\d)", text), name
    assert "well" in doctor.stdout


async def test_bodies_feed_and_hear_of_themselves_alone(home: Path, tmp_path: Path) -> None:
    broker = Broker(tmp_path, ("agency", BODY, "beta"))
    broker.start()
    system = System(home, broker)
    try:
        await broker.provision()
        with system.up("serve", "intake"), system.up("serve", "relay"), system.up("serve", "projector"):
            assert (
                json.loads(system.submit("agency", [registered(), registered("beta")]).stdout)["accepted"]
                == 2
            )
            async with broker.user("beta") as other:
                await other.hear("receipts.beta.>", "events.beta.>")
                kept = tmp_path / "receipts.jsonl"
                fed = system.submit(BODY, facts(), "--receipts", str(kept))
                assert fed.returncode == 0, fed.stderr
                assert {receipt.outcome for receipt in read_receipts(kept)} == {ACCEPTED}

                # The feeder that the page for engineers prints.
                script = tmp_path / "feeder.py"
                (text,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
                script.write_text(text, "utf-8")
                again = tmp_path / "again.jsonl"
                again.write_text(system.printed_by(script))
                assert sorted(read_receipts(again), key=by_id) == sorted(read_receipts(kept), key=by_id)

                # Another's key carries none of it, and its file of two bodies is told apart before.
                forbidden = system.submit("beta", facts(), "--patience", "3")
                assert forbidden.returncode == 1
                assert "permissions violation" in forbidden.stderr.lower()
                two = system.submit("beta", [*facts(), registered()])
                assert "many-bodies" in two.stderr

                # What a body says in another's name is refused under its own.
                other.heard.clear()
                await other.client.publish("facts.beta.ScoreSubmitted", scored("1", "5"))
                await heard(other, 1)
                ((subject, receipt),) = other.heard
                assert subject.startswith("receipts.beta.")
                assert json.loads(receipt)["problem"]["code"] == "wrong-body"
            async with broker.user(BODY) as body:
                pull = await body.client.jetstream().pull_subscribe_bind(body_durable(BODY), streams.EVENTS)
                told = await pull.fetch(len(facts()), timeout=20)
                ledgers = {json.loads(message.data)["data"]["ledger"] for message in told}
                assert ledgers == {BODY}
                assert not any(
                    canary.encode() in message.data for message in told for canary in TOLD_OF_NO_ONE
                )
        assert f'BODY-beta/nkey:{broker.keys["beta"].public}" - Publish Violation' in broker.logged()
        # Each service did its work within its own rights.
        assert not re.search(r"BAGALAU/nkey:.* Violation", broker.logged())
    finally:
        broker.stop()


def by_id(receipt: Receipt) -> str:
    return receipt.id


async def heard(user, count: int) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + SECONDS
    while len(user.heard) < count:
        assert time.monotonic() < end
        await user.settled()
