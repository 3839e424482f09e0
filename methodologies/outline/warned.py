"""What a reader of an act must know before he uses it."""

from methodologies.act import Act
from methodologies.explanations.figures import day
from methodologies.model.clause import Language
from methodologies.outline.words import word


def warnings(act: Act, language: Language) -> tuple[str, ...]:
    """The act's own end, the end of the law behind it, a day of effect not known, what is only inferred."""
    found = []
    if act.life.repealed is not None:
        on = day(act.life.repealed.adopted, language)
        found.append(word("warning", "act-ended", language).format(day=on))
    if act.law.ended is not None:
        found.append(word("warning", "law-ended", language).format(day=day(act.law.ended.on, language)))
    if act.life.in_force.on is None:
        found.append(word("warning", "not-known-in-force", language))
    if act.source.inferred:
        found.append(word("warning", "inferred-whole" if act.source.infers("*") else "inferred", language))
    return tuple(found)
