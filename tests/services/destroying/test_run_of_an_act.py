import re
from base64 import b64decode, b64encode
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Any

import msgspec
import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from events import keyring
from events.envelope import AGENCY, Event
from events.keyring import STALE_KEK, Keyring
from events.log import Connection, Destroyed, head, today
from events.vocabulary.retention import DestructionAuthorised, HoldPlaced
from projections import marks, store
from projections.dossiers import Reader
from projections.law import AgencyLaw
from projections.live import Live
from services.clock.passing import pass_over
from services.destroying.acts import Act, acts, agency_seq, fact_of, load
from services.destroying.authorising import authorise, draw, look
from services.destroying.errors import DestroyingError
from services.destroying.holding import standing, tell
from services.destroying.printed import printed
from services.destroying.printed import told as told_of
from services.destroying.remembered import as_grade, destroyed_of, sentence
from services.intake.known import find_known
from services.intake.message import Message, read
from services.keys import open_keyring
from services.recording import Due, record
from services.replaying import replay_ledgers
from services.servers import Servers, connect
from services.viewers.keys import public_text
from tests import ledgers
from tests.facts import BODY, appointed, assessed, fact, id_of, ref, sanctioned, worked
from tests.projections.recorded import catch_up, folded, in_order
from tests.services.clock.world import delivered
from tests.services.deciding.telling import appealed, calibrated
from tests.services.destroying.years_ago import (
    FIRST,
    SECOND,
    SECOND_QUARTER_OVER,
    TODAY,
    YEAR_OVER,
    Archive,
    Signatory,
    dismissed,
    revoked,
    signatory,
    viewer,
)

pytestmark = pytest.mark.servers


def due_of(archive: Archive, as_of: date) -> Counter[tuple[str, str | None]]:
    verdicts = look(archive.destroyer, archive.log, BODY, as_of)
    return Counter((one.paper.name.kind, one.period) for one in verdicts if one.is_due)


def reasons(
    archive: Archive, employee: str, as_of: date = YEAR_OVER
) -> set[tuple[str, str | None, str | None]]:
    verdicts = look(archive.destroyer, archive.log, BODY, as_of)
    return {(one.paper.name.kind, one.period, one.reason) for one in verdicts if one.person == employee}


def destroyed_in(archive: Archive, conn: Connection) -> set[Any]:
    return {one.stream for one in archive.log.read(conn, BODY) if isinstance(one, Destroyed)}


def held(archive: Archive, employee: str, period: str | None = None) -> None:
    data = HoldPlaced(employee=employee, period=period, basis="case 17")
    tell(archive.recorder.conn, archive.keys, BODY, data, by="hr-1", on=TODAY)


