"""What became of a signature that a fact carried; an event of the document that was signed."""

from typing import ClassVar
from uuid import UUID

from events.vocabulary.types import Code, PanelOrSession, Word

VERIFIED = "verified"
UNVERIFIED = "unverified"
PROTOCOL = "ProtocolFiled"


class SignatureChecked(PanelOrSession, frozen=True, kw_only=True, omit_defaults=True):
    """What was found of the signature on a sheet or a protocol (annexes 1 and 2; cl. 22)."""

    # Nobody is named: what identifies a certificate is hashed (SHA-256 in hex), and the signer is the body's
    # own code. Where the installation trusts nobody `outcome` is `unverified` and what follows is left out.

    system: ClassVar[bool] = True
    of: Word
    fact: UUID
    digest: Word
    outcome: Word
    verifier: Word | None = None
    algorithm: Word | None = None
    key: Word | None = None
    certificate: Word | None = None
    serial: Word | None = None
    issuer: Word | None = None
    anchor: Word | None = None
    signer: Code | None = None
    bound_by: Word | None = None
    claimed_at: Word | None = None

    @property
    def of_assessment(self) -> str:
        """A sheet's own document, unless it is what a panel filed."""
        return "calibration" if self.of == PROTOCOL else "assessment"
