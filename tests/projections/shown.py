"""Two bodies' results as rows of a real database, with everybody who may look at them."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from events.log import Connection, open_ledger

BODY = "aul"
OTHER = "nura"
AGENCY = "agency"

Settings = Mapping[str, str]

OWN, EVALUATED, CONTESTED, ASKED, ALIEN = "own", "evaluated", "contested", "asked", "alien"
"""Servants: the viewer, one with an evaluator, one before a panel, one who asked for calibration; and one of
another body."""

SERVANTS = {OWN: BODY, EVALUATED: BODY, CONTESTED: BODY, ASKED: BODY, ALIEN: OTHER}


def hashed(who: str) -> bytes:
    """Stands for the keyed hash of somebody's code."""
    return sha256(who.encode()).digest()[:16]


def stream(of: str) -> UUID:
    """Stands for the random stream of a document."""
    return UUID(bytes=sha256(b"stream " + of.encode()).digest()[:16])


def settle(owner: Connection) -> None:
    """Puts the rows in, as whoever administers the server: row security holds for everybody else."""
    for ledger in (AGENCY, BODY, OTHER):
        open_ledger(owner, ledger)
    for ledger in (AGENCY, BODY, OTHER):
        _document(owner, ledger, f"law of {ledger}", "MethodologyAdopted", shared="everybody")
        _document(owner, ledger, f"disclosures of {ledger}", "ResultDisclosed", shared="ledger")
        _document(owner, ledger, f"session of {ledger}", "CommissionConvened")
        _document(owner, ledger, f"not projected of {ledger}", "EmployeeAppointed")
        for kept in (f"message of {ledger}",):
            owner.execute(
                "INSERT INTO ledger.rejections (body, message_id, digest, problem, day, sealed, recorded_at,"
                " expires_on) VALUES (%s, %s, sha256(''), '{}', '2026-11-01', '', now(), '2026-12-01')",
                [ledger, kept],
            )
    owner.execute(
        "INSERT INTO ledger.rejection_keys (day, stream, kek, key) VALUES ('2026-11-01', %s, 1, '')",
        [stream("day")],
    )
    _generation(owner, 1)
    _generation(owner, 2)
    for who, ledger in SERVANTS.items():
        person = hashed(who)
        for document, type_ in (("sheet", "SheetIssued"), ("file", "EmployeeAppointed")):
            _document(owner, ledger, f"{document} of {who}", type_)
            owner.execute(
                "INSERT INTO projection.dossiers VALUES (%s, %s, %s)",
                [ledger, person, stream(f"{document} of {who}")],
            )
        owner.execute(
            "INSERT INTO projection.record_keys VALUES (%s, %s, %s, 1, '')",
            [ledger, person, stream(f"year of {who}")],
        )
        _results(owner, 1, who, ledger)
        _results(owner, 2, who, ledger)
    owner.execute("UPDATE projection.grades SET evaluators = %s WHERE id = %s AND generation = 1",
                  [[hashed("evaluator")], stream(f"sheet of {EVALUATED}")])  # fmt: skip
    # In the other generation he still was, who was replaced since.
    owner.execute("UPDATE projection.grades SET evaluators = %s WHERE id = %s AND generation = 2",
                  [[hashed("replaced")], stream(f"sheet of {EVALUATED}")])  # fmt: skip
    owner.execute("UPDATE projection.grades SET members = %s, requested = false WHERE id = %s",
                  [[hashed("another"), hashed("member")], stream(f"sheet of {CONTESTED}")])  # fmt: skip
    owner.execute(
        "UPDATE projection.grades SET requested = true WHERE id = %s", [stream(f"sheet of {ASKED}")]
    )
    _standing(owner)


def _standing(owner: Connection) -> None:
    """A row in each table that says how the system stands."""
    owner.execute(
        "INSERT INTO ledger.tiles VALUES ('aul', 0, 0, sha256(''), decode(repeat('00', 8192), 'hex'))"
    )
    owner.execute(
        "INSERT INTO ledger.receipts VALUES ('aul', %s, sha256(''), 1, sha256(''), now())", [stream("f")]
    )
    owner.execute("INSERT INTO ledger.keyring (fingerprint) VALUES (sha256(''))")
    owner.execute("INSERT INTO ledger.heartbeats VALUES ('intake', 'i', now(), '{}')")
    owner.execute("INSERT INTO ledger.relayed VALUES ('aul', 1)")
    owner.execute("INSERT INTO projection.checkpoints VALUES ('grades', 1, 'aul', 1, 1, now())")
    owner.execute(
        "INSERT INTO projection.rebuild_claims (generation, ledger, state, size) VALUES (1, 'aul', 'open', 1)"
    )
    owner.execute("INSERT INTO projection.parked VALUES ('grades', 1, 'aul', %s, %s, 1, 'ValueError', now())",
                  [stream("parked"), hashed(OWN)])  # fmt: skip


def _generation(owner: Connection, number: int) -> None:
    if number != 1:
        owner.execute("SELECT projection.make_generation(%s)", [number])
        owner.execute("SELECT projection.attach_generation(%s, 1)", [number])


def _results(owner: Connection, generation: int, who: str, ledger: str) -> None:
    for kind, row in (("quarterly", f"sheet of {who}"), ("annual", f"year of {who}")):
        owner.execute(
            "INSERT INTO projection.grades (generation, ledger, person, kind, id, period, status, grade,"
            " methodology, revision, seq, digest, sealed)"
            " VALUES (%s, %s, %s, %s, %s, '2026', 'graded', 'effective', 'typical-2025', 1, 1, %s, '')",
            [generation, ledger, hashed(who), kind, stream(row), bytes(16)],
        )


