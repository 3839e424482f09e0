"""Why a viewer is shown nothing."""


class ViewerError(Exception):
    """Nothing is shown; `code` is stable, `remedy` says what to do.

    `viewer-malformed`, `unknown-viewer`, `viewer-revoked`, `viewer-key-missing`, `viewer-key-wrong`,
    `viewer-key-exposed`, `viewer-key-exists`, `viewer-refused`, `viewer-not-recorded`, `unknown-ground`.
    """

    def __init__(self, code: str, detail: str, remedy: str | None = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.remedy = remedy
