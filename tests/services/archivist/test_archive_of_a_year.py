"""A year exported from a real log: proven, replayed, opened by an escrow, and lost with its keys."""

from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from events.checkpoint import Checkpoint, origin_of, sign
from events.envelope import AGENCY
from events.keyring import Keyring
from events.log import Connection, LogError, head
from events.log.documents import hashed_name
from events.vocabulary import Name
from projections.archives import heads
from projections.archives.checking import check, whole
from projections.archives.container import CHECKPOINTS, content, layout
from projections.archives.extract import encode
from projections.archives.failures import ArchiveError
from projections.archives.grades import open_grade, open_steps
from projections.archives.parts import Archive, escrow_keys
from projections.archives.replaying import Replayed, replay
from services.archivist import extracting
from services.archivist.extracting import Making
from services.archivist.opening import system_keys, system_keys_at_once
from services.servers import Servers, connect
from tests.facts import BODY, appointed, assessed, body_and_servant, ref, sanctioned
from tests.projections.recorded import Recorder, sample
from tests.services.archivist.conftest import AT, Exporting
from tests.services.deciding.telling import delivered

pytestmark = pytest.mark.servers

MIXED = ("4", "4", "4", "4", "5")
SERVANT = [
    *body_and_servant(),
    *assessed(MIXED),
    delivered(),
    *assessed(MIXED, ref(period="2026-Q2")),
    sanctioned("remark", "2026-03-02"),
    delivered(ref(period="2026"), on="2026-07-20"),
    appointed("second-servant", "p-2"),
    *assessed(MIXED, ref("second-servant", "p-2")),
]


def read(path: Path) -> memoryview:
    return memoryview(path.read_bytes())


def public(keys: Keyring) -> list[bytes]:
    return [keys.log_key.public_key().public_bytes_raw()]


def replayed(path: Path, conn: Connection, keys: Keyring) -> Replayed:
    data = read(path)
    streams = Archive(data, lambda _, __: {}).streams()
    return replay(Archive(data, system_keys_at_once(conn, keys, streams)))


@pytest.fixture
def archive(recorder: Recorder, exporting: Exporting, tmp_path: Path) -> Path:
    """The year of two servants, one with a told and restated quarter."""
    recorder.record(SERVANT)
    path = tmp_path / "year.archive"
    exporting(path)
    return path


def destroy(servers: Servers, keys: Keyring, *names: Name) -> None:
    with connect(servers, autocommit=True) as conn:
        for name in names:
            hashed = hashed_name(keys, BODY, name)
            gone = conn.execute("DELETE FROM ledger.documents WHERE name = %s", [hashed])
            assert gone.rowcount == 1


def test_the_sample_countrys_years_prove_and_replay_themselves(
    recorder: Recorder, reader: Connection, keys: Keyring, exporting: Exporting, tmp_path: Path
) -> None:
    recorder.record(sample(2500, bodies=4))
    bodies = [row[0] for row in reader.execute("SELECT ledger FROM ledger.ledgers")]
    exported = announcements = 0
    for body in bodies:
        path = tmp_path / body
        with suppress(ArchiveError):
            done = exporting(path, body)
        if not path.exists():
            continue
        exported += 1
        assert check(read(path), public(keys)).faults == ()
        found = replayed(path, reader, keys)
        assert found.unexplained == ()
        assert found.grades == found.alike == done.manifest.counts.grades > 0
        assert found.announcements == found.announced_alike
        announcements += found.announcements
    assert exported == 4
    assert announcements > 100


def test_a_year_holds_its_grades_its_law_and_what_was_told(
    archive: Path, reader: Connection, keys: Keyring
) -> None:
    checked = check(read(archive), public(keys))
    found = replayed(archive, reader, keys)

    assert checked.faults == ()
    assert checked.manifest is not None
    assert (checked.manifest.counts.persons, checked.manifest.counts.grades) == (2, 5)
    assert (found.grades, found.alike, found.announcements, found.announced_alike) == (5, 5, 3, 3)
    assert [one.code for one in found.findings] == ["restated"]
    assert found.unexplained == ()


def test_another_logs_key_proves_nothing(archive: Path) -> None:
    stranger = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    assert {"unknown-key", "wrong-checkpoint", "missing-checkpoint"} <= set(
        check(read(archive), [stranger]).codes
    )


def test_nobody_is_named_in_the_file(archive: Path) -> None:
    raw = archive.read_bytes()
    for secret in (b"second-servant", b"head-1", b"boss-1", b"effective", b"remark"):
        assert secret not in raw
        for tag, place in layout(memoryview(raw)).items():
            if tag != "MANI":
                assert secret not in whole(content(memoryview(raw), place)), tag


