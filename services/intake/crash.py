"""The points at which a crash of the intake leaves different things behind; fault tests crash it there."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias


class CrashPoint(StrEnum):
    """Where a batch stands: not begun, not kept, kept and still in the queue, kept and not receipted."""

    BEFORE_BEGIN = "before-begin"
    BEFORE_COMMIT = "before-commit"
    AFTER_COMMIT_BEFORE_ACK = "after-commit-before-ack"
    AFTER_ACK_BEFORE_RECEIPT = "after-ack-before-receipt"


Reached: TypeAlias = Callable[[CrashPoint], None]


def nothing(_: CrashPoint) -> None:
    """Goes on."""
