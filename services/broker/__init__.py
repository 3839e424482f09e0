"""Who may do what on the broker: the keys of bodies and services, and the server's accounts made of them."""

from services.broker.accounts import BODY_MAX_PAYLOAD, accounts_file, body_account
from services.broker.durables import body_consumer, body_durable, limit_bodies, provision_bodies
from services.broker.keys import BrokerError, UserKey, check_public, new_key, write_seed
from services.broker.register import Register, read_register, write_register
from services.broker.reloading import reload_server
from services.broker.rights import SERVICES, Rights, body_rights, service_rights

__all__ = [
    "BODY_MAX_PAYLOAD",
    "SERVICES",
    "BrokerError",
    "Register",
    "Rights",
    "UserKey",
    "accounts_file",
    "body_account",
    "body_consumer",
    "body_durable",
    "body_rights",
    "check_public",
    "limit_bodies",
    "new_key",
    "provision_bodies",
    "read_register",
    "reload_server",
    "service_rights",
    "write_register",
    "write_seed",
]
