"""What is wrong with an archive, under stable codes."""

import msgspec


class ArchiveError(Exception):
    """An archive that cannot be made or used; `code` is stable.

    `not-an-archive`, `other-format`, `truncated`, `trailing-bytes`, `broken-section`, `broken-manifest`,
    `broken-record`; `wrong-escrow-key`, `no-escrow`, `law-unreadable`, `nothing-assessed`, `log-altered`,
    `unknown-employee`, `inputs-destroyed`, `not-authentic`, `file-exists`, `log-key-missing`; of
    a proof `wrong-proof` and `wrong-checkpoint`.
    """

    def __init__(self, code: str, message: str, remedy: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.remedy = remedy

    @property
    def detail(self) -> str:
        """The message as a sentence."""
        return f"{str(self).removesuffix('.')}."


class Fault(msgspec.Struct, frozen=True):
    """Something in an archive or extract that is not as it was written; `seq` is the event, if at one.

    Of the file: `not-an-archive`, `other-format`, `truncated`, `trailing-bytes`, `broken-section`,
    `broken-manifest`, `broken-record`, `wrong-file-digest`, `wrong-section-digest`, `wrong-count`. Of the
    signature: `wrong-signature`, `unknown-key`, `malformed-note`, `malformed-key`, `ambiguous-key`. Of the
    ledgers: `altered-event`, `missing-event`, `added-event`, `reordered-event`, `wrong-root`,
    `wrong-checkpoint`, `missing-checkpoint`, `wrong-consistency`. Of an extract further `wrong-proof`,
    `not-authentic`, `unreadable-event`, `grade-differs`, `page-differs`.
    """

    code: str
    detail: str
    ledger: str | None = None
    seq: int | None = None
