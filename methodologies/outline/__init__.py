"""An act told part by part in three languages: everything it decides, each with its clause."""

from methodologies.outline.differing import Difference, difference
from methodologies.outline.rows import Row, Section
from methodologies.outline.telling import outline
from methodologies.outline.warned import warnings

__all__ = ["Difference", "Row", "Section", "difference", "outline", "warnings"]
