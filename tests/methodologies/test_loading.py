"""An act is read, printed and digested the same way; a bad one is refused with file, key and expectation."""

import copy
import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from methodologies.act import Act
from methodologies.loading import (
    SHIPPED,
    ActError,
    act_from_data,
    act_to_data,
    digest,
    load_folder,
    merged,
    read_correction,
    shipped,
)
from methodologies.model.readings import READINGS, annual_weights
from methodologies.model.text import Text

Data = dict[str, Any]

MADE_UP = """
id = "made-up-2027"
extends = "typical-2025"
family = "score-sheet"
rule = "score-sheet/1"
number = "1"
[title]
kk = "Ойдан шығарылған әдістеме"
ru = "Вымышленная методика"
en = "A made-up methodology"
[body]
kk = "Ойдан шығарылған орган"
ru = "Вымышленный орган"
en = "A made-up body"
[source.wording]
kk = "made-up-2027"
ru = "made-up-2027"
en = "made-up-2027"
[life]
adopted = 2027-01-05
[life.in_force.basis]
kk = "Бірден"
ru = "Сразу"
en = "At once"
[eligibility.workdays]
value = 20
clause = "5"
[readings.discipline-cap-scope]
value = "overall"
"""


@st.composite
def acts(draw: st.DrawFn) -> Act:
    """A shipped act with other words, figures and choices."""
    base = draw(st.sampled_from(sorted(shipped().values(), key=lambda act: act.id)))
    words = st.text(min_size=1, max_size=40)
    readings = {
        name: msgspec.structs.replace(
            one, value=draw(st.sampled_from(READINGS[name].choices or (one.value,)))
        )
        for name, one in base.readings.items()
    }
    terms = {
        code: msgspec.structs.replace(term, count=draw(st.integers(1, 366))) if term.count else term
        for code, term in base.terms.items()
    }
    caps = base.caps
    if caps is not None:
        ceiling = draw(st.decimals(0, 5, places=2))
        caps = msgspec.structs.replace(
            caps, ceilings=tuple(msgspec.structs.replace(cap, ceiling=ceiling) for cap in caps.ceilings)
        )
    title = Text(kk=draw(words), ru=draw(words), en=draw(words))
    return msgspec.structs.replace(base, readings=readings, terms=terms, caps=caps, title=title)


@given(acts())
def test_parse_after_print_is_the_identity(act: Act) -> None:
    carried = json.loads(json.dumps(act_to_data(act)))

    assert act_from_data(carried) == act
    assert act_to_data(act_from_data(carried)) == carried


@given(acts(), acts())
def test_two_acts_share_a_digest_only_when_they_are_equal(one: Act, other: Act) -> None:
    assert (digest(one) == digest(other)) is (one == other)
    assert re.fullmatch("[0-9a-f]{64}", digest(one))


@given(acts(), st.randoms(use_true_random=False))
def test_the_digest_does_not_depend_on_the_order_of_keys(act: Act, random: Any) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            keys = list(value)
            random.shuffle(keys)
            return {key: shuffled(value[key]) for key in keys}
        return [shuffled(one) for one in value] if isinstance(value, list) else value

    assert digest(act_from_data(shuffled(act_to_data(act)))) == digest(act)


def test_a_decimal_keeps_the_digits_it_was_printed_with() -> None:
    caps = shipped()["zhanakorgan-2026"].caps

    assert caps is not None
    assert [cap.ceiling for cap in caps.ceilings] == [Decimal("2.99"), Decimal("1.99")]
    assert act_to_data(shipped()["sjc-2017"])["bands"]["annual"]["bands"][1]["to"] == "3.9"


def test_a_new_act_is_a_new_file_and_no_code(tmp_path: Path) -> None:
    (tmp_path / "made-up-2027.toml").write_text(MADE_UP, encoding="utf-8")

    act = load_folder(tmp_path)["made-up-2027"]

    assert act.title.en == "A made-up methodology"
    assert act.eligibility.workdays is not None
    assert act.eligibility.workdays.value == 20
    assert act.chosen()["discipline-cap-scope"] == "overall"
    assert act.bands == shipped()["typical-2025"].bands
    assert act.source.inferred == ()
    assert act_from_data(act_to_data(act)) == act


