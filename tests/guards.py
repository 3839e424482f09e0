"""Takes refusals out of the code one by one, in a copy; a test must notice: `python -m tests.guards`.

mutmut changes expressions and never takes a `raise` away, so this is a tool of its own. A first run tells
which tests come to which refusal; only those can notice that it is gone, so only those are run again. Exits 1
for a refusal that nobody missed and `guards.toml` does not excuse.
"""

import argparse
import ast
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from tests.clauses import ROOT, marks

GUARDED = ("services/deciding/*.py", "methodologies/rules/*.py", "methodologies/admission.py")
"""Where facts are refused for what the acts and the ledgers say."""

TESTED = (
    "tests/methodologies",
    "tests/services/clock",
    "tests/services/deciding",
    "tests/services/test_offline.py",
)
"""Tests that decide facts, without any server."""

_LEFT_OUT = "tests/services/deciding/test_state_machine.py"
"""Random procedures come to every refusal and take as long for each as all the others together."""

_COPIED = ("bench", "deploy", "docs", "events", "methodologies", "projections", "services", "tests")
_EXCUSES = Path(__file__).with_suffix(".toml")
_RECORDER = "guard_reached"
_RECORDING = f'''"""Tells which test came to which refusal."""

import os


def reached(number: int) -> None:
    with open("{_RECORDER}.txt", "a", encoding="utf-8") as file:
        file.write(f"{{number}} {{os.environ.get('PYTEST_CURRENT_TEST', '')}}\\n")
'''
_PATIENCE = 300
"""Seconds for the tests of one refusal: without it the code may go on for ever."""
_PATIENCE_WITH_ALL = 1800


class Guard(msgspec.Struct, frozen=True):
    """A refusal in the code, or one of the conditions that lead to it.

    `lines` is what is taken out and `instead` what comes there; `raised` is the line of the refusal itself,
    `condition` empty for the refusal whole.
    """

    path: str
    function: str
    code: str
    raised: int
    lines: tuple[int, int]
    instead: str
    condition: str = ""

    @property
    def place(self) -> str:
        where = f"{self.path}:{self.raised} {self.code}"
        return f"{where} where {self.condition}" if self.condition else where


