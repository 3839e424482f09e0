"""How a failure that nobody foresaw is told: its type and its place in the code, never what it says."""

import traceback
from typing import Final

_OURS: Final = frozenset({"events", "methodologies", "projections", "services"})


def told(error: BaseException) -> str:
    """`ValueError at module:function:line`, the innermost of our own frames, with a code where there is one.

    Never the error's message, which may quote what a fact says.
    """
    code = getattr(error, "sqlstate", None) or getattr(error, "code", None)
    kind = f"{type(error).__name__} {code}" if isinstance(code, str) else type(error).__name__
    place = None
    # By the modules' names: where files lie differs between a checkout and what is installed.
    for frame, line in traceback.walk_tb(error.__traceback__):
        module = str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] in _OURS:
            place = f"{module}:{frame.f_code.co_name}:{line}"
    return kind if place is None else f"{kind} at {place}"
