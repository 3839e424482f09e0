"""A released act never changes: a ledger holds it as revision 1, so another text is a correction there.

A change of any word, figure or clause of a shipped act shows here. Before a release the digests are renewed
after the change has been held against the act's text; after it, the change is a MethodologyCorrected.
"""

from methodologies.loading import digest, shipped

RELEASED = {
    "arys-2022": "03f3852e2fbec8cc54f681d0ac462ffa4d4d1f01f4967a2c95fd7f782f4e7d77",
    "health-2025": "1ceac1993b1d094dbd661e1ec609ce62e7464c038bee4cc34448b29997c87967",
    "pavlodar-2026": "5a70ca07360edb6c785773ea37baac5370ae4ed17e2609fa7dd169bfdf45d469",
    "sjc-2017": "c116d3fc955bdc1c9bedfa71de7ba79c6a9987f3aac7230c773157c54bd1ff92",
    "typical-2025": "03d776a615d0919cdf4dbc4c999a0593f9a39dc5c146e85393b63770e3563514",
    "zhanakorgan-2026": "66418c4d5ffede093a82e6e753a8b80a40afe277d99294986a79885b57f40756",
}


def test_the_shipped_acts_are_word_for_word_those_released() -> None:
    assert {identity: digest(act) for identity, act in shipped().items()} == RELEASED
