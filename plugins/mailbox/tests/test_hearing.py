"""Remote access (M24) and the notification call, heard by a simulated caller over real rows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from switchhook.testing import NOON, assert_module_conforms, call
from switchhook_mailbox.access import MailboxAccess
from switchhook_mailbox.box import Mailbox
from switchhook_mailbox.messages import Count, Rows
from switchhook_mailbox.notice import Notice

PIN = "2807"
BOXES = {"21": Mailbox(name="Büro", pin=PIN), "22": Mailbox(name="Ohne PIN")}
NOTICE = Notice(mailbox="21", attempt=1)


async def fill(store, *names: str, heard: int = 0, mailbox: str = "21") -> list[int]:
    """Messages by the names of their recordings, the first ``heard`` of them heard already."""
    ids = []
    async with store.write() as conn:
        rows = Rows(conn, "test")
        for place, name in enumerate(names):
            made = NOON - timedelta(hours=2, minutes=-place)
            caller = "+4930123456" if place else ""
            one = await rows.add({"mailbox": mailbox, "media": name, "made": made, "caller": caller})
            ids.append(one.id)
            if place < heard:
                await rows.hear(mailbox, one.id, made, "kim")
    return ids


async def dials(store, keys: str, **settings):
    return await call(MailboxAccess(**settings), keys, resources=BOXES, store=store)


def played(done) -> list[str]:
    return [prompt.removeprefix("media/") for prompt in done.heard if prompt.startswith("media/")]


async def count(store) -> Count:
    async with store.read() as conn:
        return await Rows(conn, "test").count("21")


def test_they_keep_their_contract():
    known = {"mailbox": ("21",), "attempt": (1,)}
    assert_module_conforms(MailboxAccess, resources=BOXES, settings=known, unreached=("done",), examples=60)
    assert_module_conforms(Notice, resources=BOXES, settings=known, examples=60)


async def test_new_ones_are_heard_first_with_caller_and_time_and_are_then_heard(kept):
    await fill(kept, *"abc", heard=1)
    done = await dials(kept, f"{PIN}#", mailbox="21")
    assert (done.exit, done.why) == ("done", "2 new and 1 heard messages were offered")
    assert played(done) == ["b", "c", "a"]
    words = list(done.heard)
    assert words[1:5] == ["stock/mailbox-you-have", "number/2", "stock/mailbox-new-many", "number/1"]
    first = words[words.index("stock/mailbox-new") :]
    assert first[1:4] == ["stock/mailbox-from", "digits/4", "digits/9"]
    assert "clock/oclock" in first[: first.index("media/b")]
    assert "stock/mailbox-from-nobody" in words
    assert words[-1] == "stock/mailbox-last"
    assert await count(kept) == Count(0, 3)


async def test_keys_repeat_go_back_and_on_delete_and_end(kept):
    await fill(kept, *"abc")
    # Each message listens three times: before it, during it, and after it.
    done = await dials(kept, f"{PIN}#,wait,wait,1,wait,wait,3,wait,wait,2,wait,wait,7,wait,*", mailbox="21")
    assert played(done) == ["a", "a", "b", "a", "b"]
    assert await count(kept) == Count(1, 1)
    later = await call(
        MailboxAccess(mailbox="21"), f"{PIN}#", resources=BOXES, store=kept, at=NOON + timedelta(hours=1)
    )
    assert played(later) == ["c", "b"]


async def test_a_key_before_a_message_leaves_it_new(kept):
    await fill(kept, *"ab")
    done = await dials(kept, f"{PIN}#,3,*", mailbox="21")
    assert (played(done), await count(kept)) == ([], Count(2, 0))


async def test_who_presses_nothing_goes_on_but_not_for_ever(kept):
    await fill(kept, *"abcde")
    done = await dials(kept, f"{PIN}#", mailbox="21")
    assert played(done) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("keys", "settings"),
    [
        ("1111#", {"mailbox": "21"}),
        ("wait", {"mailbox": "21"}),
        ("1111#", {"mailbox": "22"}),
        ("wait", {"mailbox": "22"}),
        ("21#,1111#", {}),
        ("99#,1111#", {}),
        (f"99#,{PIN}#", {}),
    ],
)
async def test_nobody_learns_what_was_wrong(kept, keys, settings):
    await fill(kept, "a")
    done = await dials(kept, ",".join([keys] * 2), tries=2, **settings)
    asked = [] if settings else ["stock/mailbox-enter"]
    assert list(done.heard) == [*asked, "stock/mailbox-pin", "stock/invalid"] * 2
    assert (done.exit, done.why) == ("refused", "the mailbox or its PIN was not right, or it is locked")


async def test_the_mailbox_is_asked_for_and_the_pin_is_kept_nowhere(kept):
    await fill(kept, "a")
    done = await dials(kept, f"21#,{PIN}#")
    assert played(done) == ["a"]
    assert PIN not in str(done.events)


async def test_an_empty_mailbox_says_so(kept):
    assert "stock/mailbox-none" in (await dials(kept, f"{PIN}#", mailbox="21")).heard


async def test_calling_back_asks_every_guard_and_goes_on(kept):
    await fill(kept, *"ab")
    keys = f"{PIN}#,wait,wait,3,wait,wait,5,*"
    done = await call(MailboxAccess(mailbox="21", call_back=True), keys, resources=BOXES, store=kept)
    assert [e.data["targets"] for e in done.events if e.kind == "leg.created"] == [["+4930123456"]]
    done = await call(
        MailboxAccess(mailbox="21", call_back=True), keys, resources=BOXES, store=kept, refuse="no money left"
    )
    assert done.exit == "done"
    assert [e.data["targets"] for e in (await dials(kept, keys, mailbox="21")).events if e.kind == "leg.created"] == []


@pytest.mark.parametrize("keys", ["wait,wait", "2,3", "hangup"])
async def test_a_call_nobody_confirms_plays_nothing(kept, keys):
    await fill(kept, "a")
    done = await call(NOTICE, keys, resources=BOXES, store=kept)
    assert (played(done), done.exit) == ([], "" if keys == "hangup" else "unconfirmed")
    assert await count(kept) == Count(1, 0)


async def test_whoever_confirms_hears_what_is_new_and_only_that(kept):
    await fill(kept, *"abc", heard=1)
    done = await call(NOTICE, "1", resources=BOXES, store=kept)
    assert (played(done), done.exit) == (["b", "c"], "heard")
    assert await count(kept) == Count(0, 3)


async def test_it_is_confirmed_by_the_pin_where_the_mailbox_wants_that(kept):
    await fill(kept, "a")
    asks = {"21": Mailbox(name="Büro", pin=PIN, call_confirm="pin")}
    assert played(await call(NOTICE, "1,1", resources=asks, store=kept)) == []
    assert played(await call(NOTICE, f"1,{PIN}#", resources=asks, store=kept)) == ["a"]
