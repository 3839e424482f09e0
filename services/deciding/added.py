"""What the system adds to an accepted fact."""

from uuid import uuid5

import msgspec

from events.envelope import SYSTEM, Fact
from events.vocabulary import Data


def added(cause: Fact, data: Data) -> Fact:
    """The system's own fact that follows from another: on the same day, its id derived from its cause's."""
    name = data.document
    place = "\0".join((type(data).__name__, name.kind, *name.key))
    # Two facts of one type for one document, as of an assessment's two sheets, differ by their form.
    form = getattr(data, "form", None) or ""
    return msgspec.structs.replace(
        cause,
        id=uuid5(cause.id, f"{place}\0{form}"),
        type=type(data).__name__,
        actor=SYSTEM,
        data=data,
    )
