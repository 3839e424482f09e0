"""A trouble that lasts: logged when it comes, and not again while it stays."""

from logging import Logger


class Trouble:
    """What is wrong with one thing that a service needs, as its log is told of it."""

    def __init__(self, log: Logger) -> None:
        self._log = log
        self._told: str | None = None

    def tell(self, level: int, what: str, why: str | None = None) -> None:
        """Logs what is wrong, unless that was the last thing told; `why` may change meanwhile."""
        if what != self._told:
            self._log.log(level, "%s", what if why is None else f"{what}: {why}")
        self._told = what

    def end(self) -> None:
        """It is over; what comes next is told of again."""
        self._told = None
