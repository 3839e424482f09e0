"""The application: its commands, those that installed packages add, and how failures are told."""

import signal
import sys
from importlib.metadata import entry_points
from typing import NoReturn

import msgspec
import typer

from services.cli import (
    archive,
    broker,
    checkpoint,
    clock,
    consequences,
    correct,
    demo,
    destroy,
    disclose,
    disclosures,
    doctor,
    explain,
    grade,
    grades,
    history,
    hold,
    methodologies,
    migrate,
    obligations,
    rebuild,
    rejected,
    replay,
    sample,
    serving,
    signing_digest,
    statistics,
    submit,
    verify,
    version,
    viewer,
)
from services.cli.failures import Failure, failure
from services.cli.interrupted import interrupted, was_interrupted
from services.cli.output import REFUSED, USAGE

_INTERRUPTED = 130
_TERMINATED = 143
_WRONG_USAGE = frozenset({"viewer-malformed"})

app = typer.Typer(
    name="bagalau",
    help="Grades civil servants from facts, and explains and proves every grade.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    # Locals of a failing frame can hold keys, names and marks.
    pretty_exceptions_show_locals=False,
)

for module in (
    version,
    serving,
    migrate,
    demo,
    sample,
    submit,
    grade,
    grades,
    statistics,
    explain,
    history,
    consequences,
    obligations,
    clock,
    methodologies,
    verify,
    checkpoint,
    archive,
    signing_digest,
    correct,
    rebuild,
    replay,
    hold,
    destroy,
    rejected,
    doctor,
    viewer,
    disclosures,
    disclose,
    broker,
):
    module.register(app)

for extension in entry_points(group="bagalau.commands"):
    extension.load()(app)


def main() -> None:
    """Runs the command line; a failure with a stable code is told in a sentence and exits 1.

    What was typed wrongly exits 2, as every wrong usage does; what was interrupted (Ctrl-C) exits 130.
    """
    # The default would leave embedded servers running without their owner.
    signal.signal(signal.SIGTERM, _terminated)
    try:
        app()
    except KeyboardInterrupt:
        _interrupted()
    except SystemExit as end:
        # The library ends with the code of an interruption, and says nothing.
        if was_interrupted(end):
            _interrupted()
        raise
    except Exception as error:
        if was_interrupted(error):
            _interrupted()
        told = failure(error)
        if told is None:
            raise
        _fail(told, USAGE if told.code in _WRONG_USAGE else REFUSED)


def _terminated(*_: object) -> None:
    # Servers are being stopped from here on, and are left behind when that is cut short.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(_TERMINATED)


def _interrupted() -> NoReturn:
    if sys.stderr.isatty():
        sys.stderr.write("\n")  # the terminal shows the keys that were pressed
    _fail(interrupted(sys.argv[1:]), _INTERRUPTED)


def _fail(told: Failure, code: int) -> NoReturn:
    if "--json" in sys.argv:
        sys.stderr.buffer.write(msgspec.json.encode({"error": told}) + b"\n")
    else:
        sys.stderr.write(f"bagalau: {told.code}: {told.detail}{f' {told.remedy}' if told.remedy else ''}\n")
    raise SystemExit(code)
