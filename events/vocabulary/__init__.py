"""Every fact and event there is, by its type as on the wire; one module per document."""

from collections.abc import Iterator
from types import MappingProxyType, ModuleType

from events.vocabulary import (
    assessment,
    body,
    calibration,
    commission,
    discipline,
    employment,
    methodology,
    obligation,
    plan,
    retention,
    signature,
    viewer,
)
from events.vocabulary.types import Data, Name

MODULES: tuple[ModuleType, ...] = (
    body,
    methodology,
    employment,
    discipline,
    assessment,
    calibration,
    commission,
    plan,
    obligation,
    retention,
    signature,
    viewer,
)


def _types() -> Iterator[tuple[str, type[Data]]]:
    for module in MODULES:
        for name, value in vars(module).items():
            if (
                isinstance(value, type)
                and issubclass(value, Data)
                and value.__module__ == module.__name__
                and not name.startswith("_")
                and value is not assessment.AnnouncedResult
            ):
                yield name, value


TYPES: MappingProxyType[str, type[Data]] = MappingProxyType(dict(_types()))
"""Type name to its struct, in the order of the documents."""

__all__ = ["MODULES", "TYPES", "Data", "Name"]
