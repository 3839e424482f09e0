"""Drawing up an act's list, and the two people who authorise it."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import date
from typing import Final, Protocol

from events.log import Connection, Log, head
from events.vocabulary.retention import DestructionAuthorised, DestructionListed, ListedDocument
from projections.dossiers import Reader
from projections.law import law_today
from projections.rows import person_of
from services.destroying.acts import NEEDED, Act, act_name, agency_seq, check_day, fact_of, load
from services.destroying.due import Retention, Verdict
from services.destroying.errors import DestroyingError
from services.destroying.papers import Papers
from services.destroying.signing import check_signatures, may_authorise, registered_key, same_person
from services.recording import Due, record

_IN_A_PART: Final = 400


class Person(Protocol):
    """Somebody who proved who he is: where he is registered, in which role, and his key's fingerprint."""

    @property
    def ledger(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def key(self) -> str | None: ...
    def sign(self, content: bytes, /) -> bytes:
        """An Ed25519 signature, 64 bytes."""
        ...


def look(conn: Connection, log: Log, ledger: str, as_of: date) -> list[Verdict]:
    """What of a ledger is due by a day, and why the rest is kept."""
    reader = Reader(log.keyring, log.codec)
    papers = Papers(reader, ledger)
    papers.catch_up(conn, head(conn, ledger).size)
    law = law_today(conn, reader)
    return list(Retention(papers, law, as_of).verdicts())


def listed(log: Log, ledger: str, verdicts: Sequence[Verdict]) -> list[ListedDocument]:
    """What is due, as an act lists it: by stream, which no servant's name has to do with."""
    found = [
        ListedDocument(
            stream=one.paper.stream,
            kind=one.paper.name.kind,
            period=one.period,
            events=one.paper.events,
            last_seq=one.paper.last_seq,
            person=person_of(log.keyring, ledger, one.person).hex() if one.person is not None else None,
        )
        for one in verdicts
        if one.is_due
    ]
    return sorted(found, key=lambda one: one.stream.bytes)


def draw(conn: Connection, log: Log, ledger: str, number: str, *, as_of: date, on: date) -> Act:
    """Draws up the act of a number: what is due in the ledger by a day.

    `conn` may append to the ledger. Raises DestroyingError `not-due-yet` where that day is after `on`,
    `act-listed` where the number is taken, and `nothing-due`.
    """
    check_day(as_of, on)
    if load(conn, log, ledger, number).is_listed:
        raise DestroyingError(
            "act-listed",
            f"Act {number} of {ledger} is drawn up already.",
            "Authorise it, or take another number.",
        )
    documents = listed(log, ledger, look(conn, log, ledger, as_of))
    if not documents:
        raise DestroyingError("nothing-due", f"Nothing of {ledger} is due by {as_of}.")
    parts = [documents[at : at + _IN_A_PART] for at in range(0, len(documents), _IN_A_PART)]
    facts = [
        fact_of(
            ledger,
            DestructionListed(act=number, as_of=as_of, part=part, parts=len(parts), documents=some),
            on,
            (part,),
        )
        for part, some in enumerate(parts, start=1)
    ]

    # Under the head's lock: of two who draw up one number the second finds it taken.
    def due(_: object) -> Due:
        if log.load_documents(conn, {ledger: [act_name(number)]}):
            raise DestroyingError("act-listed", f"Act {number} of {ledger} is drawn up already.")
        return Due(facts, agency_seq(conn))

    record(conn, log, ledger, due)
    return load(conn, log, ledger, number)


def authorise(conn: Connection, log: Log, act: Act, person: Person, *, on: date) -> Act:
    """Records that a person authorises what the act lists, under his signature; the act after it.

    Raises DestroyingError `not-due-yet`, `may-not-authorise`, `same-person`, `same-key`, `act-authorised`,
    `list-altered`, `authorisation-invalid` and `authorisation-revoked`.
    """
    check_role(act.ledger, person)
    check_day(act.as_of, on)
    key = person.key
    if key is None:
        raise DestroyingError(
            "may-not-authorise",
            "A destruction is authorised by a registered key alone.",
            "Name it with --key.",
        )
    signature = person.sign(act.statement)

    def due(_: object) -> Due:
        now = load(conn, log, act.ledger, act.number)
        now.check()
        _check_another(now, person, key)
        check_signatures(conn, log, now)
        claimed = person.ledger, person.code, person.role, key
        said = DestructionAuthorised(
            act=act.number,
            by=person.code,
            by_of=person.ledger,
            role=person.role,
            documents=len(now.documents),
            digest=now.digest,
            key=key,
            public_key=registered_key(conn, log, now, claimed, signature),
            signature=b64encode(signature).decode(),
        )
        return Due((fact_of(act.ledger, said, on, (person.ledger, person.code)),), agency_seq(conn))

    record(conn, log, act.ledger, due)
    return load(conn, log, act.ledger, act.number)


def check_role(body: str, person: Person) -> None:
    """Raises DestroyingError `may-not-authorise` unless the person has the say over a body's papers."""
    if not may_authorise(body, person.ledger, person.role):
        raise DestroyingError(
            "may-not-authorise",
            f"The papers of {body} are its own HR's and central HR's to keep and to destroy.",
            "Name one of them, with his key.",
        )


def _check_another(act: Act, person: Person, key: str) -> None:
    for before in act.authorisations:
        if same_person((before.by_of, before.by), (person.ledger, person.code)):
            raise DestroyingError(
                "same-person",
                f"{person.code} has authorised act {act.number} already.",
                "Another person must too.",
            )
        if before.key == key:
            raise DestroyingError(
                "same-key",
                "This key has authorised the act already, for another person.",
                "Each has a key of his own.",
            )
    if len(act.authorised) >= NEEDED:
        raise DestroyingError("act-authorised", f"Act {act.number} is authorised by both already.")
