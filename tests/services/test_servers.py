import asyncio
import json
import multiprocessing
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import textwrap
import time
from contextlib import ExitStack
from pathlib import Path

import nats
import psycopg
import pytest

from services.servers import (
    EmbeddedNats,
    EmbeddedPostgres,
    Servers,
    ServersError,
    check_durability,
    connect,
    conninfo,
    daemon,
    home_directory,
    postgres,
    reach,
    reading,
    remember,
    running,
    supervise,
    wheels,
)

pytestmark = pytest.mark.servers


@pytest.fixture(autouse=True)
def _nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BAGALAU_POSTGRES_URL", raising=False)
    monkeypatch.delenv("BAGALAU_NATS_URL", raising=False)


def fetch(url: str, statement: str) -> object:
    with psycopg.connect(url) as conn:
        row = conn.execute(statement).fetchone()
    return row and row[0]


async def keep(url: str, subject: str, payload: bytes) -> None:
    async with await nats.connect(url) as client:
        js = client.jetstream()
        await js.add_stream(name="KEPT", subjects=["kept.>"])
        await js.publish(subject, payload)


async def kept(url: str) -> list[bytes]:
    async with await nats.connect(url) as client:
        js = client.jetstream()
        if "KEPT" not in [stream.config.name for stream in await js.streams_info()]:
            return []
        state = (await js.stream_info("KEPT")).state
        return [(await js.get_msg("KEPT", seq)).data or b"" for seq in range(1, state.last_seq + 1)]


# Whose servers they are


