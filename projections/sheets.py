"""What a sheet still lacks, and what an act wants after it is signed."""

from collections.abc import Sequence

from events.documents.assessment import Sheet
from methodologies.act import Act

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


def awaited(act: Act, sheet: Sheet) -> tuple[str, ...]:
    """The flag for whom a signed sheet waits on: the superior first, then the commission."""
    agreement = act.agreement
    if agreement is not None and sheet.form in agreement.forms and sheet.agreed_by is None:
        return ("awaiting-superior",)
    if act.commission is not None and act.forms[sheet.form].kind in act.commission.reviews:
        return ("awaiting-commission",)
    return ()
