"""Whom a correction is for: periods, bodies, and what was decided otherwise; and what it is refused for."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from events.documents import fold
from events.envelope import Fact, Refusal
from events.keyring import Keyring
from events.log import Connection, place
from events.wire import read_fact
from methodologies.loading import ActError
from projections import store
from projections.rebuild import generations
from services.correcting.correction import Applied, Correcting
from services.correcting.listing import List
from services.correcting.proposal import CorrectionError, Scope
from services.correcting.tally import Cell, Tally
from services.deciding import decide, follow, needs
from tests.facts import BODY, ref
from tests.projections.recorded import Recorder
from tests.services.correcting.small_world import ACT, IDLE, OTHER
from tests.services.deciding.calibrating import asked
from tests.services.deciding.telling import delivered

pytestmark = pytest.mark.servers


def corrected(correcting: Correcting, file: Path, scope: Scope) -> tuple[Tally, Applied]:
    proposal = correcting.read(file, scope)
    foretold = correcting.what_if(proposal)
    return foretold.tally, correcting.apply(proposal, foretold, "read anew", by="hr-central", workers=0)


def scores(conn: Connection, keys: Keyring) -> dict[tuple[str, str, str], str | None]:
    return {(one.body, one.employee, one.period): one.score for one in store.grades(conn, keys)}


CAPPED = {(BODY, "e-2", "2026-Q1"), (BODY, "e-2", "2026-Q2"), (OTHER, "e-2", "2026-Q1")}


@pytest.mark.usefixtures("bodies")
@pytest.mark.parametrize(
    ("scope", "capped", "panel"),
    [
        (Scope(), CAPPED, "4.50"),
        (Scope(from_period="2026-Q2"), {(BODY, "e-2", "2026-Q2")}, "4.50"),
        (Scope(bodies=(OTHER,)), {(OTHER, "e-2", "2026-Q1")}, "4.50"),
        (Scope(bodies=(BODY,), decided_too=True), CAPPED - {(OTHER, "e-2", "2026-Q1")}, "2.99"),
    ],
    ids=["all", "from a period", "for a body", "what was decided too"],
)
def test_what_is_within_the_scope_changes_and_nothing_else(
    correcting: Correcting,
    overall: Path,
    owner: Connection,
    keys: Keyring,
    scope: Scope,
    capped: set[tuple[str, str, str]],
    panel: str,
) -> None:
    before = scores(owner, keys)
    tally, applied = corrected(correcting, overall, scope)
    after = scores(owner, keys)
    quarters = {key for key in before if "-Q" in key[2]}
    changed = {key for key in quarters if before[key] != after[key]}
    assert changed - {(BODY, "e-1", "2026-Q1")} == capped
    assert {after[key] for key in capped} == {"2.99"}
    assert (before[BODY, "e-1", "2026-Q1"], after[BODY, "e-1", "2026-Q1"]) == ("4.50", panel)
    assert sum(cell.count for cell in tally.changed if cell.kind == "quarterly") == len(changed)
    assert sum(applied.restated.values()) == len(changed)


@pytest.mark.usefixtures("bodies")
def test_what_a_panel_decided_is_listed_apart(correcting: Correcting, overall: Path, tmp_path: Path) -> None:
    proposal = correcting.read(overall, Scope())
    tally = correcting.what_if(proposal, into=List(tmp_path / "list.csv")).tally
    assert tally.fixed == (Cell(BODY, "quarterly", "effective", "satisfactory", 1, 1),)
    with (tmp_path / "list.csv").open(newline="") as file:
        listed = list(csv.DictReader(file))
    (fixed,) = [row for row in listed if row["fixed"]]
    assert (fixed["employee"], fixed["fixed"], fixed["score"], fixed["new_score"]) == (
        "e-1",
        "panel",
        "4.50",
        "2.99",
    )
    by_quarter = {(row["body"], row["period"]): row for row in listed if row["employee"] == "e-2"}
    row = by_quarter[BODY, "2026-Q1"]
    assert (row["score"], row["revision"], row["new_score"], row["new_revision"]) == (
        "4.60",
        "1",
        "2.99",
        "2",
    )
    assert (row["announced"], row["announced_grade"]) == ("yes", "effective")
    too = correcting.what_if(correcting.read(overall, Scope(decided_too=True))).tally
    assert too.fixed == ()
    assert too.results > tally.results


def test_told_anew_delivery_and_calibration_are_open_again(
    bodies: Recorder, correcting: Correcting, overall: Path
) -> None:
    of = ref("e-2")
    ask = read_fact(asked(on="2026-07-21", **of))
    with pytest.raises(Refusal):
        decided(bodies, correcting, ask)
    corrected(correcting, overall, Scope())
    again = read_fact(delivered(of, on="2026-07-20"))
    told = decided(bodies, correcting, again)
    assert [one.type for one in told] == ["ResultDelivered", "ResultAnnounced"]
    assert (told[1].data.score, told[1].data.revision) == ("2.99", 2)


def decided(recorder: Recorder, correcting: Correcting, fact: Fact) -> list:
    """What the fact comes to in the ledger as it stands: its events, and what the system tells of it."""
    documents: dict = {}
    held: set = set()
    while wanted := needs(fact, documents) - held:
        held |= wanted
        for stored in recorder.log.load_documents(recorder.conn, {fact.body: wanted}).values():
            fold(stored.events, documents)
    law = correcting.law()
    facts = decide(fact, documents, law)
    events = [place(one, fact.body, 1000, datetime.now(UTC), law.seq) for one in facts]
    fold(events, documents)
    return [*events, *follow(fact, events, documents, law)]


@pytest.mark.usefixtures("bodies")
@pytest.mark.parametrize("name", ["list.csv", "list.json"])
def test_a_list_that_is_cut_short_leaves_the_one_before(
    correcting: Correcting, overall: Path, tmp_path: Path, name: str
) -> None:
    file = tmp_path / name
    file.write_text("of last week")
    before = set(tmp_path.iterdir())

    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    proposal = correcting.read(overall, Scope())
    with pytest.raises(KeyboardInterrupt):
        correcting.what_if(proposal, into=List(file), hearing=interrupted)
    assert file.read_text() == "of last week"
    assert set(tmp_path.iterdir()) == before
    correcting.what_if(proposal, into=List(file))
    assert file.read_text() != "of last week"
    assert set(tmp_path.iterdir()) == before


@pytest.mark.usefixtures("bodies")
def test_a_second_body_is_corrected_by_the_same_revision(
    correcting: Correcting, overall: Path, owner: Connection, keys: Keyring
) -> None:
    corrected(correcting, overall, Scope(bodies=(OTHER,)))
    proposal = correcting.read(overall, Scope(bodies=(BODY,)))
    assert (proposal.revision, proposal.standing) == (2, "laid-down")
    corrected(correcting, overall, Scope(bodies=(BODY,)))
    assert {scores(owner, keys)[key] for key in CAPPED} == {"2.99"}
    assert correcting.read(overall, Scope(bodies=(OTHER, BODY))).revision == 2
    assert correcting.read(overall, Scope(bodies=(BODY,))).standing == "in-force"


@pytest.mark.usefixtures("bodies")
def test_the_act_as_it_is_changes_nothing(correcting: Correcting, tmp_path: Path) -> None:
    file = tmp_path / "same.toml"
    file.write_text(f'corrects = "{ACT}"\n[readings.discipline-cap-scope]\nvalue = "parameter"\n')
    proposal = correcting.read(file, Scope())
    assert (proposal.revision, proposal.standing) == (1, "in-force")
    tally = correcting.what_if(proposal).tally
    assert (tally.results, tally.people, tally.fixed) == (0, 0, ())
    assert tally.rows > 5
    assert correcting.apply(proposal, None, "read anew").generation is None


@pytest.mark.usefixtures("bodies")
def test_what_would_change_nothing_is_the_law_only_where_it_is_said_so(
    correcting: Correcting, tmp_path: Path, owner: Connection
) -> None:
    file = tmp_path / "idle.toml"
    file.write_text(IDLE)
    proposal = correcting.read(file, Scope())
    foretold = correcting.what_if(proposal)
    with pytest.raises(CorrectionError) as refused:
        correcting.apply(proposal, foretold, "read anew")
    assert refused.value.code == "correction-idle"
    assert [one.number for one in generations.generations(owner)] == [1]
    assert correcting.read(file, Scope()).standing == "new"
    applied = correcting.apply(proposal, foretold, "read anew", idle=True, workers=0)
    assert (applied.revision, applied.restated) == (2, {})
    assert correcting.read(file, Scope()).standing == "in-force"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("corrects = 'nosuch'", ("bad.toml: corrects", "zhanakorgan-2026")),
        (
            "corrects = 'zhanakorgan-2026'\n[readings.nosuch]\nvalue = 'x'",
            ("bad.toml: readings.nosuch: unknown reading", "discipline-cap-scope", "over-twenty"),
        ),
        (
            "corrects = 'zhanakorgan-2026'\n[readings.discipline-cap-scope]\nvalue = 'half'",
            ("bad.toml: readings.discipline-cap-scope.value", "parameter, overall"),
        ),
        (
            "corrects = 'zhanakorgan-2026'\n[readings]\ndiscipline-cap-scope = 'overall'",
            ("bad.toml: readings.discipline-cap-scope", "a table whose value is one of parameter, overall"),
        ),
        ("corrects = 'zhanakorgan-2026'\nband = 1", ("bad.toml: band", "bands", "readings")),
        ("corrects = 'zhanakorgan-2026'\nid = 'health-2025'", ("bad.toml: id",)),
        ("corrects = ", ("bad.toml: act: expected TOML",)),
    ],
    ids=[
        "unknown act",
        "unknown reading",
        "unknown choice",
        "a choice without its table",
        "unknown key",
        "another act",
        "no TOML",
    ],
)
@pytest.mark.usefixtures("bodies")
def test_a_file_that_is_no_correction_is_refused_with_its_place(
    correcting: Correcting, tmp_path: Path, text: str, words: tuple[str, ...]
) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(text)
    with pytest.raises(ActError) as refused:
        correcting.read(file, Scope())
    for word in words:
        assert word in str(refused.value)


@pytest.mark.usefixtures("bodies")
def test_a_scope_that_nothing_is_in_and_no_reason_are_refused(correcting: Correcting, overall: Path) -> None:
    with pytest.raises(CorrectionError, match="otherbody") as refused:
        correcting.read(overall, Scope(bodies=("nosuch",)))
    assert refused.value.code == "correction-scope"
    for period in ("2026-Q5", "1990", "3000"):
        with pytest.raises(CorrectionError, match="from 1991 to 2999") as refused:
            correcting.read(overall, Scope(from_period=period))
        assert refused.value.code == "correction-scope"
    with pytest.raises(CorrectionError):
        correcting.read(overall, Scope()).corrected("  ")
