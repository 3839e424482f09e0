"""The first viewer of a home with embedded servers: central HR, by a key that the home keeps."""

from pathlib import Path
from typing import Final

from events.envelope import AGENCY
from events.keyring import Keyring
from events.log import Connection, Log, heads
from events.vocabulary import Name
from events.vocabulary.words import CENTRAL
from services.intake.opening import found
from services.viewers.errors import ViewerError
from services.viewers.keys import load, make, public_text
from services.viewers.naming import ViewerName
from services.viewers.registering import register

FIRST: Final = ViewerName(AGENCY, "central-hr")
"""As whom commands run where nobody is named."""


def key_path(home: Path) -> Path:
    """Where a home keeps the key of its first viewer."""
    return home / "central-hr.key"


def first_viewer(conn: Connection, keyring: Keyring, home: Path) -> None:
    """Makes the home's first viewer, where nothing was ever said of one.

    `conn` is the writer's. Several may call it at once. Raises ViewerError for a key that is there and does
    not serve.
    """
    log = Log(keyring)
    if all(one.ledger != AGENCY for one in heads(conn)):
        found(conn, log)
    name = Name("viewer", (FIRST.code,))
    # Replaced or revoked he stays as he was left: a key that lies about is not taken back.
    if log.load_documents(conn, {AGENCY: [name]}):
        return
    path = key_path(home)
    try:
        key = load(path) if path.exists() else make(path)
    except ViewerError as error:
        if error.code != "viewer-key-exists":
            raise
        # Another process of the same home was first.
        key = load(path)
    register(conn, keyring, FIRST, CENTRAL, public_text(key))