class TestWhatIsDue:
    def test_a_quarter_three_years_after_it_was_told_and_the_year_last(self, archive: Archive) -> None:
        assert due_of(archive, date(2029, 4, 20)) == {}
        first = {("assessment", "2026-Q1"), ("obligations", "2026-Q1")}
        assert set(due_of(archive, date(2029, 4, 21))) == first
        everything = due_of(archive, YEAR_OVER)
        assert everything["annual", "2026"] == 2
        assert ("employment", None) not in everything

    def test_the_file_of_one_who_left_goes_with_the_last_of_his_results(self, archive: Archive) -> None:
        archive.tell(dismissed("e-1", "2027-03-01"))
        assert ("employment", None, "needed-by-results") in reasons(archive, "e-1", SECOND_QUARTER_OVER)
        assert ("employment", None, None) in reasons(archive, "e-1", YEAR_OVER)
        assert ("employment", None, "in-service") in reasons(archive, "e-2", YEAR_OVER)

    def test_a_pending_appeal_keeps_the_quarter_and_its_year(self, archive: Archive) -> None:
        of = ref("e-1", "p-e-1", "2026-Q1")
        filed = fact("ProtocolFiled", {**of, "number": "7", "signed_on": "2026-04-24"}, on="2026-04-24")
        archive.tell(*calibrated_late(of), filed, appealed(on="2026-05-12", of=of))
        assert ("assessment", "2026-Q1", "appeal-pending") in reasons(archive, "e-1")
        assert ("annual", "2026", "quarter-kept") in reasons(archive, "e-1")
        assert ("assessment", "2026-Q2", None) in reasons(archive, "e-1")

    def test_an_open_dispute_keeps_the_quarter_and_its_year_and_its_end_begins_the_term(
        self, archive: Archive
    ) -> None:
        of = ref("e-1", "p-e-1", "2026-Q1")
        archive.tell(fact("DisputeRaised", {**of, "text": "late"}, on="2027-03-01"))
        assert ("assessment", "2026-Q1", "dispute-pending") in reasons(archive, "e-1")
        assert ("annual", "2026", "quarter-kept") in reasons(archive, "e-1")
        archive.tell(fact("DisputeSettled", {**of, "text": "heard"}, on="2028-03-01"))
        assert ("assessment", "2026-Q1", "term") in reasons(archive, "e-1", YEAR_OVER)
        assert ("assessment", "2026-Q1", None) in reasons(archive, "e-1", date(2031, 3, 2))

    def test_no_day_that_a_body_names_makes_papers_due_before_their_time(self, archive: Archive) -> None:
        of = ref("e-9", "p-e-9", "2026-Q1")
        archive.tell(appointed("e-9", "p-e-9"), *assessed(of=of), delivered(of, "1995-01-01"))
        first = ("assessment", "2026-Q1", None)
        assert first not in reasons(archive, "e-9", date(2029, 3, 31))
        assert first in reasons(archive, "e-9", date(2031, 1, 1))

    def test_what_was_restated_waits_until_it_is_told_again(self, archive: Archive) -> None:
        archive.tell(sanctioned("reprimand", "2026-02-10", "e-1"))
        restated = {period for kind, period, reason in reasons(archive, "e-1") if reason == "not-completed"}
        assert "2026-Q1" in restated
        archive.tell(delivered(ref("e-1", "p-e-1", "2026-Q1"), "2030-02-01"))
        assert ("assessment", "2026-Q1", "term") in reasons(archive, "e-1")
        assert ("assessment", "2026-Q1", None) in reasons(archive, "e-1", date(2033, 2, 2))

    def test_a_fact_that_comes_after_the_destruction_is_destroyed_with_the_next_act(
        self, archive: Archive
    ) -> None:
        archive.authorised()
        archive.run()
        archive.tell(worked(57, ref("e-1", "p-e-1", "2026-Q1")))
        assert ("assessment", "2026-Q1", None) in reasons(archive, "e-1")
        act = archive.authorised("2031-2")
        assert [(one.kind, one.period) for one in act.documents] == [("assessment", "2026-Q1")]
        assert archive.run("2031-2").destroyed == 1

    def test_a_hold_keeps_its_period_and_one_without_a_period_everything(self, archive: Archive) -> None:
        held(archive, "e-1", "2026-Q2")
        held(archive, "e-2")
        assert {one for one in reasons(archive, "e-1") if one[1] == "2026-Q2"} == {
            ("assessment", "2026-Q2", "held"),
            ("obligations", "2026-Q2", "held"),
        }
        assert ("assessment", "2026-Q1", None) in reasons(archive, "e-1")
        assert {reason for _, _, reason in reasons(archive, "e-2")} == {"held"}
        assert [(one.employee, one.period) for one in standing(archive.destroyer, archive.keys, BODY)] == [
            ("e-1", "2026-Q2"),
            ("e-2", None),
        ]


def calibrated_late(of: dict[str, Any]) -> list[bytes]:
    return [line.replace(b"2026-04-16", b"2026-04-22") for line in calibrated("4.5", of=of)]


