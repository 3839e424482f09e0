"""Calibration: a servant disagrees, a panel votes."""

from datetime import date
from functools import cached_property
from typing import ClassVar

from events.vocabulary.types import Code, Count, Members, Name, Ref, Score, Text


class _OfCalibration(Ref, frozen=True, kw_only=True, omit_defaults=True):
    @cached_property
    def document(self) -> Name:
        return Name("calibration", (self.employee, self.position, self.period))


class CalibrationRequested(_OfCalibration, frozen=True, kw_only=True):
    """The servant asks for a calibration session (cl. 10)."""

    grounds: Text


class CalibrationWithdrawn(_OfCalibration, frozen=True, kw_only=True):
    """The servant takes his request back (cl. 10)."""


class CalibrationConvened(_OfCalibration, frozen=True, kw_only=True):
    """The appointing authority decides and approves the panel (cl. 19)."""

    members: Members
    sits_on: date


class ArgumentHeard(_OfCalibration, frozen=True, kw_only=True):
    """The evaluator or the servant argues before the panel (cl. 22)."""

    by: Code
    text: Text


class CalibrationConcluded(_OfCalibration, frozen=True, kw_only=True):
    """A majority of the panel stands for a score (cl. 22)."""

    system: ClassVar[bool] = True
    round: Count
    score: Score


class FeedbackGiven(_OfCalibration, frozen=True, kw_only=True):
    """The evaluator meets the servant after the panel (cl. 23)."""

    on: date
    achievements: Text
    skills: Text
    career: Text