def _document(owner: Connection, ledger: str, of: str, type_: str, shared: str | None = None) -> None:
    owner.execute(
        "INSERT INTO ledger.documents (ledger, stream, name, kek, key, shared)"
        " VALUES (%s, %s, %s, 1, '', %s)",
        [ledger, stream(of), hashed(f"{ledger} {of}"), shared],
    )
    event(owner, ledger, of, type_)


def event(owner: Connection, ledger: str, of: str, type_: str) -> int:
    """Appends the bare row of an event; its place."""
    row = owner.execute(
        "INSERT INTO ledger.events SELECT %s, coalesce(max(seq), 0) + 1, %s, coalesce(max(version)"
        " FILTER (WHERE stream = %s), 0) + 1, %s, now(), 0, '', sha256('') FROM ledger.events"
        " WHERE ledger = %s RETURNING seq",
        [ledger, stream(of), stream(of), type_, ledger],
    ).fetchone()
    assert row is not None
    return int(row[0])


def disclose(
    owner: Connection, ledger: str, viewer: tuple[str, str], persons: list[str] | None, *, minutes: int = 5
) -> str:
    """A disclosure and its admission, as they stand after the intake's COMMIT; what is presented of it."""
    with owner.transaction():
        seq = event(owner, ledger, f"disclosures of {ledger}", "ResultDisclosed")
        for person in [None] if persons is None else persons:
            whom = None if person is None else hashed(person)
            owner.execute(
                "INSERT INTO ledger.admissions (ledger, seq, viewer_ledger, viewer, person, until)"
                " VALUES (%s, %s, %s, %s, %s, clock_timestamp() + make_interval(mins => %s))",
                [ledger, seq, viewer[0], hashed(viewer[1]), whom, minutes],
            )
    return f"{ledger}/{seq}"


def viewers(owner: Connection) -> Iterator[tuple[str, Settings]]:
    """Every viewer of the page's table, and what his transaction says of itself."""

    def of(ledger: str, who: str, role: str, disclosure: str = "") -> Settings:
        said = {"ledger": ledger, "viewer": hashed(who).hex(), "role": role, "disclosure": disclosure}
        return {f"bagalau.{name}": value for name, value in said.items()}

    def to(ledger: str, who: str, *persons: str, of: str = BODY, minutes: int = 5) -> str:
        return disclose(owner, of, (ledger, who), list(persons) or None, minutes=minutes)

    yield "no settings", {}
    yield "empty settings", dict.fromkeys(of("", "", ""), "")
    yield (
        "malformed settings",
        of(BODY, OWN, "servant") | {"bagalau.viewer": "0x'--", "bagalau.disclosure": "aul/x"},
    )
    yield "unknown role", of(BODY, OWN, "postgres")
    yield "unknown viewer", of(BODY, "nobody", "servant")
    yield "servant", of(BODY, OWN, "servant")
    curious = to(BODY, "evaluator", EVALUATED)
    yield "servant, by another's disclosure", of(BODY, OWN, "servant", curious)
    yield "servant, of another's result", of(BODY, OWN, "servant", to(BODY, OWN, EVALUATED))
    yield "evaluator", of(BODY, "evaluator", "servant", curious)
    yield "evaluator, nothing disclosed", of(BODY, "evaluator", "servant")
    yield "evaluator, of another's result", of(BODY, "evaluator", "servant", to(BODY, "evaluator", ASKED))
    yield "evaluator who was replaced", of(BODY, "replaced", "servant", to(BODY, "replaced", EVALUATED))
    yield "member of an open panel", of(BODY, "member", "servant", to(BODY, "member", CONTESTED))
    yield "member of a closed panel", of(BODY, "closed", "servant", to(BODY, "closed", CONTESTED))
    yield "hr", of(BODY, "hr", "hr", to(BODY, "hr"))
    yield "hr, of one person and a session", of(BODY, "fourth hr", "hr", _person_and_session(owner))
    yield "hr, nothing disclosed", of(BODY, "other hr", "hr")
    yield "hr, of another body", of(BODY, "third hr", "hr", to(BODY, "third hr", of=OTHER))
    yield "appointing, with a request", of(BODY, "head", "appointing", to(BODY, "head", ASKED, EVALUATED))
    yield "appointing, without a request", of(BODY, "deputy", "appointing", to(BODY, "deputy", EVALUATED))
    shown = to(AGENCY, "central")
    yield "central", of(AGENCY, "central", "central", shown)
    yield "central, nothing disclosed", of(AGENCY, "central", "central")
    yield "central, five minutes past", of(AGENCY, "late", "central", to(AGENCY, "late", minutes=0))
    yield "central, by another's disclosure", of(AGENCY, "late", "central", shown)
    yield "central, in a body's ledger", of(BODY, "forged", "central", to(BODY, "forged"))
    yield "auditor", of(AGENCY, "auditor", "auditor", to(AGENCY, "auditor"))


def _person_and_session(owner: Connection) -> str:
    """A disclosure of one person's results, with a document that is nobody's."""
    with owner.transaction():
        disclosure = disclose(owner, BODY, (BODY, "fourth hr"), [EVALUATED])
        seq = int(disclosure.partition("/")[2])
        owner.execute(
            "INSERT INTO ledger.admissions (ledger, seq, viewer_ledger, viewer, person, stream)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            [BODY, seq, BODY, hashed("fourth hr"), hashed(EVALUATED), stream(f"session of {BODY}")],
        )
    return disclosure


def under(conn: Connection, said: Settings) -> None:
    """Says of the transaction what it is said of it."""
    for name, value in said.items():
        conn.execute("SELECT set_config(%s, %s, true)", [name, value])


def rows(conn: Connection, relation: str, columns: str) -> list[tuple[Any, ...]]:
    """What a relation shows."""
    return conn.execute(f"SELECT {columns} FROM {relation}".encode()).fetchall()
