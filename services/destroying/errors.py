"""What stands in the way of a destruction: a stable code, a sentence, and what to do."""

from events.told_error import ToldError


class DestroyingError(ToldError):
    """A step that cannot be taken; `code` is stable, `remedy` says what to do.

    `unknown-act`, `act-elsewhere` (several bodies have one of that number), `nothing-due`, `not-due-yet`,
    `act-listed`, `act-unauthorised`, `act-authorised`, `act-completed`, `same-person`, `same-key`,
    `may-not-authorise`, `authorisation-invalid`, `authorisation-revoked`, `list-altered`, `papers-changed`,
    `destruction-under-way`, `queue-holds-facts`, `rebuild-under-way`; where a hold is refused, the code of
    the refusal.
    """
