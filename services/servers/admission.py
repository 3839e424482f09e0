"""How a client is admitted to a NATS with accounts: its key, its inboxes, and the server's certificate."""

import logging
import os
import re
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from services.servers.errors import ServersError

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,128}")


def inbox(name: str) -> str:
    """The prefix of the inboxes of a body or a service on a broker with accounts."""
    return f"_INBOX_{name if _TOKEN.fullmatch(name) else '_'}"


def admission(url: str, name: str, nkey: Path | None = None) -> dict[str, Any]:
    """The options with which `name`, a service or a body, connects to the NATS of `url`.

    Empty for the home's own server, whose URL carries its token. For the server of BAGALAU_NATS_URL the seed
    comes from `nkey` or the file of BAGALAU_NATS_NKEY, and the authority of its certificate from
    BAGALAU_NATS_CA. Raises ServersError `nats-key-unreadable`, `nats-key-exposed` or `nats-ca-unreadable`.
    """
    if os.environ.get("BAGALAU_NATS_URL") != url:
        return {}
    options: dict[str, Any] = {}
    authority = os.environ.get("BAGALAU_NATS_CA")
    if authority or any(urlsplit(one.strip()).scheme == "tls" for one in url.split(",")):
        options["tls"] = _trusting(authority)
        # The client takes the server's word in the clear on whether to encrypt, unless it encrypts at once.
        options["tls_handshake_first"] = True
    if key := nkey or os.environ.get("BAGALAU_NATS_NKEY"):
        options["nkeys_seed_str"] = _seed(Path(key))
        options["inbox_prefix"] = inbox(name)
    return options


def _trusting(authority: str | None) -> ssl.SSLContext:
    # CPython's streams cause it themselves, whenever the other end of a connection over TLS closes.
    logging.getLogger("asyncio").addFilter(_not_of_eof)
    try:
        return ssl.create_default_context(cafile=authority or None)
    except (OSError, ssl.SSLError):
        raise ServersError(
            "nats-ca-unreadable",
            f"The file of BAGALAU_NATS_CA, {authority}, holds no certificate that can be read.",
            "Give the authority's certificate in PEM.",
        ) from None


def _seed(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            if os.fstat(opened.fileno()).st_mode & 0o077:
                raise ServersError("nats-key-exposed", f"Others may use {file}.", f"Run `chmod 600 {file}`.")
            seed = opened.read(1024).strip().decode("ascii")
    except (OSError, UnicodeDecodeError):
        seed = ""
    if not seed.startswith("SU"):
        raise ServersError(
            "nats-key-unreadable",
            f"{file} holds no user's seed that can be read.",
            "Give the file that `bagalau broker add-body` or `add-service` wrote.",
        )
    return seed


def _not_of_eof(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith("returning true from eof_received()")