class TestAuthorisation:
    def test_by_two_different_people_with_two_keys(self, archive: Archive) -> None:
        act = archive.draw()
        act = authorise(archive.destroyer, archive.log, act, FIRST, on=TODAY)
        refused(archive, act, FIRST, "same-person")
        refused(archive, act, signatory("hr-3", key=FIRST.key), "same-key")
        with pytest.raises(DestroyingError) as caught:
            archive.run()
        assert caught.value.code == "act-unauthorised"
        authorise(archive.destroyer, archive.log, act, SECOND, on=TODAY)
        refused(archive, act, signatory("hr-4"), "act-authorised")
        refused(archive, act, signatory("e-1", role="servant"), "may-not-authorise")
        refused(archive, act, signatory("hr-9", ledger="sjc"), "may-not-authorise")

    def test_each_signs_the_digest_of_the_list(self, archive: Archive) -> None:
        act = archive.authorised()
        for said, person in zip(act.authorised, (FIRST, SECOND), strict=True):
            signature = b64decode(said.data.signature)  # type: ignore[attr-defined]
            person.secret.public_key().verify(signature, act.statement)
        assert act.digest.encode() in act.statement

    def test_a_number_is_given_once_and_nothing_due_makes_no_act(self, archive: Archive) -> None:
        archive.draw()
        early = date(2028, 1, 1)
        for number, as_of, code in (("2031-1", YEAR_OVER, "act-listed"), ("x", early, "nothing-due")):
            with pytest.raises(DestroyingError) as caught:
                archive.draw(number, as_of)
            assert caught.value.code == code

    def test_a_list_of_what_is_due_later_is_neither_drawn_up_nor_authorised(self, archive: Archive) -> None:
        eve = YEAR_OVER - timedelta(days=1)
        with pytest.raises(DestroyingError) as caught:
            draw(archive.destroyer, archive.log, BODY, "early", as_of=YEAR_OVER, on=eve)
        assert caught.value.code == "not-due-yet"
        assert acts(archive.destroyer, archive.log, BODY) == []
        act = archive.draw()
        with pytest.raises(DestroyingError) as caught:
            authorise(archive.destroyer, archive.log, act, FIRST, on=eve)
        assert caught.value.code == "not-due-yet"
        assert authorise(archive.destroyer, archive.log, act, FIRST, on=YEAR_OVER).authorised

    def test_by_those_alone_whose_registered_keys_signed_it(self, archive: Archive) -> None:
        act = authorise(archive.destroyer, archive.log, archive.draw(), FIRST, on=TODAY)
        refused(archive, act, signatory("ghost"), "authorisation-invalid")
        # One of central HR who is registered, and the key of another; a signature on something else.
        central = signatory("central-1", ledger=AGENCY, role="central")
        archive.tell(viewer(central))
        other = signatory("central-1", ledger=AGENCY, role="central")
        refused(archive, act, other, "authorisation-invalid")
        refused(archive, act, msgspec.structs.replace(other, key=central.key), "authorisation-invalid")
        as_hr = msgspec.structs.replace(SECOND, code="central-1")
        refused(archive, act, as_hr, "authorisation-invalid")
        act = authorise(archive.destroyer, archive.log, act, central, on=TODAY)
        [_, said] = act.authorisations
        public = Ed25519PublicKey.from_public_bytes(b64decode(said.public_key))
        public.verify(b64decode(said.signature), act.statement)
        assert archive.run().destroyed == len(act.documents)

    def test_codes_that_differ_in_letter_case_alone_are_one_person(self, archive: Archive) -> None:
        twin = signatory("HR-1")
        archive.tell(viewer(twin))
        act = authorise(archive.destroyer, archive.log, archive.draw(), FIRST, on=TODAY)
        refused(archive, act, twin, "same-person")

    def test_a_key_that_was_revoked_authorises_nothing(self, archive: Archive) -> None:
        archive.tell(revoked(SECOND))
        act = authorise(archive.destroyer, archive.log, archive.draw(), FIRST, on=TODAY)
        refused(archive, act, SECOND, "authorisation-invalid")


