"""A sheet as the `eventsourcing` package would keep it."""

from eventsourcing.domain import Aggregate, event


class Sheet(Aggregate):
    """Counts the facts reported of it, each kept whole in its event."""

    def __init__(self) -> None:
        self.reported = 0

    @event("Reported")
    def report(self, fact: str) -> None:  # noqa: ARG002 - kept in the event
        """Records a fact."""
        self.reported += 1
