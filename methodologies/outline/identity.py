"""Which act it is: title, life, the law behind it."""

from methodologies.outline.teller import Rows, Teller


def of_act(tell: Teller) -> Rows:
    act = tell.act
    yield tell.row("title", "title", tell.text(act.title))
    if act.number is not None:
        yield tell.row("number", "number", act.number)
    yield tell.row("body", "body", tell.text(act.body))
    yield tell.row("family", "family", tell.word("family", act.family))
    yield tell.row("rule", "rule", act.rule)
    if act.extends is not None:
        yield tell.row("extends", "extends", act.extends)
    yield from _source(tell)
    yield from _life(tell)


def _source(tell: Teller) -> Rows:
    source = tell.act.source
    if source.seed is not None:
        yield tell.row("source.seed", "seed", source.seed)
    if source.text_in is not None:
        yield tell.row("source.text_in", "text-in", tell.word("language", source.text_in))
    wording = {"kk": source.wording.kk, "ru": source.wording.ru, "en": source.wording.en}
    whose = (f"{tell.word('language', code)}: {tell.word('language', one)}" for code, one in wording.items())
    yield tell.row("source.wording", "wording", "; ".join(whose))


def _life(tell: Teller) -> Rows:
    life = tell.act.life
    if life.adopted is not None:
        yield tell.row("life.adopted", "adopted", tell.day(life.adopted))
    if life.in_force.on is not None:
        yield tell.row("life.in_force.on", "in-force-on", tell.day(life.in_force.on))
    yield tell.row("life.in_force", "in-force", tell.text(life.in_force.basis), life.in_force.clause)
    for place, one in enumerate(life.replaces):
        yield tell.row(f"life.replaces.{place}", "replaces", tell.text(one), life.replaces_clause)
    if life.rewords is not None:
        yield tell.row("life.rewords", "rewords", tell.text(life.rewords), life.rewords_clause)
    if life.repealed is not None:
        yield tell.row("life.repealed.by", "repealed-by", tell.text(life.repealed.by))
        yield tell.row("life.repealed.adopted", "repealed-on", tell.day(life.repealed.adopted))
        yield tell.row("life.repealed.basis", "repealed-from", tell.text(life.repealed.basis))


def of_law(tell: Teller) -> Rows:
    law = tell.act.law
    yield tell.row("law.title", "law", tell.text(law.title), law.clause)
    yield tell.row("law.article", "article", law.article, law.clause)
    if law.ended is not None:
        yield tell.row("law.ended.on", "law-ended-on", tell.day(law.ended.on))
        yield tell.row("law.ended.by", "law-ended-by", tell.text(law.ended.by))
        yield tell.row("law.ended.note", "since-then", tell.text(law.ended.note))
