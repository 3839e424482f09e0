"""`bagalau up` and those beside it, as operators meet them: killed, shared, misled."""

import signal
import subprocess
import time
from collections import Counter
from pathlib import Path

import psycopg
import pytest

from services.servers import EmbeddedNats, EmbeddedPostgres, running
from tests.services.cli.commands import bagalau, command, environment, serving

pytestmark = pytest.mark.servers


def asked(home: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A command with variables of its own."""
    return subprocess.run(
        command(*arguments),
        env={**environment(home), **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def failed(done: subprocess.CompletedProcess[str], code: str) -> bool:
    """Whether the command exited 1 with this code in one line, and no traceback."""
    return done.returncode == 1 and f"bagalau: {code}: " in done.stderr and "Traceback" not in done.stderr


def runs(home: Path) -> tuple[bool, bool]:
    return EmbeddedPostgres(home).pid() is not None, EmbeddedNats(home).pid() is not None


@pytest.mark.parametrize("arguments", [("verify",), ("rejected",), ("explain", "ZH-1", "2026")])
def test_in_a_new_home_commands_that_read_say_what_to_do_and_make_nothing(
    home: Path, arguments: tuple[str, ...]
) -> None:
    new = home / "new"
    done = asked(new, *arguments)
    assert failed(done, "home-empty")
    assert "bagalau up" in done.stderr
    assert str(new) in done.stderr
    assert not new.exists()


def test_doctor_of_a_new_home_exits_1_and_makes_nothing(home: Path) -> None:
    done = asked(home / "new", "doctor")
    assert done.returncode == 1
    assert "nothing is in" in done.stdout
    assert not (home / "new").exists()


def test_up_goes_on_when_its_servers_are_killed_with_a_line_each_and_no_traceback(home: Path) -> None:
    with serving(home) as process:
        for server in (EmbeddedNats(home), EmbeddedPostgres(home)):
            server.kill()
            _until(server.is_running)
        _until(lambda: bagalau(home, "doctor").returncode == 0)
        process.terminate()
        assert process.stderr is not None
        told = process.stderr.read().splitlines()
        assert process.wait(60) == 0
    assert not [line for line in told if "Traceback" in line or line.startswith(" ")]
    assert sum("NATS ended and was started again" in line for line in told) == 1
    assert sum("PostgreSQL ended and was started again" in line for line in told) == 1
    assert sum("PostgreSQL is away" in line for line in told) <= 1
    # Who notices an absence that is soon over is chance. Nobody says the same twice, but a partition of the
    # intake that both absences catch at work.
    said = Counter(line.split(maxsplit=3)[3].partition(": ")[0] for line in told)
    assert all(count <= 1 + ("bagalau.intake partition" in what) for what, count in said.items()), told
    assert runs(home) == (False, False)


def test_servers_that_a_killed_up_left_belong_to_the_next_which_stops_them(home: Path) -> None:
    with serving(home) as first:
        first.kill()
        first.wait()
        assert runs(home) == (True, True)
        with serving(home):
            assert runs(home) == (True, True)
    assert runs(home) == (False, False)


def test_a_second_up_says_that_it_shares_and_outlives_the_first(home: Path) -> None:
    with serving(home) as first:
        second = subprocess.Popen(command("up"), env=environment(home), stderr=subprocess.PIPE, text=True)
        assert second.stderr is not None
        assert "sharing the servers" in second.stderr.readline()
        while "ready" not in (line := second.stderr.readline()):
            assert line
        first.terminate()
        assert first.wait(60) == 0
        assert runs(home) == (True, True)
        second.terminate()
        assert second.wait(60) == 0
        second.stderr.close()
    assert runs(home) == (False, False)


@pytest.mark.parametrize("after", [0.3, 1.0, 2.0, 3.0])
def test_up_that_is_ended_while_it_prepares_leaves_no_server(home: Path, after: float) -> None:
    process = subprocess.Popen(command("up"), env=environment(home), stderr=subprocess.PIPE, text=True)
    time.sleep(after)
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=60)
    assert process.returncode in {0, 128 + signal.SIGTERM, -signal.SIGTERM}
    assert "Traceback" not in told
    assert runs(home) == (False, False)


def test_a_server_that_is_not_durable_is_told_with_its_code(home: Path) -> None:
    with running(home) as found, psycopg.connect(found.postgres_url, autocommit=True) as conn:
        conn.execute("ALTER SYSTEM SET fsync = off")
    assert failed(asked(home, "up"), "server-not-durable")
    assert runs(home) == (False, False)


def test_paths_that_cannot_be_used_are_told_of(home: Path) -> None:
    (home / "file").write_text("x")
    assert failed(asked(home / "file", "up"), "home-unusable")
    assert failed(asked(home, "sample", "-o", "/nonexistent/x"), "path-unusable")


def test_servers_that_do_not_answer_are_given_up_with_the_variable_to_check(home: Path) -> None:
    nowhere = "postgresql://clerk:geheim@127.0.0.1:1/x"
    done = asked(home, "verify", BAGALAU_POSTGRES_URL=nowhere)
    assert failed(done, "postgres-failed")
    assert "BAGALAU_POSTGRES_URL" in done.stderr
    done = asked(home, "up", BAGALAU_POSTGRES_URL=nowhere, BAGALAU_NATS_URL="nats://127.0.0.1:1")
    assert failed(done, "nats-failed")
    assert "BAGALAU_NATS_URL" in done.stderr
    (home / "facts.jsonl").write_text("{}\n")
    done = asked(
        home, "submit", str(home / "facts.jsonl"), "--patience", "1", BAGALAU_NATS_URL="nats://127.0.0.1:1"
    )
    assert failed(done, "nats-failed")


def _until(holds: object, seconds: float = 60.0) -> None:
    assert callable(holds)
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)
