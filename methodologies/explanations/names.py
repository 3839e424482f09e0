"""What flags, readings, reasons and kinds of sanction are called."""

from methodologies.explanations.catalogue import template
from methodologies.explanations.figures import number
from methodologies.model.clause import Language
from methodologies.model.readings import READINGS, annual_weights


def flag_text(flag: str, language: Language) -> str:
    """What a flag on a grade means; UnexplainedError for one that is not in the closed list."""
    return template(f"flag.{flag}", language)


def reason_text(reason: str, language: Language) -> str:
    """Why there is no grade, by the code a grade carries and without figures."""
    return template(f"reason.{reason}", language)


def reading_title(name: str, language: Language) -> str:
    """What a reading is about, as a title without a full stop."""
    return template(f"reading-title.{name}", language)


def reading_text(name: str, value: str, language: Language) -> str:
    """What a choice of a reading means; ValueError for weights that are none."""
    kind = READINGS.get(name)
    if kind is None or kind.choices:
        return template(f"reading.{name}.{value}", language)
    quarters, plan = annual_weights(value)
    words = template(f"reading.{name}", language)
    return words.format(quarters=number(quarters, language), plan=number(plan, language))


def sanction_name(sanction: str, language: Language) -> str:
    """The name of a kind of sanction."""
    return template(f"sanction.{sanction}", language)
