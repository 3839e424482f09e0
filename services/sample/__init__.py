"""A believable made-up country from a seed: its bodies, servants and facts, some of them wrong on purpose."""

from services.sample.country import Country, SampleBody, bodies
from services.sample.feed import facts, facts_of, items, items_of, lapses_of, shared_out
from services.sample.mistake import Wrong
from services.sample.wrong import WRONG, Item

__all__ = [
    "WRONG",
    "Country",
    "Item",
    "SampleBody",
    "Wrong",
    "bodies",
    "facts",
    "facts_of",
    "items",
    "items_of",
    "lapses_of",
    "shared_out",
]
