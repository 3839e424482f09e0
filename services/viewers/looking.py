"""Looking at results as a viewer: what he may ask for, the disclosure recorded, and then the reading."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cached_property
from typing import Final, Self
from uuid import UUID

import msgspec

from events.envelope import AGENCY
from events.keyring import Keyring
from events.log import Connection, Log, heads
from events.vocabulary import Name
from projections.viewing import viewing
from services.disclosing import Disclosure, disclose
from services.history import recorded
from services.servers import Servers, connect
from services.viewers.proving import Proven, view_of
from services.viewers.relations import Key, related
from services.viewers.rights import Right, check_whole, is_of_agency, refused, right_to_person

SYSTEM_LOGIN: Final = "bagalau_projector"
"""By which it is found out who a viewer is and what he has to do with; nothing that it reads is shown."""

_READER: Final = "bagalau_reader"
_WRITER: Final = "bagalau_writer"


class Asked(msgspec.Struct, frozen=True):
    """What is asked: the command or question in words, on what ground, and on what paper it rests."""

    what: str
    ground: str
    basis: str | None = None


class Shown(msgspec.Struct, frozen=True):
    """A transaction in which the viewer is shown a person's results; of `rows` those with these keys.

    `beside` is a connection of the system's, for a servant's own papers that are no person's documents, as
    the sessions are that decided on him.
    """

    conn: Connection
    right: Right
    keys: frozenset[Key] = frozenset()
    disclosure: Disclosure | None = None
    beside: Connection | None = None

    def holds(self, key: Key) -> bool:
        """Whether the grade with this key is among what is shown."""
        return self.right != "rows" or key in self.keys


class Looking:
    """A proven viewer at the servers; use it as a context manager.

    Everything that is read of others is disclosed first, ledger by ledger, person by person. Raises
    ViewerError `viewer-refused` for what his role or the case does not let him see.
    """

    def __init__(self, servers: Servers, keyring: Keyring, proven: Proven, asked: Asked) -> None:
        self.servers = servers
        self.keyring = keyring
        self.proven = proven
        self.asked = asked
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self.system = self._connected(SYSTEM_LOGIN)
        self.reader = self._connected(_READER)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @cached_property
    def _writer(self) -> Connection:
        """By which it is recorded what is read; none is opened for a viewer's own results."""
        return self._connected(_WRITER)

    def _connected(self, role: str) -> Connection:
        return self._stack.enter_context(
            connect(self.servers, role, autocommit=True, application_name="bagalau-reading")
        )

    def ledgers(self, body: str | None) -> tuple[str, ...]:
        """The bodies that he may ask of: the one that is named, else every one or his own."""
        if is_of_agency(self.proven):
            known = (one.ledger for one in heads(self.system) if one.ledger != AGENCY)
            return tuple(sorted(known)) if body is None else (body,)
        if body not in {None, self.proven.ledger}:
            raise refused(self.proven)
        return (self.proven.ledger,)

    @contextmanager
    def of_person(
        self,
        ledger: str,
        employee: str,
        period: str | None = None,
        *,
        papers: bool = False,
        rows: bool = True,
    ) -> Iterator[Shown | None]:
        """What he may see of an employee of the ledger; None where nobody of this code is known there.

        With `papers` also the documents that the result is derived from, which `rows` never shows. Without
        `rows` he is refused who may see nothing more than the results that he has to do with.
        """
        right = right_to_person(self.proven, ledger, employee)
        if right == "own":
            with viewing(self.reader, view_of(self.keyring, self.proven)):
                yield Shown(self.reader, right, beside=self.system)
            return
        held = next(recorded(self.system, self.keyring, employee, ledger, terms=papers), None)
        keys = frozenset[Key]()
        if right == "rows":
            keys = related(self.keyring, self.proven, held, period) if held else keys
            if not keys or not rows:
                raise refused(self.proven)
        if held is None:
            yield None
            return
        names = {event.document for event in held.events}
        streams = self._streams(ledger, names) if papers and right == "whole" else ()
        made = self._disclose(ledger, [employee], period, {employee: streams} if streams else {})
        with viewing(self.reader, made.view(self.keyring, self.proven)):
            yield Shown(self.reader, right, keys, made)

    @contextmanager
    def of_everybody(self, ledger: str, period: str | None = None) -> Iterator[Connection]:
        """A transaction in which he is shown the results of the whole ledger."""
        check_whole(self.proven, ledger)
        made = self._disclose(ledger, None, period, {})
        with viewing(self.reader, made.view(self.keyring, self.proven)):
            yield self.reader

    def disclose_everybody(self, ledgers: Iterable[str], period: str | None = None) -> None:
        """Records that he is told of the results of these whole ledgers, by processes that read them."""
        named = tuple(ledgers)
        for ledger in named:
            check_whole(self.proven, ledger)
        for ledger in named:
            self._disclose(ledger, None, period, {})

    def _disclose(
        self, ledger: str, persons: list[str] | None, period: str | None, papers: dict[str, tuple[UUID, ...]]
    ) -> Disclosure:
        asked = self.asked
        return disclose(
            self._writer,
            self.keyring,
            self.proven,
            ledger,
            persons,
            asked.what,
            asked.ground,
            period,
            asked.basis,
            papers=papers,
        )

    def _streams(self, ledger: str, names: set[Name]) -> tuple[UUID, ...]:
        loaded = Log(self.keyring).load_documents(self.system, {ledger: names})
        return tuple(stored.stream.id for stored in loaded.values())
