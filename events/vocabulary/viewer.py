"""Who may read results, and the key that proves it: one document for each viewer of a ledger (cl. 13)."""

from functools import cached_property
from typing import Annotated

from msgspec import Meta

from events.vocabulary.types import Code, Data, Name, Text
from events.vocabulary.words import ViewerRole

PublicKey = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        description="The 32 bytes of an Ed25519 public key in base64; `bagalau viewer key` makes one",
    ),
]


class _OfViewer(Data, frozen=True, kw_only=True):
    viewer: Code

    @cached_property
    def document(self) -> Name:
        return Name("viewer", (self.viewer,))


class ViewerRegistered(_OfViewer, frozen=True, kw_only=True):
    """A person may read results in a role and proves it with a key, in place of any before (cl. 13)."""

    role: ViewerRole
    key: PublicKey


class ViewerRevoked(_OfViewer, frozen=True, kw_only=True):
    """The person's key proves nothing from here on (cl. 13)."""

    reason: Text
