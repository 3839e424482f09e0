"""What is DER and what is only BER."""

import pytest
from asn1crypto import core
from hypothesis import given
from hypothesis import strategies as st

from services.signatures.der import NotDer, check_der

plain = st.one_of(
    st.integers().map(core.Integer),
    st.booleans().map(core.Boolean),
    st.binary(max_size=300).map(core.OctetString),
    st.text(max_size=20).map(core.UTF8String),
)


class _Many(core.SequenceOf):
    _child_spec = core.Any


def _of_many(each: list[core.Asn1Value]) -> core.Asn1Value:
    return _Many([core.Any.load(one.dump()) for one in each])


values = st.recursive(plain, lambda inner: st.lists(inner, max_size=4).map(_of_many), max_leaves=8)


@given(value=values)
def test_every_value_in_der_is_taken(value: core.Asn1Value) -> None:
    check_der(value.dump())


@given(value=values, more=st.binary(min_size=1, max_size=3))
def test_a_value_cut_short_or_followed_by_anything_is_not(value: core.Asn1Value, more: bytes) -> None:
    encoded = value.dump()
    for broken in (encoded[:-1], encoded + more):
        with pytest.raises(NotDer):
            check_der(broken)


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "30",
        "3080020101" + "0000",
        "308103020101",
        "30820003020101",
        "02020001",
        "0202ff80",
        "0200",
        "010101",
        "2403040141",
        "1f8100",
        "3085000000000100",
        "10" + "00",
        "30" * 40,
    ],
    ids=[
        "nothing",
        "no length",
        "a length without end",
        "a length in two bytes for one",
        "a length in three bytes for one",
        "a zero before an integer",
        "ones before an integer",
        "an integer of no byte",
        "true as one",
        "a string made of parts",
        "a high tag",
        "a length of five bytes",
        "a sequence that is none",
        "nested without end",
    ],
)
def test_what_ber_alone_allows_is_refused(encoded: str) -> None:
    with pytest.raises(NotDer):
        check_der(bytes.fromhex(encoded))


def test_what_is_nested_too_deeply_is_refused() -> None:
    encoded = b""
    for _ in range(40):
        encoded = b"\x30" + bytes([len(encoded)]) + encoded
    with pytest.raises(NotDer):
        check_der(encoded)
