"""What a server's failure says, in one line that gives no secret away."""


def postgres_words(error: BaseException) -> str:
    """The words of a psycopg or SQLAlchemy error, without a full stop.

    Only the server's own sentence, as its details may quote a row; of a connection string that cannot be read
    nothing, as it may hold a password.
    """
    cause = getattr(error, "orig", None) or error
    primary = getattr(getattr(cause, "diag", None), "message_primary", None)
    if primary is None and not any(kind.__name__ == "OperationalError" for kind in type(cause).__mro__):
        return f"the connection string is malformed, or the client failed ({type(cause).__name__})"
    return " ".join(str(primary or cause).split()).rstrip(".?")