def recorded_as(archive: Archive, act: Act, person: Signatory, **changes: Any) -> None:
    """An authorisation as whoever may write to the ledger can put it there."""
    said = DestructionAuthorised(
        act=act.number,
        by=person.code,
        by_of=person.ledger,
        role=person.role,
        documents=len(act.documents),
        digest=act.digest,
        key=person.key,
        public_key=public_text(person.secret),
        signature=b64encode(person.sign(act.statement)).decode(),
    )
    told = msgspec.structs.replace(said, **changes)
    law = agency_seq(archive.destroyer)
    facts = [fact_of(BODY, told, TODAY, (told.by_of, told.by))]
    record(archive.destroyer, archive.log, BODY, lambda _: Due(facts, law))


class TestWhoAuthorisedIsCheckedBeforeTheRun:
    @pytest.mark.parametrize(
        ("person", "changes", "code"),
        [
            (SECOND, {}, None),
            (signatory("ghost"), {}, "authorisation-invalid"),
            (SECOND, {"signature": b64encode(bytes(64)).decode()}, "authorisation-invalid"),
            (SECOND, {"signature": "nothing at all"}, "authorisation-invalid"),
            (SECOND, {"public_key": public_text(signatory("x").secret)}, "authorisation-invalid"),
            (SECOND, {"role": "central"}, "authorisation-invalid"),
            (signatory("hr-2"), {}, "authorisation-invalid"),
            (FIRST, {"by": "HR-1"}, "act-unauthorised"),
        ],
        ids=["true", "unregistered", "forged", "no signature", "key", "role", "another's code", "case"],
    )
    def test_what_was_written_past_the_command_destroys_nothing(
        self,
        archive: Archive,
        owner: Connection,
        person: Signatory,
        changes: dict[str, str],
        code: str | None,
    ) -> None:
        act = authorise(archive.destroyer, archive.log, archive.draw(), FIRST, on=TODAY)
        recorded_as(archive, act, person, **changes)
        if code is None:
            assert archive.run().destroyed == len(act.documents)
            return
        with pytest.raises(DestroyingError) as caught:
            archive.run()
        assert (caught.value.code, destroyed_in(archive, owner)) == (code, set())

    @pytest.mark.parametrize(
        "since", [revoked(SECOND), viewer(signatory("hr-2"))], ids=["revoked", "replaced"]
    )
    def test_a_key_revoked_since_stops_the_run(
        self, archive: Archive, owner: Connection, since: bytes
    ) -> None:
        archive.authorised()
        archive.tell(since)
        with pytest.raises(DestroyingError) as caught:
            archive.run()
        assert (caught.value.code, destroyed_in(archive, owner)) == ("authorisation-revoked", set())

    def test_what_was_begun_is_finished_all_the_same(self, archive: Archive) -> None:
        act = archive.authorised()

        def reached(step: str) -> None:
            if step == "destroyed":
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            archive.run(reached=reached)
        archive.tell(revoked(SECOND))
        assert archive.run().destroyed == len(act.documents)


def refused(archive: Archive, act: Any, person: Any, code: str) -> None:
    with pytest.raises(DestroyingError) as caught:
        authorise(archive.destroyer, archive.log, act, person, on=TODAY)
    assert caught.value.code == code


