"""The audit of whose documents are whose: each row that was tampered with is named, and no other."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from events.envelope import AGENCY
from events.keyring import Keyring
from events.log import Connection
from projections.live import Live
from projections.replay import Scope
from projections.replayed import Finding
from projections.rows import person_of
from services.servers import Servers, connect
from tests.facts import BODY, appointed, assessed, ref
from tests.projections.rebuild.misfiling import NOBODY, Dossiers
from tests.projections.recorded import catch_up, sample
from tests.services.destroying.years_ago import signatory, viewer
from tests.services.test_replaying import MIXED, SERVANT, Audit, Exact, tamper

pytestmark = pytest.mark.servers

TWO = [*SERVANT, appointed("e-2", "p-2"), *assessed(MIXED, ref("e-2", "p-2"))]
NO_DOCUMENT = UUID(int=7)


class Country(Dossiers):
    """Two servants of a body, and the table of dossiers as whoever owns the database can write it."""

    def __init__(self, recorder: Exact, owner: Connection, keys: Keyring) -> None:
        super().__init__(owner, keys)
        self.recorder = recorder


@pytest.fixture
def recorder(own_servers: Servers, keys: Keyring) -> Iterator[Exact]:
    with connect(own_servers, "bagalau_writer", autocommit=True) as conn:
        yield Exact(conn, keys)


@pytest.fixture
def audit(own_servers: Servers, keys: Keyring, tmp_path: Path) -> Iterator[Audit]:
    with connect(own_servers, "bagalau_projector", autocommit=True) as conn:
        yield Audit(conn, keys, tmp_path)


@pytest.fixture
def country(recorder: Exact, projector: Connection, owner: Connection, keys: Keyring) -> Country:
    recorder.record(TWO)
    catch_up(projector, Live(keys))
    return Country(recorder, owner, keys)


def told(found: list[Finding]) -> list[tuple[str, str | None, str | None]]:
    return sorted((one.code, one.employee, one.document) for one in found)


def test_every_document_of_a_country_is_where_it_belongs(
    recorder: Exact, projector: Connection, keys: Keyring, owner: Connection, audit: Audit
) -> None:
    moved = appointed("e-1", "p-7", on="2026-05-04", from_position="p-1")
    recorder.record(
        [
            *sample(2500, bodies=4),
            *SERVANT,
            moved.replace(b"EmployeeAppointed", b"EmployeeTransferred"),
            *assessed(MIXED, ref("e-1", "p-7", "2026-Q3")),
            viewer(signatory("c-1", ledger=AGENCY, role="central")),
        ]
    )
    catch_up(projector, Live(keys))
    assert owner.execute("SELECT FROM ledger.events WHERE type = 'EmployeeTransferred'").rowcount == 1
    stand = "SELECT ledger, count(*) FROM projection.dossiers GROUP BY ledger"
    found = audit()

    assert [each for one in found.values() for each in one.unexplained] == []
    assert {ledger: one.documents for ledger, one in found.items()} == dict(owner.execute(stand).fetchall())
    assert sum(one.documents for one in found.values()) > 300


class TestARowOfTheTable:
    def test_that_was_altered_is_told_with_whose_the_document_is_and_where_it_stands(
        self, country: Country, audit: Audit
    ) -> None:
        file = country.stream("EmployeeAppointed")
        country.move(file, country.person("e-2"))

        (found,) = audit.unexplained()
        assert (found.code, found.body, found.employee) == ("dossier-differs", BODY, "e-1")
        assert found.document == str(file)
        assert found.detail == f"employment {file}: it stands in the dossier of e-2"

    def test_that_was_altered_to_the_hash_of_nobody_tells_the_hash(
        self, country: Country, audit: Audit
    ) -> None:
        sheet = country.stream("WorkdaysReported")
        country.move(sheet, NOBODY)

        (found,) = audit.unexplained()
        assert (found.code, found.employee, found.period) == ("dossier-differs", "e-1", "2026-Q1")
        assert NOBODY.hex() in (found.detail or "")

    def test_that_was_deleted_is_missed(self, country: Country, audit: Audit) -> None:
        sanctions = country.stream("DisciplineRecorded")
        country.unfile(sanctions)

        assert told(audit.unexplained()) == [("dossier-missing", "e-1", str(sanctions))]

    def test_those_of_two_that_were_swapped_are_both_told(self, country: Country, audit: Audit) -> None:
        first, second = (country.stream("WorkdaysReported", one) for one in ("e-1", "e-2"))
        country.move(first, country.person("e-2"))
        country.move(second, country.person("e-1"))

        assert told(audit.unexplained()) == [
            ("dossier-differs", "e-1", str(first)),
            ("dossier-differs", "e-2", str(second)),
        ]

    def test_that_shows_a_document_to_one_more_person_is_told(self, country: Country, audit: Audit) -> None:
        file = country.stream("EmployeeAppointed")
        country.file(file, country.person("e-2"))

        (found,) = audit.unexplained()
        assert (found.code, found.employee) == ("dossier-unexpected", "e-1")
        assert found.detail == (
            f"employment {file}: it stands in the dossier of e-2, and the document is e-1's"
        )

    def test_that_was_invented_is_told(self, country: Country, audit: Audit) -> None:
        nobodys = country.stream("MethodologyAdopted")
        country.file(nobodys, country.person("e-2"))
        country.file(NO_DOCUMENT, country.person("e-1"))

        found = {one.document: one for one in audit.unexplained()}
        assert found[str(nobodys)].code == "dossier-unexpected"
        assert found[str(NO_DOCUMENT)].code == "dossier-stray"
        assert "nobody's" in (found[str(nobodys)].detail or "")
        assert "no such document" in (found[str(NO_DOCUMENT)].detail or "")
        assert "e-2" in (found[str(nobodys)].detail or "")

    def test_of_what_no_row_is_read_from_is_told_too(
        self, country: Country, projector: Connection, keys: Keyring, audit: Audit
    ) -> None:
        country.recorder.record([viewer(signatory("e-2", role="servant"))])
        catch_up(projector, Live(keys))
        assert audit.unexplained() == []
        whose = country.stream("ViewerRegistered", "e-2")
        country.move(whose, country.person("e-1"))

        assert told(audit.unexplained()) == [("dossier-differs", "e-2", str(whose))]

    def test_is_not_missed_before_it_is_projected_and_may_not_be_wrong_then(
        self, recorder: Exact, projector: Connection, keys: Keyring, owner: Connection, audit: Audit
    ) -> None:
        recorder.record(TWO)
        assert (audit()[BODY].unexplained, audit()[BODY].mark) == ((), None)
        catch_up(projector, Live(keys))
        recorder.record([appointed("e-3", "p-3")])
        assert audit.unexplained() == []
        country = Country(recorder, owner, keys)
        late = country.stream("EmployeeAppointed", "e-3")
        # A rebuild had come to it already.
        country.file(late, country.person("e-3"))
        assert audit.unexplained() == []
        country.move(late, country.person("e-2"))

        assert told(audit.unexplained()) == [("dossier-differs", "e-3", str(late))]

    def test_is_told_to_whoever_asks_of_one_of_the_two_alone(self, country: Country, audit: Audit) -> None:
        country.move(country.stream("EmployeeAppointed"), country.person("e-2"))

        codes = {
            one: [each.code for each in audit(Scope(one))[BODY].unexplained] for one in ("e-1", "e-2", "x")
        }
        assert codes == {"e-1": ["dossier-differs"], "e-2": ["dossier-differs"], "x": []}

    def test_of_the_agencys_own_people_names_the_document_alone(
        self, country: Country, projector: Connection, keys: Keyring, owner: Connection, audit: Audit
    ) -> None:
        central = [viewer(signatory(one, ledger=AGENCY, role="central")) for one in ("c-1", "c-2")]
        country.recorder.record(central)
        catch_up(projector, Live(keys))
        assert (audit.unexplained(), audit()[AGENCY].documents) == ([], 2)
        owner.execute(
            "UPDATE projection.dossiers SET person = %s WHERE ledger = 'agency' AND person = %s",
            [person_of(keys, AGENCY, "c-2"), person_of(keys, AGENCY, "c-1")],
        )

        (found,) = audit.unexplained()
        assert (found.code, found.body, found.employee) == ("dossier-differs", AGENCY, None)
        assert found.document
        assert "c-1" not in (found.detail or "")
        assert "c-2" not in (found.detail or "")


def test_the_table_and_the_log_are_told_apart(country: Country, owner: Connection, audit: Audit) -> None:
    file, sheet = country.stream("EmployeeAppointed"), country.stream("WorkdaysReported")
    country.move(file, country.person("e-2"))
    tamper(owner, f"UPDATE ledger.events SET payload = '\\x00' WHERE stream = '{sheet}' AND version = 2")
    found = audit.unexplained()

    assert "log-altered" in {one.code for one in found}
    assert {one.code for one in found} == {"log-altered", "rests-on-altered-log", "dossier-differs"}
    assert [one.document for one in found if one.code == "dossier-differs"] == [str(file)]


def test_what_lacks_in_the_table_of_an_altered_log_rests_on_that(
    country: Country, owner: Connection, audit: Audit
) -> None:
    file, sheet = country.stream("EmployeeAppointed"), country.stream("WorkdaysReported")
    country.unfile(file)
    tamper(owner, f"DELETE FROM ledger.events WHERE stream = '{sheet}'")
    found = audit.unexplained()

    assert {one.code for one in found} == {"log-altered", "rests-on-altered-log"}
    assert {one.document for one in found} - {None} == {str(file), str(sheet)}


def test_a_document_that_does_not_open_is_not_told_of_as_well(
    country: Country, owner: Connection, audit: Audit
) -> None:
    sanctions = country.stream("DisciplineRecorded")
    tamper(owner, f"UPDATE ledger.events SET payload = '\\x00' WHERE stream = '{sanctions}'")

    assert {one.document for one in audit.unexplained()} == {None}


def test_names_that_were_swapped_file_nothing_elsewhere(
    country: Country, owner: Connection, audit: Audit
) -> None:
    first, second = (country.stream("WorkdaysReported", one) for one in ("e-1", "e-2"))
    kept = "SELECT name FROM ledger.documents WHERE stream = %s"
    names = [owner.execute(kept, [one]).fetchall()[0][0].hex() for one in (second, first)]
    for stream, name in ((first, "00" * 16), (second, names[1]), (first, names[0])):
        tamper(owner, f"UPDATE ledger.documents SET name = '\\x{name}' WHERE stream = '{stream}'")

    assert [one.code for one in audit.unexplained() if one.document] == []
