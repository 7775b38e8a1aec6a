"""Entries of lists in the browser and by the API, and blocking the caller of a call."""

from __future__ import annotations

import json
from datetime import timedelta

import attrs
import pytest
from lists_kept import hidden
from seeded import put_call
from web_people import NOW, ORIGIN, Portal, build, post

from switchhook import Caller, NotFound, NumberRefused, drawn_point
from switchhook.access.actor import SYSTEM, Actor, Reach
from switchhook.administration import Forbidden, Trial
from switchhook.dispatch.loader import Source
from switchhook.store.audit import entries as audited
from switchhook.store.migrations import migrate
from switchhook_lists.blocking import block
from switchhook_lists.keeping import Entries, Fields
from switchhook_lists.looking import Wanted
from switchhook_lists.plugin import ListsPlugin
from switchhook_lists.rows import EntryThere
from switchhook_lists.sweeping import sweep_once
from switchhook_lists.table import read_entries, write_entries

AT = "/t/acme/x/lists/lists/spam"
HIDDEN = "+491711234567"


@pytest.fixture
async def portal(tmp_path):
    made = await build(tmp_path, sources=[Source("lists", ListsPlugin)])
    assert await migrate(made.administration.store, ListsPlugin().migrations()) == []
    acme = made.administration.keeping.of("acme", SYSTEM)
    await acme.create("caller-list", {"name": "Spam", "suppressed_days": 30}, id="spam")
    await acme.create("caller-list", {"name": "VIP"}, id="vip")
    yield made
    await made.administration.store.close()


def of(portal: Portal, actor: Actor = SYSTEM, tenant: str = "acme") -> Entries:
    return Entries(portal.administration, tenant, actor)


async def text(portal: Portal, path: str = AT, role: str = "admin", **more) -> str:
    answer = await portal.client(role).get(path, **more)
    assert answer.status_code == 200
    return await answer.get_data(as_text=True)


async def test_s51_a_number_is_added_changed_deleted_and_brought_back(portal):
    client = portal.client("admin")
    await post(client, f"{AT}/entries", {"number": "0221 555-01", "note": "Calls every day"})
    await post(client, f"{AT}/entries", {"number": "0043", "begins": "1", "until": "2027-01-31", "shadow": "1"})
    begun, number = (await of(portal).page("spam", Wanted())).entries
    assert (number.value, number.kind, number.author) == ("+4922155501", "number", "adam")
    assert (begun.value, begun.kind, begun.shadow) == ("+43", "beginning", True)
    assert begun.until.isoformat() == "2027-01-31T23:00:00+00:00"  # the whole day, in the tenant's zone
    seen = await text(portal)
    assert "Calls every day" in seen
    assert "0221 55501" in seen
    one = f"{AT}/entries/{number.id}"
    await post(client, one, {"note": "Twice a day", "until": ""})
    assert "Twice a day" in await text(portal, one)
    await post(client, f"{one}/delete")
    assert "Twice a day" not in await text(portal)
    assert [e.id for e in await of(portal).all("spam")] == [begun.id]
    await post(client, f"{one}/restore")
    assert {e.id for e in await of(portal).all("spam")} == {begun.id, number.id}
    found = await audited(portal.administration.store, "acme", kind="caller-list-entry")
    assert [(e.action, e.actor) for e in found] == [
        (action, "adam") for action in ("restore", "delete", "change", "create", "create")
    ]


async def test_what_does_not_fit_is_said_and_stays_in_the_form(portal):
    client = portal.client("admin")
    answer = await post(client, f"{AT}/entries", {"number": "12345678", "note": "keep me"})
    seen = await answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "lacks its area code" in seen
    assert "keep me" in seen
    await of(portal).add("spam", "0221555", begins=False, fields=Fields())
    with pytest.raises(EntryThere, match="is on the list already"):
        await of(portal).add("spam", "+49221555", begins=False, fields=Fields())


async def test_entries_are_searched_and_sorted(portal):
    mine = of(portal)
    for number, note in (("022155501", "b"), ("022155502", "a"), ("03012345", "Berlin")):
        await mine.add("spam", number, begins=False, fields=Fields(note))

    async def found(**more):
        return [one.note for one in (await mine.page("spam", Wanted(**more))).entries]

    assert sorted(await found(order="note")) == ["Berlin", "a", "b"]
    assert await found(search="0221 555", order="-number") == ["a", "b"]
    assert await found(search="+4930") == ["Berlin"]
    assert await found(search="berl") == ["Berlin"]
    page = await mine.page("spam", Wanted(order="number", limit=2))
    assert page.after == 2
    assert len((await mine.page("spam", Wanted(order="number", limit=2, after=2))).entries) == 1


