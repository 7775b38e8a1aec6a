"""Whom the module lets through or denies, and what it says of it."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest
from lists_kept import LISTS, NOON, hidden, shown

from switchhook import Caller, DialPlan, Exit, Label, Module, Outcome, Target
from switchhook.calls.network_number import NetworkNumber
from switchhook.store.engine import StoreAway
from switchhook.testing import assert_module_conforms, call
from switchhook_lists.blocking_key import BlockKey
from switchhook_lists.entry import Entry
from switchhook_lists.filtering import CallerListFilter, Consulted
from switchhook_lists.index import Index
from switchhook_lists.plugin import ListsPlugin
from switchhook_lists.rows import Rows

SPAM = "+4922155501"
HIDDEN = "+491711234567"
MODULE = CallerListFilter(lists=(Consulted(list="vip", verdict="allow", name="vip"), Consulted(list="spam")))


async def tried(kept, caller, module=MODULE, **more):
    """A call of a caller through the module, whose plugin keeps what it knows from call to call."""
    return await call(
        module, caller=caller, store=kept.store, plugins=[kept.plugin], resources=more.pop("resources", LISTS), **more
    )


async def test_s45_each_exit_and_why(kept):
    await kept.put("spam", SPAM, note="Werbung")
    await kept.put("vip", "+4930", "beginning")
    denied = await tried(kept, shown(SPAM))
    assert (denied.exit, denied.why, denied.outcome) == ("deny", "denied by the list Spam: Werbung", Outcome.BLOCKED)
    allowed = await tried(kept, shown("+493012345"))
    assert (allowed.exit, allowed.why) == ("match:vip", "let through by the list VIP")
    assert (await tried(kept, shown("+4940123"))).exit == "no_match"
    assert (await tried(kept, Caller())).exit == "anonymous"
    assert not denied.faults


async def test_the_first_list_a_caller_is_on_decides(kept):
    await kept.put("spam", SPAM)
    await kept.put("vip", SPAM)
    assert (await tried(kept, shown(SPAM))).exit == "match:vip"
    turned = attrs.evolve(MODULE, lists=MODULE.lists[::-1])
    assert (await tried(kept, shown(SPAM), turned)).exit == "deny"


async def test_d10_a_suppressed_caller_is_known_again_and_also_once_the_number_is_shown(kept):
    who = hidden(HIDDEN)
    entry = await kept.put("spam", who.key, "suppressed", line="mobile", note="Stalker", call="c1")
    again = await tried(kept, who, network=HIDDEN)
    assert (again.exit, again.why) == ("deny", "denied by the list Spam: Stalker")
    assert (await tried(kept, shown(HIDDEN))).exit == "deny"
    assert (await tried(kept, hidden("+491711234568"), network="+491711234568")).exit == "anonymous"
    assert (await kept.entry("spam", entry)).hits == 1  # each simulated call has the same id


@pytest.mark.parametrize(("value", "kind"), [(HIDDEN, "number"), ("+49171", "beginning")])
async def test_i15_the_networks_number_is_matched_though_hidden_and_what_it_met_is_not_told(kept, value, kind):
    entry = await kept.put("spam", value, kind, note="Kunde Meyer")
    done = await tried(kept, hidden(HIDDEN), network=HIDDEN)
    assert (done.exit, done.why) == ("deny", "denied by the list Spam")
    assert "Meyer" not in str(done)
    assert HIDDEN[3:] not in repr(done)
    assert ((await kept.entry("spam", entry)).hits, await kept.hits()) == (0, 1)
    told = await tried(kept, shown(HIDDEN))
    assert told.why == "denied by the list Spam: Kunde Meyer"


@pytest.mark.parametrize(
    ("rule", "known", "unknown"),
    [("after", "deny", "anonymous"), ("at_once", "anonymous", "anonymous"), ("like_others", "deny", "no_match")],
)
async def test_what_becomes_of_callers_without_a_number(kept, rule, known, unknown):
    await kept.put("spam", HIDDEN)
    module = attrs.evolve(MODULE, anonymous=rule)
    assert (await tried(kept, hidden(HIDDEN), module, network=HIDDEN)).exit == known
    assert (await tried(kept, Caller(), module)).exit == unknown


@pytest.mark.parametrize("whole", [False, True])
async def test_d17_a_shadow_tells_what_it_would_have_done_and_does_nothing(kept, whole):
    module = CallerListFilter(lists=(Consulted(list="watch" if whole else "spam"),))
    await kept.put(module.lists[0].list, SPAM, note="Test", shadow=not whole)
    done = await tried(kept, shown(SPAM), module)
    name = "Watch" if whole else "Spam"
    assert (done.exit, done.notes) == ("no_match", (f"only watched: denied by the list {name}: Test",))
    assert done.outcome != Outcome.BLOCKED
    assert await kept.hits(module.lists[0].list) == 1


async def test_a_shadow_or_ended_entry_leaves_a_shorter_beginning_in_force(kept):
    await kept.put("spam", "+49221", "beginning", note="short")
    await kept.put("spam", SPAM, shadow=True)
    await kept.put("spam", "+492215", "beginning", until=NOON)
    assert (await tried(kept, shown(SPAM))).why == "denied by the list Spam: short"


async def test_an_entry_holds_until_the_moment_it_ends(kept):
    await kept.put("spam", SPAM, until=NOON + timedelta(hours=1))
    assert (await tried(kept, shown(SPAM), at=NOON + timedelta(minutes=59))).exit == "deny"
    assert (await tried(kept, shown(SPAM), at=NOON + timedelta(hours=1))).exit == "no_match"


async def test_a_change_holds_for_the_next_call_in_every_worker_and_no_list_is_read_twice(kept, monkeypatch):
    read = []
    looked = Index.of
    monkeypatch.setattr(Index, "of", classmethod(lambda cls, count, rows: read.append(count) or looked(count, rows)))
    other = attrs.evolve(kept, plugin=ListsPlugin())
    for worker in (kept, other, kept, other):
        assert (await tried(worker, shown(SPAM))).exit == "no_match"
    assert read == [0, 0, 0, 0]  # two lists in two workers, each read once
    await kept.put("spam", SPAM)
    for worker in (kept, other, kept):
        assert (await tried(worker, shown(SPAM))).exit == "deny"
    assert read == [0, 0, 0, 0, 1, 1]


async def test_another_tenants_entries_deny_nobody(kept):
    await kept.put("spam", SPAM, tenant="other")
    assert (await tried(kept, shown(SPAM))).exit == "no_match"


async def test_without_a_database_lists_are_those_known_last(kept, monkeypatch):
    await kept.put("spam", SPAM)
    await tried(kept, shown(SPAM))

    def away():
        raise StoreAway("it restarts")

    for way in ("read", "write"):
        monkeypatch.setattr(kept.store, way, away)
    done = await tried(kept, shown(SPAM))
    assert done.exit == "deny"
    assert "the caller lists are those known last: it restarts" in done.notes
    assert not done.faults


class Counting(dict):
    """A mapping that counts how often it is looked into."""

    looks = 0

    def get(self, *key):
        self.looks += 1
        return super().get(*key)

    def __contains__(self, key):
        self.looks += 1
        return super().__contains__(key)


@pytest.mark.parametrize("size", [10, 10_000])
def test_s44_looking_up_takes_as_many_steps_however_many_entries_there_are(size):
    def made(value, kind):
        return Entry(1, "spam", kind, value, "", "", "", "", NOON, None, False, 0, None)

    numbers = Counting({f"+49221{n:07}": made(f"+49221{n:07}", "number") for n in range(size)})
    beginnings = Counting({f"+4930{n:05}": made(f"+4930{n:05}", "beginning") for n in range(size)})
    index = Index(1, numbers, beginnings, Counting())
    assert list(index.met_by(NetworkNumber("+4940123456789"), "k", NOON)) == []
    assert numbers.looks + beginnings.looks + index.suppressed.looks <= 2 + len("+4940123456789")
    assert [one.value for one in index.met_by(NetworkNumber("+493000007999"), "", NOON)] == ["+493000007"]


def test_nothing_tells_the_networks_number():
    number = NetworkNumber(HIDDEN)
    assert HIDDEN[1:] not in f"{number!r} {number}"


def test_the_module_conforms():
    plugin = ListsPlugin()
    entry = Entry(1, "spam", "number", SPAM, "", "", "", "", NOON, None, False, 0, None)
    numbers = {one: attrs.evolve(entry, value=one) for one in ("+4930123456", "+491711234567")}
    plugin.known.hold("test", "spam", Index(0, numbers))
    rows = [
        [{"list": "spam", "verdict": "deny"}],
        [{"list": "spam", "verdict": "allow"}],
        [{"list": "vip"}, {"list": "spam", "verdict": "allow", "name": "vip"}],
        [{"list": "spam", "name": "own"}, {"list": "spam"}],
        [{"list": "vip"}],
    ]
    unreached = ("anonymous",)  # no simulated caller hides there
    kept = {"plugins": [plugin], "resources": LISTS, "unreached": unreached, "examples": 60}
    assert_module_conforms(CallerListFilter, settings={"lists": rows}, **kept)


def test_what_is_odd_about_the_settings():
    twice = CallerListFilter(lists=(Consulted(list="spam"), Consulted(list="spam", name="x")))
    assert [one.rule for one in twice.lint()] == ["lists-twice"]
    assert twice.exits() == ("deny", "match:x", "no_match", "anonymous")


@attrs.frozen
class Connect(Module):
    """Rings anna, who may press keys."""

    kind = "connect"
    label = Label("Verbinden", "Connect")

    def exits(self):
        return ("next",)

    async def run(self, session):
        await session.dial(DialPlan((Target("phone", "anna"),), in_call=True, limit_seconds=60))
        return Exit("next", "")


@pytest.mark.parametrize(
    ("who", "kind", "value"),
    [(shown(SPAM), "number", SPAM), (hidden(HIDDEN), "suppressed", hidden(HIDDEN).key), (Caller(), "", "")],
    ids=["shown", "suppressed", "unknown"],
)
async def test_s48_the_served_partys_key_puts_the_caller_on_the_list(kept, who, kind, value):
    features = {"block": BlockKey(name="Block", list="spam")}
    done = await tried(kept, who, Connect(), resources={**LISTS, **features}, parties="answered:20/3:*4")
    async with kept.store.read() as conn:
        found = await Rows(conn, "test").all("spam")
    assert [(one.kind, one.value, one.author) for one in found] == ([(kind, value, "Block (*4)")] if kind else [])
    told = [event.data["prompts"] for event in done.events if event.kind == "served.heard"]
    assert told == [["stock/beep"] if kind else ["stock/invalid"]]
    assert not done.faults
    if kind:
        assert (await tried(kept, who)).exit == "deny"
