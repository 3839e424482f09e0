"""A result as a panel, a commission or an appeal corrected it."""

import msgspec

from methodologies.registry import Governing
from methodologies.rules import decisions
from methodologies.rules.bands import Placed
from methodologies.rules.decisions import Decision
from methodologies.rules.score_sheet import Ceiling
from methodologies.rules.steps import Step


class Corrected(msgspec.Struct, frozen=True):
    """The corrected score in its band, and the steps to it where they were asked for."""

    placed: Placed
    steps: tuple[Step, ...]


def corrected(
    law: Governing, bands: str, decision: Decision | None, ceiling: Ceiling | None = None, *, explained: bool
) -> Corrected | None:
    """What the decision makes of the score; None without a decision, or where it corrects none."""
    if decision is None:
        return None
    printed = law.act.bands[bands]
    decided = decisions.work_out(printed, law.readings, decision, ceiling)
    if decided is None:
        return None
    steps = decisions.steps(law.act, printed, law.readings, decided) if explained else ()
    return Corrected(decided.placed, steps)
