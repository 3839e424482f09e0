"""Announced results are derived anew under the law of their day; what differs is told with its cause."""

import pytest

from events.envelope import AGENCY
from events.vocabulary.assessment import AnnouncedResult
from projections.lawbook import Lawbook
from projections.replay import Replay, Scope
from tests.facts import BODY, adopted, assessed, body_and_servant, fact, id_of, ref, sanctioned, worked
from tests.projections.replaying import (
    OTHER_ID,
    altered,
    corrected,
    explained,
    held,
    replayed,
    restate,
    take,
    unexplained,
)
from tests.services.deciding import test_commission as commission
from tests.services.deciding.telling import appealed, calibrated, delivered, resolved

GOOD = ("4", "4", "4", "4", "4")
MIXED = ("4", "4", "4", "4", "5")
YEAR = ref(period="2026")


def test_a_result_told_as_it_stands_is_found_alike() -> None:
    replay = replayed(held(*body_and_servant(), *assessed(GOOD), delivered()).events)

    assert (replay.results, replay.judged, replay.alike) == (1, 1, 1)
    assert replay.findings == []


def test_where_nothing_was_told_there_is_nothing_to_replay() -> None:
    replay = replayed(held(*body_and_servant(), *assessed(GOOD)).events)

    assert (replay.results, replay.judged) == (0, 0)
    assert replay.findings == []


@pytest.mark.parametrize(
    ("then", "cause", "was", "became"),
    [
        ([sanctioned("remark", "2026-03-02")], "DisciplineRecorded", "4.20", "3.80"),
        ([worked(12)], "WorkdaysReported", "4.20", None),
        (calibrated("4.5"), "CalibrationConcluded", "4.20", "4.50"),
        ([*calibrated("4.2"), appealed(), resolved("revise", score="3.5")], "AppealResolved", "4.20", "3.50"),
        ([*calibrated("4.2"), appealed(), resolved("annul")], "AppealResolved", "4.20", None),
        ([fact("SheetReturned", {**ref(), "by": "x", "reason": "wrong"})], "SheetReturned", "4.20", None),
    ],
    ids=["a late sanction", "work days", "a panel", "an appeal", "an annulment", "a return"],
)
def test_a_change_is_explained_by_its_cause(then, cause, was, became) -> None:
    replay = replayed(held(*body_and_servant(), *assessed(MIXED), delivered(), *then).events)

    assert unexplained(replay) == []
    assert replay.causes == {cause: 1}
    ((code, named, score, *_),) = explained(replay)
    assert (code, named, score) == ("restated", cause, ("score", was, became))
    assert replay.judged == replay.alike == 2


def test_a_chain_of_changes_is_explained_link_by_link() -> None:
    sanction = sanctioned("remark", "2026-03-02")
    annulled = fact(
        "DisciplineAnnulled", {"employee": "e-1", "discipline": str(id_of(sanction)), "basis": "court"}
    )
    lines = [delivered(), sanction, delivered(on="2026-05-04"), annulled]
    replay = replayed(held(*body_and_servant(), *assessed(MIXED), *lines).events)

    assert unexplained(replay) == []
    assert replay.causes == {"DisciplineRecorded": 1, "DisciplineAnnulled": 1}
    assert (replay.results, replay.judged, replay.alike) == (1, 4, 4)


def test_a_year_is_derived_of_all_its_quarters() -> None:
    second = ref(period="2026-Q2")
    lines = [*assessed(GOOD), delivered(YEAR, on="2026-07-01"), *assessed(("2",) * 5, second)]
    replay = replayed(held(*body_and_servant(), *lines).events)

    assert unexplained(replay) == []
    assert replay.causes == {"SheetSigned": 1}


def test_a_commissions_correction_is_derived_and_explained() -> None:
    of = commission.QUARTER
    votes = [
        commission.revise(member, of, points=90)
        for member in (commission.CHAIR, commission.FIRST, commission.SECOND)
    ]
    lines = [*commission.SJC_QUARTER, delivered(of), *commission.SITTING, *votes]
    replay = replayed(held(*lines).events)

    assert unexplained(replay) == []
    assert replay.causes == {"CommissionDecided": 1}
    assert replay.alike == replay.judged == 2


def test_competencies_are_a_result_of_their_own() -> None:
    lines = [*commission.ARYS_COMPETENCIES, delivered(commission.COMPETENCIES)]
    events = held(*lines).events
    told = next(one for one in events if isinstance(one.data, AnnouncedResult))
    wrong = {**told.data.results, "cooperation": "does-not-meet"}

    assert replayed(events).alike == 1
    (found,) = unexplained(replayed(altered(events, told.seq, results=wrong)))
    assert (found.code, found.form, found.differences[0].field) == (
        "result-differs",
        "competencies",
        "results",
    )


