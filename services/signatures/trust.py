"""Whom an installation trusts to sign: roots for all bodies and for each, the bodies' signers, verifiers."""

from collections.abc import Mapping
from functools import cached_property

import msgspec
from cryptography.x509 import Certificate

from services.signatures.verifier import BodyTrust, SignatureVerifier


class Trust(msgspec.Struct, frozen=True, dict=True):
    """The trust of an installation; `verifiers` are asked in order."""

    anchors: tuple[Certificate, ...] = ()
    intermediates: tuple[Certificate, ...] = ()
    bodies: Mapping[str, BodyTrust] = {}
    verifiers: tuple[SignatureVerifier, ...] = ()

    @cached_property
    def _of(self) -> dict[str, BodyTrust]:
        return {}

    def of(self, body: str) -> BodyTrust | None:
        """What a body's signatures are held against; None where nothing is trusted for it."""
        own = self.bodies.get(body)
        if own is None and not self.anchors:
            return None
        if body not in self._of:
            own = own or BodyTrust()
            self._of[body] = BodyTrust(
                (*self.anchors, *own.anchors), (*self.intermediates, *own.intermediates), own.signers
            )
        return self._of[body]


NO_TRUST = Trust()
"""Nothing is trusted: signatures are taken in unverified, and it is said so."""
