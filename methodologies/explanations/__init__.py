"""Every step, ground, flag and reading as a whole sentence in Kazakh, Russian and English."""

from methodologies.explanations.catalogue import UnexplainedError
from methodologies.explanations.names import (
    flag_text,
    reading_text,
    reading_title,
    reason_text,
    sanction_name,
)
from methodologies.explanations.sentences import explain_ground, explain_step

__all__ = [
    "UnexplainedError",
    "explain_ground",
    "explain_step",
    "flag_text",
    "reading_text",
    "reading_title",
    "reason_text",
    "sanction_name",
]