class Excuse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why nothing notices that a refusal is gone, or that one of the conditions is that lead to it."""

    path: str
    function: str
    code: str
    why: str
    condition: str = ""

    def covers(self, guard: Guard) -> bool:
        mine = self.path, self.function, self.code, self.condition
        return mine == (guard.path, guard.function, guard.code, guard.condition)


def guards_in(source: str, path: str, refusing: Collection[str]) -> Iterator[Guard]:
    """The refusals of a module in order, each with the conditions that lead to it where any of them does.

    `refusing` are functions that return a refusal for others to raise.
    """
    for function in _functions(ast.parse(source)):
        for node in _own(function):
            if isinstance(node, ast.Raise) and (code := _code(node, refusing)) is not None:
                yield _without_raise(node, path, function.name, code)
            elif isinstance(node, ast.If):
                yield from _without_conditions(node, source, path, function.name, refusing)


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def _own(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions in it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, ast.FunctionDef):
            waiting += ast.iter_child_nodes(node)


def _code(node: ast.Raise, refusing: Collection[str]) -> str | None:
    """The code of what is raised, or the function that makes it; None where it is no refusal."""
    if not isinstance(node.exc, ast.Call):
        return None
    made_by = ast.unparse(node.exc.func)
    if made_by in refusing:
        return f"{made_by}()"
    if made_by not in {"Refusal", "Refusal.because"}:
        return None
    first = node.exc.args[0]
    return str(first.value) if isinstance(first, ast.Constant) else ast.unparse(first)


def _without_raise(node: ast.Raise, path: str, function: str, code: str) -> Guard:
    indent = " " * node.col_offset
    return Guard(path, function, code, node.lineno, (node.lineno, _last(node)), f"{indent}pass")


def _without_conditions(
    node: ast.If, source: str, path: str, function: str, refusing: Collection[str]
) -> Iterator[Guard]:
    raised = node.body[-1]
    code = _code(raised, refusing) if isinstance(raised, ast.Raise) else None
    if code is None or not isinstance(node.test, ast.BoolOp) or not isinstance(node.test.op, ast.Or):
        return
    # An `elif` is an `if` of its own to the parser.
    word = source.splitlines()[node.lineno - 1][node.col_offset :].split(None, 1)[0]
    for gone in node.test.values:
        left = [value for value in node.test.values if value is not gone]
        kept = ast.unparse(left[0] if len(left) == 1 else ast.BoolOp(ast.Or(), left))
        instead = f"{' ' * node.col_offset}{word} {kept}:"
        lines = (node.lineno, node.body[0].lineno - 1)
        yield Guard(path, function, code, raised.lineno, lines, instead, ast.unparse(gone))


def _last(node: ast.stmt) -> int:
    return node.end_lineno or node.lineno


def refusing_in(sources: Iterable[str]) -> frozenset[str]:
    """The functions that are said to return a refusal."""
    return frozenset(
        function.name
        for source in sources
        for function in _functions(ast.parse(source))
        if function.returns is not None and ast.unparse(function.returns) == "Refusal"
    )


def all_guards(root: Path = ROOT) -> tuple[Guard, ...]:
    """The refusals of the tree, by file and line."""
    paths = sorted(path for pattern in GUARDED for path in root.glob(pattern))
    sources = {path.relative_to(root).as_posix(): path.read_text("utf-8") for path in paths}
    refusing = refusing_in(sources.values())
    found = (guard for path, source in sources.items() for guard in guards_in(source, path, refusing))
    return tuple(sorted(found, key=lambda one: (one.path, one.raised, one.lines)))


def without(source: str, guard: Guard) -> str:
    """The module without the refusal; the lines below it move."""
    lines = source.split("\n")
    first, last = guard.lines
    return "\n".join([*lines[: first - 1], guard.instead, *lines[last:]])


def watched(source: str, numbered: Mapping[int, int]) -> str:
    """The module with a record before each refusal, by its line."""
    lines = source.split("\n")
    for line, number in sorted(numbered.items(), reverse=True):
        indent = lines[line - 1][: len(lines[line - 1]) - len(lines[line - 1].lstrip())]
        lines.insert(line - 1, f"{indent}import {_RECORDER}; {_RECORDER}.reached({number})")
    return "\n".join(lines)


class Copy:
    """A copy of the tree that refusals are taken out of, and the tests run in."""

    failed_before: frozenset[str] = frozenset()
    """Tests that fail with every refusal in its place, and so notice none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in _COPIED:
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        for file in ("pyproject.toml", "README.md", "CHANGELOG.md", "Makefile"):
            shutil.copy(ROOT / file, folder / file)
        # The tree may go on changing under a long run; the copy is of one moment.
        self.guards = all_guards(folder)
        self._whole = {guard.path: self._read(guard.path) for guard in self.guards}

    def reaching(self, guards: Sequence[Guard]) -> Mapping[int, frozenset[str]]:
        """The tests that come to each refusal, by its number."""
        (self.folder / f"{_RECORDER}.py").write_text(_RECORDING, "utf-8")
        places = sorted({(guard.path, guard.raised) for guard in guards})
        for path in {path for path, _ in places}:
            lines = {line: number for number, (of, line) in enumerate(places) if of == path}
            self._write(path, watched(self._read(path), lines))
        failed = self.failing(TESTED, patience=_PATIENCE_WITH_ALL)
        if failed is None:
            raise SystemExit("the tests do not end though nothing is taken out")
        self.failed_before = failed
        for path in {path for path, _ in places}:
            self.restore(path)
        found: dict[int, set[str]] = {}
        for line in (self.folder / f"{_RECORDER}.txt").read_text("utf-8").splitlines():
            number, _, test = line.partition(" ")
            found.setdefault(int(number), set()).add(_function_of(test))
        by_place = {place: frozenset(found.get(number, ())) for number, place in enumerate(places)}
        return {at: by_place[guard.path, guard.raised] for at, guard in enumerate(guards)}

    def failing(self, tests: Iterable[str], patience: int = _PATIENCE) -> frozenset[str] | None:
        """The tests that fail; None when they did not end in time."""
        command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-rfE", "-p", "no:cacheprovider"]
        command += [
            "-m",
            "not long and not servers",
            "--hypothesis-seed=0",
            f"--ignore={_LEFT_OUT}",
            *sorted(tests),
        ]
        # A module is changed within the second and may keep its length: no bytecode of the one before.
        env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(self.folder)}
        try:
            done = subprocess.run(
                command,
                cwd=self.folder,
                env=env,
                capture_output=True,
                text=True,
                timeout=patience,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return None
        found = re.findall(r"^(?:FAILED|ERROR) (.*)$", done.stdout, re.MULTILINE)
        if done.returncode not in {0, 1} and not found:
            raise SystemExit(done.stdout + done.stderr)
        # A file that cannot be imported notices nothing.
        return frozenset(_function_of(one) for one in found if "::" in one)

    def take_out(self, guard: Guard) -> None:
        self._write(guard.path, without(self._read(guard.path), guard))

    def restore(self, path: str) -> None:
        self._write(path, self._whole[path])

    def _read(self, path: str) -> str:
        return (self.folder / path).read_text("utf-8")

    def _write(self, path: str, source: str) -> None:
        (self.folder / path).write_text(source, "utf-8")


def _function_of(test: str) -> str:
    """`tests/test_x.py::test_y` of a test's name with parameters, phase or reason."""
    return re.split(r"\[| \(| - ", test, maxsplit=1)[0].strip()


def excuses() -> tuple[Excuse, ...]:
    return msgspec.convert(tomllib.loads(_EXCUSES.read_text("utf-8")), dict[str, tuple[Excuse, ...]])[
        "excused"
    ]


def main() -> int:
    asked = _asked()
    with tempfile.TemporaryDirectory(prefix="guards-") as folder:
        return _take_out_of(Copy(Path(folder)), asked)


def _take_out_of(copy: Copy, asked: argparse.Namespace) -> int:
    every = copy.guards
    of_interest = [guard for guard in every if asked.only in guard.path]
    number = len(of_interest) if asked.all else min(asked.sample, len(of_interest))
    chosen = sorted(random.Random(asked.seed).sample(range(len(of_interest)), number))
    guards = [of_interest[at] for at in chosen]
    _say(
        f"{len(guards)} of {len(every)} refusals and conditions"
        + ("" if asked.all else f", --seed {asked.seed}")
    )
    survivors = list(_survivors(copy, guards))
    excused = [guard for guard in survivors if any(one.covers(guard) for one in excuses())]
    unexcused = [guard for guard in survivors if guard not in excused]
    for guard in unexcused:
        _say(f"nobody missed {guard.place} in {guard.function}")
    stale = [one for one in excuses() if asked.all and not asked.only and not any(map(one.covers, survivors))]
    for one in stale:
        _say(f"needs no excuse any more: {one.path} {one.function} {one.code} {one.condition}")
    _say(f"{len(guards)} taken out, {len(survivors)} not missed, {len(unexcused)} of them without an excuse")
    for test in sorted(copy.failed_before):
        _say(f"fails with every refusal in its place: {test}")
    return 1 if unexcused or stale or copy.failed_before else 0


def _survivors(copy: Copy, guards: Sequence[Guard]) -> Iterator[Guard]:
    clauses: dict[str, list[str]] = {}
    for mark in marks(copy.folder / "tests"):
        clauses.setdefault(mark.test, []).append(mark.clause)
    reaching = copy.reaching(guards)
    for at, guard in enumerate(guards):
        copy.take_out(guard)
        able = reaching[at] - copy.failed_before
        failed = copy.failing(able) if able else frozenset()
        copy.restore(guard.path)
        _say(f"{guard.place}\n    {_killed_by(failed, clauses)}")
        if failed is not None and not failed:
            yield guard


def _killed_by(failed: frozenset[str] | None, clauses: Mapping[str, Sequence[str]]) -> str:
    if failed is None:
        return "the tests did not end"
    if not failed:
        return "NOBODY"
    held = sorted({clause for test in failed for clause in clauses.get(test, ())})
    names = sorted(failed, key=lambda test: (test not in clauses, test))
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{names[0]}{more}" + (f"\n    {', '.join(held)}" if held else "")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Take refusals out of the code; a test must notice.")
    parser.add_argument("--sample", type=int, default=40, help="how many, chosen at random (default 40)")
    parser.add_argument("--seed", type=int, default=random.randrange(10_000), help="of the choice")
    parser.add_argument("--all", action="store_true", help="every one of them")
    parser.add_argument("--only", default="", help="those in files whose path contains this")
    return parser.parse_args()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
