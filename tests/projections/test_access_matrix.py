"""The table of docs/access.md, cell by cell, under the reader's own login."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg import errors, sql

from events.log import Connection
from services.servers import Servers, connect
from tests.projections.shown import (
    AGENCY,
    ASKED,
    BODY,
    CONTESTED,
    EVALUATED,
    OTHER,
    OWN,
    SERVANTS,
    Settings,
    hashed,
    settle,
    stream,
    under,
    viewers,
)

pytestmark = pytest.mark.servers

PAGE = Path(__file__).parents[2] / "docs" / "access.md"
MINE = re.compile(r"^(ledger|projection)\.(events|grades)_[0-9]+$")
WRITING = {
    "INSERT": "INSERT INTO {} DEFAULT VALUES",
    "UPDATE": "UPDATE {} SET {} = {}",
    "DELETE": "DELETE FROM {}",
    "TRUNCATE": "TRUNCATE {}",
}


def table() -> tuple[list[list[str]], dict[str, list[str]]]:
    """The relations in each column, and the cells of each viewer."""
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("|")]
    begins = next(at for at, line in enumerate(lines) if line.startswith("| viewer |"))
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[begins:]]
    return [re.findall(r"`([^`]+)`", head) for head in cells[0][1:]], {row[0]: row[1:] for row in cells[2:]}


COLUMNS, CELLS = table()


@pytest.fixture
def settled(servers: Servers, database: str) -> Iterator[tuple[Servers, Connection]]:
    own = Servers(database, "", embedded=servers.embedded)
    with connect(own, autocommit=True) as owner:
        settle(owner)
        yield own, owner


@pytest.fixture
def reader(settled: tuple[Servers, Connection]) -> Iterator[Connection]:
    with connect(settled[0], "bagalau_reader") as conn:
        if settled[0].embedded:
            assert conn.execute("SELECT session_user, current_user").fetchone() == ("bagalau_reader",) * 2
        conn.rollback()
        yield conn


def relations(conn: Connection) -> dict[str, tuple[str, list[str]]]:
    """Everything in the two schemas that rows are read from: its kind, and the columns that may be read."""
    found = conn.execute(
        """
        SELECT
            c.oid::regclass::text, c.relkind::text,
            coalesce((
                SELECT array_agg(a.attname::text ORDER BY a.attnum)
                FROM pg_attribute AS a
                WHERE
                    a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                    AND has_column_privilege(c.oid, a.attnum, 'SELECT')
            ), '{}')
        FROM pg_class AS c
        INNER JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname IN ('ledger', 'projection')
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
        """
    ).fetchall()
    conn.rollback()
    return {name: (kind, columns) for name, kind, columns in found}


def meant(word: str, relation: str, said: Settings) -> set[object]:
    """The rows of a relation that a word of the page means, told by what names each."""
    mine = said.get("bagalau.ledger", "")
    documents = {
        (ledger, stream(f"{kind} of {ledger}"))
        for ledger in (AGENCY, BODY, OTHER)
        for kind in ("law", "disclosures", "session", "not projected")
    } | {
        (ledger, stream(f"{kind} of {who}")) for who, ledger in SERVANTS.items() for kind in ("sheet", "file")
    }
    of_whom = {
        "own": {OWN},
        "given": {EVALUATED},
        "case": {CONTESTED},
        "requests": {ASKED},
        "person": {EVALUATED},
    }
    one_row = word in {"given", "case"}
    if word == "nothing":
        return set()
    if word == "shared":
        return {(ledger, stream(f"law of {ledger}")) for ledger in (AGENCY, BODY, OTHER)} | (
            {(mine, stream(f"disclosures of {mine}"))} if mine else set()
        )
    if word == "session":
        return {(BODY, stream(f"session of {BODY}"))}
    if word == "agency":
        return {one for one in documents if one[0] == AGENCY}
    persons = (
        {who for who, ledger in SERVANTS.items() if ledger == BODY} if word == "disclosed" else of_whom[word]
    )
    match relation:
        case "projection.grades" | "projection.live_grades":
            kinds = ("sheet",) if word in {"given", "case", "requests"} else ("sheet", "year")
            return {(1, stream(f"{kind} of {who}")) for who in persons for kind in kinds}
        case "projection.record_keys":
            return {stream(f"year of {who}") for who in persons}
        case "projection.dossiers":
            return {stream(f"{kind} of {who}") for who in persons for kind in _kinds(one_row)}
        case _:
            if word == "disclosed":
                return {one for one in documents if one[0] == BODY}
            return {(BODY, stream(f"{kind} of {who}")) for who in persons for kind in _kinds(one_row)}


def _kinds(one_row: bool) -> tuple[str, ...]:
    return ("sheet",) if one_row else ("sheet", "file")


NAMED_BY = {
    "projection.grades": "generation, id",
    "projection.live_grades": "generation, id",
    "projection.record_keys": "record",
    "projection.dossiers": "stream",
    "ledger.documents": "ledger, stream",
    "ledger.events": "ledger, stream",
}


def shown(conn: Connection, relation: str, said: Settings) -> set[object]:
    under(conn, said)
    found = conn.execute(f"SELECT {NAMED_BY[relation]} FROM {relation}".encode()).fetchall()
    conn.rollback()
    return {row[0] if len(row) == 1 else tuple(row) for row in found}


def expected_elsewhere(relation: str, cell: str, said: Settings, owner: Connection) -> int:
    """How many rows a cell means of a relation whose rows are told by how many they are."""
    if cell == "nothing":
        return 0
    if cell == "all":
        every = owner.execute(f"SELECT count(*) FROM {relation}".encode()).fetchone()
        assert every is not None
        return int(every[0])
    viewer = (said["bagalau.ledger"], bytes.fromhex(said["bagalau.viewer"]))
    asked = {
        "body": ("SELECT count(*) FROM ledger.rejections WHERE body = %s", [viewer[0]]),
        "his": ("SELECT count(*) FROM ledger.admissions WHERE (viewer_ledger, viewer) = (%s, %s)", [*viewer]),
        "in force": (
            """
            SELECT count(*) FROM ledger.admissions
            WHERE (viewer_ledger, viewer) = (%s, %s) AND format('%%s/%%s', ledger, seq) = %s AND until > now()
            """,
            [*viewer, said["bagalau.disclosure"]],
        ),
    }
    row = owner.execute(asked[cell][0].encode(), asked[cell][1]).fetchone()
    assert row is not None
    assert row[0] > 0, f"{cell} of {relation} would prove nothing"
    return int(row[0])


def test_every_cell_of_the_page_holds(settled: tuple[Servers, Connection], reader: Connection) -> None:
    _, owner = settled
    there = relations(reader)
    checked = 0
    for viewer, said in list(viewers(owner)):
        for names, cell in zip(COLUMNS[:-2], CELLS[viewer], strict=False):
            for relation in names:
                if relation in NAMED_BY:
                    wanted = set[object]().union(*(meant(w.strip(), relation, said) for w in cell.split(",")))
                    assert shown(reader, relation, said) == wanted, (viewer, relation)
                else:
                    under(reader, said)
                    columns = ", ".join(there[relation][1])
                    found = reader.execute(f"SELECT {columns} FROM {relation}".encode()).fetchall()
                    reader.rollback()
                    counted = expected_elsewhere(relation, cell, said, owner)
                    assert len(found) == counted, (viewer, relation)
                    assert cell != "all" or counted, relation
                checked += 1
    assert checked == sum(len(names) for names in COLUMNS) * len(CELLS)


def test_the_page_tells_of_every_viewer_and_of_no_other(settled: tuple[Servers, Connection]) -> None:
    assert {viewer for viewer, _ in viewers(settled[1])} == CELLS.keys()
    assert all(len(row) == len(COLUMNS) for row in CELLS.values())


def test_every_table_stands_in_a_column_or_is_refused(
    settled: tuple[Servers, Connection], reader: Connection
) -> None:
    told = [name for names in COLUMNS for name in names]
    assert len(told) == len(set(told))
    there = relations(reader)
    apart = {name for name, (kind, _) in there.items() if kind == "S" or MINE.match(name)}
    assert set(told) == there.keys() - apart, "a table without a column in docs/access.md"
    assert {name for name in apart if MINE.match(name)} >= {"ledger.events_1", "projection.grades_2"}
    everyone = list(viewers(settled[1]))
    for viewer, said in everyone:
        assert CELLS[viewer][-2] == "refused"
        for name in apart:
            under(reader, said)
            with pytest.raises(errors.InsufficientPrivilege):
                reader.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(*name.split("."))))
            reader.rollback()


@pytest.mark.parametrize("operation", WRITING)
def test_a_viewer_writes_nothing(
    settled: tuple[Servers, Connection], reader: Connection, operation: str
) -> None:
    there = relations(reader)
    every = [name for name, (kind, _) in there.items() if kind != "S"]
    for viewer, said in list(viewers(settled[1])):
        assert CELLS[viewer][-1] == "refused"
        for name in every:
            under(reader, said)
            column = sql.Identifier((there[name][1] or ["ledger"])[-1])
            relation = sql.Identifier(*name.split("."))
            # The planner refuses a view with a join before it asks for rights.
            refused = (
                errors.InsufficientPrivilege,
                errors.WrongObjectType,
                errors.ObjectNotInPrerequisiteState,
            )
            statement = sql.SQL(WRITING[operation])  # type: ignore[arg-type]
            with pytest.raises(refused):
                reader.execute(statement.format(relation, column, column))
            reader.rollback()


def test_whose_document_is_parked_is_not_told(
    settled: tuple[Servers, Connection], reader: Connection
) -> None:
    assert settled[1].execute("SELECT person FROM projection.parked").fetchall() == [(hashed(OWN),)]
    with pytest.raises(errors.InsufficientPrivilege):
        reader.execute("SELECT person FROM projection.parked")
