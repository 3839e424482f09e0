"""The codes that the rules give their steps and grounds, read from the rules' own source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import methodologies.rules
import projections
from methodologies.model.readings import READINGS

VARIANTS = {
    "quarter": ("alone", "by-days"),
    "announced": READINGS["rounding"].choices,
    "rounded": READINGS["rounding"].choices,
    "quarter-mean": READINGS["quarter-with-several-assessments"].choices,
    "penalty": ("execution", "discipline", "other"),
    "target": ("met", "missed"),
    "competency": ("meets", "does-not-meet"),
    "decided": ("panel", "commission", "appeal"),
}
"""Steps that are told in different sentences, and what tells them apart."""


def codes_in(source: Path, made: str) -> Iterator[str]:
    """The codes that a module gives to Step or Ground: literals, or a local name's literals."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id == made and call.args:
                yield from literals(call.args[0], function)


def literals(node: ast.expr, function: ast.FunctionDef) -> Iterator[str]:
    if isinstance(node, ast.Name):
        for assigned in (one for one in ast.walk(function) if isinstance(one, ast.Assign)):
            if any(isinstance(target, ast.Name) and target.id == node.id for target in assigned.targets):
                yield from literals(assigned.value, function)
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body, function)
        yield from literals(node.orelse, function)
    elif isinstance(node, ast.Constant):
        yield str(node.value)


def codes(made: str) -> set[str]:
    folders = [Path(next(iter(package.__path__))) for package in (methodologies.rules, projections)]
    return {code for folder in folders for source in folder.glob("*.py") for code in codes_in(source, made)}
