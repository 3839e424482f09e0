"""What a command that was interrupted (Ctrl-C) tells: what became of its work, and how to go on."""

from collections.abc import Mapping, Sequence
from typing import Final

from services.cli.failures import Failure

_UNFINISHED: Final = ("The command did not finish; what it had recorded by then stays recorded.", None)
_ONLY_READS: Final = ("It only reads: nothing was recorded.", None)
_CHANGES_NOTHING: Final = ("It changes neither facts nor results.", "The same command begins anew.")
_WHOLE_FILES: Final = ("A file is there whole or not at all.", "Run the same command again.")
_ASKED: Final = ("It was only asked who would change: nothing was corrected.", None)
_UNDER_WAY: Final = (
    "A generation is made and taken away whole, or the same command goes on with it.",
    "`bagalau rebuild status` tells what there is.",
)
_DEMO_KEPT: Final = ("What was fed by then stays in BAGALAU_HOME.", None)

_TOLD: Final[Mapping[tuple[str, ...], tuple[str, str | None]]] = {
    ("rebuild",): (
        "The rebuild did not finish.",
        "The same command goes on where it was; `bagalau rebuild status` tells how far that is.",
    ),
    ("rebuild", "compare"): _CHANGES_NOTHING,
    ("rebuild", "status"): _ONLY_READS,
    ("rebuild", "prepare"): _UNDER_WAY,
    ("rebuild", "abort"): _UNDER_WAY,
    ("rebuild", "drop"): _UNDER_WAY,
    ("methodologies",): _ONLY_READS,
    ("rebuild", "golive"): (
        "A generation is shown whole or not at all.",
        "`bagalau rebuild status` tells which one it is.",
    ),
    ("correct",): (
        "The correction did not finish.",
        "The same command goes on where it was; before it is the law, `bagalau rebuild abort` gives it up.",
    ),
    ("replay",): _CHANGES_NOTHING,
    ("submit",): (
        "Facts that have no receipt yet may be recorded all the same.",
        "The same command sends the file again: what was recorded is only answered again.",
    ),
    ("demo",): ("Nothing of it was kept.", None),
    ("verify",): _ONLY_READS,
    ("grade",): _ONLY_READS,
    ("archive", "export"): _WHOLE_FILES,
    ("archive", "extract"): _WHOLE_FILES,
    ("archive", "verify"): _ONLY_READS,
    ("archive", "replay"): _CHANGES_NOTHING,
    ("destroy", "run"): (
        "What was destroyed by then stays destroyed.",
        "The same command finishes the act.",
    ),
}


def interrupted(arguments: Sequence[str]) -> Failure:
    """What is told of the command with these arguments, the program's name left out."""
    words = tuple(one for one in arguments if not one.startswith("-"))[:2]
    detail, remedy = _TOLD.get(words) or _TOLD.get(words[:1]) or _UNFINISHED
    if words[:1] == ("correct",) and "--what-if" in arguments:
        detail, remedy = _ASKED
    if words[:1] == ("demo",) and "--keep" in arguments:
        detail, remedy = _DEMO_KEPT
    return Failure("interrupted", detail, remedy)


def was_interrupted(error: BaseException | None) -> bool:
    """Whether the error came of an interruption: what was under way then may have failed in its turn."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__cause__ or error.__context__
    return False
