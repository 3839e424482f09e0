"""How a viewer is named: by his ledger and his code in it, `zhanakorgan/e-17`."""

from typing import NamedTuple

import msgspec

from events.vocabulary.types import BodyCode, Code
from services.viewers.errors import ViewerError


class ViewerName(NamedTuple):
    """The ledger that a viewer is registered in, and his code there."""

    ledger: str
    code: str

    def __str__(self) -> str:
        return f"{self.ledger}/{self.code}"


def parse(text: str) -> ViewerName:
    """The viewer that `LEDGER/CODE` names; a code may hold slashes. Raises ViewerError `viewer-malformed`."""
    ledger, _, code = text.partition("/")
    try:
        return ViewerName(msgspec.convert(ledger, BodyCode), msgspec.convert(code, Code))
    except msgspec.ValidationError:
        raise ViewerError(
            "viewer-malformed",
            "A viewer is named LEDGER/CODE.",
            "Name the ledger and the code, such as zhanakorgan/e-17 or agency/central-hr.",
        ) from None
