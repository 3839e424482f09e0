"""Where the servers are."""

import msgspec


class Servers(msgspec.Struct, frozen=True):
    """The addresses that a process works with.

    `postgres_url` is a libpq connection string of the migrator; `embedded` says that the server behind it
    takes any role's word (the socket admits the home's owner alone). Without `migrates` no migrator's URL was
    given, and `postgres_url` is a login's that may change nothing of the schema.
    """

    postgres_url: str
    nats_url: str
    embedded: bool = False
    migrates: bool = True
