"""How a process finds its PostgreSQL and its NATS: given by URL, or embedded under a home directory."""

from services.servers.address import Servers
from services.servers.admission import admission, inbox
from services.servers.connections import check_durability, connect, conninfo, looking_role
from services.servers.errors import ServersError
from services.servers.home import addresses, home_directory, reading, remember, running, stop
from services.servers.nats import EmbeddedNats
from services.servers.postgres import EmbeddedPostgres
from services.servers.reaching import CONNECT_SECONDS, nats_failed, reach
from services.servers.supervision import supervise

__all__ = [
    "CONNECT_SECONDS",
    "EmbeddedNats",
    "EmbeddedPostgres",
    "Servers",
    "ServersError",
    "addresses",
    "admission",
    "check_durability",
    "connect",
    "conninfo",
    "home_directory",
    "inbox",
    "looking_role",
    "nats_failed",
    "reach",
    "reading",
    "remember",
    "running",
    "stop",
    "supervise",
]