def test_a_year_told_in_a_position_that_was_left_is_no_longer_his_result_there() -> None:
    moved = fact(
        "EmployeeTransferred",
        {
            "employee": "e-1",
            "from_position": "p-1",
            "position": "p-2",
            "category": "E-4",
            "managerial": False,
            "unit": "u-2",
            "supervisor": "boss-1",
            "unit_head": "head-1",
            "on": "2026-09-01",
        },
    )
    replay = replayed(held(*body_and_servant(), *assessed(GOOD), delivered(YEAR), moved).events)

    assert [(one.code, one.position) for one in replay.findings] == [("position-changed", "p-1")]


class TestACorrection:
    @pytest.fixture
    def told(self):
        """A capped result that was told under the first revision."""
        sanction = sanctioned("remark", "2026-02-10")
        return held(*body_and_servant(), sanction, *assessed(("5", "5", "5", "5", "5")), delivered())

    def test_a_result_that_it_changed_and_that_was_told_anew_is_explained_by_it(self, told) -> None:
        corrected(told, "zhanakorgan-2026", discipline_cap_scope="overall")
        assert restate(told) == 1
        replay = replayed(told.events)

        assert unexplained(replay) == []
        assert replay.causes == {"MethodologyActivated": 1}
        assert replay.alike == replay.judged == 2

    def test_it_may_be_named_by_its_id(self, told) -> None:
        activation = corrected(told, "zhanakorgan-2026", discipline_cap_scope="overall")
        assert restate(told, caused_by=activation) == 1

        assert unexplained(replayed(told.events)) == []

    @pytest.mark.parametrize(
        "named",
        [{"caused_by": OTHER_ID}, {"cause": "MethodologyRepealed"}, {"cause": "DisciplineRecorded"}],
        ids=str,
    )
    def test_a_change_of_law_that_there_was_not_explains_nothing(self, told, named) -> None:
        corrected(told, "zhanakorgan-2026", discipline_cap_scope="overall")
        restate(told, **named)

        assert [one.code for one in unexplained(replayed(told.events))] == ["cause-unknown"]

    def test_until_it_was_told_anew_it_is_owed(self, told) -> None:
        corrected(told, "zhanakorgan-2026", discipline_cap_scope="overall")
        replay = replayed(told.events)

        assert unexplained(replay) == []
        ((code, cause, score, *_),) = explained(replay)
        assert (code, cause, score) == ("restatement-owed", "MethodologyActivated", ("score", "4.60", "2.99"))

    def test_what_was_laid_down_and_not_activated_changes_nothing(self, told) -> None:
        corrected(told, "zhanakorgan-2026", discipline_cap_scope="overall")
        events = [one for one in told.events if one.type != "MethodologyActivated"]

        assert replayed(events).findings == []

    def test_a_fact_that_comes_before_it_was_told_anew_is_the_cause_of_both(self, told) -> None:
        corrected(told, "zhanakorgan-2026", discipline_cap_scope="overall")
        take(told, sanctioned("demotion", "2026-03-02"))
        replay = replayed(told.events)

        assert unexplained(replay) == []
        assert replay.causes == {"DisciplineRecorded": 1}

    def test_corrected_and_back_again_each_is_decided_under_its_own_revision(self, told) -> None:
        for scope in ("overall", "parameter"):
            corrected(told, "zhanakorgan-2026", discipline_cap_scope=scope)
            assert restate(told) == 1
        replay = replayed(told.events)

        assert unexplained(replay) == []
        assert [one[2][1:] for one in explained(replay)] == [("4.60", "2.99"), ("2.99", "4.60")]

    def test_an_act_adopted_late_for_a_period_that_was_told_is_owed_too(self, told) -> None:
        take(told, adopted("sjc-2017"))
        ((code, cause, *_),) = explained(replayed(told.events))

        assert (code, cause) == ("restatement-owed", "MethodologyAdopted")
        assert restate(told) == 1
        replay = replayed(told.events)
        assert unexplained(replay) == []
        assert replay.causes == {"MethodologyAdopted": 1}

    def test_and_so_is_one_that_central_hr_adopts_for_all(self) -> None:
        ledgers = held(*body_and_servant()[::2], *assessed(GOOD), delivered())
        take(ledgers, adopted("arys-2022", body=AGENCY))
        ((code, cause, *_),) = explained(replayed(ledgers.events))

        assert (code, cause) == ("restatement-owed", "MethodologyAdopted")


