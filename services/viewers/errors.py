"""Why a viewer is shown nothing."""

from events.told_error import ToldError


class ViewerError(ToldError):
    """Nothing is shown; `code` is stable, `remedy` says what to do.

    `viewer-malformed`, `unknown-viewer`, `viewer-revoked`, `viewer-key-missing`, `viewer-key-wrong`,
    `viewer-key-exposed`, `viewer-key-exists`, `viewer-refused`, `unknown-ground`.
    """
