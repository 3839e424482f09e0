"""Numbers, days and periods as each language writes them."""

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from events.period import parse_period
from methodologies.explanations.catalogue import template
from methodologies.model.clause import Language


def number(value: object, language: Language) -> str:
    """A number with exactly the digits given: `4.20` is `4,20` in Kazakh and Russian."""
    exact = Decimal(str(value))
    exponent = exact.as_tuple().exponent
    places = max(-exponent, 0) if isinstance(exponent, int) else 0
    pattern = "0." + "0" * places if places else "0"
    return format_decimal(exact, format=pattern, locale=language)


def day(value: object, language: Language) -> str:
    """A day, given as a date or in ISO 8601, in words: `10 April 2026`."""
    on = value if isinstance(value, date) else date.fromisoformat(str(value))
    return format_date(on, format=template("format.date", language), locale=language)


def period(value: object, language: Language) -> str:
    """A quarter or a year in words: `quarter 1 of 2026`."""
    one = parse_period(str(value))
    if one.quarter is None:
        return template("format.year", language).format(year=one.year)
    return template("format.quarter", language).format(year=one.year, quarter=one.quarter)
