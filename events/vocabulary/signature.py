"""What became of a signature that a fact carried; an event of the document that was signed."""

from functools import cached_property
from typing import ClassVar
from uuid import UUID

from events.vocabulary.commission import NAMES_NEITHER
from events.vocabulary.types import Code, Data, Name, PeriodText, Word
from events.vocabulary.words import FormCode

VERIFIED = "verified"
UNVERIFIED = "unverified"
PROTOCOL = "ProtocolFiled"


class SignatureChecked(Data, frozen=True, kw_only=True, omit_defaults=True):
    """What was found of the signature on a sheet or a protocol (annexes 1 and 2; cl. 22)."""

    # Nobody is named: what identifies a certificate is hashed (SHA-256 in hex), and the signer is the body's
    # own code. Where the installation trusts nobody `outcome` is `unverified` and what follows is left out.

    system: ClassVar[bool] = True
    employee: Code | None = None
    position: Code | None = None
    period: PeriodText | None = None
    form: FormCode | None = None
    session: Code | None = None
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

    def __post_init__(self) -> None:
        if self.session is None and None in {self.employee, self.position, self.period}:
            raise ValueError(NAMES_NEITHER)

    @cached_property
    def document(self) -> Name:
        if self.session is not None:
            return Name("commission", (self.session,))
        kind = "calibration" if self.of == PROTOCOL else "assessment"
        return Name(kind, (self.employee or "", self.position or "", self.period or ""))
