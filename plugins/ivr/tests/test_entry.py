from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchhook.testing import assert_module_conforms, call
from switchhook_ivr.entry import Entry, luhn

HOUSE = {"house/number": 5.0, "stock/invalid": 2.0, "stock/no-entry": 3.0}


def entry(**settings) -> Entry:
    return Entry(prompts=("house/number",), **{"variable": "customer", **settings})


def test_it_keeps_its_contract():
    assert_module_conforms(Entry, settings={"pattern": ["", r"1\d*", r"[0-5]{2,4}"]})


async def test_digits_go_into_the_variable():
    done = await call(entry(), "4711#")
    assert (done.exit, done.why) == ("ok", "4 digits entered")
    assert done.variables == {"customer": "4711"}
    assert (await call(entry(variable="pin"), "1#")).variables == {"pin": "1"}
    assert (await call(entry(), "1#")).why == "1 digit entered"


async def test_the_most_digits_end_the_entry_at_once():
    done = await call(entry(maximum=4), "4711", prompts=HOUSE)
    assert (done.exit, done.seconds) == ("ok", 0.0)


@pytest.mark.parametrize("between", [1.0, 6.0])
async def test_without_closing_key_the_wait_between_digits_ends_it(between):
    done = await call(entry(between=between), "4711", prompts=HOUSE)
    assert (done.exit, done.seconds) == ("ok", between)


@pytest.mark.parametrize("wait", [2.0, 9.0])
async def test_it_waits_for_the_first_digit(wait):
    done = await call(entry(wait=wait, tries=1), prompts=HOUSE)
    assert (done.exit, done.why) == ("timeout", "nothing entered; the only try is used")
    assert done.seconds == 5.0 + wait


async def test_the_closing_key_can_be_the_star_or_none():
    assert (await call(entry(terminator="*"), "47*")).variables == {"customer": "47"}
    done = await call(entry(terminator="", tries=1), "47#")
    assert (done.exit, done.why) == ("invalid", "not only digits entered; the only try is used")


async def test_the_closing_key_alone_is_no_entry():
    done = await call(entry(), "#,12#")
    assert done.exit == "ok"
    assert done.notes == ("try 1 of 3: nothing entered",)
    assert done.heard == ("house/number", "stock/no-entry", "house/number")


async def test_too_few_digits_are_told_and_asked_again():
    done = await call(entry(minimum=4), "47#,4711#")
    assert done.exit == "ok"
    assert done.notes == ("try 1 of 3: 2 digits entered, at least 4 needed",)
    assert done.heard == ("house/number", "stock/invalid", "house/number")
    starts = [event.data["prompts"] for event in done.events if event.kind == "prompt.started"]
    assert starts[1] == ["stock/invalid", "house/number"], "one reading, so that no digit is lost between them"


async def test_other_prompts_after_wrong_and_no_entries():
    done = await call(entry(minimum=2, invalid_prompt="house/no", timeout_prompt="house/there"), "1#,wait,12#")
    assert done.heard == ("house/number", "house/no", "house/number", "house/there", "house/number")


@pytest.mark.parametrize(("keys", "way"), [("1#,1#,1#", "invalid"), ("1#,1#,wait", "timeout")])
async def test_the_last_try_decides_the_exit(keys, way):
    done = await call(entry(minimum=2), keys)
    assert done.exit == way
    assert done.why.endswith("; all 3 tries are used")
    assert done.variables == {}


@pytest.mark.parametrize("tries", [1, 2, 5])
async def test_it_asks_as_often_as_it_says(tries):
    assert (await call(entry(tries=tries))).heard.count("house/number") == tries


@pytest.mark.parametrize(("number", "way"), [("79927398713", "ok"), ("79927398710", "invalid")])
async def test_the_luhn_check(number, way):
    done = await call(entry(check="luhn", tries=1), f"{number}#")
    assert done.exit == way
    assert way == "ok" or done.why.startswith("the entry fails the check luhn")


@given(st.text("0123456789", min_size=1, max_size=18), st.integers(0, 17), st.integers(1, 9))
def test_luhn_finds_every_single_wrong_digit(payload, place, shift):
    number = next(payload + check for check in "0123456789" if luhn(payload + check))
    place %= len(number)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert luhn(number)
    assert not luhn(wrong)


@pytest.mark.parametrize(("digits", "way"), [("4711", "ok"), ("5711", "invalid"), ("47111", "invalid")])
async def test_the_pattern_fits_the_whole_entry(digits, way):
    done = await call(entry(pattern=r"4\d{3}", tries=1), f"{digits}#")
    assert done.exit == way
    assert way == "ok" or done.why == "the entry does not have the wanted shape; the only try is used"


async def test_a_secret_entry_shows_only_how_many_keys_there_were():
    done = await call(entry(secret=True, minimum=4), "907#,9072#")
    assert done.variables == {"customer": "9072"}
    assert [event.data for event in done.events if event.kind == "keys"] == [
        {"count": 3, "ended_by": "terminator"},
        {"count": 4, "ended_by": "terminator"},
    ]
    assert "907" not in str(done)
    assert "907" not in repr(done.events)


async def test_an_entry_that_is_no_secret_is_shown():
    done = await call(entry(), "9072#")
    assert [event.data["keys"] for event in done.events if event.kind == "keys"] == ["9072"]


async def test_a_caller_who_leaves_in_any_try_leaves_no_variable():
    for keys in ("hangup", "wait,hangup"):
        done = await call(entry(), keys)
        assert (done.ways, done.variables) == ((), {})


def test_the_linter_finds_lengths_that_exclude_everything():
    assert [(f.rule, f.severity) for f in entry(minimum=5, maximum=4).lint()] == [("entry-length", "error")]
    assert list(entry(minimum=4, maximum=4).lint()) == []


@pytest.mark.parametrize("pattern", ["(", "[z-a]", r"\d{99999999999}", r"(\d+)+x", r"\d*\d*\d*\d*x", "(1|1)" * 30])
def test_the_linter_refuses_patterns_that_are_none_or_could_block_all_calls(pattern):
    found = list(entry(pattern=pattern).lint())
    assert {(f.rule, f.severity, f.path) for f in found} == {("entry-pattern", "error", "settings.pattern")}


@pytest.mark.parametrize("pattern", ["", r"\d{4}", r"(49|0049)?\d+", r"0[1-9]\d{3,5}", "01|02|10", r"[+*?()]{3}"])
def test_the_linter_lets_usual_patterns_pass(pattern):
    assert list(entry(pattern=pattern).lint()) == []


@pytest.mark.filterwarnings("ignore:Possible:FutureWarning")
@given(st.text("01\\d[](){}|*+?.^,2", max_size=14), st.text("01", min_size=32, max_size=32))
async def test_a_pattern_that_passes_the_linter_is_checked_in_no_time(pattern, digits):
    if not list(entry(pattern=pattern).lint()):
        began = time.process_time()
        await call(entry(pattern=pattern, maximum=32, tries=1), digits)
        assert time.process_time() - began < 1.0


def test_it_names_all_its_prompts():
    assert [r.path for r in entry().references()] == [
        "settings.prompts[0]",
        "settings.invalid_prompt",
        "settings.timeout_prompt",
    ]
