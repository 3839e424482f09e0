"""Times as the header writes them: microseconds since 1970-01-01T00:00:00Z."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


# A batch is recorded at one time, so neighbours ask for the same one.
@lru_cache(maxsize=64)
def microseconds(at: datetime) -> int:
    """The time in microseconds since the epoch, exact."""
    return (at - EPOCH) // _MICROSECOND


@lru_cache(maxsize=64)
def instant(at: int) -> datetime:
    """The time, in UTC, of so many microseconds since the epoch."""
    return EPOCH + timedelta(microseconds=at)
