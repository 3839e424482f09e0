"""How a process finds its PostgreSQL and its NATS: given by URL, or embedded under a home directory."""

from services.servers.address import Servers
from services.servers.connections import check_durability, connect, conninfo
from services.servers.errors import ServersError
from services.servers.home import home_directory, running, stop
from services.servers.nats import EmbeddedNats
from services.servers.postgres import EmbeddedPostgres

__all__ = [
    "EmbeddedNats",
    "EmbeddedPostgres",
    "Servers",
    "ServersError",
    "check_durability",
    "connect",
    "conninfo",
    "home_directory",
    "running",
    "stop",
]
