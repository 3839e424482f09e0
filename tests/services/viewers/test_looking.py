"""Results are read as somebody, others' only once it is recorded; PostgreSQL shows what was recorded of."""

import os
from base64 import b64encode
from datetime import date
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from events import keyring
from events.envelope import Event, Fact
from events.keyring import Keyring
from events.log import Connection, Log, heads
from events.vocabulary import Name
from events.vocabulary.obligation import TermsMarked
from events.vocabulary.retention import ResultDisclosed
from projections.live import Live
from projections.store import grades
from projections.viewing import viewing
from services.disclosing import Disclosure, disclose
from services.disclosures import disclosures_of
from services.history import recorded
from services.servers import Servers, connect
from services.viewers import Proven, ViewerError, is_demonstration, mark_demonstration, parse, prove, view_of
from services.viewers.first import FIRST, first_viewer, key_path
from services.viewers.keys import make, public_text
from services.viewers.looking import Asked, Looking
from services.viewers.registering import register, registered, revoke
from tests import ledgers
from tests.facts import BODY, EVALUATOR, appointed, assessed, body_and_servant, ref
from tests.facts import registered as body_registered
from tests.projections.recorded import Recorder, catch_up
from tests.services.deciding.calibrating import asked, told

pytestmark = pytest.mark.servers

Q1 = "2026-Q1"
FACTS = [
    *body_and_servant(),
    appointed("e-2"),
    appointed("e-3"),
    appointed(EVALUATOR, "p-9"),
    body_registered("sjc"),
    *assessed(("5", "4", "4", "4", "5")),
    *assessed(of=ref("e-2")),
    told(),
    asked(),
]


@pytest.fixture
def graded(writer: Connection, projector: Connection, keys: Keyring) -> None:
    Recorder(writer, keys).record(FACTS)
    catch_up(projector, Live(keys))


def one_of(role: str, code: str | None = None, ledger: str | None = None) -> Proven:
    default = "agency" if role in {"central", "auditor"} else BODY
    return Proven(ledger or default, code or f"{role}-1", role)


def size(conn: Connection, ledger: str = BODY) -> int:
    return next(one.size for one in heads(conn) if one.ledger == ledger)


def seen(own_servers: Servers, keys: Keyring, who: Proven, employee: str | None) -> set[str]:
    """Whose grades the viewer is shown when he asks for a person's, or for everybody's."""
    asked_ = Asked("grades", "service-necessity")
    with Looking(own_servers, keys, who, asked_) as here:
        if employee is None:
            with here.of_everybody(BODY) as conn:
                return {grade.employee for grade in grades(conn, keys, ledger=BODY)}
        with here.of_person(BODY, employee, Q1) as shown:
            assert shown is not None
            found = list(grades(shown.conn, keys, ledger=BODY))
            assert all(shown.holds(grade.key) for grade in found if grade.employee == employee)
            return {grade.employee for grade in found}


SELF = one_of("servant", "e-1")
MATRIX = [
    # who, whose, what he is shown, how many events tell of it
    (SELF, "e-1", {"e-1"}, 0),
    (SELF, "e-2", "refused", 0),
    (SELF, None, "refused", 0),
    (one_of("servant", EVALUATOR), "e-1", {"e-1"}, 1),
    (one_of("servant", EVALUATOR), "e-2", {"e-2"}, 1),
    (one_of("servant", EVALUATOR), "e-3", "refused", 0),
    (one_of("servant", EVALUATOR), None, "refused", 0),
    (one_of("servant", "e-3"), "e-1", "refused", 0),
    (one_of("appointing"), "e-1", {"e-1"}, 1),
    (one_of("appointing"), "e-2", "refused", 0),
    (one_of("appointing"), None, "refused", 0),
    (one_of("hr"), "e-1", {"e-1"}, 1),
    (one_of("hr"), None, {"e-1", "e-2"}, 1),
    (one_of("hr", ledger="sjc"), "e-1", "refused", 0),
    (one_of("hr", ledger="sjc"), None, "refused", 0),
    (one_of("central"), "e-2", {"e-2"}, 1),
    (one_of("central"), None, {"e-1", "e-2"}, 1),
    (one_of("auditor"), "e-1", {"e-1"}, 1),
    (one_of("auditor"), None, {"e-1", "e-2"}, 1),
]


@pytest.mark.usefixtures("graded")
def test_each_is_shown_what_is_his_to_see_and_each_reading_of_others_is_one_event(
    own_servers: Servers, projector: Connection, keys: Keyring
) -> None:
    for who, employee, expected, events in MATRIX:
        before = size(projector)
        try:
            found: set[str] | str = seen(own_servers, keys, who, employee)
        except ViewerError as error:
            found = error.code.removeprefix("viewer-")
        assert (found, size(projector) - before) == (expected, events), (who.name, who.role, employee)