class TestTheRun:
    def test_what_is_listed_is_destroyed_and_the_act_is_completed(
        self, archive: Archive, owner: Connection
    ) -> None:
        act = archive.authorised()
        done = archive.run()
        assert (done.destroyed, done.left, done.act.state) == (len(act.documents), (), "completed")
        assert destroyed_in(archive, owner) == {one.stream for one in act.documents}
        for table in ("projection.grades", "projection.record_keys", "projection.parked"):
            assert owner.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
        [(dossiers,)] = owner.execute(
            "SELECT count(*) FROM projection.dossiers WHERE stream = ANY(%s)",
            [[one.stream for one in act.documents]],
        ).fetchall()
        assert dossiers == 0
        with pytest.raises(DestroyingError) as caught:
            archive.run()
        assert caught.value.code == "act-completed"
        assert [one.state for one in acts(owner, archive.log, BODY)] == ["completed"]

    def test_nothing_is_run_before_its_day(self, archive: Archive, owner: Connection) -> None:
        archive.authorised()
        for day in (today, lambda _: YEAR_OVER - timedelta(days=1)):
            with pytest.raises(DestroyingError) as caught:
                archive.run(day=day)
            assert caught.value.code == "not-due-yet"
        assert destroyed_in(archive, owner) == set()

    def test_a_paper_whose_own_term_runs_stays_whatever_the_list_says(
        self, archive: Archive, owner: Connection
    ) -> None:
        listed = archive.draw("2031-1", YEAR_OVER)
        early = SECOND_QUARTER_OVER
        parts = [msgspec.structs.replace(one, act="2029-1", as_of=early) for one in listed.lists]
        facts = [fact_of(BODY, one, early, (one.part,)) for one in parts]
        law = agency_seq(archive.destroyer)
        record(archive.destroyer, archive.log, BODY, lambda _: Due(facts, law))
        act = load(archive.destroyer, archive.log, BODY, "2029-1")
        for person in (FIRST, SECOND):
            act = authorise(archive.destroyer, archive.log, act, person, on=early)
        done = archive.run("2029-1", day=lambda _: early)
        assert {one.period for one in done.left if one.reason == "term"} >= {"2026-Q3", "2026-Q4"}
        gone = {one.period for one in act.documents if one.stream in destroyed_in(archive, owner)}
        assert gone == {"2026-Q1", "2026-Q2"}

    def test_what_was_held_since_is_left_out_and_named(self, archive: Archive, owner: Connection) -> None:
        act = archive.authorised()
        held(archive, "e-1", "2026-Q2")
        done = archive.run()
        assert {(one.kind, one.period, one.reason) for one in done.left} == {
            ("assessment", "2026-Q2", "held"),
            ("obligations", "2026-Q2", "held"),
            ("annual", "2026", "quarter-kept"),
            ("obligations", "2026", "quarter-kept"),
        }
        assert destroyed_in(archive, owner) == {one.stream for one in act.documents} - {
            one.stream for one in done.left
        }
        assert done.act.completed is not None
        assert set(done.act.completed.data.left) == {one.stream for one in done.left}  # type: ignore[attr-defined]

    def test_a_hold_placed_while_it_runs_is_kept_too(self, archive: Archive, owner: Connection) -> None:
        archive.authorised()
        placed = Flag()

        def reached(step: str) -> None:
            if step == "batch" and not placed.is_set():
                placed.set()
                held(archive, "e-2")

        done = archive.run(batch=1, reached=reached)
        assert {one.reason for one in done.left} == {"held"}
        alive = [one for one in archive.log.read(owner, BODY) if isinstance(one, Event)]
        signed = [one for one in alive if one.type == "SheetSigned"]
        assert any(getattr(one.data, "employee", None) == "e-2" for one in signed)

    def test_what_changed_since_refuses_the_act(self, archive: Archive, owner: Connection) -> None:
        archive.authorised()
        late = fact("DisputeRaised", {**ref("e-1", "p-e-1", "2026-Q3"), "text": "late"}, on="2027-03-01")
        archive.tell(late)
        with pytest.raises(DestroyingError) as caught:
            archive.run()
        assert caught.value.code == "papers-changed"
        assert destroyed_in(archive, owner) == set()

    def test_of_two_acts_on_the_same_papers_the_second_names_what_the_first_destroyed(
        self, archive: Archive
    ) -> None:
        archive.authorised("2029-1", SECOND_QUARTER_OVER)
        archive.authorised("2031-1", YEAR_OVER)
        first = archive.run("2029-1")
        second = archive.run("2031-1")
        assert first.left == ()
        assert {one.reason for one in second.left} == {"destroyed-elsewhere"}
        assert len(second.left) == first.destroyed

    def test_two_runs_at_once_are_refused(self, archive: Archive, own_servers: Servers) -> None:
        archive.authorised()
        codes: list[str] = []

        def reached(step: str) -> None:
            if step == "destroyed":
                with connect(own_servers, "bagalau_destroyer", autocommit=True) as other:
                    twin = Archive(archive.recorder, other, archive.projector, archive.keys, archive.file)
                    with pytest.raises(DestroyingError) as caught:
                        twin.run()
                    codes.append(caught.value.code)

        archive.run(reached=reached)
        assert codes == ["destruction-under-way"]


