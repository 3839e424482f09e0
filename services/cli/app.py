"""The application: its commands, those that installed packages add, and how failures are told."""

import signal
import sys
from importlib.metadata import entry_points
from typing import NoReturn

import msgspec
import typer

from services.cli import (
    demo,
    doctor,
    explain,
    grade,
    methodologies,
    rejected,
    sample,
    serving,
    submit,
    verify,
)
from services.cli.output import REFUSED

_INTERRUPTED = 130
_TERMINATED = 143

app = typer.Typer(
    name="bagalau",
    help="Grades civil servants from facts, and explains, proves and recomputes every grade.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    # Locals of a failing frame can hold keys, names and marks.
    pretty_exceptions_show_locals=False,
)

for module in (serving, demo, sample, submit, grade, explain, methodologies, verify, rejected, doctor):
    module.register(app)


def main() -> None:
    """Runs the command line; a failure with a stable code is told in a sentence and exits 1."""
    # Here and not above: what installed packages add may itself build on the modules of this one.
    for extension in entry_points(group="bagalau.commands"):
        extension.load()(app)
    # The default would leave embedded servers running without their owner.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))
    try:
        app()
    except KeyboardInterrupt:
        raise SystemExit(_INTERRUPTED) from None
    except Exception as error:
        code = _code(error)
        if code is None:
            raise
        _fail(code, error)


def _code(error: Exception) -> str | None:
    code = getattr(error, "code", None)
    if isinstance(code, str):
        return code
    name = type(error).__module__.partition(".")[0]
    return {"psycopg": "postgres-failed", "nats": "nats-failed"}.get(name)


def _fail(code: str, error: Exception) -> NoReturn:
    detail = getattr(error, "detail", None) or str(error).removeprefix(f"{code}: ")
    told = {"error": {"code": code, "detail": detail, "remedy": getattr(error, "remedy", None)}}
    if "--json" in sys.argv:
        sys.stderr.buffer.write(msgspec.json.encode(told) + b"\n")
    else:
        remedy = f" {told['error']['remedy']}" if told["error"]["remedy"] else ""
        sys.stderr.write(f"bagalau: {code}: {detail}{remedy}\n")
    raise SystemExit(REFUSED)
