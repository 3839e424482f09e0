"""Connections to PostgreSQL, each under the one role that its process needs."""

import os

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from services.servers.address import Servers
from services.servers.errors import ServersError

# A session whose peer is gone holds a partition or a ledger's head: the server and we must both notice soon.
_LIVENESS = {
    "connect_timeout": 10,
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}

ROLES = ("bagalau_writer", "bagalau_projector", "bagalau_reader", "bagalau_auditor", "bagalau_destroyer")
"""What processes log in as, each with the rights that it needs; the owner of the tables logs in nowhere."""

_READER = "bagalau_reader"
_URL = "BAGALAU_POSTGRES_URL"
_DURABILITY = ("fsync", "full_page_writes", "synchronous_commit")


def conninfo(servers: Servers, role: str | None = None, *, application_name: str = "bagalau") -> str:
    """The libpq connection string of a session under `role` (`bagalau_writer`); without one, the migrator's.

    Embedded servers take the role's word. For given servers it is BAGALAU_POSTGRES_URL_WRITER (and so on
    for each role), or else the migrator's URL with the session's role set. Raises ServersError
    `migrator-url-missing` and `role-url-missing`.
    """
    extra: dict[str, str | int] = {**_LIVENESS, "application_name": application_name}
    if role is None:
        if not servers.migrates:
            raise _missing(
                "migrator-url-missing", _URL, "This administers the database, which no login given here may"
            )
        return make_conninfo(servers.postgres_url, **extra)
    if servers.embedded:
        return make_conninfo(servers.postgres_url, user=role, **extra)
    own = os.environ.get(_variable(role))
    if own:
        return make_conninfo(own, **extra)
    if not servers.migrates:
        raise _missing("role-url-missing", _variable(role), f"This works as {role}, which has no login here")
    options = f"{conninfo_to_dict(servers.postgres_url).get('options') or ''} -c role={role}".strip()
    return make_conninfo(servers.postgres_url, options=options, **extra)


def given_login() -> str | None:
    """The URL of any role's login that is given; None where there is none."""
    return next((url for role in ROLES if (url := os.environ.get(_variable(role)))), None)


def looking_role(servers: Servers) -> str:
    """The role of whoever only looks whether a database is fit: the reader, or who else has a login here."""
    if servers.embedded or servers.migrates:
        return _READER
    return next((role for role in (_READER, *ROLES[::-1]) if os.environ.get(_variable(role))), _READER)


def _variable(role: str) -> str:
    return f"{_URL}_{role.removeprefix('bagalau_').upper()}"


def _missing(code: str, variable: str, why: str) -> ServersError:
    return ServersError(code, f"{why}: {variable} is not set.", f"Set {variable}; see docs/access.md.")


def connect(
    servers: Servers, role: str | None = None, *, autocommit: bool = False, application_name: str = "bagalau"
) -> psycopg.Connection[TupleRow]:
    """An open connection under `role`; see `conninfo`. Raises psycopg.OperationalError."""
    return psycopg.connect(conninfo(servers, role, application_name=application_name), autocommit=autocommit)


def check_durability(conn: psycopg.Connection[TupleRow]) -> None:
    """Returns when a COMMIT of this session survives a power failure.

    Asked of the session that writes, since synchronous_commit may be set for a role or a database. Raises
    ServersError `server-not-durable`.
    """
    names = sql.SQL(", ").join(sql.SQL("current_setting({})").format(name) for name in _DURABILITY)
    row = conn.execute(sql.SQL("SELECT {}").format(names)).fetchone()
    off = [name for name, value in zip(_DURABILITY, row or (), strict=True) if value == "off"]
    if off:
        raise ServersError(
            "server-not-durable",
            f"PostgreSQL runs with {', '.join(off)} off: a fact could be lost after its receipt.",
            "Set it to on, for the server, the database and the role.",
        )
