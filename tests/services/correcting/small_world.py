"""Two bodies under one act: a servant whom a panel decided of, others whose sanctions cap a mark."""

import json

from events.log import Connection
from tests.facts import adopted, appointed, assessed, body_and_servant, ref, registered, sanctioned
from tests.services.deciding.telling import calibrated, delivered

ACT = "zhanakorgan-2026"
OTHER = "otherbody"
FIVES = ("5",) * 5
OVERALL = f"""corrects = "{ACT}"
[readings.discipline-cap-scope]
value = "overall"
[readings.cap-binds-panel]
value = "yes"
"""
IDLE = f"""corrects = "{ACT}"
[readings.annulled-sanction]
value = "counts"
"""
"""A correction that changes nothing of these bodies."""


def told(employee: str, period: str = "2026-Q1", marks: tuple[str, ...] = FIVES) -> list[bytes]:
    of = ref(employee, period=period)
    on = "2026-04-15" if period == "2026-Q1" else "2026-07-15"
    return [*assessed(marks, of), delivered(of, on=on)]


def elsewhere(lines: list[bytes]) -> list[bytes]:
    """The same in the other body."""
    return [json.dumps({**json.loads(line), "body": OTHER}).encode() for line in lines]


def world() -> list[bytes]:
    """e-1: a panel gave 4.50; e-2: a sanction in each of two quarters; e-3: none; otherbody's e-2 as e-2."""
    mild = "severe-reprimand"
    return [
        *body_and_servant(),
        appointed("e-2"),
        appointed("e-3"),
        *(sanctioned(mild, "2026-02-10", one) for one in ("e-1", "e-2")),
        sanctioned(mild, "2026-05-10", "e-2"),
        *told("e-1"),
        *calibrated("4.50"),
        delivered(on="2026-04-27"),
        *told("e-2"),
        *told("e-2", "2026-Q2"),
        *told("e-3"),
        registered(OTHER),
        adopted(ACT, body=OTHER),
        *elsewhere([appointed("e-2"), sanctioned(mild, "2026-02-10", "e-2"), *told("e-2")]),
    ]


def counts(conn: Connection) -> list[object]:
    """How many rows each table of ledgers and projections has."""
    tables = conn.execute(
        "SELECT schemaname, relname FROM pg_stat_user_tables WHERE schemaname IN ('ledger', 'projection')"
        " ORDER BY 1, 2"
    ).fetchall()
    return [
        (schema, table, conn.execute(f"SELECT count(*) FROM {schema}.{table}".encode()).fetchone())
        for schema, table in tables
    ]
