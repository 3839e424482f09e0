"""What the heartbeats tell: which services run, how they fare, and which fell silent."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from services.finding import Finding
from services.heartbeat import Heartbeat

SILENT_SECONDS: Final = 5.0
"""A process beats every second; one that was not heard for so long hangs or is gone."""

_REMEMBERED_SECONDS: Final = 600.0
"""For so long one is missed that fell silent while others of its kind go on."""

_MINUTE: Final = 60
_HOUR: Final = 3600

_NEEDED: Final = {
    "intake": True,
    "projector": True,
    "relay": False,
    "witness": False,
    "keeper": False,
    "clock": False,
}
"""Every service; without those that are needed nothing is graded."""

_WITHOUT: Final = {
    "intake": "facts get no receipts",
    "projector": "grades are not kept up",
    "relay": "nobody is told of events",
    "witness": "no checkpoints are signed",
    "keeper": "rejected messages are kept past their term",
    "clock": "no sheets are issued, no years formed and no terms marked",
}


def vitals(beats: Sequence[Heartbeat]) -> Iterator[Finding]:
    """A finding for each process that runs, and for each service that none runs of."""
    for service, needed in _NEEDED.items():
        own = [one for one in beats if one.service == service]
        alive = [one for one in own if one.age <= SILENT_SECONDS]
        silent = [one for one in own if one.age > SILENT_SECONDS]
        for one in alive:
            yield _how(one)
        if not alive:
            last = f"; the last one fell silent {_span(min(one.age for one in silent))} ago" if silent else ""
            yield Finding(
                service,
                "stuck" if needed else "look",
                f"none runs, so {_WITHOUT[service]}{last}",
                "`bagalau up`, or `bagalau serve SERVICE`.",
            )
            continue
        for one in silent:
            if one.age <= _REMEMBERED_SECONDS:
                yield Finding(
                    f"{service} {one.instance}",
                    "look",
                    f"silent for {_span(one.age)}: it hangs, or was killed",
                    "Others go on for it; look at its log.",
                )


def _how(one: Heartbeat) -> Finding:
    subject = f"{one.service} {one.instance}"
    heard = f"heard {one.age:.0f} s ago"
    if standing := one.detail.get("standing"):
        what = "partitions" if one.service == "intake" else "ledgers"
        failing = "; ".join(f"{what} {names} fail: {why}" for why, names in _by_reason(standing))
        return Finding(
            subject,
            "stuck",
            f"{failing}; {heard}",
            "Its log has the error; they go on by themselves once the cause is gone.",
        )
    if undecidable := one.detail.get("undecidable"):
        last = one.detail.get("undecidable_cause")
        cause = f", last by {last}" if last else ""
        return Finding(
            subject,
            "look",
            f"{undecidable} facts that this release failed on{cause}; {heard}",
            "`bagalau rejected` lists them as undecidable; report them.",
        )
    if one.detail.get("connected") is False:
        return Finding(subject, "stuck", f"not connected to NATS; {heard}", "It goes on once NATS is there.")
    return Finding(subject, "well", "; ".join([*_told(one.detail), heard]))


def _told(detail: Mapping[str, Any]) -> Iterator[str]:
    if "partitions" in detail:
        held = detail["partitions"]
        yield f"partitions {ranges(held)}" if held else "no partition, others hold them"
    if "ledgers" in detail:
        yield f"{detail['ledgers']} ledgers"
    if purged := detail.get("purged"):
        yield f"{purged} rejections purged"
    if day := detail.get("day"):
        yield f"up to {day}"
    if unnamed := detail.get("unnamed"):
        yield f"sheets that wait until their body names who assesses: {unnamed}"
    if left_out := detail.get("left_out"):
        yield f"{left_out} employees are left to people: their documents cannot be read"
    if detail.get("standby"):
        yield "stands by for another"


def _by_reason(standing: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for why in sorted(set(standing.values())):
        names = [name for name, one in standing.items() if one == why]
        numbered = all(name.isdecimal() for name in names)
        yield why, ranges(map(int, names)) if numbered else ", ".join(sorted(names))


def ranges(numbers: Iterable[int]) -> str:
    """Whole numbers as people write them: `0-15`, `1, 3-4`."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _span(seconds: float) -> str:
    if seconds < 2 * _MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / _MINUTE:.0f} min" if seconds < 2 * _HOUR else f"{seconds / _HOUR:.0f} h"
