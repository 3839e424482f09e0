"""What a command that cannot be carried out tells: a stable code, a sentence, and what to do."""

import errno
import os
from typing import Final

import msgspec

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Failure(msgspec.Struct, frozen=True):
    """`code` is stable; `remedy` is None where the detail says what to do."""

    code: str
    detail: str
    remedy: str | None = None


def failure(error: BaseException) -> Failure | None:
    """What is told of an error; None for one that nobody foresaw.

    Of several that came together, one with a code is told of before others.
    """
    if isinstance(error, BaseExceptionGroup):
        told = [one for one in map(failure, error.exceptions) if one is not None]
        return told[0] if len(told) == len(error.exceptions) else None
    kind = type(error).__module__.partition(".")[0]
    # Before the error's own code: SQLAlchemy's is one of its pages, psycopg's none.
    if kind in {"psycopg", "sqlalchemy"}:
        return _postgres(error)
    if kind == "nats":
        return _nats(error)
    if isinstance(code := getattr(error, "code", None), str):
        detail = getattr(error, "detail", None) or str(error).removeprefix(f"{code}: ")
        return Failure(code, detail, getattr(error, "remedy", None))
    if isinstance(error, OSError) and error.filename is not None:
        return Failure(
            "path-unusable", f"{_text(error.filename)}: {error.strerror}.", "Name a path that can be used."
        )
    if isinstance(error, OSError) and error.errno in _FULL:
        return Failure("disk-full", f"Nothing more is written: {error.strerror}.", "Make room, run again.")
    return None


def _postgres(error: BaseException) -> Failure:
    from services.servers.words import postgres_words  # the servers' clients are slow to import

    given = any(value for name, value in os.environ.items() if name.startswith("BAGALAU_POSTGRES_URL"))
    remedy = (
        "Check BAGALAU_POSTGRES_URL, and BAGALAU_POSTGRES_URL_<ROLE> where set, and that the server runs and "
        "admits the login."
        if given
        else "`postgres.log` in the home has the server's words; `bagalau doctor` looks at the rest."
    )
    return Failure("postgres-failed", f"PostgreSQL: {postgres_words(error)}.", remedy)


def _nats(error: BaseException) -> Failure:
    from services.servers import nats_failed

    assert isinstance(error, Exception)
    told = nats_failed(error)
    return Failure(told.code, told.detail, told.remedy)


def _text(path: object) -> str:
    return os.fsdecode(path) if isinstance(path, str | bytes) else str(path)
