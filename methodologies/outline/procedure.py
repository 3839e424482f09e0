"""The procedure around a sheet: who is assessed, signing, telling, keeping."""

from methodologies.model.procedure import Refusal
from methodologies.outline.teller import Rows, Teller


def of_eligibility(tell: Teller) -> Rows:
    rule = tell.act.eligibility
    tenure = (
        f"{tell.number(rule.tenure.months)}; {tell.word('within', rule.tenure.within)}; {rule.tenure.reading}"
    )
    yield tell.row("eligibility.tenure", "tenure", tenure, rule.tenure.clause)
    if rule.tenure.counted_after:
        anew = tell.words("absence", rule.tenure.counted_after)
        yield tell.row("eligibility.tenure.counted_after", "counted-after", anew, rule.tenure.clause)
    yield from tell.figure("eligibility.workdays", "workdays", rule.workdays)
    yield from tell.figure("eligibility.probation", "probation", rule.probation)
    if rule.absence is not None:
        kinds = f"{tell.words('absence', rule.absence.kinds)}; {_term(tell, rule.absence.term)}"
        yield tell.row("eligibility.absence", "absence", kinds, rule.absence.clause)
    if rule.dismissed is not None:
        told = rule.dismissed
        value = tell.word("before", told.before)
        if told.term is not None:
            value = f"{value}; {_term(tell, told.term)}"
        yield tell.row("eligibility.dismissed", "dismissed", value, told.clause)
        channels = tell.words("channel", told.channels)
        yield tell.row("eligibility.dismissed.channels", "channels", channels, told.channels_clause)


def _term(tell: Teller, code: str) -> str:
    term = tell.act.terms.get(code)
    return code if term is None else tell.text(term.title)


def of_signing(tell: Teller) -> Rows:
    signing = tell.act.signing
    yield tell.row("signing.by", "signed-by", tell.words("who", signing.by), signing.clause)
    if signing.electronic:
        yield tell.row("signing.electronic", "electronic", tell.yes(signing), signing.clause)
    yield from _refusal(tell, "signing.refusal", signing.refusal)


def of_agreement(tell: Teller) -> Rows:
    agreement = tell.act.agreement
    if agreement is None:
        return
    value = f"{tell.word('who', agreement.by)}; {tell.labelled('form', ', '.join(agreement.forms))}"
    yield tell.row("agreement.by", "agreed-by", value, agreement.clause)
    yield tell.row("agreement.first_head", "first-head", tell.yes(agreement), agreement.first_head_clause)
    ground = tell.text(agreement.returned_for)
    yield tell.row("agreement.returned_for", "returned", ground, agreement.returned_clause)


def of_delivery(tell: Teller) -> Rows:
    delivery = tell.act.delivery
    channels = tell.words("channel", delivery.channels)
    yield tell.row("delivery.channels", "channels", channels, delivery.clause)
    yield from _refusal(tell, "delivery.refusal", delivery.refusal)


def _refusal(tell: Teller, key: str, refusal: Refusal | None) -> Rows:
    if refusal is None:
        return
    yield tell.row(key, "refusal", tell.words("who", refusal.recorded_by), refusal.clause)
    if refusal.witnesses is not None:
        yield tell.row(f"{key}.witnesses", "witnesses", tell.number(refusal.witnesses), refusal.clause)
    if refusal.then_sent_by:
        sent = tell.words("channel", refusal.then_sent_by)
        if refusal.term is not None:
            sent = f"{sent}; {_term(tell, refusal.term)}"
        yield tell.row(f"{key}.then_sent_by", "then-sent", sent, refusal.clause)


def of_keeping(tell: Teller) -> Rows:
    keeping = tell.act.keeping
    years = tell.word("label", "no-term") if keeping.years is None else tell.number(keeping.years)
    yield tell.row("keeping.years", "years", years, keeping.clause)
    yield tell.row("keeping.kept_by", "kept-by", tell.words("who", keeping.kept_by), keeping.clause)


def of_secrecy(tell: Teller) -> Rows:
    secrecy = tell.act.secrecy
    if secrecy is not None:
        grounds = tell.words("exception", secrecy.except_for)
        yield tell.row("secrecy", "except-for", grounds, secrecy.clause)
