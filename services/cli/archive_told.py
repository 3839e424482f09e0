"""What the commands on archives tell."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from methodologies.model.clause import Language
from services.cli.output import console, print_json, print_page, print_table

if TYPE_CHECKING:
    from projections.archives.checking import Checked
    from projections.archives.extract import CheckedExtract
    from projections.archives.failures import Fault
    from projections.archives.manifest import Manifest
    from projections.archives.replaying import Replayed


def manifest(of: "Manifest") -> dict[str, Any]:
    """A manifest as JSON tells it: all but the places of the sections."""
    told = msgspec.to_builtins(of)
    return {
        "sha256" if name == "digest" else name: value for name, value in told.items() if name != "sections"
    }


def tell_archive(checked: "Checked", *, as_json: bool) -> None:
    """Whether an archive is what was written, and what is not."""
    found = checked.manifest
    if as_json:
        told = {"ok": checked.ok, "events": checked.events, "faults": checked.faults}
        print_json({**told, "manifest": manifest(found) if found else None})
        return
    if found is not None:
        counts = found.counts
        rows = [
            [one.ledger, one.size, events, one.root[:16]]
            for one, events in ((found.ledger, counts.events), (found.agency, counts.law_events))
        ]
        print_table(
            f"{found.body} {found.year}, exported {found.exported_at}",
            ["ledger", "leaves", "events", "root"],
            rows,
        )
    _tell_faults(checked.faults)
    console.print("The archive is what was written." if checked.ok else "DOES NOT MATCH", highlight=False)


def tell_extract(checked: "CheckedExtract", lang: Language, *, as_json: bool) -> None:
    """What an extract tells, once it is proven, or what is wrong with it."""
    found = checked.extract
    if as_json:
        print_json(
            {
                "ok": checked.ok,
                "signed": checked.is_signed,
                "body": found.body if found else None,
                "year": found.year if found else None,
                "employee": found.employee if found else None,
                "events": len(found.events) if found else 0,
                "grades": found.grades if found else (),
                "faults": checked.faults,
            }
        )
        return
    if found is not None and checked.ok:
        print_page(found.pages[lang])
        console.print()
    _tell_faults(checked.faults)
    if not checked.ok:
        console.print("DOES NOT MATCH", highlight=False)
        return
    console.print(
        "Every event is proven to stand in the log, and the grades follow from them.", highlight=False
    )
    if not checked.is_signed:
        console.print("not-signed: nobody vouches that no later event was left out.", highlight=False)


def _tell_faults(faults: "Sequence[Fault]") -> None:
    for fault in faults:
        place = " ".join(str(one) for one in (fault.ledger, fault.seq) if one is not None)
        line = f"{f'{place}: ' if place else ''}{fault.code}: {fault.detail}"
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def replayed(found: "Replayed") -> dict[str, Any]:
    """A replay as JSON tells it."""
    told = {name: getattr(found, name) for name in found.__struct_fields__ if name != "findings"}
    findings = [{**msgspec.to_builtins(one), "explained": one.is_explained} for one in found.findings]
    return {"ok": not found.unexplained, **told, "findings": findings}


def tell_replay(found: "Replayed", *, verbose: bool) -> None:
    """What a replay came to, and whatever nothing explains."""
    row = [
        found.events,
        found.persons,
        found.grades,
        found.alike,
        found.announcements,
        found.announced_alike,
        len(found.unexplained),
    ]
    columns = ["events", "persons", "grades", "alike", "announced", "alike", "unexplained"]
    print_table(f"{found.body} {found.year} replayed", columns, [row])
    if found.documents_destroyed or found.lost:
        console.print(
            f"inputs-destroyed: {found.documents_destroyed} documents were destroyed since the export,"
            f" and with them {found.lost} grades.",
            highlight=False,
            soft_wrap=True,
        )
    for one in found.findings:
        if verbose or not one.is_explained:
            whose = " ".join(each for each in (one.employee, one.position, one.period) if each)
            line = f"{whose}: {one.code}{f': {one.detail}' if one.detail else ''}"
            console.print(line, highlight=False, markup=False, soft_wrap=True)