def test_an_act_may_extend_another_of_its_folder(tmp_path: Path) -> None:
    child = MADE_UP.replace('"made-up-2027"', '"child-2028"', 1).replace('"typical-2025"', '"made-up-2027"')
    child = child.replace("value = 20", "value = 21")
    (tmp_path / "a.toml").write_text(child, encoding="utf-8")
    (tmp_path / "b.toml").write_text(MADE_UP, encoding="utf-8")

    found = load_folder(tmp_path)

    assert set(found) == {"child-2028", "made-up-2027"}
    assert found["child-2028"].readings == found["made-up-2027"].readings


def test_tables_merge_and_arrays_are_replaced_whole() -> None:
    base = {"a": {"x": 1, "y": [1, 2]}, "b": 1}

    assert merged(base, {"a": {"y": [3]}, "c": 2}) == {"a": {"x": 1, "y": [3]}, "b": 1, "c": 2}


def test_who_an_act_is_is_never_inherited() -> None:
    assert shipped()["health-2025"].number is None
    assert shipped()["health-2025"].life.adopted is None


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ("id = ", "act", "expected TOML in UTF-8"),
        ("year = " + "9" * 5000, "act", "expected TOML in UTF-8"),
        ("deep = " + "[" * 5000, "act", "expected TOML in UTF-8"),
        (MADE_UP.replace("typical-2025", "nowhere"), "extends", "expected the id of another act"),
        (MADE_UP.replace('"typical-2025"', '"made-up-2027"'), "extends", "expected the id of another act"),
        (MADE_UP + '\n[secret]\nclause = "1"\n', "act", "unknown field `secret`"),
        (MADE_UP + "\n[panel]\nbest = 3\n", "panel", "unknown field `best`"),
        (MADE_UP.replace('clause = "5"', 'clause = "five"'), "eligibility.workdays.clause", "matching regex"),
        (MADE_UP.replace('"overall"', '"both"'), "readings.discipline-cap-scope.value", "parameter, overall"),
        (
            MADE_UP.replace("discipline-cap-scope", "moon-phase"),
            "readings.moon-phase",
            "required field `reason`",
        ),
    ],
)
def test_a_bad_file_is_refused_by_name_key_and_expectation(
    tmp_path: Path, text: str, key: str, expected: str
) -> None:
    (tmp_path / "bad.toml").write_text(text, encoding="utf-8")

    with pytest.raises(ActError) as refusal:
        load_folder(tmp_path)

    assert refusal.value.file == "bad.toml"
    assert refusal.value.key == key
    assert expected in refusal.value.expected
    assert str(refusal.value) == f"bad.toml: {key}: {refusal.value.expected}"


