"""`make docs` names modules that are there and that write the pages."""

import importlib.util
import re
from pathlib import Path

MAKEFILE = Path(__file__).parents[2] / "Makefile"
TARGET = re.compile(r"^docs:.*\n((?:\t.*\n)+)", re.MULTILINE)


def test_what_make_docs_runs_is_there():
    (recipe,) = TARGET.findall(MAKEFILE.read_text("utf-8"))
    modules = re.findall(r"^\t\$\(BIN\)/python -m ([a-z_.]+)$", recipe, re.MULTILINE)
    assert modules == [
        "events.fact_pages",
        "services.methodology_pages",
        "services.code_page",
        "services.asyncapi",
        "tests.clauses",
    ]
    assert len(recipe.splitlines()) == len(modules)
    for module in modules:
        assert importlib.util.find_spec(module) is not None