class TestKeys:
    def test_what_is_destroyed_in_the_system_is_lost_in_the_archive(
        self, archive: Path, own_servers: Servers, reader: Connection, keys: Keyring
    ) -> None:
        destroy(own_servers, keys, Name("assessment", ("e-1", "p-1", "2026-Q1")))
        found = replayed(archive, reader, keys)

        assert (found.documents_destroyed, found.lost) == (1, 2)
        assert found.unexplained == ()
        assert check(read(archive), public(keys)).ok

    def test_an_explanation_goes_with_any_document_that_it_tells_of(
        self, archive: Path, own_servers: Servers, reader: Connection, keys: Keyring
    ) -> None:
        destroy(own_servers, keys, Name("discipline", ("e-1",)))
        archived = Archive(read(archive), system_keys(reader, keys))
        persons = {one.employee: one for one in archived.persons()}

        of = persons["e-1"]
        place = (BODY, 2026, of.person)
        assert all(open_grade(one, of.part.keys, place) is not None for one in of.grades)
        assert all(open_steps(one, of.part.keys, place) is None for one in of.grades)

    def test_an_escrow_opens_what_the_system_destroyed(
        self, archive: Path, exporting: Exporting, own_servers: Servers, keys: Keyring, tmp_path: Path
    ) -> None:
        private = X25519PrivateKey.generate()
        path = tmp_path / "escrowed"
        exporting(path, escrow=private.public_key())
        destroy(own_servers, keys, Name("assessment", ("e-1", "p-1", "2026-Q1")))

        data = read(path)
        assert check(data, public(keys)).ok
        found = replay(Archive(data, escrow_keys(data, private)))
        assert (found.grades, found.alike, found.lost, found.unexplained) == (5, 5, 0, ())
        with pytest.raises(ArchiveError, match="not sealed to this escrow"):
            escrow_keys(data, X25519PrivateKey.generate())
        with pytest.raises(ArchiveError) as without:
            escrow_keys(read(archive), private)
        assert without.value.code == "no-escrow"

    @pytest.mark.usefixtures("archive")
    def test_an_export_counts_what_was_destroyed_before_and_goes_on(
        self,
        exporting: Exporting,
        own_servers: Servers,
        reader: Connection,
        keys: Keyring,
        tmp_path: Path,
    ) -> None:
        destroy(own_servers, keys, Name("assessment", ("e-1", "p-1", "2026-Q1")))
        path = tmp_path / "later"
        done = exporting(path)

        assert done.manifest.counts.destroyed == 1
        assert check(read(path), public(keys)).ok
        found = replayed(path, reader, keys)
        assert found.grades == found.alike == done.manifest.counts.grades


class TestTheFile:
    def test_one_that_is_there_is_not_replaced_unasked(self, archive: Path, exporting: Exporting) -> None:
        before = archive.read_bytes()
        with pytest.raises(ArchiveError) as refused:
            exporting(archive)
        assert refused.value.code == "file-exists"
        assert archive.read_bytes() == before
        exporting(archive, force=True)
        assert archive.read_bytes() != before

    @pytest.mark.usefixtures("archive")
    def test_a_year_without_assessments_makes_none(self, exporting: Exporting, tmp_path: Path) -> None:
        with pytest.raises(ArchiveError) as refused:
            exporting(tmp_path / "none", year=2019)
        assert refused.value.code == "nothing-assessed"
        assert {one.name for one in tmp_path.iterdir()} == {"year.archive"}

    @pytest.mark.usefixtures("archive")
    @pytest.mark.parametrize(
        ("tampering", "code"),
        [
            ("recorded_at = recorded_at + interval '1 minute'", "unreadable-event"),
            ("leaf = sha256(leaf)", "log-altered"),
        ],
    )
    def test_a_ledger_that_does_not_prove_itself_is_not_archived(
        self, exporting: Exporting, own_servers: Servers, tmp_path: Path, tampering: str, code: str
    ) -> None:
        with connect(own_servers, autocommit=True) as owner:
            for (table,) in owner.execute(
                "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'ledger.events'::regclass"
            ).fetchall():
                owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
            changed = owner.execute(
                f"UPDATE ledger.events SET {tampering} WHERE ledger = %s AND seq = 2".encode(), [BODY]
            )
            assert changed.rowcount == 1
        with pytest.raises((ArchiveError, LogError)) as refused:
            exporting(tmp_path / "forged")
        assert refused.value.code == code
        assert {one.name for one in tmp_path.iterdir()} == {"year.archive"}


