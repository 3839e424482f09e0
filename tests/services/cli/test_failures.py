"""What failures are told as."""

import nats.errors
import psycopg
import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from services.cli.failures import Failure, failure
from services.servers import ServersError

NOT_DURABLE = ServersError("server-not-durable", "PostgreSQL runs with fsync off.", "Set it to on.")


def code(error: BaseException) -> str | None:
    told = failure(error)
    return told and told.code


def test_an_error_with_a_code_is_told_with_its_remedy() -> None:
    assert failure(NOT_DURABLE) == Failure(
        "server-not-durable", "PostgreSQL runs with fsync off.", "Set it to on."
    )


def test_what_tasks_raised_together_is_told_as_if_one_had() -> None:
    assert code(ExceptionGroup("tasks", [ExceptionGroup("within", [NOT_DURABLE])])) == "server-not-durable"


def test_what_nobody_foresaw_is_not_hidden_behind_what_somebody_did() -> None:
    assert failure(ExceptionGroup("tasks", [NOT_DURABLE, KeyError("x")])) is None
    assert failure(KeyError("x")) is None


def test_postgresql_is_told_of_the_same_whichever_library_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAGALAU_POSTGRES_URL", "postgresql://clerk:geheim@127.0.0.1:1/x")
    with pytest.raises(psycopg.OperationalError) as driver:
        psycopg.connect("postgresql://clerk:geheim@127.0.0.1:1/x")
    with pytest.raises(OperationalError) as engine:
        create_engine("postgresql+psycopg://clerk:geheim@127.0.0.1:1/x").connect()
    for error in (driver.value, engine.value):
        told = failure(error)
        assert told is not None
        assert told.code == "postgres-failed"
        assert "refused" in told.detail
        assert "BAGALAU_POSTGRES_URL" in str(told.remedy)
        assert "geheim" not in str(told)


def test_a_connection_string_that_cannot_be_read_is_not_repeated() -> None:
    with pytest.raises(psycopg.ProgrammingError) as error:
        psycopg.connect("host=127.0.0.1 pasword=geheim")
    told = failure(error.value)
    assert told is not None
    assert told.code == "postgres-failed"
    assert "geheim" not in str(told)


def test_the_queue_and_paths_have_codes_too() -> None:
    assert code(nats.errors.NoServersError()) == "nats-failed"
    assert code(FileNotFoundError(2, "No such file or directory", "/nowhere/x")) == "path-unusable"