class TestBesideLiveTraffic:
    def test_a_projector_with_cached_documents_leaves_no_row_of_what_is_gone(
        self, archive: Archive, own_servers: Servers, owner: Connection
    ) -> None:
        # It keeps everybody's documents and keys folded, and is in the middle of deriving some of them anew.
        stop = Flag()
        failed: list[Exception] = []

        def project() -> None:
            with connect(own_servers, "bagalau_projector", autocommit=True) as conn:
                live = Live(open_keyring(archive.file), batch=3)
                while not stop.is_set():
                    try:
                        live.advance(conn, BODY)
                    except Exception as error:  # noqa: BLE001 - as the process does: what failed is tried again
                        failed.append(error)
                        live = Live(open_keyring(archive.file), batch=3)

        thread = Thread(target=project)
        thread.start()
        try:
            archive.authorised("2029-1", SECOND_QUARTER_OVER)
            number = iter(range(100))

            def reached(step: str) -> None:
                if step == "batch":
                    archive.tell(sanctioned("remark", f"2026-08-{next(number) % 28 + 1:02d}", "e-1"))

            archive.run("2029-1", batch=2, reached=reached, patience=20)
        finally:
            stop.set()
            thread.join()
        codes = {getattr(one, "sqlstate", None) or getattr(one, "code", "?") for one in failed}
        assert codes <= {"40P01", "unknown-kek"}
        catch_up(archive.projector, Live(archive.keys))
        shown = in_order(store.grades(owner, archive.keys))
        assert shown == folded(owner, archive.log)
        assert {one.period for one in shown if one.kind == "quarterly"} == {"2026-Q3", "2026-Q4"}
        assert marks.parked(owner) == []
        unread = owner.execute(
            "SELECT count(*) FROM projection.grades AS g WHERE g.kind <> 'annual' AND NOT EXISTS"
            " (SELECT FROM ledger.documents AS d WHERE d.stream = g.id)"
        ).fetchone()
        assert unread == (0,)

    def test_a_writer_that_missed_the_new_key_is_refused_and_wraps_anew_without_a_restart(
        self, archive: Archive, owner: Connection
    ) -> None:
        fixed = keyring.load(archive.file)  # as on another machine, where the file is the old one still
        archive.authorised()
        archive.run()
        sheet = ledgers.score("e-9", body=BODY)
        stale = type(archive.log)(fixed)
        with pytest.raises(psycopg.DatabaseError) as caught:
            ledgers.record(archive.recorder.conn, stale, [sheet])
        assert caught.value.sqlstate == STALE_KEK
        # The process that follows its file goes on as if nothing had been.
        ledgers.record(archive.recorder.conn, archive.log, [sheet])
        [(newest,)] = owner.execute("SELECT max(kek) FROM ledger.documents").fetchall()
        assert newest == keyring.load(archive.file).newest


def test_a_fact_of_a_destroyed_document_is_a_repeat_whatever_it_says(archive: Archive, keys: Keyring) -> None:
    def known(line: bytes) -> Any:
        reading = read(Message(BODY, line), keys.digest)
        accepted, refused = find_known(archive.recorder.conn, keys, [reading])
        assert refused == {}
        return reading.digest, accepted[reading.key].digest

    first, other = (
        next(line for line in archive.told if b"ScoreSubmitted" in line and period in line)
        for period in (b"2026-Q1", b"2026-Q3")
    )
    altered = other.replace(b'"score": "5"', b'"score": "3"')
    assert altered != other
    assert len(set(known(first))) == 1
    archive.authorised("2029-1", SECOND_QUARTER_OVER)
    archive.run("2029-1")
    assert known(first)[1] is None
    now, accepted = known(other)
    assert now == accepted
    now, accepted = known(altered)
    assert now != accepted