class TestHeads:
    @pytest.mark.usefixtures("archive")
    def test_cosigned_heads_of_the_home_come_with_their_proofs(
        self, recorder: Recorder, exporting: Exporting, keys: Keyring, tmp_path: Path
    ) -> None:
        at = head(recorder.conn, BODY)
        note = sign(Checkpoint(origin_of(BODY), at.size, at.root), keys.log_key)
        witness = sign(Checkpoint(origin_of(BODY), at.size, at.root), Ed25519PrivateKey.generate(), "witness")
        kept = tmp_path / "home" / "checkpoints" / BODY
        kept.parent.mkdir(parents=True)
        cosigned = note + witness.rpartition("\n\n")[2]
        kept.write_text(f"{cosigned}\n")
        # What comes after belongs to another year, so the archive ends before the newest head.
        recorder.record(assessed(MIXED, ref("second-servant", "p-2", "2027-Q1")))
        path = tmp_path / "cosigned"
        done = exporting(path)

        data = read(path)
        found = heads.decode(whole(content(data, layout(data)[CHECKPOINTS])))
        of_body = [one for one in found if one.ledger == BODY]
        assert check(data, public(keys)).faults == ()
        assert done.manifest.ledger.size == at.size < head(recorder.conn, BODY).size
        assert [bool(one.proof) for one in of_body] == [False, True, False]
        assert of_body[2].note == cosigned

    @pytest.mark.usefixtures("archive")
    def test_a_head_that_the_ledger_does_not_reach_stops_an_export(
        self, exporting: Exporting, keys: Keyring, tmp_path: Path
    ) -> None:
        kept = tmp_path / "home" / "checkpoints" / AGENCY
        kept.parent.mkdir(parents=True)
        kept.write_text(sign(Checkpoint(origin_of(AGENCY), 10_000, bytes(32)), keys.log_key) + "\n")
        with pytest.raises(ArchiveError) as refused:
            exporting(tmp_path / "rolled-back")
        assert refused.value.code == "log-altered"


class TestAnExtract:
    def test_is_one_persons_signed_and_proven_by_itself(
        self, archive: Path, reader: Connection, keys: Keyring
    ) -> None:
        data = read(archive)
        making = Making(AT, "0.0.0", keys.log_key)
        made = extracting.extract(data, Archive(data, system_keys(reader, keys)), "e-1", making, keys)
        encoded = encode(made)
        checked = extracting.check(encoded, public(keys))

        assert checked.faults == ()
        assert checked.is_signed
        assert [(one.kind, one.period, one.score) for one in checked.grades] == [
            ("quarterly", "2026-Q1", "3.80"),
            ("quarterly", "2026-Q2", "4.20"),
            ("annual", "2026", "4.00"),
        ]
        assert b"second-servant" not in encoded
        assert set(made.pages) == {"kk", "ru", "en"}
        assert "e-1" in extracting.text_of(made, "00")

    def test_every_change_of_it_is_found(self, archive: Path, reader: Connection, keys: Keyring) -> None:
        data = read(archive)
        opening = Archive(data, system_keys(reader, keys))
        signed = extracting.extract(data, opening, "e-1", Making(AT, "0", keys.log_key), keys)
        unsigned = extracting.extract(data, opening, "e-1", Making(AT, "0"))
        assert extracting.check(encode(unsigned), public(keys)).faults == ()

        said = signed.events[-1]
        told = msgspec.structs.replace(said, says=msgspec.Raw(bytes(said.says).replace(b"2026", b"2025")))
        for made in (signed, unsigned):
            for changed in (
                {"events": (*made.events[:-1], told)},
                {"events": made.events[:-2] + made.events[-1:]},
                {"events": (*made.events[:-2], made.events[-1], made.events[-2])},
                {"events": (*made.events, made.events[-1])},
                {"grades": made.grades[:-1]},
                {"employee": "second-servant"},
                {"pages": {**made.pages, "en": ["He was graded otherwise."]}},
            ):
                forged = msgspec.structs.replace(made, **changed)
                assert extracting.check(encode(forged), public(keys)).codes, changed.keys()

    def test_nobody_else_is_found_in_an_archive(
        self, archive: Path, reader: Connection, keys: Keyring
    ) -> None:
        data = read(archive)
        for keyring in (keys, None):
            with pytest.raises(ArchiveError) as unknown:
                extracting.extract(
                    data, Archive(data, system_keys(reader, keys)), "e-9", Making(AT, "0"), keyring
                )
            assert unknown.value.code == "unknown-employee"
