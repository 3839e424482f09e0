"""A filled sheet signed, agreed, returned; the servant's own word on it (annexes; `arys-2022` cl. 19-23)."""

from collections.abc import Callable, Mapping

from events.documents.assessment import Sheet
from events.envelope import Fact, Refusal
from events.vocabulary import assessment as facts
from events.vocabulary.types import Ref
from methodologies.model.procedure import Refusal as RefusalRule
from methodologies.rules.decisions import is_sent_back, standing
from methodologies.rules.eligibility import tenures_in
from services.deciding.completeness import what_is_missing
from services.deciding.situation import Situation, period_of

_SUPERVISOR = "supervisor"


def _signed(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.SheetSigned)
    sheet = situation.sheet(fact, data.form)
    if sheet.is_signed:
        raise Refusal("already-signed", field="data")
    law = situation.governing(period_of(fact))
    missing = what_is_missing(law, sheet, situation, fact.document)
    if missing is not None:
        raise Refusal.because("sheet-incomplete", f"The sheet lacks {missing}.", "data")
    return (fact,)


def _agreed(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.SheetAgreed)
    sheet = _signed_sheet(fact, situation, data)
    act = situation.governing(period_of(fact)).act
    if act.agreement is None or sheet.form not in act.agreement.forms:
        raise Refusal.because("not-in-act", f"Under the act {act.id} nobody agrees to this sheet.", "type")
    if sheet.agreed_by is not None:
        raise Refusal("already-agreed", field="data")
    _check_superior(fact, situation, data.by, f"{act.agreement.clause}; {act.agreement.first_head_clause}")
    return (fact,)


def _returned(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.SheetReturned)
    sheet = _signed_sheet(fact, situation, data)
    agreement = situation.governing(period_of(fact)).act.agreement
    if agreement is not None and sheet.form in agreement.forms:
        _check_superior(fact, situation, data.by, agreement.returned_clause)
    _check_undecided(fact, situation, sheet)
    return (fact,)


def _check_superior(fact: Fact, situation: Situation, by: str, clause: str) -> None:
    """The superior of the supervisor, where the file names one; where it does not, anyone above the servant.

    A supervisor with nobody above him is the first head, who decides himself (`arys-2022` cl. 20).
    """
    employee, position, _ = fact.document.key
    held = tenures_in(situation.employment(employee), position, period_of(fact))
    superior = held[-1].superior if held else None
    if by == employee or (superior and by != superior):
        raise Refusal.because(
            "not-the-superior",
            f"Under cl. {clause} the superior of the servant's supervisor decides on this sheet,"
            " as the file names him.",
            "data.by",
        )


def _check_undecided(fact: Fact, situation: Situation, sheet: Sheet) -> None:
    """What a panel or a commission decided is not undone by marking the sheet anew (cl. 11, 22).

    Nor is the mark changed under a panel that is to judge it.
    """
    result = situation.assessment(fact.document).result(sheet.form)
    calibration = situation.calibration(fact.document)
    decision = standing(result, calibration, sheet)
    if calibration is not None and calibration.is_pending and not calibration.is_concluded:
        raise Refusal("calibration-running", field="data")
    if decision is not None and not decision.annulled and not is_sent_back(result, decision.seq):
        raise Refusal("result-decided", field="data")


def _countersigned(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    """By the servant, before the evaluator's signature or after it: it stops nothing either way."""
    data = fact.data
    assert isinstance(data, facts.SheetCountersigned | facts.SelfAssessed)
    situation.sheet(fact, data.form)
    return (fact,)


def _refused(fact: Fact, situation: Situation) -> tuple[Fact, ...]:
    data = fact.data
    assert isinstance(data, facts.SigningRefused)
    sheet = situation.sheet(fact, data.form)
    rule = situation.governing(period_of(fact)).act.signing.refusal
    if rule is not None:
        _check_witnesses(rule, data, sheet, situation, fact)
    return (fact,)


def _check_witnesses(
    rule: RefusalRule, data: facts.SigningRefused, sheet: Sheet, situation: Situation, fact: Fact
) -> None:
    """As many others as the act names, the supervisor among them where act and file name him."""
    witnesses = set(data.witnesses) - {data.employee}
    wanted = rule.witnesses or len(rule.recorded_by)
    if len(witnesses) < wanted:
        raise Refusal.because(
            "too-few-witnesses",
            f"Under cl. {rule.clause} a refusal is recorded by at least {wanted} others than the servant:"
            f" {', '.join(rule.recorded_by)}.",
            "data.witnesses",
        )
    held = tenures_in(situation.employment(data.employee), data.position, period_of(fact))
    # Who stands in for the supervisor, as the sheet's evaluator, stands in for him here too.
    supervisors = {held[-1].supervisor, *sheet.evaluators} - {""} if held else set()
    if _SUPERVISOR in rule.recorded_by and supervisors and not supervisors & witnesses:
        raise Refusal.because(
            "too-few-witnesses",
            f"Under cl. {rule.clause} the servant's supervisor is among those who record a refusal.",
            "data.witnesses",
        )


def _signed_sheet(fact: Fact, situation: Situation, data: Ref) -> Sheet:
    found = situation.sheet(fact, data.form)
    if not found.is_signed:
        raise Refusal("sheet-unsigned", field="data")
    return found


DECIDERS: Mapping[type, Callable[[Fact, Situation], tuple[Fact, ...]]] = {
    facts.SheetSigned: _signed,
    facts.SheetAgreed: _agreed,
    facts.SheetReturned: _returned,
    facts.SheetCountersigned: _countersigned,
    facts.SelfAssessed: _countersigned,
    facts.SigningRefused: _refused,
}
