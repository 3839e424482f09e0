"""What can be wrong with the servers: a stable code, a sentence, and what to do."""

from events.told_error import ToldError


class ServersError(ToldError):
    """A server that is missing, unreachable or unfit; `code` is stable, `remedy` says what to do."""
