"""One body's lines in flight, in the order of the file: what waits for its receipt and when to send again."""

from collections import OrderedDict
from collections.abc import Iterator

from events.envelope import REJECTED, UNKNOWN_YET, Receipt
from services.feeding.line import Line
from services.intake.batch import UNSENT

_LEAST_PATIENCE = 2.0
_LONGEST_PATIENCE = 30.0
_OF_A_ROUND = 4.0
_SETTLED = 0.05
_RECENT = 4096


class Lane:
    """What is on its way to one body's ledger. Times are seconds of a clock that never goes back."""

    def __init__(self, body: str, now: float) -> None:
        self.body = body
        self.last: str | None = None
        self.refused: list[Line] = []
        self._waiting: OrderedDict[str, Line] = OrderedDict()
        self._recent: OrderedDict[str, tuple[Line, Receipt]] = OrderedDict()
        self._round = 0.0
        self._patience = _LEAST_PATIENCE
        self._heard = now
        self._broken = False

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def waiting(self) -> Iterator[Line]:
        """The lines without a receipt, in order."""
        return iter(tuple(self._waiting.values()))

    def awaits(self, fact_id: str) -> bool:
        """Whether a line of this id waits: another one with it must not be in flight beside it."""
        return fact_id in self._waiting

    def add(self, line: Line, now: float) -> None:
        """Takes a line that is sent now."""
        if not self._waiting:
            self._heard = now
        line.sent_at = now
        self._waiting[line.id] = line
        self.last = line.id

    def take(self, receipt: Receipt, now: float) -> Line | None:
        """The line that the receipt is for and that is done with it; None for one that changes nothing."""
        line = self._waiting.get(receipt.id) or self._misread(receipt.id)
        if line is None or self._is_of_another(line, receipt):
            return None
        self._heard = now
        if _code(receipt) == UNSENT:
            self._broken = True
            return None
        del self._waiting[line.id]
        # A queue that others have filled takes longer to answer, and sending again would fill it more.
        self._round = max(now - line.sent_at, 0.9 * self._round)
        self._patience = self._least
        self._recent[line.id] = line, receipt
        if len(self._recent) > _RECENT:
            self._recent.popitem(last=False)
        return line

    def is_due(self, now: float) -> bool:
        """Whether to send all that waits again: a gap was reported, or nothing has moved for too long."""
        if not self._waiting:
            return False
        if self._broken and now - self._heard > _SETTLED:
            return True
        return now - self._heard > self._patience

    def sent_again(self, now: float, *, hurried: bool) -> None:
        """Starts the next wait, longer each time that nothing came of the one before."""
        if not hurried:
            self._patience = min(2 * self._patience, max(_LONGEST_PATIENCE, self._least))
        self._broken = False
        self._heard = now

    @property
    def is_broken(self) -> bool:
        """Whether the intake said that a line is missing."""
        return self._broken

    def hurry(self) -> None:
        """Lets the next look find that all must be sent again: the connection was lost."""
        if self._waiting:
            self._broken = True

    def note(self, line: Line, receipt: Receipt) -> None:
        """Keeps in `refused` the lines to send once more: those refused for what is not known yet.

        Only what another feeder sends can still change that. Where this file itself goes on about the same
        employee, its order has said no, and sent again the line would be judged by what comes after it.
        """
        if receipt.outcome == REJECTED:
            if _code(receipt) in UNKNOWN_YET:
                self.refused.append(line)
        elif self.refused:
            self.refused = [
                each
                for each in self.refused
                if each.place > line.place or each.employee is None or each.employee != line.employee
            ]

    def forget(self, fact_id: str) -> None:
        """Takes the next receipt under this id for a new answer, even if it is as the last one was."""
        self._recent.pop(fact_id, None)

    def _misread(self, receipt_id: str) -> Line | None:
        """The line in which the intake found another id than the feeder's quick look did."""
        for line in self._waiting.values():
            if line.id != receipt_id and line.true_id == receipt_id:
                for other in self._waiting.values():
                    if other.after == line.id:
                        other.after = receipt_id
                if self.last == line.id:
                    self.last = receipt_id
                return line
        return None

    @property
    def _least(self) -> float:
        return max(_LEAST_PATIENCE, _OF_A_ROUND * self._round)

    def _is_of_another(self, line: Line, receipt: Receipt) -> bool:
        # Of two lines with one id and different content, the first one's receipt may come once more.
        before = self._recent.get(line.id)
        return before is not None and before[1] == receipt and before[0].content != line.content


def _code(receipt: Receipt) -> str | None:
    return receipt.problem.code if receipt.problem else None
