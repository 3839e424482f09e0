"""The vectors of docs/signatures.md are what is signed, its tables what is kept and refused."""

import re
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events.problems import KINDS
from events.vocabulary.signature import SignatureChecked
from services.deciding.signed_content import canonical
from services.offline import Ledgers
from services.signing_digests import Signable, signing_digests

PAGE = (Path(__file__).parents[2] / "docs" / "signatures.md").read_text("utf-8")
(FACTS,) = re.findall(r"```jsonl\n(.*?)```", PAGE, re.DOTALL)
VECTORS = [block.splitlines() for block in re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)]
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def test_every_kind_of_signed_fact_has_a_vector() -> None:
    assert [vector[0] for vector in VECTORS] == ["SheetSigned", "SheetCountersigned", "ProtocolFiled"]


@pytest.mark.parametrize("at", range(len(VECTORS)))
def test_the_content_the_digest_and_the_signature_are_those_of_the_page(at: int) -> None:
    found = list(signing_digests(Ledgers(), FACTS.encode().splitlines()))[at]
    type_, content, digest, signature = VECTORS[at]
    assert isinstance(found, Signable)
    assert (found.type, canonical(found.content).decode(), found.digest.hex()) == (type_, content, digest)
    assert sha256(content.encode()).hexdigest() == digest
    KEY.public_key().verify(b64decode(signature), bytes.fromhex(digest))


def test_the_page_names_every_field_that_is_kept_and_every_code() -> None:
    for name in {field.name for field in msgspec.structs.fields(SignatureChecked)}:
        assert f"`{name}`" in PAGE
    codes = {code for code in KINDS if code.startswith("signature-")}
    assert codes == set(re.findall(r"^\| `(signature-[a-z-]+)` \|", PAGE, re.MULTILINE))
