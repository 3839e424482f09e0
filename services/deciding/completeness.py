"""What a sheet still lacks before it may be signed."""

from events.documents.assessment import Sheet
from events.vocabulary import Name
from methodologies.registry import Governing
from methodologies.rules.score_sheet import missing_parameters
from services.deciding.situation import Situation


def what_is_missing(law: Governing, sheet: Sheet, situation: Situation, name: Name) -> str | None:
    """What the sheet lacks, in words; None when it is complete."""
    form = law.act.forms.get(sheet.form)
    if form is None:
        return "a form that the act in force prints"
    missing = missing_parameters(form, sheet)
    if missing:
        return f"marks for the parameters {', '.join(missing)}"
    return None
