"""Settles a batch whatever is in it: as one transaction, and where that fails message by message."""

import logging
import time
from collections.abc import Sequence

import psycopg

from events.failures import told
from events.log import Connection
from services.intake.batch import Undecidable
from services.intake.message import Message, read
from services.intake.transaction import Outcome, Transactor

_OF_THE_FACT = (Undecidable, psycopg.DataError, psycopg.IntegrityError)
"""What one fact of a batch can be the cause of; anything else is the server's, and passes."""

_log = logging.getLogger("bagalau.intake")


class Desk:
    """One partition's; it counts what could not be decided.

    `failed` tells when one last could not (seconds of a clock that never goes back), and by what cause.
    """

    def __init__(self, transactor: Transactor) -> None:
        self._transactor = transactor
        self.undecidable = 0
        self.failed: tuple[float, str] | None = None
        self._causes: set[str] = set()

    def settle(self, conn: Connection, messages: Sequence[Message]) -> Outcome:
        """Decides and keeps every message; when it returns, all is committed.

        Raises psycopg.Error and others for what no message is the cause of: nothing is then known of the
        messages not committed yet, and the same batch may be settled again.
        """
        readings = [read(message, self._transactor.digest) for message in messages]
        try:
            return self._transactor.transact(conn, readings)
        except _OF_THE_FACT:
            # What failed may be in the documents at hand as well.
            self._transactor.forget()
        outcomes: list[Outcome] = []
        for reading in readings:
            try:
                outcomes.append(self._transactor.transact(conn, (reading,)))
            except _OF_THE_FACT as error:
                self._transactor.forget()
                self._note(error)
                outcomes.append(self._transactor.refuse(conn, reading))
        return Outcome(
            tuple(receipt for outcome in outcomes for receipt in outcome.receipts),
            tuple(dict.fromkeys(ledger for outcome in outcomes for ledger in outcome.grown)),
        )

    def _note(self, error: Exception) -> None:
        cause = told(error.__cause__ if isinstance(error, Undecidable) and error.__cause__ else error)
        self.undecidable += 1
        self.failed = time.monotonic(), cause
        # A release may fail on thousands of facts in one way.
        if cause not in self._causes:
            self._causes.add(cause)
            _log.error("a fact could not be decided: %s", cause)

    def forget(self) -> None:
        """Drops the documents at hand."""
        self._transactor.forget()
