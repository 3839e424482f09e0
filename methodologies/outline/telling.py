"""The outline of an act, section by section."""

import msgspec

from methodologies.act import Act
from methodologies.model.clause import Language
from methodologies.outline import choices, identity, marks, procedure, reviewing, sheets, strands, terms
from methodologies.outline.rows import Row, Section
from methodologies.outline.teller import Teller

_SECTIONS = {
    "act": identity.of_act,
    "law": identity.of_law,
    "grades": marks.of_grades,
    "scale": marks.of_scale,
    "caps": marks.of_caps,
    "annual": strands.of_annual,
    "points": strands.of_points,
    "plan": strands.of_plan,
    "forms": sheets.of_forms,
    "competencies": strands.of_competencies,
    "indicators": strands.of_indicators,
    "assignments": sheets.of_assignments,
    "substitution": sheets.of_substitution,
    "eligibility": procedure.of_eligibility,
    "terms": terms.of_terms,
    "signing": procedure.of_signing,
    "agreement": procedure.of_agreement,
    "delivery": procedure.of_delivery,
    "panel": reviewing.of_panel,
    "commission": reviewing.of_commission,
    "appeals": reviewing.of_appeals,
    "consequences": reviewing.of_consequences,
    "keeping": procedure.of_keeping,
    "secrecy": procedure.of_secrecy,
    "readings": choices.of_readings,
    "faults": choices.of_faults,
    "inferred": choices.of_inferred,
}

_OWN = frozenset({"title", "number", "body", "family", "rule", "extends", "source", "inferred", "readings"})


def outline(act: Act, language: Language) -> tuple[Section, ...]:
    """Everything the act decides, in a language; sections that it has nothing for are left out."""
    teller = Teller(act, language)
    found = []
    for key, rows_of in _SECTIONS.items():
        rows = tuple(_with_origin(act, row) for row in rows_of(teller))
        if rows:
            found.append(Section(key, teller.word("section", key), rows))
    return tuple(found)


def _with_origin(act: Act, row: Row) -> Row:
    part = row.key.partition(".")[0]
    acts = act.source.infers(part) or act.source.infers(row.key)
    # What names the act and where it comes from is its own by nature.
    return row if part in _OWN else msgspec.structs.replace(row, inferred_from=acts)
