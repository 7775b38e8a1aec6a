"""Messages as people hear, mark and delete them, in the browser and by the API."""

from __future__ import annotations

import json
from datetime import timedelta

import attrs
import pytest
from sqlalchemy import event, insert
from sqlalchemy.engine import Engine
from web_people import NOW, ORIGIN, Portal, build, post

from switchhook import NotFound
from switchhook.access.actor import SYSTEM, Actor, Reach
from switchhook.administration import Forbidden
from switchhook.dispatch.loader import Source
from switchhook.speech.audio import to_wav, tone
from switchhook.store.migrations import migrate
from switchhook_mailbox import plugin
from switchhook_mailbox.inbox import Inbox, Wanted
from switchhook_mailbox.messages import MESSAGE, Rows
from switchhook_mailbox.plugin import migrations

SALES, HOME = "+4922155501", "+4922155502"
LIST = "/t/acme/x/mailbox/messages"


@attrs.define
class Left:
    """A portal with two mailboxes and their messages."""

    portal: Portal
    ids: list[int] = attrs.field(factory=list)

    @property
    def admin(self):
        return self.portal.administration

    def inbox(self, actor: Actor = SYSTEM, tenant: str = "acme") -> Inbox:
        return Inbox(self.admin, tenant, actor)

    async def leave(self, mailbox: str, caller: str = "+4930123", label: str = "", tenant: str = "acme") -> int:
        owner = ("mailbox", mailbox)
        media = await self.admin.media.belonging(tenant, owner).put("message", owner, to_wav(tone(440, 0.5)))
        made = NOW + timedelta(minutes=len(self.ids))
        row = {"mailbox": mailbox, "media": media.id, "made": made, "caller": caller, "label": label, "seconds": 0.5}
        async with self.admin.store.write() as conn:
            message = await Rows(conn, tenant).add(row)
        self.ids.append(message.id)
        return message.id


@pytest.fixture
async def left(tmp_path):
    portal = await build(tmp_path, sources=[Source("mailbox", lambda: plugin)])
    assert await migrate(portal.administration.store, migrations()) == []
    for number in (SALES, HOME):
        await put_number(portal, number)
    resources = portal.administration.keeping.of("acme", SYSTEM)
    await resources.create("mailbox", {"name": "Sales", "numbers": [SALES]}, id="sales")
    await resources.create("mailbox", {"name": "Home", "numbers": [HOME]}, id="home")
    yield Left(portal)
    await portal.administration.store.close()


async def put_number(portal: Portal, number: str) -> None:
    from switchhook.store.directory import Directory
    from switchhook.store.routing import Number

    await Directory(portal.administration.store, portal.administration.clock).assign(Number(number, "acme", ""))


def only(*numbers: str, right: str = "message.view") -> Actor:
    return Actor("uwe", {right: Reach(numbers=frozenset(numbers))}, "user", "uwe")


async def text(left: Left, path: str, role: str = "admin", **more) -> str:
    return await (await left.portal.client(role).get(path, **more)).get_data(as_text=True)


async def test_who_may_hear_a_mailbox_hears_its_messages_and_no_others(left):
    sales, home = await left.leave("sales"), await left.leave("home")
    mine = left.inbox(only(SALES))
    assert [one.id for one in (await mine.page(Wanted())).messages] == [sales]
    assert await mine.count_new() == {"sales": 1}
    for refused in (mine.get(home), mine.hear([sales, home], heard=True), mine.page(Wanted(mailbox="home"))):
        with pytest.raises(NotFound):
            await refused
    with pytest.raises(Forbidden, match="right message"):
        await mine.delete([sales])
    with pytest.raises(NotFound):
        await left.inbox(tenant="other").get(sales)
    assert (await left.inbox().get(sales)).heard is None, "nothing of what was refused was done"


async def test_a_message_that_is_deleted_leaves_no_sound_and_a_line_in_the_audit(left):
    one, two = await left.leave("sales"), await left.leave("sales")
    media = (await left.inbox().get(one)).media
    before = (await left.admin.media.of("acme", SYSTEM).usage()).used
    assert await left.inbox().delete([one]) == 1
    assert [m.id for m in (await left.inbox().page(Wanted())).messages] == [two]
    assert (await left.admin.media.of("acme", SYSTEM).usage()).used == before // 2
    with pytest.raises(NotFound):
        await left.admin.media.of("acme", SYSTEM).open(media)
    (entry,) = [e for e in await entries_of(left) if e.kind == "message"]
    assert (entry.action, entry.id, entry.actor) == ("delete", str(one), "system")


async def entries_of(left: Left):
    from switchhook.administration import entries

    return await entries(left.admin.store, "acme")


async def test_messages_are_found_by_the_number_as_people_write_it_and_by_their_point(left):
    await left.leave("sales", "+4930123456", "Büro")
    await left.leave("home", "", "Nacht")
    found = [(await left.inbox().page(Wanted(search=one))).messages for one in ("030 1234", "büro", "nacht", "0171")]
    assert [len(one) for one in found] == [1, 1, 1, 0]


