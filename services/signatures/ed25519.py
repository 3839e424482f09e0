"""Ed25519 signatures by keys that the body registered for its signers."""

from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.signatures.verifier import Evidence, SignatureFault, Signing

SIGNATURE_BYTES: Final = 64


class Ed25519Verifier:
    """RFC 8032 over the digest itself. It tries the keys of those who may sign, and no other."""

    name = "ed25519/1"

    def recognises(self, signature: bytes) -> bool:
        return len(signature) == SIGNATURE_BYTES

    def verify(self, signature: bytes, digest: bytes, signing: Signing) -> Evidence:
        """Raises SignatureFault `signature-untrusted` without a key to try, else `signature-invalid`."""
        known = [
            (code, key)
            for code in sorted(signing.persons)
            if code in signing.trust.signers
            for key in sorted(signing.trust.signers[code].keys)
        ]
        if not known:
            raise SignatureFault("signature-untrusted", "No Ed25519 key of whoever signs this is registered.")
        for code, raw in known:
            key = Ed25519PublicKey.from_public_bytes(raw)
            try:
                key.verify(signature, digest)
            except InvalidSignature:
                continue
            spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            return Evidence("ed25519", sha256(spki).hexdigest(), signer=code)
        raise SignatureFault(
            "signature-invalid", "No registered key of whoever signs this made it over this content."
        )