def test_no_mark_is_guessed_from_what_a_receipt_keeps(
    archive: Archive, owner: Connection, keys: Keyring
) -> None:
    line = next(line for line in archive.told if b"ScoreSubmitted" in line and b"2026-Q1" in line)
    archive.authorised("2029-1", SECOND_QUARTER_OVER)
    archive.run("2029-1")
    asked = "SELECT digest FROM ledger.receipts WHERE fact_id = %s"
    [(kept,)] = owner.execute(asked, [id_of(line)]).fetchall()
    marks_there_are = (b'"score": "%d.%02d"' % divmod(mark, 100) for mark in range(501))
    guesses = [
        read(Message(BODY, line.replace(b'"score": "5"', guess)), keys.digest) for guess in marks_there_are
    ]
    assert kept not in {one.digest for one in guesses}


def test_what_is_left_is_audited_and_the_clock_makes_nothing_of_it(
    archive: Archive, owner: Connection, keys: Keyring, tmp_path: Path
) -> None:
    act = archive.authorised("2029-1", SECOND_QUARTER_OVER)
    archive.run("2029-1")
    before = [one.seq for one in archive.log.read(owner, BODY)][-1]
    done = pass_over(archive.recorder.conn, archive.log, date(2029, 10, 1))
    assert done.failing == {}
    said = [one for one in archive.log.read(owner, BODY, before) if isinstance(one, Event)]
    assert [one.type for one in said if any("2026" in part for part in one.document.key)] == []
    archive.project()
    [_, replayed] = list(replay_ledgers(owner, keys, tmp_path, bodies=[BODY]))
    assert replayed.unexplained == ()
    assert replayed.documents_destroyed == len(act.documents)
    assert replayed.lost > 0


def test_the_servant_is_told_what_was_destroyed_of_his_and_of_no_other(
    archive: Archive, owner: Connection, keys: Keyring
) -> None:
    archive.authorised("2029-1", SECOND_QUARTER_OVER)
    assert list(destroyed_of(owner, keys, BODY, "e-1")) == []
    archive.run("2029-1")
    told = list(destroyed_of(owner, keys, BODY, "e-1"))
    assert {(one.kind, one.period, one.act, one.of_grade) for one in told} == {
        ("assessment", "2026-Q1", "2029-1", "quarterly"),
        ("assessment", "2026-Q2", "2029-1", "quarterly"),
        ("obligations", "2026-Q1", "2029-1", None),
        ("obligations", "2026-Q2", "2029-1", None),
    }
    assert list(destroyed_of(owner, keys, BODY, "e-9")) == []
    law = AgencyLaw(Reader(keys)).catch_up(owner, head(owner, AGENCY).size)
    grade = as_grade(told[0], "quarterly", law)
    assert (grade.status, grade.score, grade.grade, grade.period) == ("destroyed", None, None, "2026-Q1")
    for language in ("kk", "ru", "en"):
        assert "2029-1" in sentence(told[0], language)


def test_the_act_lists_no_servant(archive: Archive, owner: Connection, keys: Keyring) -> None:
    archive.authorised()
    act = archive.run().act
    text = "\n".join(printed(owner, keys, act, "ru")) + str(told_of(owner, keys, act))
    # Bounded, as a stream's own digits may look like a code.
    assert re.search(r"(?<![0-9a-z-])(e-[12]|p-e-[12]|boss-1|head-1)(?![0-9a-z-])", text) is None
    assert all(str(one.stream) in text for one in act.documents)
    assert all(one["leaf"] for one in told_of(owner, keys, act)["documents"])