async def test_a_message_that_is_played_is_heard_and_the_page_says_so(left):
    one, client = await left.leave("sales"), left.portal.client("admin")
    assert f'hx-post="{LIST}/{one}/heard" hx-trigger="sound-heard once"' in await text(left, f"{LIST}/{one}")
    headers = {
        "Host": "127.0.0.1:8080",
        "Origin": ORIGIN,
        "HX-Request-Type": "partial",
        "X-CSRF-Token": "csrf-of-admin",
    }
    said = await (await client.post(f"{LIST}/{one}/heard", headers=headers)).get_data(as_text=True)
    assert said.strip().startswith('<div class="card" id="facts">')
    assert "adam" in said
    assert (await left.inbox().get(one)).heard_by == "adam"
    assert "hx-post" not in (await text(left, f"{LIST}/{one}")).partition("<main")[2].partition("</main")[0]


async def test_the_list_shows_marks_and_deletes(left):
    ids = [await left.leave("sales", "", "Tag & Nacht"), await left.leave("home")]
    page = await text(left, LIST)
    assert "Tag &amp; Nacht" in page
    assert "withheld number" in page
    assert "unterdrückte Nummer" in await text(left, LIST, headers={"Accept-Language": "de"})
    client = left.portal.client("admin")
    given = f"csrf=csrf-of-admin&action=heard&message={ids[0]}&message={ids[1]}"
    headers = {"Host": "127.0.0.1:8080", "Origin": ORIGIN, "Content-Type": "application/x-www-form-urlencoded"}
    assert (await client.post(f"{LIST}/_change", data=given, headers=headers)).status_code == 303
    assert await left.inbox().count_new() == {}
    assert (await left.inbox().get(ids[0])).heard_by == "adam"
    assert "Tag &amp; Nacht" not in await text(left, f"{LIST}?state=new")
    await post(client, f"{LIST}/_delete", {"message": str(ids[0])})
    assert "Tag &amp; Nacht" not in await text(left, LIST)
    for nothing in ("77", "0", "x"):
        assert (await post(client, f"{LIST}/_change", {"message": nothing, "action": "heard"})).status_code == 404
    assert (await left.portal.client("user").get(LIST)).status_code == 403


async def test_a_message_is_heard_in_the_browser_in_parts(left):
    one = await left.leave("sales")
    page = await text(left, f"{LIST}/{one}")
    assert f'src="{LIST}/{one}/sound"' in page
    client = left.portal.client("admin")
    part = await client.get(f"{LIST}/{one}/sound", headers={"Range": "bytes=0-3"})
    assert (part.status_code, await part.get_data()) == (206, b"RIFF")
    saved = await client.get(f"{LIST}/{one}/sound?download")
    assert "_4930123.wav" in saved.headers["Content-Disposition"]
    for role, status in (("user", 403), ("stranger", 404)):
        assert (await left.portal.client(role).get(f"{LIST}/{one}/sound")).status_code == status


async def test_the_card_tells_new_messages_by_mailbox(left):
    assert "No new messages" in await text(left, "/t/acme/x/mailbox/card")
    await left.leave("sales")
    await left.leave("sales")
    card = await text(left, "/t/acme/x/mailbox/card")
    assert "Sales" in card
    assert "2 new messages" in card


async def test_the_api_does_the_same(left):
    ids = [await left.leave("sales") for _ in range(3)]
    client, base = left.portal.client("admin"), "/api/v1/tenants/acme"

    async def got(path: str):
        return json.loads(await (await client.get(base + path)).get_data())

    first = await got("/messages?limit=2&mailbox=sales")
    assert [one["id"] for one in first["items"]] == [ids[2], ids[1]]
    assert [one["id"] for one in (await got(f"/messages?after={first['next']}"))["items"]] == [ids[0]]
    assert await got("/messages-waiting") == {"items": [{"mailbox": "sales", "new": 3}]}
    headers = {"Content-Type": "application/json", "X-CSRF-Token": "csrf-of-admin", "Origin": "http://127.0.0.1:8080"}
    marked = await client.put(f"{base}/messages/{ids[0]}/heard", data=b'{"heard": true}', headers=headers)
    assert json.loads(await marked.get_data())["heard_by"] == "adam"
    assert [one["id"] for one in (await got("/messages?state=heard"))["items"]] == [ids[0]]
    sound = await client.get(f"{base}/messages/{ids[0]}/sound")
    assert (sound.status_code, (await sound.get_data())[:4]) == (200, b"RIFF")
    assert (await client.delete(f"{base}/messages/{ids[0]}", headers=headers)).status_code == 204
    assert (await client.get(f"{base}/messages/{ids[0]}")).status_code == 404
    assert (await left.portal.client("user").get(f"{base}/messages")).status_code == 403


async def test_ten_thousand_messages_page_well(left):
    """What a page asks the database goes by the index of a mailbox's messages."""
    rows = [
        {"tenant": "acme", "mailbox": "sales", "media": f"m{n}", "made": NOW, "caller": "+4930"} for n in range(10_000)
    ]
    store, asked = left.admin.store, []
    async with store.write() as conn:
        await conn.execute(insert(MESSAGE), rows)

    def hear(conn, cursor, statement, parameters, context, many):
        if "FROM mailbox_message" in statement:
            asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        page = await left.inbox().page(Wanted(mailbox="sales"))
        last = await left.inbox().page(Wanted(mailbox="sales", after=page.messages[0].id - 9_990))
    finally:
        event.remove(Engine, "before_cursor_execute", hear)
    assert (len(page.messages), len(last.messages), last.after) == (50, 9, 0)
    statement, parameters = asked[0]
    async with store.read() as conn:
        plan = (await conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)).all()
    assert "mailbox_message_of (tenant=? AND mailbox=?)" in str(plan)
    assert "TEMP B-TREE" not in str(plan), "rows are read in the order they are shown in"
