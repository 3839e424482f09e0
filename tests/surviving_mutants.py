"""Tells the mutants of the last `mutmut run` that no test noticed and nothing here excuses; exits 1 for any.

An excuse names the lines it is about, not mutants by number: those change with every edit of a rule.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

MUTMUT = Path(sys.executable).with_name("mutmut")

EXCUSED = {
    # the line before and after the change, `->` between them: why it makes no difference
    r"assert .* -> assert .*": "the words of an assertion that no act which the loader takes can reach",
    r"raise ValueError\(.* -> raise ValueError\(.*": "the words of a caller's mistake",
    r".*Decimal\(0\)\).* -> .*, \).*": "a sum of decimals that is never empty starts as well from 0",
    r".*strict=True.* -> .*": "as many weights as scores, by the line above",
    r"weights = .* else 1 .* -> .* else 2 .*": "equal weights cancel whatever they are",
    r"for leave in \(\) if employment is None .*": "who held a position has a file",
    r"meanings = .* if act\.plan else .* -> .*or True else.*": "the loader sees to the plan",
    r"Row\(row\.parameter, limit, 1, .* -> Row\(.*None.*": "of a capped row only its value is used",
    r".* > limit \* row\.marks -> .* >= limit \* row\.marks": "a mark at the ceiling is the ceiling",
    r"return counted, next\(.*, None\) -> return counted, next\(.*, \)": "every form has the row of the cap",
}


def survivors() -> Iterator[tuple[str, str]]:
    """Each surviving mutant and its change, as `before -> after`."""
    for line in _said("results").splitlines():
        name, _, status = line.strip().partition(": ")
        if status == "survived":
            yield name, _change(_said("show", name))


def _change(diff: str) -> str:
    removed = re.findall(r"^-(?!--)\s*(.*)$", diff, re.MULTILINE)
    added = re.findall(r"^\+(?!\+\+)\s*(.*)$", diff, re.MULTILINE)
    return f"{' '.join(removed)} -> {' '.join(added)}"


def _said(*arguments: str) -> str:
    return subprocess.run([MUTMUT, *arguments], check=True, capture_output=True, text=True).stdout


def main() -> int:
    found = list(survivors())
    unexcused = [one for one in found if not any(re.fullmatch(excuse, one[1]) for excuse in EXCUSED)]
    for name, change in unexcused:
        sys.stdout.write(f"{name}\n    {change}\n")
    sys.stdout.write(f"{len(found)} survivors, {len(unexcused)} of them without an excuse\n")
    return 1 if unexcused else 0


if __name__ == "__main__":
    raise SystemExit(main())
