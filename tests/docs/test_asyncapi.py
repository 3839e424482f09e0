"""The queue's contract in `docs/` is the one that the code makes."""

import json

from services import asyncapi, streams

DOCUMENT = json.loads(asyncapi.FILE.read_text("utf-8"))


def test_the_kept_document_is_up_to_date() -> None:
    assert asyncapi.FILE.read_text("utf-8") == asyncapi.text(), "run: python -m services.asyncapi"


def test_every_subject_is_one_that_the_services_use() -> None:
    addresses = {name: channel["address"] for name, channel in DOCUMENT["channels"].items()}
    filled = {
        name: address.format(body="zhanakorgan", type="SheetSigned", id="a-1")
        for name, address in addresses.items()
    }
    assert filled == {
        "facts": streams.facts_subject("zhanakorgan", "SheetSigned"),
        "receipts": streams.receipts_subject("zhanakorgan", "a-1"),
        "events": streams.events_subject("zhanakorgan", "SheetSigned"),
        "doorbell": streams.doorbell_subject("zhanakorgan"),
    }


def test_every_reference_leads_somewhere() -> None:
    for reference in references(DOCUMENT):
        file, _, path = reference.partition("#/")
        found = json.loads((asyncapi.FILE.parent / file).read_text("utf-8")) if file else DOCUMENT
        for step in path.split("/") if path else ():
            found = found[step]
        assert found


def references(part: object) -> list[str]:
    if isinstance(part, list):
        return [each for item in part for each in references(item)]
    if not isinstance(part, dict):
        return []
    own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
    return own + [each for item in part.values() for each in references(item)]
