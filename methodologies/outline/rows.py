"""The rows that an outline is made of."""

import msgspec


class Row(msgspec.Struct, frozen=True):
    """One thing that an act decides: its place in the data, what it is called, the figure or choice.

    `clause` is as in the data (None: no clause sets it), `note` the reason of a reading; `inferred_from` are
    the acts it was taken from where the act's own source does not have it.
    """

    key: str
    label: str
    value: str
    clause: str | None = None
    note: str | None = None
    inferred_from: tuple[str, ...] = ()


class Section(msgspec.Struct, frozen=True):
    """Rows that belong together, under a title."""

    key: str
    title: str
    rows: tuple[Row, ...]
