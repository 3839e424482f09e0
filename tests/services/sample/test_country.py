from datetime import date
from itertools import pairwise
from random import Random

import pytest

from events.period import parse_period
from services.sample import Country, bodies, facts, shared_out
from services.sample.names import check_digit, identity_number


def test_the_first_bodies_are_under_the_acts_of_the_seeds() -> None:
    zhanakorgan, health, pavlodar, *others = bodies(Country(bodies=8))
    assert (zhanakorgan.code, health.code, pavlodar.code) == ("zhanakorgan", "health", "pavlodar")
    assert zhanakorgan.governed_by(parse_period("2026-Q1")) == "zhanakorgan-2026"
    assert zhanakorgan.governed_by(parse_period("2025-Q4")) == "typical-2025"
    assert health.governed_by(parse_period("2025-Q3")) == "typical-2025"
    assert health.governed_by(parse_period("2025-Q4")) == "health-2025"
    assert pavlodar.governed_by(parse_period("2026-Q1")) == "typical-2025"
    assert pavlodar.governed_by(parse_period("2026-Q2")) == "pavlodar-2026"
    assert {body.governed_by(parse_period("2026-Q1")) for body in others} == {"typical-2025"}


def test_codes_and_names_are_never_shared() -> None:
    roll = bodies(Country(bodies=700))
    assert len({body.code for body in roll}) == 700
    for language in ("kk", "ru", "en"):
        assert len({getattr(body.name, language) for body in roll}) == 700


def test_a_few_ministries_have_thousands_and_most_akimats_tens() -> None:
    sizes = sorted((body.employees for body in bodies(Country(bodies=300))), reverse=True)
    assert sizes[0] > 2000
    assert sum(sizes[:12]) > sum(sizes) / 3
    assert sum(size < 100 for size in sizes) > len(sizes) / 2


@pytest.mark.parametrize(("total", "count"), [(20, 5), (1000, 5), (84_000, 300)])
def test_the_employees_given_are_shared_out_to_the_last(total: int, count: int) -> None:
    sizes = [body.employees for body in bodies(Country(bodies=count, employees=total))]
    assert sum(sizes) == total
    assert min(sizes) >= 4


def test_employees_may_be_given_per_body() -> None:
    assert sum(body.employees for body in bodies(Country(bodies=8, per_body=50))) == 400


def test_feeders_get_about_as_much_each() -> None:
    country = Country(bodies=200, employees=9000)
    sizes = {body.code: body.employees for body in bodies(country)}
    shares = shared_out(country, 4)
    assert sorted(code for share in shares for code in share) == sorted(sizes)
    loads = [sum(sizes[code] for code in share) for share in shares]
    assert max(loads) < 1.1 * min(loads)


@pytest.mark.parametrize(
    "wrong",
    [
        {"bodies": 0},
        {"bodies": 5, "employees": 19},
        {"employees": 100, "per_body": 20},
        {"years": ()},
        {"years": (2026, 2025)},
        {"quarters": (5,)},
        {"wrong": 1.0},
        {"wrong": -0.1},
    ],
)
def test_a_country_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Country(**wrong)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    ("wanted", "bodies_", "years", "quarters"),
    [
        (1000, 5, (2026,), (1, 2, 3, 4)),
        (1000, 5, (2026,), (1,)),
        (20_000, 40, (2025, 2026), (1, 2, 3, 4)),
    ],
)
def test_a_country_for_n_facts_has_n_and_few_more(
    seed: int, wanted: int, bodies_: int, years: tuple[int, ...], quarters: tuple[int, ...]
) -> None:
    country = Country.of_facts(wanted, seed=seed, bodies=bodies_, years=years, quarters=quarters)
    made = sum(1 for _ in facts(country))
    assert 0.93 * wanted <= made <= 1.15 * wanted


def test_identity_numbers_are_well_formed_and_of_nobody() -> None:
    rng = Random(1)
    for _ in range(500):
        number = identity_number(rng)
        assert len(number) == 12
        assert number.isdigit()
        assert date(1900 + int(number[:2]), int(number[2:4]), int(number[4:6]))
        assert number[6] == "9"
        assert check_digit(number[:11]) == int(number[11])


def test_a_country_grows_without_changing_the_bodies_before() -> None:
    codes = [[body.code for body in bodies(Country(bodies=count))] for count in (3, 10, 50)]
    for fewer, more in pairwise(codes):
        assert more[: len(fewer)] == fewer
