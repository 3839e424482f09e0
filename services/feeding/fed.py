"""What a feeder tells: how far it is, what became of the facts, and why some have no receipt."""

import msgspec

from events.envelope import ACCEPTED, Receipt


class FeedError(Exception):
    """Facts that have no receipt: `no-receipts`, nothing came back for too long; `nats-failed`, no queue.

    And `receipts-not-kept`, a file that takes no more.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class Progress(msgspec.Struct, frozen=True):
    """How far a feeder is: lines read, accepted, rejected, sent again; what the queue last refused with."""

    read: int
    accepted: int
    rejected: int
    again: int
    trouble: str | None = None


class Fed(msgspec.Struct, frozen=True):
    """What became of the lines: a receipt for each, in the order in which they came."""

    receipts: tuple[Receipt, ...]
    again: int
    seconds: float

    @property
    def accepted(self) -> int:
        """How many facts the ledgers hold."""
        return sum(receipt.outcome == ACCEPTED for receipt in self.receipts)

    @property
    def rejected(self) -> tuple[Receipt, ...]:
        """The receipts of what was refused."""
        return tuple(receipt for receipt in self.receipts if receipt.outcome != ACCEPTED)
