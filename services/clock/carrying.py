"""What one ledger needs of another is carried into it with its source (cl. 3; `pavlodar-2026` cl. 3).

A secondment goes to the receiving body; sanctions follow the servant both ways; a quarter graded there goes
home. Each is carried again when its source says otherwise.
"""

from collections.abc import Iterator
from uuid import UUID

from events.documents import Discipline, Employment
from events.documents.discipline import Sanction
from events.documents.employment import Tenure
from events.vocabulary import Name
from events.vocabulary.discipline import DisciplineCarried
from events.vocabulary.employment import SecondmentReceived
from methodologies.registry import Law
from services.clock.away import Away, Carried, Leaf, States, aways
from services.clock.quarters import quarters_from_elsewhere
from services.clock.state import LedgerState, Source


def carried_into(ledger: str, states: States, law: Law, leaf: Leaf) -> Iterator[Carried]:
    """Everything that the other ledgers have for this one and that it does not hold yet."""
    for away in aways(states):
        if away.host.ledger == ledger:
            yield from _secondment(away, leaf)
            yield from _sanctions(away, leaf, home=False)
        elif away.home.ledger == ledger:
            yield from _sanctions(away, leaf, home=True)
    if ledger in states:
        yield from quarters_from_elsewhere(states[ledger], states, law, leaf)


def shared(states: States) -> frozenset[str]:
    """The ledgers that have something to do with another's servants."""
    return frozenset(one.ledger for away in aways(states) for one in (away.home, away.host))


def _secondment(away: Away, leaf: Leaf) -> Iterator[Carried]:
    of, source = away.of, away.home.sources[away.of.id]
    held = _held(away)
    if held is None:
        return
    said = SecondmentReceived(
        employee=of.to_employee,
        id=of.id,
        position=of.to_position,
        category=held.category,
        managerial=held.managerial,
        heads_unit=held.heads_unit,
        serves_public=held.serves_public,
        from_body=away.home.ledger,
        from_employee=away.employee,
        from_position=of.position,
        from_=of.since,
        until=of.until,
        source_seq=source.seq,
        source_leaf=leaf(away.home.ledger, source.seq),
    )
    known = _received(away.host.employment(of.to_employee), of.id)
    if known is None or _as_tenure(said) != _of_tenure(known):
        yield Carried(said, source.on)


def _held(away: Away) -> Tenure | None:
    """The position at home that he is seconded from, as it was when he went."""
    employment = away.home.employment(away.employee)
    held = employment.tenures_in(away.of.position) if employment else ()
    begun = [one for one in held if one.since <= away.of.since]
    return begun[-1] if begun else next(iter(held), None)


def _received(employment: Employment | None, secondment: UUID) -> Tenure | None:
    return next(
        (
            one
            for one in (employment.tenures if employment else ())
            if one.received is not None and one.received.id == secondment
        ),
        None,
    )


def _as_tenure(said: SecondmentReceived) -> tuple[object, ...]:
    return (
        said.position,
        said.category,
        said.managerial,
        said.heads_unit,
        said.serves_public,
        said.from_,
        said.until,
    )


def _of_tenure(one: Tenure) -> tuple[object, ...]:
    return (
        one.position,
        one.category,
        one.managerial,
        one.heads_unit,
        one.serves_public,
        one.since,
        one.until,
    )


def _sanctions(away: Away, leaf: Leaf, *, home: bool) -> Iterator[Carried]:
    """Sanctions recorded in one of the two ledgers that a quarter of the secondment shares, for the other."""
    source, employee, target, there = (
        (away.host, away.of.to_employee, away.home, away.employee)
        if home
        else (away.home, away.employee, away.host, away.of.to_employee)
    )
    known = _discipline(target, there)
    for one in _discipline(source, employee):
        recorded = source.sources.get(one.id)
        # What was carried here itself has its source elsewhere.
        if recorded is None or not away.touches(one.imposed_on):
            continue
        before = next((other for other in known if other.id == one.id), None)
        if before != one:
            yield Carried(_sanction(source.ledger, there, one, recorded, leaf), recorded.on)


def _discipline(state: LedgerState, employee: str) -> tuple[Sanction, ...]:
    found = state.documents.get(Name("discipline", (employee,)))
    return found.sanctions if isinstance(found, Discipline) else ()


def _sanction(ledger: str, employee: str, one: Sanction, source: Source, leaf: Leaf) -> DisciplineCarried:
    return DisciplineCarried(
        employee=employee,
        discipline=one.id,
        sanction=one.sanction,
        imposed_on=one.imposed_on,
        discrediting=one.discrediting,
        annulled=one.annulled,
        from_body=ledger,
        source_seq=source.seq,
        source_leaf=leaf(ledger, source.seq),
    )
