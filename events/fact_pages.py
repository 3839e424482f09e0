"""Renders `docs/facts.md` and `docs/schema/` from the vocabulary: `python -m events.fact_pages [FOLDER]`."""

import inspect
import json
import re
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType, ModuleType, NoneType
from typing import Any, get_args, get_type_hints
from uuid import UUID

import msgspec

from events.json_schema import fact_schema, receipt_schema
from events.problem_page import problem_page
from events.problems import MAX_BYTES
from events.strict_json import MAX_DEPTH
from events.vocabulary import MODULES, TYPES, Data, types, viewer, words
from events.wire import FIRST_DAY, LAST_DAY, Envelope

KINDS: Mapping[str, Any] = MappingProxyType(
    {
        "body code": types.BodyCode,
        "code": types.Code,
        "codes": types.Codes,
        "count": types.Count,
        "days": types.Days,
        "members": types.Members,
        "number": types.Number,
        "period": types.PeriodText,
        "quarter": types.Quarter,
        "score": types.Score,
        "signature": types.Signature,
        "text": types.Text,
        "title": types.Title,
        "word": types.Word,
        "year": types.Year,
        "public key": viewer.PublicKey,
        "day": date,
        "id": UUID,
        "yes or no": bool,
        "names": types.Names,
        "open data": dict[str, Any],
    }
)
"""What the page calls the kinds of value that fields take."""

WORDS: Mapping[str, Any] = MappingProxyType(
    {
        "act": words.ActId,
        "appealed to": words.AppealedTo,
        "breach": words.Breach,
        "category": words.Category,
        "channel": words.Channel,
        "choice": words.Choice,
        "form": words.FormCode,
        "ground for adding": words.Adding,
        "ground for replacing": words.Replacing,
        "leave": words.LeaveKind,
        "outcome": words.Outcome,
        "role": words.Role,
        "sanction": words.Sanction,
        "viewer's role": words.ViewerRole,
    }
)
"""What the page calls the words that fields choose from."""

_NAMED = {**KINDS, **WORDS}

_WRITTEN: Mapping[str, str] = MappingProxyType(
    {
        "codes": "a list of at most 100 codes",
        "day": f"`2026-04-10`, from {FIRST_DAY} to {LAST_DAY}",
        "id": "a UUID",
        "members": "a list of at most 100 objects {`member` code, `role` role}",
        "names": "an object {`kk`, `ru`, `en`}, each a title",
        "number": 'a whole number from 0 to 9999, or a word; `1` and `"1"` are the same',
        "open data": f"an object nested at most {MAX_DEPTH} deep; decimals are kept as text",
        "period": "a quarter `2026-Q1` or a year `2026`, from 1991 to 2999",
        "quarter": "`1` to `4`, as a number or text; `Q1` and `2026-Q1` do too",
        "score": '`4`, `4.5` or `"4.50"`: one digit, at most two decimals, as a number or text; no exponent',
        "public key": "the 32 bytes of an Ed25519 public key in base64",
        "year": "a year from 1991 to 2999, as a number or text",
        "yes or no": "`true` or `false`",
    }
)

_ENVELOPE: Mapping[str, str] = MappingProxyType(
    {
        "id": "id",
        "body": "body code",
        "type": "word",
        "occurred_on": "day",
        "actor": "code",
        "data": "object",
    }
)

_clause = re.compile(r"\(([^()]*(?:\([^()]*\)[^()]*)*)\)\.\Z")


def clause_of(kind: type[Data]) -> str | None:
    """The clause that the type's docstring ends with, without its parentheses."""
    found = _clause.search(inspect.getdoc(kind) or "")
    return found.group(1) if found else None


def facts_page() -> str:
    """`docs/facts.md`: the envelope, the limits, the words to choose from, and every type there is."""
    parts = (_opening(), _kinds(), _words(), *(_document(module) for module in MODULES))
    return "\n".join(parts)


def write(folder: Path) -> None:
    """Writes the page and the schemas below the folder."""
    (folder / "schema").mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


def pages() -> Mapping[str, str]:
    """Each generated file's text by its path below `docs/`."""
    return {
        "facts.md": facts_page(),
        "problems.md": problem_page(),
        "schema/fact.schema.json": _json(fact_schema()),
        "schema/receipt.schema.json": _json(receipt_schema()),
    }