@pytest.mark.usefixtures("graded")
def test_what_is_recorded_tells_who_whose_what_and_why(
    writer: Connection, projector: Connection, keys: Keyring
) -> None:
    who = Proven("agency", "central-hr", "central", "ab" * 32)
    made = disclose(writer, keys, who, BODY, ["e-1", "e-2"], "explain 2026-Q1", "court", Q1, "case 7")
    everybody = disclose(writer, keys, who, BODY, None, "grades", "audit")
    events = [one for one in Log(keys).read(projector, BODY, made.seq - 2) if isinstance(one, Event)]
    said = [event.data for event in events]
    assert said[:2] == [
        ResultDisclosed(
            employee=employee,
            viewer="central-hr",
            viewer_of="agency",
            role="central",
            what="explain 2026-Q1",
            period=Q1,
            ground="court",
            basis="case 7",
            key="ab" * 32,
        )
        for employee in ("e-1", "e-2")
    ]
    assert said[2].document == Name("disclosures", ())
    assert everybody == Disclosure(BODY, made.seq + 1)
    assert {event.actor for event in events} == {"system"}


def shown_by(
    own_servers: Servers, keys: Keyring, who: Proven, disclosure: tuple[str, int] | None
) -> set[str]:
    with (
        connect(own_servers, "bagalau_reader", autocommit=True) as conn,
        viewing(conn, view_of(keys, who, disclosure)),
    ):
        return {grade.employee for grade in grades(conn, keys, ledger=BODY)}


@pytest.mark.usefixtures("graded")
def test_a_disclosure_admits_for_five_minutes_and_him_alone(
    own_servers: Servers, writer: Connection, keys: Keyring
) -> None:
    who = one_of("central")
    made = disclose(writer, keys, who, BODY, ["e-1"], "grades", "audit")
    place = (made.ledger, made.seq)
    assert shown_by(own_servers, keys, who, place) == {"e-1"}
    assert shown_by(own_servers, keys, one_of("central", "another"), place) == set()
    assert shown_by(own_servers, keys, who, (BODY, made.seq - 1)) == set()
    assert shown_by(own_servers, keys, who, None) == set()
    with connect(own_servers, autocommit=True) as owner:
        left = owner.execute("SELECT until - clock_timestamp() FROM ledger.admissions").fetchone()
        assert left is not None
        assert 290 < left[0].total_seconds() <= 300
        owner.execute("UPDATE ledger.admissions SET until = clock_timestamp()")
    assert shown_by(own_servers, keys, who, place) == set()


@pytest.mark.usefixtures("graded")
def test_where_it_cannot_be_recorded_nothing_is_shown(
    own_servers: Servers, projector: Connection, keys: Keyring
) -> None:
    before = size(projector)
    with connect(own_servers, autocommit=True) as owner:
        owner.execute("REVOKE INSERT ON ledger.admissions FROM bagalau_writer")
        owner.execute(
            "REVOKE INSERT (ledger, seq, viewer_ledger, viewer, person, stream) ON ledger.admissions"
            " FROM bagalau_writer"
        )
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        seen(own_servers, keys, one_of("central"), "e-1")
    assert size(projector) == before


@pytest.mark.usefixtures("graded")
def test_killed_before_it_read_there_is_a_record_and_nothing_was_shown(
    own_servers: Servers, projector: Connection, keys: Keyring
) -> None:
    before = size(projector)
    child = os.fork()
    if child == 0:
        with connect(own_servers, "bagalau_writer", autocommit=True) as conn:
            disclose(conn, keys, one_of("central"), BODY, ["e-1"], "grades", "audit")
            os._exit(9)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert size(projector) == before + 1


@pytest.mark.usefixtures("graded")
def test_an_unknown_ground_or_nobody_is_no_disclosure(
    own_servers: Servers, writer: Connection, projector: Connection, keys: Keyring
) -> None:
    before = size(projector)
    with pytest.raises(ViewerError, match="unknown-ground"):
        disclose(writer, keys, one_of("central"), BODY, None, "grades", "curiosity")
    with pytest.raises(ValueError, match="somebody"):
        disclose(writer, keys, one_of("central"), BODY, [], "grades", "audit")
    asked_ = Asked("grades", "audit")
    with (
        Looking(own_servers, keys, one_of("central"), asked_) as here,
        here.of_person(BODY, "nobody") as shown,
    ):
        assert shown is None
    assert size(projector) == before


def test_papers_are_shown_before_any_projector_read_them(
    own_servers: Servers, writer: Connection, keys: Keyring
) -> None:
    recorder = Recorder(writer, keys)
    recorder.record(FACTS)
    before = size(writer)
    marked = TermsMarked(**ref(), form="annex-2", on=date(2026, 5, 4), terms=[])
    fact = Fact(uuid4(), BODY, "TermsMarked", marked.on, "system", marked)
    ledgers.record(writer, recorder.log, [fact])
    with Looking(own_servers, keys, one_of("central"), Asked("history", "audit")) as here:
        with here.of_person(BODY, "e-1", papers=True) as shown:
            assert shown is not None
            found = next(recorded(shown.conn, keys, "e-1", BODY, terms=True))
        whole = next(recorded(here.system, keys, "e-1", BODY, terms=True))
    assert [event.seq for event in found.events] == [one.seq for one in whole.events if one.seq <= before + 1]
    assert found.events[-1].data == marked


