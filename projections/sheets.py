"""What a sheet still lacks, and what an act wants after it is signed."""

from collections.abc import Sequence

from events.documents.assessment import Sheet
from events.documents.results import Result
from methodologies.act import Act
from methodologies.rules.decisions import is_sent_back

FORM_NOT_IN_ACT = "form-not-in-act"
INCOMPLETE = "incomplete"
UNSIGNED = "unsigned"


def still_open(act: Act, sheet: Sheet, missing: Sequence[str]) -> str | None:
    """Why the sheet comes to no result yet; None when it is complete and signed."""
    if sheet.form not in act.forms:
        return FORM_NOT_IN_ACT
    if missing:
        return INCOMPLETE
    return None if sheet.is_signed else UNSIGNED


def awaited(act: Act, sheet: Sheet, result: Result) -> tuple[str, ...]:
    """The flag for whom a signed sheet waits on: the superior first, then the commission.

    The commission is waited for until it decided on the sheet as it is signed now and, where the act wants
    it, the authorised person approved that; and again when an appeal sends its decision back.
    """
    agreement = act.agreement
    if agreement is not None and sheet.form in agreement.forms and sheet.agreed_by is None:
        return ("awaiting-superior",)
    commission = act.commission
    if commission is None or act.forms[sheet.form].kind not in commission.reviews:
        return ()
    decided = result.decision
    if decided is None or decided.seq < sheet.signed_seq or is_sent_back(result, decided.seq):
        return ("awaiting-commission",)
    unapproved = commission.approved_by is not None and decided.approved_by is None
    return ("awaiting-commission",) if unapproved else ()