def _json(schema: Mapping[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _opening() -> str:
    rows = [
        (f"`{field.encode_name}`", _ENVELOPE[field.name], _description(hint))
        for field, hint in _fields(Envelope)
    ]
    return f"""# Facts

*Generated from `events/vocabulary` by `make docs`; do not edit.*

A fact is one JSON object in UTF-8, at most {MAX_BYTES} bytes, published on `facts.<body>.<Type>` or written
on one line of a `.jsonl` file. No key may stand twice or be unknown, no text may hold U+0000, and a whole
number takes at most 18 characters. As JSON Schema: the fact in
[`schema/fact.schema.json`](schema/fact.schema.json), the answer to it in
[`schema/receipt.schema.json`](schema/receipt.schema.json).

## The envelope

{_table(("field", "kind", ""), rows)}"""


def _kinds() -> str:
    rows = [(name, _WRITTEN.get(name) or _limits(hint)) for name, hint in sorted(KINDS.items())]
    ref = ", ".join(_field(field, hint) for field, hint in _fields(types.Ref))
    return f"""## What fields hold

A field marked `?` may be left out, or be `null`. One assessment is named by its *ref*:
{ref}; the form where an act has two sheets for one period. What is refused, and what to do then, stands in
[problems.md](problems.md).

{_table(("kind", "written"), rows)}"""


def _words() -> str:
    rows = [(name, *_choice(hint)) for name, hint in WORDS.items()]
    return f"""## Words to choose from

Of a closed list any other word is refused (`enum` in the JSON Schema). Of an open one these are what the
shipped acts name (`examples`): a form, breach or act that the law at hand does not know is refused, other
words are taken, and whether they count for anything is the act's to say. Words are written as they stand
here, in small letters, but for categories.

{_table(("word", "list", "values", "what it says"), rows)}"""


def _choice(hint: Any) -> tuple[str, str, str]:
    (meta,) = hint.__metadata__
    closed = (meta.extra_json_schema or {}).get("enum")
    values = ", ".join(f"`{one}`" for one in closed or meta.examples)
    return "closed" if closed else "open", values, meta.description


def _document(module: ModuleType) -> str:
    rows = []
    for name, kind in TYPES.items():
        if kind.__module__ != module.__name__:
            continue
        sentence = _clause.sub("", inspect.getdoc(kind) or "").strip().rstrip(".") + "."
        says = f"{sentence} *Recorded by the system alone.*" if kind.system else sentence
        own = [each for each in _fields(kind) if not (issubclass(kind, types.Ref) and _is_of_ref(each[0]))]
        fields = ", ".join([*_reference(kind), *(_field(field, hint) for field, hint in own)])
        rows.append((f"`{name}`", fields, says, clause_of(kind) or ""))
    title = module.__name__.rpartition(".")[2].capitalize()
    return f"""## {title}

{inspect.getdoc(module)}

{_table(("type", "fields", "what it says", "clause"), rows)}"""


def _reference(kind: type[Data]) -> list[str]:
    return ["*ref*"] if issubclass(kind, types.Ref) else []


def _is_of_ref(field: msgspec.structs.FieldInfo) -> bool:
    return any(
        (field.name, field.required) == (part.name, part.required)
        for part in msgspec.structs.fields(types.Ref)
    )


def _fields(struct: type[msgspec.Struct]) -> list[tuple[msgspec.structs.FieldInfo, Any]]:
    hints = get_type_hints(struct, include_extras=True)
    return [(field, hints[field.name]) for field in msgspec.structs.fields(struct)]


def _field(field: msgspec.structs.FieldInfo, hint: Any) -> str:
    optional = "" if field.required else "?"
    return f"`{field.encode_name}{optional}` {_named(hint)}"


def _named(hint: Any) -> str:
    for name, kind in _NAMED.items():
        if hint == kind:
            return name
    if NoneType in get_args(hint):
        return _named_together([part for part in get_args(hint) if part is not NoneType])
    return _limits(hint)


def _named_together(choices: list[Any]) -> str:
    for name, kind in KINDS.items():
        if set(get_args(kind)) == set(choices) and len(choices) > 1:
            return name
    return " or ".join(_named(choice) for choice in choices)


def _limits(hint: Any) -> str:
    return _written(msgspec.inspect.type_info(hint))


def _written(info: msgspec.inspect.Type) -> str:
    match info:
        case msgspec.inspect.Metadata():
            return _written(info.type)
        case msgspec.inspect.IntType(ge=least, le=most):
            return "a whole number" if least is None else f"a whole number from {least} to {most}"
        case msgspec.inspect.StrType(pattern=str(pattern)):
            return f"text matching `{pattern.removesuffix(types.PATTERN_END)}$`"
        case msgspec.inspect.StrType(min_length=least, max_length=most):
            return "text" if most is None else f"text of {least or 0} to {most} characters"
        case msgspec.inspect.ListType(item_type=item, max_length=most):
            return f"a list{'' if most is None else f' of at most {most}'}: {_written(item)}"
        case msgspec.inspect.StructType(cls=struct):
            return "{" + ", ".join(_field(field, hint) for field, hint in _fields(struct)) + "}"
        case msgspec.inspect.DictType(key_type=key, value_type=value):
            return f"an object of {_written(key)} to {_written(value)}"
        case msgspec.inspect.UUIDType():
            return "id"
    raise TypeError(f"the page has no words for {info}")


def _description(hint: Any) -> str:
    info = msgspec.inspect.type_info(hint)
    extra = info.extra_json_schema if isinstance(info, msgspec.inspect.Metadata) else None
    return str((extra or {}).get("description", ""))


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    titles = list(head)
    lines = [titles, ["---"] * len(titles), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "docs")
