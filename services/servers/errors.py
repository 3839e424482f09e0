"""What can be wrong with the servers: a stable code, a sentence, and what to do."""


class ServersError(Exception):
    """A server that is missing, unreachable or unfit; `code` is stable, `remedy` says what to do."""

    def __init__(self, code: str, detail: str, remedy: str) -> None:
        super().__init__(f"{code}: {detail} {remedy}")
        self.code = code
        self.detail = detail
        self.remedy = remedy
