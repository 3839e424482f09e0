"""The country's facts and messages: as one file, or a stream for each body's feeder."""

from collections.abc import Iterator
from datetime import date
from itertools import chain
from random import Random
from types import MappingProxyType

from events.envelope import AGENCY
from events.period import Period
from services.sample.conduct import conduct
from services.sample.country import Country, Family, SampleBody, bodies
from services.sample.mistake import Context, encode
from services.sample.office import Fact, Lapse, Office, Procedure, new_id
from services.sample.points import agree_plans, award_points, mark_plans
from services.sample.score_sheet import assess
from services.sample.secondments import lend, receive, secondments, settle
from services.sample.service import opening, service
from services.sample.targets import assess_year, set_targets
from services.sample.wrong import Item, with_wrong

HR_AGENCY = "hr-agency"

PROCEDURES: MappingProxyType[Family, tuple[Procedure, ...]] = MappingProxyType(
    {
        "score-sheet": (service, lend, receive, conduct, assess),
        "points": (service, agree_plans, award_points, mark_plans),
        "targets": (service, set_targets, assess_year),
    }
)
"""What the bodies of a family do about each quarter, in the order in which it is thought out."""


def facts(country: Country) -> Iterator[Fact]:
    """The good facts of the whole country in file order: the agency's, then each body's."""
    return chain.from_iterable(facts_of(country, code) for code in _ledgers(country))


def facts_of(country: Country, body: str) -> Iterator[Fact]:
    """The good facts of one ledger in its order: of `agency`, or of a body; KeyError for another code.

    A body's facts come in the order of their days, but for what it adopted, which comes first.
    """
    roll = bodies(country)
    if body == AGENCY:
        return _registrations(country, roll)
    return _lived({each.code: each for each in roll}[body], country)


def items(country: Country) -> Iterator[Item]:
    """The messages of the whole country in file order, the wrong ones among them."""
    return chain.from_iterable(items_of(country, code) for code in _ledgers(country))


def items_of(country: Country, body: str) -> Iterator[Item]:
    """The messages of one ledger's feeder in order; the agency's are all good.

    The good ones are the same whatever the share of wrong ones. KeyError for an unknown code.
    """
    good = facts_of(country, body)
    if body == AGENCY or not country.wrong:
        return (Item(fact["body"], encode(fact), None, fact["type"], fact["id"]) for fact in good)
    roll = {each.code: each for each in bodies(country)}
    another = next((code for code in roll if code != body), AGENCY)
    reporting = roll[body]
    rng = Random(f"{country.seed}/{body}/mistakes")
    return with_wrong(good, country.wrong, Context(rng, reporting.family, reporting.years[0] - 1, another))


def lapses_of(country: Country, body: str) -> frozenset[Lapse]:
    """The terms that a body does not keep, by its own doing; KeyError for an unknown code."""
    living = {each.code: each for each in bodies(country)}[body]
    office = _opened(living, country)
    found: set[Lapse] = set()
    office.lapses = found
    for _ in _at_work(office, country.periods(living)):
        pass
    return frozenset(found)


def shared_out(country: Country, feeders: int) -> tuple[tuple[str, ...], ...]:
    """The bodies' codes shared out among feeders, about as many employees each; without the agency."""
    shares: list[tuple[int, list[str]]] = [(0, []) for _ in range(feeders)]
    for body in sorted(bodies(country), key=lambda each: -each.employees):
        least = min(range(feeders), key=lambda index: shares[index][0])
        load, codes = shares[least]
        shares[least] = (load + body.employees, [*codes, body.code])
    return tuple(tuple(codes) for _, codes in shares)


def _ledgers(country: Country) -> tuple[str, ...]:
    return (AGENCY, *(body.code for body in bodies(country)))


def _registrations(country: Country, roll: tuple[SampleBody, ...]) -> Iterator[Fact]:
    rng = Random(f"{country.seed}/{AGENCY}")
    for body in roll:
        yield {
            "id": new_id(rng),
            "body": AGENCY,
            "type": "BodyRegistered",
            "occurred_on": date(body.years[0] - 1, 12, 1).isoformat(),
            "actor": HR_AGENCY,
            "data": {
                "code": body.code,
                "name": {"kk": body.name.kk, "ru": body.name.ru, "en": body.name.en},
            },
        }


def _lived(body: SampleBody, country: Country) -> Iterator[Fact]:
    return _at_work(_opened(body, country), country.periods(body))


def _opened(body: SampleBody, country: Country) -> Office:
    office = Office(body, country.seed, country.periods(body))
    known = secondments(country)
    office.lent = tuple(lent for lent in known if lent.home == body.code)
    if country.clocked:
        office.borrowed = tuple(lent for lent in known if lent.host == body.code)
    settle(office)
    return office


def _at_work(office: Office, periods: tuple[Period, ...]) -> Iterator[Fact]:
    yield from opening(office)
    # A quarter is thought out at once, as its assessment rests on what happened in it; its facts are made
    # when their day comes, which for the assessment is in the next quarter.
    for period, following in zip(periods, (*periods[1:], None), strict=True):
        for procedure in PROCEDURES[office.body.family]:
            for on, make in procedure(office, period):
                office.plan(on, make)
        yield from office.worked(following.start if following else None)
