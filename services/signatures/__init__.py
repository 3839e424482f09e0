"""Signatures on sheets and protocols: whom an installation trusts, and who verifies what was signed."""

from services.signatures.trust import NO_TRUST, Trust
from services.signatures.trust_directory import TrustError, read_trust, trust_from_environment
from services.signatures.verifier import (
    BodyTrust,
    Evidence,
    SignatureFault,
    SignatureVerifier,
    Signer,
    Signing,
)

__all__ = [
    "NO_TRUST",
    "BodyTrust",
    "Evidence",
    "SignatureFault",
    "SignatureVerifier",
    "Signer",
    "Signing",
    "Trust",
    "TrustError",
    "read_trust",
    "trust_from_environment",
]
