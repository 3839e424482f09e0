"""What the doctor finds."""

from typing import Literal

import msgspec

Verdict = Literal["well", "look", "stuck"]


class Finding(msgspec.Struct, frozen=True):
    """One thing looked at: `well`, worth a `look`, or `stuck`; with what to do."""

    subject: str
    verdict: Verdict
    detail: str
    remedy: str | None = None
