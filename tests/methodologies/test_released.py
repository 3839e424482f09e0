"""A released act never changes: a ledger holds it as revision 1, so another text is a correction there.

A change of any word, figure or clause of a shipped act shows here. Before a release the digests are renewed
after the change has been held against the act's text; after it, the change is a MethodologyCorrected.
"""

from methodologies.loading import digest, shipped

RELEASED = {
    "arys-2022": "c5c8a694b4952e4dc632df98271df64059bdfa0527433fdf33f9471027c23341",
    "health-2025": "556b9e8c33e84fd98c271bca035830175d6867cc96460574457ed0534c9ef988",
    "pavlodar-2026": "f7428ed84bfb00878ae3b994517db64c46d34204c4f40aca16e4fdf3ee280a6e",
    "sjc-2017": "84daf2de8ed26ae0897b7909bdf85cd1ce340e257ed92797b248ed40d40c89f5",
    "typical-2025": "1547e2b11884189bf9a395bf040dffd2f1374ef301f13a0ecf7752dd4cca856b",
    "zhanakorgan-2026": "0870d7d33118de09efec4b94c7d765786232b4c98fdad121a4ac5bc4c6e788ff",
}


def test_the_shipped_acts_are_word_for_word_those_released() -> None:
    assert {identity: digest(act) for identity, act in shipped().items()} == RELEASED
