"""What an act must satisfy beyond its shape; each mistake as a key and what was expected there."""

from collections.abc import Iterator

from methodologies.act import Act
from methodologies.soundness.bands import of_bands
from methodologies.soundness.family import of_family, of_readings
from methodologies.soundness.procedure import of_procedure
from methodologies.soundness.sheets import of_caps, of_forms, of_scale
from methodologies.soundness.strands import of_strands


def mistakes(act: Act) -> Iterator[tuple[str, str]]:
    """The act's mistakes as (key, what was expected), in the order of its parts; none for a sound act."""
    yield from of_family(act)
    for name, bands in act.bands.items():
        yield from of_bands(act, name, bands)
    yield from of_readings(act)
    yield from of_forms(act)
    yield from of_caps(act)
    yield from of_scale(act)
    yield from of_procedure(act)
    yield from of_strands(act)