def test_two_files_with_one_id_are_refused(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(MADE_UP, encoding="utf-8")

    with pytest.raises(ActError, match=r"b\.toml: id: .*a\.toml has the same"):
        load_folder(tmp_path)


def test_acts_that_extend_one_another_in_a_ring_are_refused(tmp_path: Path) -> None:
    other = MADE_UP.replace('"made-up-2027"', '"other"', 1).replace('"typical-2025"', '"made-up-2027"')
    (tmp_path / "a.toml").write_text(other, encoding="utf-8")
    (tmp_path / "b.toml").write_text(MADE_UP.replace('"typical-2025"', '"other"'), encoding="utf-8")

    with pytest.raises(ActError, match="extends"):
        load_folder(tmp_path)


def _set(path: str, value: Any) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        *above, last = path.split("/")
        target: Any = data
        for key in above:
            target = target[int(key) if isinstance(target, list) else key]
        place: Any = int(last) if isinstance(target, list) else last
        if value is None:
            del target[place]
        else:
            target[place] = value

    return change


SHEET, POINTS, TARGETS = "zhanakorgan-2026", "sjc-2017", "arys-2022"
TEXT = {"kk": "ә", "ru": "я", "en": "x"}

WRONG = [
    # what an act must have
    (SHEET, _set("rule", "points/1"), "rule", "score-sheet/1"),
    (SHEET, _set("rule", "score-sheet/9"), "rule", "score-sheet/1"),
    (SHEET, _set("caps", None), "caps", "needs it"),
    (SHEET, _set("panel", None), "panel", "needs it"),
    (SHEET, _set("scale", None), "scale", "needs it"),
    (SHEET, _set("caps/clause", None), "caps", "missing required field `clause`"),
    (SHEET, _set("eligibility/workdays/clause", None), "eligibility.workdays", "`clause`"),
    (SHEET, _set("family", "guesses"), "family", "Invalid enum value"),
    (POINTS, _set("points", None), "points", "needs it"),
    (POINTS, _set("commission", None), "commission", "needs it"),
    (TARGETS, _set("competencies", None), "competencies", "needs it"),
    (TARGETS, _set("agreement", None), "agreement", "needs it"),
    # bands
    (SHEET, _set("bands/score/bands/2/from", "2.99"), "bands.score.bands[2]", "expected to start above 2.99"),
    (SHEET, _set("bands/score/bands/2/from", "3.01"), "bands.score.bands[2]", "start at 3.00"),
    (SHEET, _set("bands/score/bands/3/to", "4.99"), "bands.score.bands[3]", "end at the highest value, 5"),
    (SHEET, _set("bands/score/bands/0/from", "1"), "bands.score.bands[0]", "start at the lowest value, 0"),
    (SHEET, _set("bands/score/bands/3/from", None), "bands.score.bands[3]", "either `from` or `above`"),
    (SHEET, _set("bands/score/bands/1/below", "3"), "bands.score.bands[1]", "either `to` or `below`"),
    (SHEET, _set("bands/score/bands/1/to", None), "bands.score.bands[1]", "either `to` or `below`"),
    (SHEET, _set("bands/score/bands/1/grade", "brilliant"), "bands.score.bands[1].grade", "one of effective"),
    (SHEET, _set("bands/score/bands/1/grade", "proper"), "bands.score.bands", "one band for proper"),
    (SHEET, _set("bands/score/precision", "0"), "bands.score.precision", "above 0"),
    (SHEET, _set("bands", {"other": {}}), "bands.other", "required field"),
    (POINTS, _set("bands/quarterly/holes", []), "bands.quarterly.bands[1]", "start at 80, or a hole there"),
    (POINTS, _set("bands/quarterly/holes/0/value", "90"), "bands.quarterly.holes[0].value", "no band holds"),
    (
        POINTS,
        _set("bands/quarterly/holes/0/reading", "luck"),
        "bands.quarterly.holes[0].reading",
        "of the act",
    ),
    (
        POINTS,
        _set("bands/quarterly/bands/0/mark", None),
        "bands.quarterly.bands[0].mark",
        "its mark in the year",
    ),
    (POINTS, _set("bands/annual/bands/2/to", "4.8"), "bands.annual.bands[3]", "start at 4.9"),
    # readings
    (SHEET, _set("readings/rounding/value", "up"), "readings.rounding.value", "half-up, half-even, down"),
    (SHEET, _set("readings/rounding", None), "readings.rounding", "needs this choice"),
    (SHEET, _set("readings/rounding/clause", None), "readings.rounding", "`clause`"),
    (
        SHEET,
        _set("readings/eighty-points", {"value": "satisfactory", "clause": "7", "reason": TEXT}),
        "readings.eighty-points",
        "unknown reading",
    ),
    (POINTS, _set("readings/annual-weights/value", "0.4/0.7"), "readings.annual-weights.value", "sum to 1"),
    (POINTS, _set("readings/annual-weights/value", "0.4"), "readings.annual-weights.value", "two decimals"),
    (POINTS, _set("readings/annual-weights/value", "x/y"), "readings.annual-weights.value", "two decimals"),
    (SHEET, _set("forms/annex-2/parameters/4/clause", None), "forms.annex-2.parameters.4", "`clause`"),
    (SHEET, _set("bands/score/bands/1/clause", 7), "bands.score.bands[1].clause", "Expected `str`"),
    (TARGETS, _set("competencies/groups/B/heads/1", 3), "competencies.groups.B.heads[1]", "Expected `str`"),
    (POINTS, _set("bands/annual/announced", "0.02"), "bands.annual.announced", "a power of ten"),
    (POINTS, _set("bands/annual/announced", "0"), "bands.annual.announced", "a power of ten"),
    (POINTS, _set("bands/quarterly/precision", "2"), "bands.quarterly.precision", "a power of ten"),
    # sheets
    (SHEET, _set("assignments/0/form", "annex-9"), "assignments[0].form", "annex-1, annex-2"),
    (SHEET, _set("assignments/2", None), "assignments", "for everybody else"),
    (SHEET, _set("forms/annex-1/parameters", {}), "forms.annex-1.parameters", "rows of the sheet"),
    (SHEET, _set("scale/lowest", "5"), "scale", "lowest mark below"),
    (SHEET, _set("scale/lowest", "-1"), "scale", "which a fact can carry"),
    (SHEET, _set("scale/highest", "6"), "bands.score.highest", "the highest mark of the scale"),
    (SHEET, _set("scale/lowest", "1"), "bands.score.lowest", "the lowest mark of the scale"),
    (POINTS, _set("scale/highest", "10"), "scale", "which a fact can carry"),
    (POINTS, _set("scale/highest", "6"), "bands.annual.highest", "the highest mark of the scale"),
    (POINTS, _set("plan/marks/exceeded/mark", "6"), "plan.marks.exceeded.mark", "a mark of the scale"),
    (POINTS, _set("plan/marks/not-met/mark", "1"), "plan.marks.not-met.mark", "a mark of the scale"),
    (POINTS, _set("bands/quarterly/bands/3/mark", "6"), "bands.quarterly.bands[3].mark", "of the scale"),
    (SHEET, _set("caps/parameter", "6"), "caps.parameter", "a row of the form annex-1"),
    (SHEET, _set("caps/ceilings/0/ceiling", "5.01"), "caps.ceilings[0].ceiling", "a mark of the scale"),
    (SHEET, _set("caps/ceilings/0/sanctions", ["remark"]), "caps.ceilings", "one ceiling for reprimand"),
    (SHEET, _set("caps/ceilings/0/sanctions/0", "frown"), "caps.ceilings", "unknown sanction frown"),
    (SHEET, _set("caps/ceilings/0/discrediting", True), "caps.ceilings", "one ceiling for acts discrediting"),
    # procedure
    (SHEET, _set("terms/panel-held/unit", None), "terms.panel-held", "`count` with its `unit`"),
    (SHEET, _set("terms/panel-held/count", None), "terms.panel-held", "`count` with its `unit`"),
    (SHEET, _set("terms/panel-held/since", None), "terms.panel-held", "`since` or `before`"),
    (SHEET, _set("terms/panel-held/since", "Sunrise"), "terms.panel-held.since", "a type of fact"),
    (SHEET, _set("terms/panel-held/met_by", "Sunset"), "terms.panel-held.met_by", "a type of fact"),
    (SHEET, _set("terms/quarter-assessed/fixed/0/month", 4), "terms.quarter-assessed.fixed[0]", "`month`"),
    (
        SHEET,
        _set("terms/quarter-assessed/fixed/0/only_quarter", 4),
        "terms.quarter-assessed.fixed",
        "every other",
    ),
    (SHEET, _set("eligibility/tenure/reading", "three-months"), "eligibility.tenure.reading", "of the act"),
    (POINTS, _set("eligibility/absence/term", "soon"), "eligibility.absence.term", "a term of the act"),
    (SHEET, _set("eligibility/dismissed/term", "soon"), "eligibility.dismissed.term", "a term of the act"),
    (TARGETS, _set("delivery/refusal/term", "soon"), "delivery.refusal.term", "a term of the act"),
    (POINTS, _set("appeals/0/term", "soon"), "appeals[0].term", "a term of the act"),
    (POINTS, _set("consequences/training/term", "soon"), "consequences.training.term", "a term of the act"),
    (POINTS, _set("consequences/bonus/grades", ["proper"]), "consequences.bonus.grades", "grades among"),
    # strands
    (SHEET, _set("annual/bands", "other"), "annual.bands", "one of score"),
    (POINTS, _set("annual/weights", "other"), "annual.weights", "a reading of the act"),
    (POINTS, _set("points/bonus_least/value", "6"), "points.bonus_least", "not more than the highest"),
    (POINTS, _set("plan/marks", None), "plan.marks", "what each mark"),
    (TARGETS, _set("plan/least_targets/value", 6), "plan.least_targets", "not more than"),
    (TARGETS, _set("plan/most_targets/value", 6), "bands.targets.highest", "the most targets"),
    (TARGETS, _set("competencies/threshold/value", "5/4"), "competencies.threshold", "not above 1"),
    (TARGETS, _set("competencies/results/meets", None), "competencies.results", "`does-not-meet`"),
    (
        TARGETS,
        _set("competencies/groups/C", None),
        "competencies.competencies.managing-work.indicators",
        "every",
    ),
    (
        TARGETS,
        _set("competencies/most_indicators/value", 5),
        "competencies.competencies.integrity.indicators.A",
        "at most 5",
    ),
    (TARGETS, _set("plan/most_targets/value", "five"), "plan.most_targets.value", "Expected `int`"),
]


@pytest.mark.clause("arys-2022/cl-26/at-most-ten")
@pytest.mark.parametrize(
    ("identity", "change", "key", "expected"), WRONG, ids=[f"{w[2]}-{w[3]}" for w in WRONG]
)
def test_an_unsound_act_is_refused(
    identity: str, change: Callable[[Data], None], key: str, expected: str
) -> None:
    data = copy.deepcopy(act_to_data(shipped()[identity]))
    change(data)

    with pytest.raises(ActError) as refusal:
        act_from_data(data)

    assert refusal.value.key == key
    assert expected in refusal.value.expected


def test_a_binary_float_is_refused() -> None:
    data = act_to_data(shipped()[SHEET])
    data["caps"]["ceilings"][0]["ceiling"] = 2.99

    with pytest.raises(ActError, match="decimal as a string") as refusal:
        act_from_data(data)

    assert refusal.value.key == "caps.ceilings.0.ceiling"


@pytest.mark.parametrize("weights", ["1/0", "0/1", "0.4/0.6", "0.25/0.75", "0.333/0.667"])
def test_weights_that_sum_to_one(weights: str) -> None:
    quarters, plan = annual_weights(weights)

    assert quarters + plan == 1
    assert f"{quarters}/{plan}" == weights


@pytest.mark.parametrize(
    "weights", ["0.4/0.5", "1.5/-0.5", "2/-1", "0.4/0.6/0", "", "/", "1e0/0", "0.٤/0.6", "0./1"]
)
def test_weights_that_do_not(weights: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        annual_weights(weights)


@pytest.mark.parametrize(
    ("bands", "value", "grade"),
    [
        ("quarterly", "79.5", "unsatisfactory"),
        ("quarterly", "80", None),
        ("quarterly", "80.5", None),
        ("quarterly", "81", "satisfactory"),
        ("quarterly", "105", "satisfactory"),
        ("quarterly", "105.5", None),
        ("quarterly", "106", "effective"),
        ("quarterly", "130", "effective"),
        ("quarterly", "130.4", "excellent"),
        ("quarterly", "-2", "unsatisfactory"),
        ("annual", "2.95", "unsatisfactory"),
        ("annual", "3.95", None),
        ("annual", "4.9", "effective"),
        ("annual", "5", "excellent"),
    ],
)
def test_sjc_clauses_27_and_33_which_printed_band_holds_a_value(
    bands: str, value: str, grade: str | None
) -> None:
    found = shipped()["sjc-2017"].bands[bands].printed(Decimal(value))

    assert (found.grade if found else None) == grade


def corrected(tmp_path: Path, text: str) -> Act:
    file = tmp_path / "correction.toml"
    file.write_text(text, encoding="utf-8")
    return read_correction(file, shipped())


def test_a_correction_states_only_what_differs(tmp_path: Path) -> None:
    text = 'corrects = "zhanakorgan-2026"\n[readings.discipline-cap-scope]\nvalue = "overall"\n'
    act, before = corrected(tmp_path, text), shipped()["zhanakorgan-2026"]

    assert act.readings["discipline-cap-scope"].value == "overall"
    assert act.readings["discipline-cap-scope"].reason == before.readings["discipline-cap-scope"].reason
    assert {key: value for key, value in act_to_data(act).items() if key != "readings"} == {
        key: value for key, value in act_to_data(before).items() if key != "readings"
    }


def test_a_correction_may_be_the_whole_act(tmp_path: Path) -> None:
    text = (SHIPPED / "pavlodar-2026.toml").read_text(encoding="utf-8")

    assert corrected(tmp_path, text) == shipped()["pavlodar-2026"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('corrects = "nowhere-2026"', "corrects"),
        ('title = "none"', "id"),
        ('corrects = "zhanakorgan-2026"\nid = "pavlodar-2026"', "id"),
        ('corrects = "zhanakorgan-2026"\n[readings.rounding]\nvalue = "up"', "readings.rounding.value"),
    ],
)
def test_a_bad_correction_is_refused_with_its_key(tmp_path: Path, text: str, key: str) -> None:
    with pytest.raises(ActError) as refused:
        corrected(tmp_path, text)
    assert (refused.value.file, refused.value.key) == ("correction.toml", key)