class TestWhatNothingExplains:
    @pytest.fixture
    def events(self):
        late = sanctioned("remark", "2026-03-02")
        return held(*body_and_servant(), *assessed(MIXED), delivered(), late).events

    @pytest.fixture
    def told(self, events):
        """The places of what was told."""
        return [one.seq for one in events if isinstance(one.data, AnnouncedResult)]

    def test_a_mark_that_was_other_when_it_was_told(self, events, told) -> None:
        first = next(one for one in events if one.type == "ScoreSubmitted")
        found = unexplained(replayed(altered(events, first.seq, score=first.data.score - 1)))

        assert [(one.code, one.seq) for one in found] == [("result-differs", seq) for seq in told]
        assert [each.field for each in found[0].differences] == ["score"]

    def test_a_value_that_nothing_led_to_is_told_of_once(self, events, told) -> None:
        (found,) = unexplained(replayed(altered(events, told[0], score="4.21")))

        assert (found.code, found.seq, found.employee, found.period) == (
            "result-differs",
            told[0],
            "e-1",
            "2026-Q1",
        )
        assert [(one.field, one.recorded, one.derived) for one in found.differences] == [
            ("score", "4.21", "4.20")
        ]

    def test_a_change_that_was_never_told(self, events, told) -> None:
        found = unexplained(replayed(one for one in events if one.seq != told[1] or one.ledger == AGENCY))

        assert [(one.code, one.differences[0].derived) for one in found] == [("differs-today", "3.80")]

    def test_a_change_that_was_not_told_when_it_came_about(self) -> None:
        ledgers = held(*body_and_servant(), *assessed(MIXED), delivered(), worked(12), worked(57))
        _, down, up = (one for one in ledgers.events if isinstance(one.data, AnnouncedResult))
        found = unexplained(replayed(one for one in ledgers.events if one is not down))

        assert [(one.code, one.seq) for one in found] == [
            ("out-of-turn", up.seq),
            ("changed-silently", up.seq),
        ]

    def test_a_delivery_that_announced_nothing(self, events, told) -> None:
        found = unexplained(replayed(one for one in events if one.seq not in told or one.ledger == AGENCY))

        assert [one.code for one in found] == ["announcement-missing"]

    def test_a_change_of_what_was_never_announced(self, events, told) -> None:
        found = unexplained(replayed(one for one in events if one.seq != told[0] or one.ledger == AGENCY))

        assert [(one.code, one.seq) for one in found] == [("out-of-turn", told[1])]

    @pytest.mark.parametrize(
        "changed", [{"cause": "WorkdaysReported"}, {"caused_by": None}, {"cause": "ResultDelivered"}], ids=str
    )
    def test_a_cause_that_is_not_there(self, events, told, changed) -> None:
        found = unexplained(replayed(altered(events, told[1], **changed)))

        assert [(one.code, one.seq) for one in found] == [("cause-unknown", told[1])]

    def test_a_law_that_was_not_recorded(self, events) -> None:
        laws = {one.seq for one in events if one.ledger == AGENCY}
        found = unexplained(replayed(one for one in events if one.ledger != AGENCY or one.seq != max(laws)))

        assert {one.code for one in found} == {"law-missing"}

    def test_a_document_that_does_not_fold_stops_nothing_else(self, events) -> None:
        issued = next(one for one in events if one.type == "SheetIssued")
        found = unexplained(replayed(one for one in events if one is not issued))

        assert {one.code for one in found} >= {"result-differs"}


class TestDestroyedDocuments:
    def test_what_was_told_of_them_is_counted(self) -> None:
        events = held(*body_and_servant(), *assessed(GOOD), delivered()).events
        replay = replayed(one for one in events if one.document.kind != "assessment")
        for one in events:
            if one.document.kind == "assessment":
                replay.take_destroyed(one.type, one.seq)

        assert (replay.judged, replay.lost, replay.findings) == (0, 1, [])

    def test_a_result_whose_inputs_are_gone_differs_for_that_reason(self) -> None:
        sanction = sanctioned("remark", "2026-03-02")
        ledgers = held(*body_and_servant(), sanction, *assessed(MIXED), delivered())
        replay = Replay(BODY, Lawbook(one for one in ledgers.events if one.ledger == AGENCY))
        for one in ledgers.events:
            if one.document.kind == "discipline":
                replay.take_destroyed(one.type, one.seq)
            elif one.ledger != AGENCY:
                replay.take(one)
        replay.finish()

        assert [one.code for one in replay.findings] == ["inputs-destroyed"]


@pytest.mark.parametrize(
    ("scope", "judged"),
    [
        (Scope(), 3),
        (Scope(employee="e-1"), 3),
        (Scope(employee="e-2"), 0),
        (Scope(period="2026"), 3),
        (Scope(period="2026-Q1"), 1),
        (Scope(period="2025"), 0),
    ],
    ids=str,
)
def test_it_is_narrowed_to_an_employee_or_a_period(scope, judged) -> None:
    second = ref(period="2026-Q2")
    lines = [*assessed(), *assessed(of=second), delivered(), delivered(second), delivered(YEAR)]
    replay = replayed(held(*body_and_servant(), *lines).events, scope=scope)

    assert (replay.judged, replay.alike, replay.findings) == (judged, judged, [])
