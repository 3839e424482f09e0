"""What the text leaves open or gets wrong: readings with reasons, faults, what is inferred."""

from methodologies.explanations import reading_text, reading_title
from methodologies.outline.rows import Row
from methodologies.outline.teller import Rows, Teller


def of_readings(tell: Teller) -> Rows:
    for name, reading in tell.act.readings.items():
        label = f"{name}: {reading_title(name, tell.language)}"
        value = f"{reading.value}: {reading_text(name, reading.value, tell.language)}"
        yield Row(f"readings.{name}", label, value, reading.clause, tell.text(reading.reason))


def of_faults(tell: Teller) -> Rows:
    for code, fault in tell.act.faults.items():
        yield Row(f"faults.{code}", code, tell.text(fault.text), fault.clause)


def of_inferred(tell: Teller) -> Rows:
    for part in tell.act.source.inferred:
        yield Row(f"inferred.{part.section}", _section(tell, part.section), ", ".join(part.from_))


def _section(tell: Teller, section: str) -> str:
    if section == "*":
        return tell.word("label", "whole")
    if section == "clauses":
        return tell.word("label", "clauses")
    name, _, code = section.partition(".")
    title = tell.word("section", name)
    if name == "terms" and code in tell.act.terms:
        return f"{title}: {tell.text(tell.act.terms[code].title)}"
    if name == "substitution" and code:
        return f"{title}: {tell.word('ground', code)}"
    return f"{title}: {code}" if code else title