@pytest.mark.usefixtures("graded")
def test_a_servant_lists_who_was_shown_his_results(
    writer: Connection, projector: Connection, keys: Keyring
) -> None:
    disclose(writer, keys, one_of("central"), BODY, ["e-1"], "explain", "audit")
    disclose(writer, keys, one_of("hr"), BODY, ["e-2"], "history", "service-necessity")
    disclose(writer, keys, one_of("auditor"), BODY, None, "replay", "audit")

    def told_(employee: str) -> list[tuple[str, bool]] | None:
        found = disclosures_of(projector, keys, BODY, employee)
        return None if found is None else [(one.data.viewer, one.is_of_everybody) for one in found]

    assert told_("e-1") == [("central-1", False), ("auditor-1", True)]
    assert told_("e-2") == [("hr-1", False), ("auditor-1", True)]
    # He has no results that anybody could have been shown.
    assert told_("e-3") == []
    assert told_("nobody") is None


def code_of(conn: Connection, keys: Keyring, text: str, key: Path | None) -> str:
    with pytest.raises(ViewerError) as error:
        prove(conn, keys, text, key)
    return error.value.code


@pytest.mark.usefixtures("graded")
def test_a_viewer_is_proven_by_the_key_that_was_registered_last(
    writer: Connection, projector: Connection, keys: Keyring, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    name = parse(f"{BODY}/e-1")
    assert code_of(projector, keys, str(name), first) == "unknown-viewer"
    register(writer, keys, name, "servant", public_text(make(first)))
    register(writer, keys, name, "servant", public_text(make(second)))
    assert code_of(projector, keys, str(name), None) == "viewer-key-missing"
    assert code_of(projector, keys, str(name), first) == "viewer-key-wrong"
    proven = prove(projector, keys, str(name), second)
    assert (proven.name, proven.role) == (name, "servant")
    stored = dict(registered(projector, keys, BODY))[BODY]
    assert stored.key is not None
    assert proven.key is not None
    assert len(proven.sign(b"an act of destruction")) == 64
    revoke(writer, keys, name, "he left")
    assert code_of(projector, keys, str(name), second) == "viewer-revoked"


@pytest.mark.usefixtures("graded")
def test_the_operator_is_refused_what_a_body_is_refused(writer: Connection, keys: Keyring) -> None:
    key = b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
    before = size(writer)
    for text, role, wrong in (
        (f"{BODY}/nobody", "servant", "unknown-employee"),
        (f"{BODY}/e-1", "central", "viewer-role-elsewhere"),
        ("agency/e-1", "hr", "viewer-role-elsewhere"),
    ):
        with pytest.raises(ViewerError) as error:
            register(writer, keys, parse(text), role, key)
        assert error.value.code == wrong
    with pytest.raises(ViewerError, match="key-malformed"):
        register(writer, keys, parse(f"{BODY}/e-1"), "servant", "no key")
    register(writer, keys, parse(f"{BODY}/e-1"), "servant", key)
    register(writer, keys, parse(f"{BODY}/e-1"), "servant", key)
    assert size(writer) == before + 1


@pytest.mark.usefixtures("graded")
def test_in_a_demonstration_nobody_need_prove_who_he_is_but_must_be_somebody(
    own_servers: Servers, writer: Connection, projector: Connection, keys: Keyring, tmp_path: Path
) -> None:
    assert prove(projector, keys, f"{BODY}/e-1", None, demonstration=True).role == "servant"
    with pytest.raises(ViewerError, match="unknown-viewer"):
        prove(projector, keys, f"{BODY}/nobody", None, demonstration=True)
    name = parse(f"{BODY}/e-1")
    register(writer, keys, name, "hr", public_text(make(tmp_path / "key")))
    assert prove(projector, keys, str(name), None, demonstration=True).role == "hr"
    revoke(writer, keys, name, "he left")
    with pytest.raises(ViewerError, match="viewer-revoked"):
        prove(projector, keys, str(name), None, demonstration=True)
    embedded = Servers(own_servers.postgres_url, own_servers.nats_url, embedded=True)
    assert not is_demonstration(tmp_path, embedded, keys)
    mark_demonstration(tmp_path, embedded, keys)
    assert is_demonstration(tmp_path, embedded, keys)
    # Neither another database's keyring nor servers of one's own become one by a file that lies there.
    assert not is_demonstration(tmp_path, embedded, keyring.create(os.urandom))
    assert not is_demonstration(
        tmp_path, Servers(own_servers.postgres_url, own_servers.nats_url, embedded=False), keys
    )


def test_the_first_viewer_of_a_home_is_made_once(
    writer: Connection, projector: Connection, keys: Keyring, tmp_path: Path
) -> None:
    first_viewer(writer, keys, tmp_path)
    held = size(writer, "agency")
    first_viewer(writer, keys, tmp_path)
    assert size(writer, "agency") == held
    assert prove(projector, keys, str(FIRST), key_path(tmp_path)).role == "central"
    revoke(writer, keys, FIRST, "given to a person")
    first_viewer(writer, keys, tmp_path)
    assert code_of(projector, keys, str(FIRST), key_path(tmp_path)) == "viewer-revoked"
