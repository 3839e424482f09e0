"""Small feeds of the sample country, the bodies' lines mixed so that several ledgers are written at once."""

from collections import Counter
from collections.abc import Sequence
from itertools import chain, zip_longest

from events.envelope import AGENCY
from services.offline import body_named
from services.sample import Country, items
from tests.faults.checker import NOBODY, Line

WRONG = 0.04


def lines_of(facts: int, seed: int, *, bodies: int = 3) -> list[Line]:
    """About so many lines, a few of them wrong; the agency's come first, as they open the ledgers."""
    country = Country.of_facts(facts, seed=seed, bodies=bodies, quarters=(1, 2), wrong=WRONG)
    by_body: dict[str, list[Line]] = {}
    for item in items(country):
        line = body_named(item.message) or NOBODY, item.message
        by_body.setdefault(line[0], []).append(line)
    agency = by_body.pop(AGENCY)
    mixed = chain.from_iterable(zip_longest(*by_body.values()))
    return [*agency, *(line for line in mixed if line is not None)]


def least_batches(lines: Sequence[Line], window: int) -> int:
    """In how many batches an intake takes the lines at least, when so many of a body are on their way."""
    return max(-(-count // window) for count in Counter(body for body, _ in lines).values())
