"""What documents come to under the law that a result was told by, and which change of law made it another."""

from collections import ChainMap
from collections.abc import Mapping, MutableMapping
from typing import Final

import msgspec

from events.documents import Adoptions, Document
from events.vocabulary import Name
from events.vocabulary.assessment import AnnouncedResult
from projections.dossiers import ADOPTIONS
from projections.lawbook import Amendment, Lawbook
from projections.results import Said, result_of, said_of
from projections.view import LedgerView

_LAWS_OWN: Final = frozenset(
    {"MethodologyActivated", "MethodologyAdopted", "MethodologyPublished", "MethodologyRepealed"}
)
"""What changes results without a fact of the body's; a restatement names it without an id."""


class Behind(msgspec.Struct, frozen=True):
    """What made a result other than it was: an event of the ledger, or a change of the law at its place."""

    type: str
    seq: int
    is_law: bool = False


class Told(msgspec.Struct, frozen=True):
    """What was told of a result last, where, and what law it was decided by."""

    seq: int
    agency_seq: int
    adoptions: Document | None
    said: Said
    is_announced: bool


class Then:
    """Derives a ledger's results as of another day."""

    def __init__(self, ledger: str, laws: Lawbook) -> None:
        self._ledger = ledger
        self._laws = laws

    def said(
        self,
        documents: MutableMapping[Name, Document],
        name: Name,
        form: str | None,
        last: Told,
        before: Mapping[Name, Document | None] | None = None,
    ) -> Said | None:
        """What documents come to under the law of what was told; None where he holds no such result.

        `before` has some of them as they were earlier, None where they were not there.
        """
        law = self._laws.at(last.agency_seq)
        if law is None:
            return None
        earlier = {**(before or {}), ADOPTIONS: last.adoptions}
        layers: ChainMap[Name, Document | None] = ChainMap(earlier, documents)  # type: ignore[arg-type]
        grade = result_of(LedgerView(self._ledger, layers, law), name, form)  # type: ignore[arg-type]
        return None if grade is None else said_of(grade)

    def law_behind(
        self,
        documents: Mapping[Name, Document],
        name: Name,
        form: str | None,
        last: Told,
        upto: int,
    ) -> Behind | None:
        """The first change of law since a result was told that made another of it.

        The body's own adoptions are looked at first, then the agency's ledger up to a place.
        """
        law = self._laws.at(last.agency_seq)
        own = self._adopted_since(documents, last)
        changed = [(own, law)] if own is not None and law is not None else []
        amendments = self._laws.since(last.agency_seq, upto)
        for behind, then in (*changed, *((_behind(one), one.law) for one in amendments)):
            if said_of(result_of(LedgerView(self._ledger, documents, then), name, form)) != last.said:
                return behind
        return None

    def law_named(
        self, documents: Mapping[Name, Document], data: AnnouncedResult, last: Told | None, upto: int
    ) -> Behind | None:
        """The change of law that a restatement names, up to a place of the agency's ledger.

        Without an id it is the last of its type since the result was told.
        """
        if data.caused_by is not None:
            named = self._laws.amended_by(data.caused_by)
            fits = named is not None and named.seq <= upto and named.type == data.cause
            return _behind(named) if named is not None and fits else None
        if last is None or data.cause not in _LAWS_OWN:
            return None
        own = self._adopted_since(documents, last)
        since = [_behind(one) for one in self._laws.since(last.agency_seq, upto) if one.type == data.cause]
        return since[-1] if since else own if own is not None and own.type == data.cause else None

    def _adopted_since(self, documents: Mapping[Name, Document], last: Told) -> Behind | None:
        own = documents.get(ADOPTIONS)
        if own == last.adoptions or not isinstance(own, Adoptions):
            return None
        return Behind("MethodologyAdopted", own.entries[-1].seq, is_law=True)


def _behind(amendment: Amendment) -> Behind:
    return Behind(amendment.type, amendment.seq, is_law=True)
