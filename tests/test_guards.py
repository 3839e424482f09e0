"""The tool that takes refusals out finds them all, and takes out each and nothing else."""

import ast
import textwrap

import pytest

from tests.guards import ROOT, Guard, all_guards, excuses, guards_in, refusing_in, watched, without

SOURCE = textwrap.dedent(
    """
    def _stranger(field: str) -> Refusal:
        return Refusal("not-a-member", field=field)


    def _decided(fact, situation):
        for topic in fact.topics:
            if not topic:
                raise Refusal.because(
                    "missing-field",
                    "Under cl. 23 a topic is named.",
                )
        if fact.member is None or fact.member not in situation.members or situation.is_over:
            raise _stranger("data.member")
        match situation.flaw:
            case None:
                return (fact,)
            case "even":
                raise Refusal("wrong-number", field="data")
        raise LookupError("a flaw of no kind")
    """
)
FOUND = tuple(guards_in(SOURCE, "deciding.py", refusing_in([SOURCE])))


def named(guard: Guard) -> str:
    return f"{guard.function} {guard.code} {guard.condition}".strip()


def test_every_refusal_is_found_and_every_one_of_several_conditions():
    assert sorted(map(named, FOUND)) == [
        "_decided _stranger()",
        "_decided _stranger() fact.member is None",
        "_decided _stranger() fact.member not in situation.members",
        "_decided _stranger() situation.is_over",
        "_decided missing-field",
        "_decided wrong-number",
    ]


@pytest.mark.parametrize("guard", FOUND, ids=named)
def test_it_is_taken_out_and_nothing_else_is(guard):
    left = without(SOURCE, guard)
    after = {named(one) for one in guards_in(left, "deciding.py", {"_stranger"})}
    before = {named(one) for one in FOUND}

    assert named(guard) not in after
    if guard.condition:
        assert before - after == {named(guard)}
    else:
        assert {one for one in before - after if not one.startswith(f"_decided {guard.code}")} == set()


def test_what_comes_to_a_refusal_is_recorded_right_before_it():
    lines = {guard.raised: number for number, guard in enumerate(FOUND) if not guard.condition}
    seen = watched(SOURCE, lines)

    ast.parse(seen)
    assert seen.count("guard_reached.reached(") == len(lines)
    for number in lines.values():
        (at,) = (at for at, line in enumerate(seen.split("\n")) if f"reached({number})" in line)
        assert seen.split("\n")[at + 1].strip().startswith("raise ")


def test_every_refusal_of_the_tree_can_be_taken_out():
    for guard in all_guards():
        compile(without((ROOT / guard.path).read_text("utf-8"), guard), guard.path, "exec")


def test_nothing_is_excused_that_is_not_there():
    there = all_guards()

    assert [one for one in excuses() if not any(map(one.covers, there))] == []
