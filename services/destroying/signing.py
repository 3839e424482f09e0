"""Whether those who authorise an act are registered, may, and signed it with the keys registered for them."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from events.documents import Viewer, fold
from events.documents.viewer import key_bytes
from events.envelope import AGENCY, Event
from events.log import Connection, Log
from events.vocabulary import Name
from events.vocabulary.retention import DestructionAuthorised
from events.vocabulary.words import CENTRAL, HR
from services.destroying.acts import Act
from services.destroying.errors import DestroyingError
from services.viewers.keys import fingerprint


def may_authorise(body: str, ledger: str, role: str) -> bool:
    """Whether one of a ledger in a role has the say over a body's papers: its own HR, and central HR."""
    return (ledger, role) in {(body, HR), (AGENCY, CENTRAL)}


def same_person(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether a ledger and a code name one person: codes that differ in letter case alone are one."""
    return folded(*one) == folded(*other)


def folded(ledger: str, code: str) -> tuple[str, str]:
    """A person, for telling people apart."""
    return ledger, code.casefold()


def registered_key(
    conn: Connection, log: Log, act: Act, said: tuple[str, str, str, str], signature: bytes
) -> str:
    """The public key, in base64, that fits a signature on an act by a ledger, code, role and fingerprint.

    It is the one that the person is registered with now. Raises DestroyingError `authorisation-invalid`.
    """
    ledger, code, role, named = said
    viewer = _viewer(conn, log, ledger, code)
    if viewer is None or viewer.key is None or viewer.role != role or fingerprint(viewer.key) != named:
        raise _invalid(act, code, "is not registered in that role with that key")
    if not _fits(viewer.key, signature, act.statement):
        raise _invalid(act, code, "did not sign its statement with his key")
    return b64encode(viewer.key).decode()


def check_signatures(conn: Connection, log: Log, act: Act) -> None:
    """Checks everybody who authorised an act: by his event, when it was recorded, and when the act is run.

    The last is now, or the first document's destruction: what was begun is finished. Raises DestroyingError
    `authorisation-invalid`, and `authorisation-revoked` for a key that was revoked or replaced since.
    """
    begun = min(act.destroyed.values(), key=lambda one: one.seq, default=None)
    for event, said in zip(act.authorised, act.authorisations, strict=True):
        public = key_bytes(said.public_key)
        if public is None or fingerprint(public) != said.key or not _fits_said(public, said, act):
            raise _invalid(act, said.by, "did not sign its statement with the key that is told")
        if not may_authorise(act.ledger, said.by_of, said.role):
            raise _invalid(act, said.by, "may not authorise")
        then = _viewer(conn, log, said.by_of, said.by, _place(event, act, said))
        if then is None or (then.key, then.role) != (public, said.role):
            raise _invalid(act, said.by, "was not registered in that role with that key")
        last = _viewer(conn, log, said.by_of, said.by, None if begun is None else _place(begun, act, said))
        if last is None or (last.key, last.role) != (public, said.role):
            raise DestroyingError(
                "authorisation-revoked",
                f"The key of {said.by}, who authorised act {act.number}, was revoked or replaced since.",
                "Draw up another act, and have it authorised by those who may now.",
            )


def _viewer(conn: Connection, log: Log, ledger: str, code: str, upto: int | None = None) -> Viewer | None:
    """A viewer of a ledger as it stands, or stood at a place."""
    name = Name("viewer", (code,))
    stored = log.load_documents(conn, {ledger: [name]}).get((ledger, name))
    events = stored.events if stored is not None else ()
    found = fold(one for one in events if upto is None or one.seq <= upto).get(name)
    return found if isinstance(found, Viewer) else None


def _place(event: Event, act: Act, said: DestructionAuthorised) -> int:
    """How far the ledger that a person is registered in went when an event of the act was recorded."""
    return event.seq if said.by_of == act.ledger else event.agency_seq


def _fits_said(public: bytes, said: DestructionAuthorised, act: Act) -> bool:
    try:
        signature = b64decode(said.signature, validate=True)
    except (Base64Error, ValueError):
        return False
    return _fits(public, signature, act.statement)


def _fits(public: bytes, signature: bytes, content: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def _invalid(act: Act, code: str, why: str) -> DestroyingError:
    return DestroyingError(
        "authorisation-invalid",
        f"Act {act.number} of {act.ledger}: {code} {why}.",
        "`bagalau viewer list` tells who is registered; an act with such an authorisation is never run:"
        " draw up another.",
    )
