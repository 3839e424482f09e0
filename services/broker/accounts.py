"""The accounts part of nats-server's configuration, made of a register: public keys and rights, no secret.

Each body has an account of its own. Rights within one account would not keep bodies apart: the server
answers a request on whatever subject its `reply` names, under its own rights, so that a body could have an
acknowledgement published among another's facts or receipts. Across accounts an answer reaches the account
that asked and nothing else.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from services.broker.register import Register
from services.broker.rights import (
    Rights,
    body_acks,
    body_facts,
    body_fetch,
    body_hears,
    body_rights,
    service_rights,
)

SERVICES_ACCOUNT: Final = "BAGALAU"

BODY_MAX_PAYLOAD: Final = 128 * 1024
"""Bytes of a message that the broker takes of a body: twice a fact's limit, so that an oversized one arrives
and is told so."""

_CONNECTIONS = 16
_SUBSCRIPTIONS = 256

_HEAD = """\
# Written by `bagalau broker config`, and written over by it. Public keys and rights; no secret stands here.
"""


def accounts_file(register: Register) -> str:
    """What nats.conf includes: an account for the services and one for each body of the register."""
    accounts: dict[str, Any] = {SERVICES_ACCOUNT: _services(register)}
    for code, keys in sorted(register.bodies.items()):
        accounts[body_account(code)] = _body(code, keys)
    return f"{_HEAD}accounts: {json.dumps(accounts, indent=2)}\n"


def body_account(code: str) -> str:
    """The name of a body's account."""
    return f"BODY-{code}"


def _services(register: Register) -> Mapping[str, Any]:
    users = [
        user
        for name, keys in sorted(register.services.items())
        for user in _users(keys, service_rights(name))
    ]
    exports = [export for code in sorted(register.bodies) for export in _exports(code)]
    return {"jetstream": "enabled", "users": users, "exports": exports}


def _exports(code: str) -> Iterable[Mapping[str, Any]]:
    to = {"accounts": [body_account(code)]}
    yield {"service": body_facts(code), **to}
    # One request is answered with many messages.
    yield {"service": body_fetch(code), "response_type": "stream", **to}
    yield {"service": body_acks(code), **to}
    for subject in body_hears(code):
        yield {"stream": subject, **to}


def _body(code: str, keys: Iterable[str]) -> Mapping[str, Any]:
    return {
        "users": _users(keys, body_rights(code)),
        "imports": [
            *(
                {"service": {"account": SERVICES_ACCOUNT, "subject": subject}}
                for subject in (body_facts(code), body_fetch(code), body_acks(code))
            ),
            *({"stream": {"account": SERVICES_ACCOUNT, "subject": subject}} for subject in body_hears(code)),
        ],
        "limits": {
            "max_connections": _CONNECTIONS,
            "max_subscriptions": _SUBSCRIPTIONS,
            "max_payload": BODY_MAX_PAYLOAD,
            "max_leafnodes": 0,
        },
    }


def _users(keys: Iterable[str], rights: Rights) -> list[Mapping[str, Any]]:
    permissions = {"publish": _only(rights.publish), "subscribe": _only(rights.subscribe)}
    return [
        {"nkey": public, "permissions": permissions, "allowed_connection_types": ["STANDARD"]}
        for public in keys
    ]


def _only(subjects: tuple[str, ...]) -> Mapping[str, Any]:
    # To the server an empty list of what is allowed means everything.
    return {"allow": list(subjects)} if subjects else {"deny": [">"]}
