"""An employee's sanctions in a body."""

from datetime import date
from uuid import UUID

import msgspec

from events.envelope import Event
from events.vocabulary import discipline as facts


class Sanction(msgspec.Struct, frozen=True):
    """A sanction, known by the id of the fact that recorded it, here or in the ledger it is carried from."""

    id: UUID
    sanction: str
    imposed_on: date
    discrediting: bool
    annulled: bool = False


class Discipline(msgspec.Struct, frozen=True):
    """Every sanction recorded of one employee, annulled ones too."""

    employee: str
    sanctions: tuple[Sanction, ...] = ()

    def sanction(self, recorded: UUID) -> Sanction | None:
        """The sanction that this fact recorded."""
        return next((sanction for sanction in self.sanctions if sanction.id == recorded), None)


def evolve(document: Discipline | None, event: Event) -> Discipline:
    """The sanctions after one more event."""
    data = event.data
    current = document or Discipline(event.document.key[0])
    match data:
        case facts.DisciplineRecorded():
            sanction = Sanction(event.id, data.sanction, data.imposed_on, data.discrediting)
            return msgspec.structs.replace(current, sanctions=(*current.sanctions, sanction))
        case facts.DisciplineCarried():
            carried = Sanction(
                data.discipline, data.sanction, data.imposed_on, data.discrediting, annulled=data.annulled
            )
            others = tuple(one for one in current.sanctions if one.id != carried.id)
            return msgspec.structs.replace(current, sanctions=(*others, carried))
        case facts.DisciplineAnnulled():
            sanctions = tuple(
                msgspec.structs.replace(sanction, annulled=True)
                if sanction.id == data.discipline
                else sanction
                for sanction in current.sanctions
            )
            return msgspec.structs.replace(current, sanctions=sanctions)
    return current