async def call_of(portal: Portal, number: str, *, secret: bool) -> str:
    """A call that is kept, from a caller who shows the number or not."""
    await put_call(portal, "c-1", "+4922155501", ago=10, caller=hidden(number) if secret else None)
    return "c-1"


async def test_s52_blocking_a_suppressed_caller_keeps_a_key_for_the_lists_days(portal):
    call = await call_of(portal, HIDDEN, secret=True)
    asked = await text(portal, f"/t/acme/x/lists/block/{call}")
    assert "The number is suppressed and stays so" in asked
    answer = await post(portal.client("admin"), f"/t/acme/x/lists/block/{call}", {"list": "spam", "note": "Stalker"})
    assert answer.status_code == 303
    (entry,) = await of(portal).all("spam")
    assert (entry.kind, entry.number, entry.line, entry.call) == ("suppressed", "", "mobile", call)
    assert entry.value == hidden(HIDDEN).key
    assert entry.until == NOW + timedelta(days=30)
    seen = await text(portal) + await text(portal, f"{AT}/entries/{entry.id}") + await text(portal, f"{AT}/table")
    assert entry.pseudonym in seen
    assert entry.value not in seen
    longer = await of(portal).change("spam", entry.id, Fields("x", NOW + timedelta(days=400)))
    assert longer.until == NOW + timedelta(days=30)
    with pytest.raises(EntryThere, match="this caller"):
        await block(of(portal), "spam", call, Fields())
    portal.administration.clock.advance(timedelta(days=30).total_seconds())
    await sweep_once(portal.administration)
    assert await of(portal).all("spam") == []


async def test_who_may_block_does_so_for_calls_in_sight_and_takes_back_the_own_alone(portal):
    call = await call_of(portal, HIDDEN, secret=True)
    rights = {"caller.block": Reach(everything=True), "call.view": Reach(everything=True)}
    agent = Actor("Uwe", rights, "user", "uwe")
    made = await block(of(portal, agent), "spam", call, Fields())
    other = await of(portal).add("spam", "0221555", begins=False, fields=Fields())
    with pytest.raises(NotFound):
        await of(portal, agent).take_back("spam", other.id)
    for refused in (of(portal, agent).all("spam"), of(portal, agent).delete("spam", made.id)):
        with pytest.raises(Forbidden):
            await refused
    await of(portal, agent).take_back("spam", made.id)
    assert [one.id for one in await of(portal).all("spam")] == [other.id]
    narrow = attrs.evolve(agent, rights={**rights, "call.view": Reach(numbers=frozenset({"+49301"}))})
    with pytest.raises(NotFound, match="call"):
        await block(of(portal, narrow), "spam", call, Fields())


async def test_s49_each_row_of_calls_has_the_button(portal):
    call = await call_of(portal, HIDDEN, secret=True)
    for path in ("/t/acme/calls", f"/t/acme/calls/{call}"):
        assert f"/t/acme/x/lists/block/{call}" in await text(portal, path)


async def test_s51_a_table_goes_out_and_comes_back_equal_and_says_what_it_refuses(portal):
    mine = of(portal)
    await mine.add("spam", "022155501", begins=False, fields=Fields("=1+1", NOW + timedelta(days=3)))
    await mine.add("spam", "0043", begins=True, fields=Fields('\'quoted, "twice"', shadow=True))
    table = write_entries(await mine.all("spam"))
    lines = read_entries(table, NOW)
    assert not [one.why for one in lines if one.why]
    await mine.bring("vip", [(one.what, one.fields) for one in lines])
    assert write_entries(await mine.all("vip")) == table
    call = await call_of(portal, HIDDEN, secret=True)
    await block(mine, "spam", call, Fields())
    client, bad = (
        portal.client("admin"),
        write_entries(await mine.all("spam")) + "abc,number,,,\n0221,beginning,,soon,\n",
    )
    api = await client.post(
        "/api/v1/tenants/acme/caller-lists/vip/table/plan",
        data=bad,
        headers={"Content-Type": "text/csv", "Origin": ORIGIN, "X-CSRF-Token": "csrf-of-admin"},
    )
    plan = json.loads(await api.get_data())
    assert (api.status_code, plan["fits"]) == (200, 2)
    assert [one["no"] for one in plan["refused"]] == [4, 5, 6]
    assert "known from a call alone" in plan["refused"][0]["why"]


