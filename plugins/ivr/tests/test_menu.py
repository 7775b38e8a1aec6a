from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchhook.schema import SettingsRefused, read_settings
from switchhook.testing import assert_module_conforms, call
from switchhook_ivr.menu import Menu

HOUSE = {"house/menu": 5.0, "stock/invalid": 2.0, "stock/no-entry": 3.0}


def menu(*keys: str, **settings) -> Menu:
    return Menu(prompts=("house/menu",), keys=keys or ("1", "2", "*", "#"), **settings)


def test_it_keeps_its_contract():
    assert_module_conforms(Menu)


@pytest.mark.parametrize("key", ["1", "2", "*", "#"])
async def test_each_key_has_its_exit(key):
    done = await call(menu(), key)
    assert (done.exit, done.why) == (f"key:{key}", f"the caller pressed {key}")
    assert done.heard == ("house/menu",)


async def test_a_wrong_key_is_told_and_asked_again():
    done = await call(menu(), "9,1", prompts=HOUSE)
    assert done.exit == "key:1"
    assert done.heard == ("house/menu", "stock/invalid", "house/menu")
    assert done.notes == ("try 1 of 3: 9 is not offered",)


async def test_silence_is_told_and_asked_again():
    done = await call(menu(), "wait,2", prompts=HOUSE)
    assert done.exit == "key:2"
    assert done.heard == ("house/menu", "stock/no-entry", "house/menu")
    assert done.notes == ("try 1 of 3: no key pressed",)


async def test_a_key_during_the_prompt_after_a_wrong_key_is_the_next_choice_already():
    """One reading covers both prompts, so that no key is lost between them."""
    done = await call(menu(), "9,1", prompts=HOUSE)
    starts = [event.data["prompts"] for event in done.events if event.kind == "prompt.started"]
    assert starts == [["house/menu"], ["stock/invalid", "house/menu"]]


async def test_after_the_last_try_the_exit_says_what_the_last_one_failed_of():
    done = await call(menu(), "9,9,wait")
    assert (done.exit, done.why) == ("timeout", "no key pressed; all 3 tries are used")
    done = await call(menu(), "wait,wait,9")
    assert (done.exit, done.why) == ("invalid", "9 is not offered; all 3 tries are used")


@pytest.mark.parametrize("tries", [1, 2, 20])
async def test_it_asks_as_often_as_it_says(tries):
    done = await call(menu(tries=tries))
    assert done.heard.count("house/menu") == tries
    assert done.heard.count("stock/no-entry") == tries - 1
    assert done.exit == "timeout"
    assert done.why.endswith("the only try is used" if tries == 1 else f"all {tries} tries are used")


async def test_other_prompts_after_wrong_and_no_keys():
    done = await call(menu(invalid_prompt="house/no", timeout_prompt="house/there"), "9,wait,1")
    assert done.heard == ("house/menu", "house/no", "house/menu", "house/there", "house/menu")


@pytest.mark.parametrize("wait", [2.0, 7.5])
async def test_it_waits_for_the_first_key(wait):
    done = await call(menu(wait=wait, tries=1), prompts=HOUSE)
    assert done.seconds == 5.0 + wait


@pytest.mark.parametrize("between", [1.0, 4.0])
async def test_it_waits_for_further_keys_only_where_there_can_be_some(between):
    done = await call(menu("1", "12", between=between), "1", prompts=HOUSE)
    assert (done.exit, done.seconds) == ("key:1", between)
    done = await call(menu("1", "12", between=between), "12", prompts=HOUSE)
    assert (done.exit, done.seconds) == ("key:12", 0.0)
    done = await call(menu("1", "2", between=between), "1", prompts=HOUSE)
    assert (done.exit, done.seconds) == ("key:1", 0.0)


async def test_without_barge_in_keys_count_only_after_the_prompt():
    done = await call(menu(barge_in=False), "9,1", prompts=HOUSE)
    assert done.exit == "key:1"
    assert done.seconds == 5.0 + 2.0 + 5.0
    done = await call(menu(), "9,1", prompts=HOUSE)
    assert done.seconds == 0


async def test_direct_dialling_leaves_with_the_digits_in_a_variable():
    done = await call(menu("1", direct_digits=3), "234")
    assert (done.exit, done.why) == ("extension", "the caller dialled 234 directly")
    assert done.variables == {"extension": "234"}


@pytest.mark.parametrize("keys", ["23", "2*4", "***"])
async def test_what_is_no_whole_extension_is_wrong(keys):
    done = await call(menu("1", direct_digits=3, tries=1), keys)
    assert (done.exit, done.why) == ("invalid", f"{keys} is not offered; the only try is used")
    assert done.variables == {}


async def test_a_key_that_is_offered_wins_over_direct_dialling():
    done = await call(menu("234", direct_digits=3), "234")
    assert done.exit == "key:234"


def test_without_direct_dialling_there_is_no_exit_for_it():
    assert menu("1").exits() == ("key:1", "timeout", "invalid")
    assert menu("1", direct_digits=2).exits() == ("key:1", "extension", "timeout", "invalid")


async def test_a_caller_who_leaves_ends_the_call_at_each_try():
    for keys in ("hangup", "9,hangup", "9,wait,hangup"):
        done = await call(menu(), keys)
        assert done.ways == ()
        assert done.events[-1].data["by"] == "caller"


def test_the_linter_finds_waits_too_short_and_keys_that_cannot_act_at_once():
    assert [(f.rule, f.path) for f in menu("1", wait=1.5).lint()] == [("L10", "settings.wait")]
    found = list(menu("1", "2", "12").lint())
    assert [(f.rule, f.path) for f in found] == [
        ("menu-wait", "settings.keys[0]"),
        ("menu-wait", "settings.keys[1]"),
    ]
    assert found[0].message == "after '1' the caller waits 2 s, because up to 2 keys can be pressed"
    assert [f.rule for f in menu("1", direct_digits=2).lint()] == ["menu-wait"]
    assert list(menu("1", "2").lint()) == []


def test_it_names_all_its_prompts():
    named = menu("1", invalid_prompt="house/no", timeout_prompt="house/there").references()
    assert [(r.id, r.path) for r in named] == [
        ("house/menu", "settings.prompts[0]"),
        ("house/no", "settings.invalid_prompt"),
        ("house/there", "settings.timeout_prompt"),
    ]


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"prompts": ["m"], "keys": []}, r"settings.keys: needs at least 1"),
        ({"prompts": ["m"], "keys": ["1", "1"]}, r"settings.keys\[1\]: '1' is there twice"),
        ({"prompts": ["m"], "keys": ["ä"]}, r"settings.keys"),
        ({"prompts": ["m"], "keys": ["1"], "tries": 0}, r"settings.tries"),
        ({"prompts": ["m"], "keys": ["1"], "bargein": True}, r"did you mean 'barge_in'"),
        ({"prompts": ["../x"], "keys": ["1"]}, r"settings.prompts"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings, says):
    with pytest.raises(SettingsRefused, match=says):
        read_settings(Menu, settings)


@given(
    keys=st.lists(st.text("0123456789*#", min_size=1, max_size=3), min_size=1, max_size=5, unique=True), data=st.data()
)
async def test_whatever_is_offered_can_be_chosen_at_any_try(keys, data):
    wanted = data.draw(st.sampled_from(keys))
    tries = data.draw(st.integers(1, 4))
    done = await call(menu(*keys, tries=tries), ",".join(["wait"] * (tries - 1) + [wanted]))
    assert done.exit == f"key:{wanted}"