def test_given_urls_win_and_nothing_is_started(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAGALAU_POSTGRES_URL", "postgresql://db.example/bagalau")
    monkeypatch.setenv("BAGALAU_NATS_URL", "nats://nats.example:4222")
    with running(home) as found:
        assert found == Servers("postgresql://db.example/bagalau", "nats://nats.example:4222")
    assert not list(home.iterdir())


def test_one_given_url_leaves_only_the_other_to_run_embedded(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAGALAU_POSTGRES_URL", "postgresql://db.example/bagalau")
    with running(home) as found:
        assert not found.embedded
        assert EmbeddedNats(home).is_running()
        assert not (home / "postgres").exists()
    assert not EmbeddedNats(home).is_running()


def test_the_home_is_given_by_the_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAGALAU_HOME", str(home))
    assert home_directory() == home
    monkeypatch.delenv("BAGALAU_HOME")
    assert home_directory() == Path.cwd() / ".bagalau"


def test_servers_run_for_the_block_and_are_found_by_those_who_come_later(home: Path) -> None:
    with running(home) as first:
        with running(home) as second:
            assert second == first
        assert fetch(first.postgres_url, "SELECT current_database()") == "bagalau", (
            "the guest left them running"
        )
        assert EmbeddedNats(home).is_running()
    assert EmbeddedPostgres(home).pid() is None
    assert EmbeddedNats(home).pid() is None


def test_data_and_addresses_outlive_a_restart(home: Path) -> None:
    with running(home) as before:
        with psycopg.connect(before.postgres_url) as conn:
            conn.execute("CREATE TABLE kept AS SELECT 5 AS mark")
        asyncio.run(keep(before.nats_url, "kept.a", b"5"))
    with running(home) as after:
        assert after == before
        assert fetch(after.postgres_url, "SELECT mark FROM kept") == 5
        assert asyncio.run(kept(after.nats_url)) == [b"5"]


def _hold(home: Path, started: "multiprocessing.Queue[tuple[int | None, int | None]]", leave: object) -> None:
    with running(home):
        started.put((EmbeddedPostgres(home).pid(), EmbeddedNats(home).pid()))
        leave.wait()  # type: ignore[attr-defined]


def test_processes_that_start_at_the_same_moment_share_one_pair_of_servers(home: Path) -> None:
    context = multiprocessing.get_context("spawn")
    started, leave = context.Queue(), context.Event()
    processes = [context.Process(target=_hold, args=(home, started, leave)) for _ in range(3)]
    for process in processes:
        process.start()
    pids = {started.get(timeout=60) for _ in processes}
    leave.set()
    for process in processes:
        process.join(30)
    assert len(pids) == 1
    assert None not in pids.pop()
    assert EmbeddedPostgres(home).pid() is None, "the last to leave stopped them"


def test_servers_whose_starter_was_killed_are_found_and_used(home: Path) -> None:
    script = f"""
        from pathlib import Path
        from services.servers import running
        with running(Path({str(home)!r})):
            print("up", flush=True)
            input()
    """
    starter = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert starter.stdout
    assert starter.stdout.readline() == "up\n"
    starter.kill()
    starter.wait()
    orphans = EmbeddedPostgres(home).pid(), EmbeddedNats(home).pid()
    with running(home) as found:
        assert (EmbeddedPostgres(home).pid(), EmbeddedNats(home).pid()) == orphans
        assert fetch(found.postgres_url, "SELECT 1") == 1
    assert (EmbeddedPostgres(home).pid(), EmbeddedNats(home).pid()) == (None, None), "the last to leave"


def test_whoever_leaves_last_stops_the_servers_not_whoever_started_them(home: Path) -> None:
    told: list[str] = []
    with ExitStack() as guest:
        with running(home, shared=lambda: told.append("host")):
            found = guest.enter_context(running(home, shared=lambda: told.append("guest")))
        assert fetch(found.postgres_url, "SELECT 1") == 1
        assert EmbeddedNats(home).is_running()
    assert told == ["guest"]
    assert (EmbeddedPostgres(home).pid(), EmbeddedNats(home).pid()) == (None, None)


@pytest.mark.parametrize("name", ["қала тест", "Бағалау", "a b$c,d'e\"f\\g"])
def test_a_home_may_be_named_in_any_alphabet(home: Path, name: str) -> None:
    with running(home / name) as found:
        assert fetch(found.postgres_url, "SELECT 1") == 1
        asyncio.run(keep(found.nats_url, "kept.a", b"5"))
        assert (home / name / "nats" / "jetstream").is_dir()
    with running(home / name) as again:
        assert asyncio.run(kept(again.nats_url)) == [b"5"]


def test_a_home_that_cannot_be_one_is_told_of(home: Path) -> None:
    (home / "file").touch()
    for unusable in (home / "file", home / "file" / "below"):
        with pytest.raises(ServersError) as error, running(unusable):
            pass
        assert error.value.code == "home-unusable"


def test_whoever_reads_makes_nothing_and_starts_postgresql_alone(home: Path) -> None:
    empty = home / "empty"
    with pytest.raises(ServersError, match=str(empty)) as error, reading(empty):
        pass
    assert error.value.code == "home-empty"
    assert not empty.exists()
    with running(home) as found:
        pass
    with reading(home) as read:
        assert read.postgres_url == found.postgres_url
        assert fetch(read.postgres_url, "SELECT 1") == 1
        assert EmbeddedNats(home).pid() is None
    assert EmbeddedPostgres(home).pid() is None


def test_a_url_that_the_home_was_used_with_is_missed_when_it_is_forgotten(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAGALAU_POSTGRES_URL", "postgresql://db.example/bagalau")
    monkeypatch.setenv("BAGALAU_NATS_URL", "nats://nats.example:4222")
    remember(home)
    assert b"example" not in b"".join(file.read_bytes() for file in home.iterdir()), (
        "a URL may hold a password"
    )
    monkeypatch.delenv("BAGALAU_NATS_URL")
    with pytest.raises(ServersError, match="BAGALAU_NATS_URL") as nats_forgotten, running(home):
        pass
    monkeypatch.delenv("BAGALAU_POSTGRES_URL")
    with pytest.raises(ServersError, match="BAGALAU_POSTGRES_URL") as forgotten, running(home):
        pass
    with pytest.raises(ServersError) as read, reading(home):
        pass
    assert nats_forgotten.value.code == "nats-url-forgotten"
    assert forgotten.value.code == read.value.code == "postgres-url-forgotten"
    assert not (home / "postgres").exists()


def test_the_url_of_the_homes_own_nats_is_kept_for_its_owner_and_gives_nothing_from_elsewhere(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(home) as found:
        kept_in = home / "nats.url"
        assert kept_in.read_text() == f"{found.nats_url}\n"
        assert stat.S_IMODE(kept_in.stat().st_mode) == 0o600
    monkeypatch.setenv("BAGALAU_NATS_URL", kept_in.read_text().strip())
    remember(home)
    with running(home) as again:
        assert again == found
        assert EmbeddedNats(home).is_running()


@pytest.mark.parametrize("url", ["nats://127.0.0.1:1", "nats://nowhere.invalid:4222", "", "http://[::"])
async def test_a_nats_that_does_not_answer_is_given_up(url: str) -> None:
    async with asyncio.timeout(20):
        with pytest.raises(ServersError) as error:
            await reach(url)
    assert error.value.code == "nats-failed"


# Supervision


async def test_servers_that_end_while_they_are_used_start_again_where_they_were(
    home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with running(home) as found:
        stopping = asyncio.Event()
        supervising = asyncio.create_task(supervise(home, stopping))
        await keep(found.nats_url, "kept.a", b"5")
        postgres_pid = EmbeddedPostgres(home).pid()
        await asyncio.to_thread(EmbeddedNats(home).kill)
        await asyncio.to_thread(EmbeddedPostgres(home).kill)
        async with asyncio.timeout(60):
            while not (EmbeddedNats(home).is_running() and EmbeddedPostgres(home).is_running()):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        assert await kept(found.nats_url) == [b"5"]
        assert EmbeddedPostgres(home).pid() != postgres_pid
        stopping.set()
        await supervising
    assert sorted(record.message for record in caplog.records) == [
        "NATS ended and was started again",
        "PostgreSQL ended and was started again",
    ]


async def test_a_server_that_cannot_be_started_again_ends_the_supervision(home: Path) -> None:
    with running(home):
        supervising = asyncio.create_task(supervise(home, asyncio.Event()))
        await asyncio.sleep(0)
        with (home / "postgres" / "data" / "postgresql.conf").open("a") as settings:
            settings.write("shared_buffers = nonsense\n")
        await asyncio.to_thread(EmbeddedPostgres(home).kill)
        with pytest.raises(ServersError) as error:
            await asyncio.wait_for(supervising, 60)
    assert error.value.code == "postgres-did-not-start"


def test_without_the_extra_the_error_says_what_to_install(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wheels.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ServersError, match=r"bagalau\[embedded\]") as error, running(home):
        pass
    assert error.value.code == "embedded-servers-missing"


# PostgreSQL


def test_a_killed_postmaster_starts_again_with_what_it_committed(own_postgres: EmbeddedPostgres) -> None:
    with psycopg.connect(own_postgres.url) as conn:
        conn.execute("CREATE TABLE kept AS SELECT 5 AS mark")
    busy = psycopg.connect(own_postgres.url)
    busy.execute("SELECT 1")
    own_postgres.kill()
    assert not own_postgres.is_running()
    assert own_postgres.start()
    assert fetch(own_postgres.url, "SELECT mark FROM kept") == 5
    with pytest.raises(psycopg.OperationalError):
        busy.execute("SELECT 1")


def test_a_killed_postmaster_waits_for_its_orphaned_sessions(own_postgres: EmbeddedPostgres) -> None:
    # A session inside a long statement does not notice that its postmaster is gone.
    script = f"import psycopg; psycopg.connect({own_postgres.url!r}).execute({_BUSY!r})"
    client = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while not fetch(own_postgres.url, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'DO%'"):
        assert time.monotonic() < deadline
    own_postgres.kill()
    assert own_postgres.start()
    assert own_postgres.is_running()
    client.wait(30)


_BUSY = "DO $$ BEGIN FOR i IN 1..20000000 LOOP NULL; END LOOP; END $$"


def test_a_pid_that_is_by_now_anothers_does_not_pass_for_the_server(
    own_postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    own_postgres.kill()
    account = postgres._as_account(postgres._account())
    another = daemon.spawn([*account, "/bin/sleep", "60"], {}, tmp_path / "log")
    lock = own_postgres.data / "postmaster.pid"
    lines = lock.read_text().split("\n")
    lock.write_text("\n".join([str(another), *lines[1:]]))
    try:
        assert own_postgres.pid() is None
        assert own_postgres.start()
    finally:
        os.kill(another, signal.SIGKILL)
        os.waitpid(another, 0)


def test_a_cluster_whose_making_was_interrupted_is_made_anew(home: Path) -> None:
    (home / "postgres" / "data.new" / "base").mkdir(parents=True)
    server = EmbeddedPostgres(home)
    assert server.start()
    assert server.is_running()


def test_a_server_that_cannot_start_shows_the_end_of_its_log(own_postgres: EmbeddedPostgres) -> None:
    own_postgres.stop()
    with (own_postgres.data / "postgresql.conf").open("a") as settings:
        settings.write("shared_buffers = nonsense\n")
    with pytest.raises(ServersError, match="shared_buffers") as error:
        own_postgres.start()
    assert error.value.code == "postgres-did-not-start"


def test_a_home_too_deep_or_odd_for_a_socket_works_all_the_same(home: Path) -> None:
    deep = EmbeddedPostgres(home / ("x" * 120) / "a b$c,d'e")
    try:
        assert deep.start()
        assert fetch(deep.url, "SELECT 1") == 1
        kept_in = Path(psycopg.conninfo.conninfo_to_dict(deep.url)["host"])
        assert stat.S_IMODE(kept_in.stat().st_mode) == 0o700
    finally:
        deep.stop()
    kept_in.rmdir()


def test_nobody_else_reaches_the_data_or_the_socket(own_postgres: EmbeddedPostgres) -> None:
    own = own_postgres.directory.stat()
    assert own.st_uid == os.geteuid()
    assert stat.S_IMODE(own.st_mode) == 0o700
    assert fetch(own_postgres.url, "SELECT inet_server_addr()") is None
    assert fetch(own_postgres.url, "SHOW listen_addresses") == ""


def test_a_socket_directory_that_others_can_enter_is_refused(own_postgres: EmbeddedPostgres) -> None:
    own_postgres.stop()
    (own_postgres.directory / "run").chmod(0o755)
    with pytest.raises(ServersError) as error:
        own_postgres.start()
    assert error.value.code == "socket-directory-not-private"


def test_programs_in_a_directory_closed_to_others_run_all_the_same(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = wheels.postgres_programs().parents[1]
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for part in (f"{wheel.name}/pginstall18", f"{wheel.name}.libs"):
        shutil.copytree(wheel.parent / part, closed / part)
    monkeypatch.setattr(postgres, "postgres_programs", lambda: closed / wheel.name / "pginstall18" / "bin")
    server = EmbeddedPostgres(home)
    assert server.start()
    assert fetch(server.url, "SELECT 1") == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another account to give")
def test_for_root_the_server_runs_as_an_ordinary_account(own_postgres: EmbeddedPostgres) -> None:
    pid = own_postgres.pid()
    assert pid is not None
    assert Path(f"/proc/{pid}").stat().st_uid != 0
    with psycopg.connect(own_postgres.url) as conn, pytest.raises(psycopg.errors.ExternalRoutineException):
        conn.execute("COPY (SELECT 1) TO PROGRAM 'test $(id -u) = 0'")


def test_a_commit_survives_a_power_failure_unless_a_setting_is_off(own_postgres: EmbeddedPostgres) -> None:
    with connect(Servers(own_postgres.url, "", embedded=True), autocommit=True) as conn:
        check_durability(conn)
        conn.execute("SET synchronous_commit = off")
        with pytest.raises(ServersError, match="synchronous_commit off") as error:
            check_durability(conn)
        assert error.value.code == "server-not-durable"
        conn.execute("RESET synchronous_commit")
        for setting in ("fsync", "full_page_writes"):
            conn.execute(f"ALTER SYSTEM SET {setting} = off")
            conn.execute("SELECT pg_reload_conf()")
            _until(conn, f"SHOW {setting}", "off")
            with pytest.raises(ServersError, match=f"{setting} off"):
                check_durability(conn)
            conn.execute(f"ALTER SYSTEM RESET {setting}")
            conn.execute("SELECT pg_reload_conf()")
            _until(conn, f"SHOW {setting}", "on")
        check_durability(conn)


def test_what_a_failing_statement_was_given_does_not_reach_the_log(own_postgres: EmbeddedPostgres) -> None:
    with psycopg.connect(own_postgres.url, autocommit=True) as conn:
        conn.execute("CREATE TABLE marks (name text UNIQUE, mark numeric CHECK (mark <= 5), note jsonb)")
        conn.execute("INSERT INTO marks VALUES (%s, 4, NULL)", ["canary"])
        for statement, values in (
            ("INSERT INTO marks VALUES (%s, 4, NULL)", ["canary"]),
            ("INSERT INTO marks VALUES (%s, 7, NULL)", ["canary-2"]),
            ("INSERT INTO marks VALUES (NULL, NULL, %s::jsonb)", ['{"canary": ']),
        ):
            with pytest.raises(psycopg.Error):
                conn.execute(statement, values)  # type: ignore[arg-type]
        with pytest.raises(psycopg.Error), conn.cursor().copy("COPY marks FROM STDIN") as copy:
            copy.write_row(("canary-3", "8", None))
    logged = own_postgres.log.read_text()
    assert logged.count("ERROR:") >= 4
    assert "canary" not in logged


def _until(conn: psycopg.Connection, statement: str, value: str) -> None:
    deadline = time.monotonic() + 10
    while conn.execute(statement).fetchone() != (value,):
        assert time.monotonic() < deadline


# Roles


def test_a_session_acts_under_its_role(empty_database: str, servers: Servers) -> None:
    here = Servers(empty_database, "", embedded=servers.embedded)
    with connect(here, autocommit=True) as migrator:
        migrator.execute("DROP ROLE IF EXISTS bagalau_tester")
        migrator.execute("CREATE ROLE bagalau_tester LOGIN")
        try:
            with connect(here, "bagalau_tester", application_name="clerk") as conn:
                assert conn.execute(
                    "SELECT current_user, current_setting('application_name')"
                ).fetchone() == (
                    "bagalau_tester",
                    "clerk",
                )
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    conn.execute("CREATE ROLE another")
        finally:
            migrator.execute("DROP ROLE bagalau_tester")


def test_on_a_given_server_the_role_is_set_for_the_session(empty_database: str) -> None:
    given = Servers(f"{empty_database} options='-c statement_timeout=7s'", "")
    with connect(given, autocommit=True) as migrator:
        migrator.execute("DROP ROLE IF EXISTS bagalau_tester")
        migrator.execute("CREATE ROLE bagalau_tester NOLOGIN")
        try:
            with connect(given, "bagalau_tester") as conn:
                assert conn.execute("SELECT current_user").fetchone() == ("bagalau_tester",)
                assert conn.execute("SHOW statement_timeout").fetchone() == ("7s",)
        finally:
            migrator.execute("DROP ROLE bagalau_tester")


def test_a_role_with_a_url_of_its_own_uses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAGALAU_POSTGRES_URL_WRITER", "postgresql://writer:secret@db.example/bagalau")
    given = Servers("postgresql://migrator@db.example/bagalau", "")
    writer = psycopg.conninfo.conninfo_to_dict(conninfo(given, "bagalau_writer"))
    assert (writer["user"], "options" in writer) == ("writer", False)
    reader = psycopg.conninfo.conninfo_to_dict(conninfo(given, "bagalau_reader"))
    assert (reader["user"], reader["options"]) == ("migrator", "-c role=bagalau_reader")


# NATS


def test_a_killed_nats_server_comes_back_on_its_port_with_its_streams(own_nats: EmbeddedNats) -> None:
    asyncio.run(keep(own_nats.url, "kept.a", b"5"))
    before = own_nats.url
    own_nats.kill()
    assert not own_nats.is_running()
    assert own_nats.start()
    assert own_nats.url == before
    assert asyncio.run(kept(own_nats.url)) == [b"5"]


def test_a_lost_store_has_no_streams(own_nats: EmbeddedNats) -> None:
    asyncio.run(keep(own_nats.url, "kept.a", b"5"))
    own_nats.kill()
    shutil.rmtree(own_nats.store)
    own_nats.start()
    assert asyncio.run(kept(own_nats.url)) == []


def test_a_port_taken_meanwhile_is_exchanged_for_another(own_nats: EmbeddedNats) -> None:
    before = own_nats.url
    own_nats.stop()
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", int(before.rsplit(":", 1)[1])))
        squatter.listen()
        assert not own_nats.is_running()
        assert own_nats.start()
        assert own_nats.url != before
        assert own_nats.is_running()


def test_a_stranger_on_the_machine_is_kept_out_of_nats(own_nats: EmbeddedNats) -> None:
    port = int(own_nats.url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port)) as stranger:
        stranger.sendall(b"CONNECT {}\r\nPING\r\n")
        answers = stranger.makefile("rb")
        assert json.loads(answers.readline().removeprefix(b"INFO "))["auth_required"]
        assert b"Authorization Violation" in answers.readline()
    assert stat.S_IMODE((own_nats.directory / "nats.conf").stat().st_mode) == 0o600


def test_a_nats_server_that_cannot_start_shows_the_end_of_its_log(home: Path) -> None:
    server = EmbeddedNats(home)
    (home / "nats").mkdir()
    server.store.write_text("not a directory")
    with pytest.raises(ServersError, match=r"storage directory|not a directory") as error:
        server.start()
    assert error.value.code == "nats-did-not-start"


# Processes


def test_a_pid_counts_only_with_the_argument_it_was_started_with(tmp_path: Path) -> None:
    sleep = daemon.spawn(["/bin/sleep", "30"], {}, tmp_path / "log")
    assert daemon.alive(sleep, "30")
    assert not daemon.alive(sleep, "31")
    assert daemon.end(sleep, "30", signal.SIGTERM, 5.0)
    assert not daemon.alive(sleep, "30")


def test_a_process_that_ignores_the_signal_is_reported(tmp_path: Path) -> None:
    deaf = daemon.spawn(["/bin/sh", "-c", "trap '' TERM; echo ready; exec sleep 30"], {}, tmp_path / "log")
    deadline = time.monotonic() + 10
    while "ready" not in daemon.tail(tmp_path / "log") or not daemon.alive(deaf, "30"):
        assert time.monotonic() < deadline
    assert not daemon.end(deaf, "30", signal.SIGTERM, 0.1)
    assert daemon.end(deaf, "30", signal.SIGKILL, 5.0)
