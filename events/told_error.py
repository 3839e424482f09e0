"""The shape of an error that people are told of: a stable code, a sentence, and what to do."""


class ToldError(Exception):
    """`code` is stable, `detail` a sentence, `remedy` says what to do; None where the sentence does."""

    def __init__(self, code: str, detail: str, remedy: str | None = None) -> None:
        # All of them, so that it comes whole out of another process.
        super().__init__(code, detail, remedy)
        self.code = code
        self.detail = detail
        self.remedy = remedy

    def __str__(self) -> str:
        return " ".join(filter(None, (f"{self.code}:", self.detail, self.remedy)))
