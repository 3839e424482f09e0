"""What commands print and exit with."""

import sys

DONE = 0
REFUSED = 1
"""A fact was refused, or something checked did not match."""

USAGE = 2


def print_line(line: bytes) -> None:
    """One line of bytes on standard output, as it is."""
    sys.stdout.buffer.write(line + b"\n")


def print_error_line(line: bytes) -> None:
    """One line of bytes on standard error, as it is."""
    sys.stderr.buffer.write(line + b"\n")
    sys.stderr.buffer.flush()
