from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from switchhook.testing import assert_module_conforms, call
from switchhook_routing.condition import Assignment, Case, Condition, SetVariable
from switchhook_routing.expression import DEEPEST, ExpressionRefused, read, shown, truth

KNOWN = {"a": "12", "b": "Müller", "empty": "", "caller.number": "+4922112345", "weekday": 1.0, "flag": True}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a = 12", True),
        ("a = '12'", True),
        ("a < 9", False),
        ("'a' < 'b'", True),
        ("b = 'mÜLLER'", True),
        ("b contains 'ü' and not empty", True),
        ("caller.number starts '+49221' or false", True),
        ("a in (1, 2, 12)", True),
        ("not a in (1, 2, 12)", False),
        ("weekday >= 1 and weekday <= 5", True),
        ("a + 1 * 2", 14.0),
        ("(a + 1) * 2", 26.0),
        ("-a - -1", -11.0),
        ("a / 0", ""),
        ("b * 2", ""),
        ("b + a", "Müller12"),
        ("length(b)", 6.0),
        ("unset = ''", True),
        ("flag", True),
        ("true and flag = 'true'", True),
        ("b ends 'ler'", True),
        ("a != 12", False),
        ("999999999999999 * 999999999999999", 1e15),
    ],
)
def test_what_expressions_mean(text, value):
    assert read(text).of(KNOWN) == value


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", 1),
        ("a =", 4),
        ("a = = 1", 5),
        ("(a", 3),
        ("a b", 3),
        ("a = 'x", 5),
        ("__import__", 1),
        ("a.b.c", 4),
        ("a in 1", 6),
        ("and", 1),
        ("1a", 1),
        ("a; b", 2),
        ("x" * 501, 501),
    ],
)
def test_where_an_expression_is_wrong(text, position):
    with pytest.raises(ExpressionRefused) as refused:
        read(text)
    assert refused.value.position == position


@given(st.text("ab.()'\" =<>+-*/,1notrdin", max_size=60))
@example("(" * 400)
@example("not " * 120)
@example("-" * 400)
@example("a" + "+a" * 240)
def test_any_text_is_read_or_refused_and_any_tree_has_a_small_value(text):
    place, tree = 1, None
    try:
        tree = read(text)
    except ExpressionRefused as refused:
        place = refused.position
    assert 1 <= place <= len(text) + 1
    if tree is None:
        return
    value = tree.of({"a": "9" * 15, "b": "x" * 150})
    assert len(shown(value)) <= 200
    assert truth(value) in (True, False)


def test_nesting_is_bounded():
    assert read("(" * DEEPEST + "1" + ")" * DEEPEST).of({}) == 1.0
    with pytest.raises(ExpressionRefused, match="nested"):
        read("(" * (DEEPEST + 1) + "1" + ")" * (DEEPEST + 1))


async def test_the_first_case_that_holds_decides():
    module = Condition(
        expression="vip = 'yes'",
        cases=(
            Case(name="night", expression="time < '08:00'"),
            Case(name="monday", expression="weekday = 1"),
        ),
    )
    assert (await call(module, variables={"vip": "yes"})).exit == "true"
    early = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
    assert (await call(module, at=early)).exit == "case:night", "07:30 in Berlin"
    assert (await call(module)).exit == "case:monday"
    done = await call(module, at=datetime(2026, 3, 3, 12, tzinfo=UTC))
    assert (done.exit, done.why) == ("false", "nothing of it holds")


async def test_variables_are_set_one_after_the_other_and_never_told():
    module = SetVariable(
        assignments=(
            Assignment(variable="tries", expression="tries + 1"),
            Assignment(variable="said", expression="'n' + tries"),
        )
    )
    done = await call(module, variables={"tries": "2"})
    assert done.variables == {"tries": "3", "said": "n3"}
    assert "n3" not in repr(done.events)


def test_the_linter_says_where():
    module = Condition(expression="a =", cases=(Case(name="x", expression="1 +"),), zone="Mars/Olympus")
    paths = {one.path for one in module.lint()}
    assert paths == {"settings.expression", "settings.cases[0].expression", "settings.zone"}


def test_condition_keeps_its_contract():
    cases = [[], [{"name": "late", "expression": "time > '20:00'"}, {"name": "wed", "expression": "weekday = 3"}]]
    texts = ["x = 1", "caller.number starts '+49'", "weekday < 3"]
    assert_module_conforms(Condition, settings={"expression": texts, "cases": cases, "zone": ["Europe/Berlin", "UTC"]})


def test_set_variable_keeps_its_contract():
    rows = [[{"variable": "x", "expression": "x + 1"}], [{"variable": "y", "expression": "caller.number"}]]
    assert_module_conforms(SetVariable, settings={"assignments": rows, "zone": ["UTC"]}, variables=({}, {"x": "1"}))
