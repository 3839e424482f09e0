"""Who signs a fact: of a sheet its evaluator or the servant, of a protocol those who sit on the panel."""

from collections.abc import Mapping

from events.documents import Assessment, Calibration, Commission, Document
from events.envelope import Fact
from events.vocabulary import Name
from events.vocabulary.assessment import SheetCountersigned, SheetSigned
from events.vocabulary.commission import ProtocolFiled

SIGNABLE = (SheetSigned, SheetCountersigned, ProtocolFiled)
"""Facts that carry a signature."""


def signatories(fact: Fact, documents: Mapping[Name, Document]) -> frozenset[str]:
    """The body's codes of those by one of whom the fact may be signed, as far as these documents tell."""
    data = fact.data
    document = documents.get(fact.document)
    match data, document:
        case SheetSigned(), Assessment():
            sheet = document.sheet(data.form)
            return frozenset(sheet.evaluators) if sheet else frozenset()
        case SheetCountersigned(), _:
            return frozenset({data.employee})
        case ProtocolFiled(), Calibration() | Commission():
            return frozenset(seat.member for seat in document.members)
    return frozenset()
