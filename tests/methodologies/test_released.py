"""A released act never changes: a ledger holds it as revision 1, so another text is a correction there.

A change of any word, figure or clause of a shipped act shows here. Before a release the digests are renewed
after the change has been held against the act's text; after it, the change is a MethodologyCorrected.
"""

from methodologies.loading import digest, shipped

RELEASED = {
    "arys-2022": "c5c8a694b4952e4dc632df98271df64059bdfa0527433fdf33f9471027c23341",
    "health-2025": "8ea90c9387b7dffa00e63c0cd9278f8274d59f398149dcacd26112b8f554a583",
    "pavlodar-2026": "46f21ef31fbbd8d2c6146e64466bce3df4ae8b56bfb592fb51fdbe59404626a3",
    "sjc-2017": "84daf2de8ed26ae0897b7909bdf85cd1ce340e257ed92797b248ed40d40c89f5",
    "typical-2025": "3e649167307eb3b1b13fdd8206484e276a66c7128e42d2ff94a7bed3a27cbbd6",
    "zhanakorgan-2026": "62fa0f5a4ffc1dcf9d1bb57da93e49e8b2b00b952c4879448e1f613cddc24f26",
}


def test_the_shipped_acts_are_word_for_word_those_released() -> None:
    assert {identity: digest(act) for identity, act in shipped().items()} == RELEASED
