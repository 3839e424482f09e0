import inspect
import json
import re
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.codec import canonical
from events.envelope import Fact
from events.fact_pages import clause_of
from events.vocabulary import MODULES, TYPES
from events.wire import Unreadable, read_fact
from tests.vocabulary_strategies import REPORTED, structs

REF = "employee position period form?"
PANEL_OR_SESSION = "employee? position? period? form? session?"
PLAN = "employee position year"
APPOINTED = (
    "employee position category managerial unit supervisor unit_head superior? heads_unit? on "
    "probation_until? serves_public? name? iin?"
)

FACTS = {
    "BodyRegistered": "code name",
    "MethodologyPublished": "id revision act reason?",
    "MethodologyCorrected": "id revision act reason",
    "MethodologyRepealed": "id revision act? reason",
    "MethodologyAdopted": "methodology from_period until_period?",
    "WorkCalendarDeclared": "day working basis",
    "EmployeeAppointed": APPOINTED,
    "EmployeeTransferred": f"{APPOINTED} from_position",
    "EmployeeSeconded": "employee position to_body to_employee to_position from until",
    "SuperiorsChanged": "employee position supervisor? unit_head? superior? on",
    "SecondmentEnded": "employee position on",
    "LeaveTaken": "employee kind from until?",
    "LeaveEnded": "employee on",
    "EmployeeDismissed": "employee on",
    "WorkdaysReported": f"{REF} days",
    "DisciplineRecorded": "employee sanction imposed_on discrediting basis title?",
    "DisciplineAnnulled": "employee discipline basis",
    "SheetIssued": "employee position period form evaluator",
    "EvaluatorReplaced": f"{REF} evaluator ground",
    "EvaluatorAdded": f"{REF} evaluator ground",
    "ScoreSubmitted": f"{REF} parameter score comment? scorer?",
    "SelfAssessed": f"{REF} text? points?",
    "SheetSigned": f"{REF} signature?",
    "SheetCountersigned": f"{REF} signature?",
    "SigningRefused": f"{REF} witnesses",
    "SheetAgreed": f"{REF} by",
    "SheetReturned": f"{REF} by reason",
    "ResultDelivered": f"{REF} channel on",
    "ResultAcquainted": f"{REF} on",
    "TrainingAssigned": f"{REF} on",
    "AcquaintanceRefused": f"{REF} on witnesses",
    "CalibrationRequested": f"{REF} grounds",
    "CalibrationWithdrawn": REF,
    "CalibrationConvened": f"{REF} members sits_on",
    "MemberReplaced": f"{PANEL_OR_SESSION} out in",
    "ArgumentHeard": f"{REF} by text",
    "VoteCast": f"{PANEL_OR_SESSION} member round? score? choice? points? competencies? explanation?",
    "ProtocolFiled": f"{PANEL_OR_SESSION} number signed_on signature?",
    "FeedbackGiven": f"{REF} on achievements skills career",
    "DecisionAppealed": f"{REF} to on grounds",
    "AppealResolved": f"{REF} outcome on score? points? competencies? explanation",
    "DisputeRaised": f"{REF} text",
    "DisputeSettled": f"{REF} text",
    "PlanAgreed": f"{PLAN} targets",
    "PlanReturned": f"{PLAN} reason",
    "PlanApproved": f"{PLAN} by",
    "PlanMonitored": f"{PLAN} quarter recommendations",
    "PointsAwarded": f"{REF} indicator points",
    "BreachRecorded": f"{REF} kind source",
    "TargetAssessed": f"{PLAN} target mark? met? actual?",
    "CompetencyAssessed": f"{PLAN} competency shown missing",
    "CommissionConvened": "session members",
    "CommissionSat": "session present",
    "ResultApproved": "session by",
    "HoldPlaced": "employee period? basis",
    "HoldLifted": "employee period? basis",
    "ViewerRegistered": "viewer role key",
    "ViewerRevoked": "viewer reason",
}

SYSTEM_TYPES = {
    "AnnualFormed",
    "CalibrationConcluded",
    "CommissionDecided",
    "DecisionApproved",
    "DestructionAuthorised",
    "DestructionCompleted",
    "DestructionListed",
    "DisciplineCarried",
    "DocumentDestroyed",
    "MethodologyActivated",
    "QuarterCarried",
    "ResultAnnounced",
    "ResultDisclosed",
    "ResultRestated",
    "SecondmentReceived",
    "SignatureChecked",
    "TermsMarked",
}


def fields_of(struct: type[Any]) -> set[str]:
    return {
        field.encode_name if field.required else f"{field.encode_name}?"
        for field in msgspec.structs.fields(struct)
    }


def unbounded(info: msgspec.inspect.Type, place: str) -> list[str]:
    """The places of a type where a text or list of any length would fit."""
    match info:
        case msgspec.inspect.Metadata():
            return unbounded(info.type, place)
        case msgspec.inspect.UnionType():
            return [found for part in info.types for found in unbounded(part, place)]
        case msgspec.inspect.StrType():
            return [] if info.max_length or info.pattern else [place]
        case msgspec.inspect.ListType():
            return ([] if info.max_length else [place]) + unbounded(info.item_type, f"{place}[]")
        case msgspec.inspect.StructType():
            return [
                found
                for field in info.fields
                for found in unbounded(field.type, f"{place}.{field.encode_name}")
            ]
    return []


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_has_the_fields_of_the_contract_and_no_other(name):
    assert fields_of(TYPES[name]) == set(FACTS[name].split())


def test_there_are_no_other_types():
    assert TYPES.keys() == FACTS.keys() | SYSTEM_TYPES


@pytest.mark.parametrize("name", TYPES)
def test_a_type_says_in_one_sentence_what_happened_and_by_which_clause(name):
    assert "\n" not in (inspect.getdoc(TYPES[name]) or "\n")
    assert re.search(r"cl\. \d|annexes|row 5|labour code", clause_of(TYPES[name]) or "")


def test_a_type_is_named_in_one_module_alone():
    homes = [name for module in MODULES for name in vars(module) if name in TYPES]

    assert sorted(homes) == sorted(TYPES)


@pytest.mark.parametrize("name", REPORTED)
def test_every_text_and_list_that_a_body_sends_is_bounded(name):
    assert unbounded(msgspec.inspect.type_info(TYPES[name]), name) == []


@pytest.mark.parametrize("name", sorted(SYSTEM_TYPES))
@settings(max_examples=20)
@given(st.data())
def test_what_the_system_records_is_refused_at_the_door(name, data):
    said = data.draw(structs(TYPES[name]))
    fact = Fact(data.draw(st.uuids()), "zhanakorgan", name, data.draw(st.dates()), "hr", said)

    with pytest.raises(Unreadable) as caught:
        read_fact(canonical(fact))

    assert (caught.value.code, caught.value.field) == ("reserved-type", "type")


@pytest.mark.parametrize("name", TYPES)
@settings(max_examples=20)
@given(st.data())
def test_every_fact_belongs_to_a_document_that_its_own_codes_name(name, data):
    said = data.draw(structs(TYPES[name]))

    kind, key = said.document

    assert kind
    assert all(isinstance(part, str) for part in key)
    spoken = json.dumps(msgspec.to_builtins(said), ensure_ascii=False)
    assert all(json.dumps(part, ensure_ascii=False)[1:-1] in spoken for part in key)


def test_a_facts_type_cannot_be_altered_in_place():
    with pytest.raises(AttributeError):
        TYPES["SheetSigned"](employee="4117", position="p", period="2026-Q1").period = "2026-Q2"