async def test_a_caller_without_any_number_cannot_be_put_on_a_list(portal):
    await put_call(portal, "c-2", "+4922155501", ago=10, caller=Caller())
    with pytest.raises(NumberRefused, match="gave no number"):
        await block(of(portal), "spam", "c-2", Fields())
    assert "gave no number" in await text(portal, "/t/acme/x/lists/block/c-2")


async def test_the_api_blocks_and_lists(portal):
    call = await call_of(portal, HIDDEN, secret=True)
    client = portal.client("admin")
    headers = {"Origin": ORIGIN, "X-CSRF-Token": "csrf-of-admin"}
    path = f"/api/v1/tenants/acme/calls/{call}/block"
    answer = await client.post(path, json={"list": "spam", "note": "x"}, headers=headers)
    made = json.loads(await answer.get_data())
    assert (answer.status_code, made["number"], made["pseudonym"]) == (201, "", hidden(HIDDEN).key[:8])
    listed = json.loads(await (await client.get("/api/v1/tenants/acme/caller-lists/spam/entries")).get_data())
    assert [one["id"] for one in listed["items"]] == [made["id"]]
    lists = json.loads(await (await client.get("/api/v1/tenants/acme/caller-lists")).get_data())
    assert [(one["id"], one["entries"]) for one in lists["items"]] == [("spam", 1), ("vip", 0)]


DRAWING = {
    "start": "lists",
    "last_resort": "bye",
    "points": [
        drawn_point(
            "lists",
            "caller-list",
            "Lists",
            {"lists": [{"list": "spam"}, {"list": "vip", "verdict": "allow"}]},
            deny="hang-up",
            allow="bye",
            no_match="bye",
            anonymous="bye",
        ),
        drawn_point("bye", "announcement", "Bye", {"prompts": ["stock/goodbye"]}, next="hang-up"),
    ],
}


@pytest.fixture
async def desk(tmp_path):
    """A portal in which a flow can be made, and tried."""
    from switchhook_ivr import plugin as ivr

    made = await build(tmp_path, sources=[Source("lists", ListsPlugin), Source("ivr", lambda: ivr)])
    assert await migrate(made.administration.store, ListsPlugin().migrations()) == []
    acme = made.administration.keeping.of("acme", SYSTEM)
    await acme.create("caller-list", {"name": "Spam"}, id="spam")
    await acme.create("caller-list", {"name": "VIP", "shadow": True}, id="vip")
    await made.administration.publishing.of("acme", SYSTEM).create("Desk", id="desk", drawing=DRAWING)
    yield made
    await made.administration.store.close()


async def test_lists_that_hold_nobody_or_only_watch_are_found_before_a_flow_goes_live(desk):
    flows, mine = desk.administration.publishing.of("acme", SYSTEM), of(desk)

    async def found():
        findings = (await flows.draft("desk")).findings
        return sorted((one.rule, one.path) for one in findings if one.rule.startswith("lists-"))

    spam, vip = "points.lists.settings.lists[0].list", "points.lists.settings.lists[1].list"
    assert await found() == [("lists-empty", spam), ("lists-empty", vip), ("lists-watching", vip)]
    await mine.add("spam", "0221555", begins=False, fields=Fields(until=NOW + timedelta(hours=1)))
    await mine.add("spam", "0221556", begins=False, fields=Fields())
    await mine.add("vip", "0221557", begins=False, fields=Fields())
    assert await found() == [("lists-watching", vip)]
    desk.administration.clock.advance(3600)
    assert await found() == [("lists-ended", spam), ("lists-watching", vip)]


async def test_a_tried_call_meets_the_lists_as_they_are_and_counts_for_nothing(desk):
    flows, mine = desk.administration.publishing.of("acme", SYSTEM), of(desk)
    await mine.add("spam", "0221 555", begins=True, fields=Fields("Ads"))
    tried = await flows.try_flow("desk", Trial(caller="+4922155501"))
    assert "denied by the list Spam: Ads" in tried.text
    assert "denied by" not in (await flows.try_flow("desk", Trial(caller="+493012345"))).text
    (entry,) = await mine.all("spam")
    assert (entry.hits, (await mine.hits("spam")).hits) == (0, [])
