"""Feeds facts over NATS: sends, and sends again, until each has its receipt, in the order of the file."""

from services.feeding.fed import Fed, FeedError, Progress
from services.feeding.feeder import Feeder, feed
from services.feeding.receipts import ReceiptsFile, read_receipts

__all__ = ["Fed", "FeedError", "Feeder", "Progress", "ReceiptsFile", "feed", "read_receipts"]
