"""Conferences as people see and run them, in the browser and by the API; Asterisk is played by a list of members."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping

import attrs
import pytest
from sqlalchemy import insert
from web_people import NOW, ORIGIN, Portal, build, post

from switchhook import Call, Caller, LegRefused, NotFound
from switchhook.access.actor import SYSTEM, Actor, Reach
from switchhook.administration import Forbidden, entries
from switchhook.asterisk.ami_errors import AsteriskRefused
from switchhook.asterisk.ami_event import AmiEvent
from switchhook.calls.room import room_name
from switchhook.dispatch.loader import Source
from switchhook.orders.order import Order
from switchhook.placing import rows
from switchhook.store import tables
from switchhook.store.records import call_row
from switchhook_conference import plugin
from switchhook_conference.calling import called_by_key
from switchhook_conference.running import Conferences

BOARD = room_name("acme", ("conference-room", "4711"))
PAGE = "/t/acme/x/conference/rooms"
SECRET = "+491701234567"


@attrs.define
class Exchange:
    """An Asterisk with one room, in which members are by their channel; keeps what it was told."""

    members: dict[str, Mapping[str, str]] = attrs.field(factory=dict)
    locked: bool = False
    told: list[tuple[str, Mapping[str, str]]] = attrs.field(factory=list)

    async def action(self, name, fields=None, variables=None, *, deadline=5.0):
        done = AmiEvent("Response", {"Response": "Success"})
        if name == "ConfbridgeListRooms" and not self.members:
            raise AsteriskRefused("no", answer="No active conferences.")
        if name == "ConfbridgeListRooms":
            told = {"Conference": BOARD, "Locked": "Yes" if self.locked else "No"}
            return (done, AmiEvent("ConfbridgeListRooms", told))
        if name == "ConfbridgeList":
            return (done, *(AmiEvent("ConfbridgeList", one) for one in self.members.values()))
        self.told.append((name, fields or {}))
        return (done,)

    def drop(self, reason: str) -> None:
        raise AssertionError(reason)


@attrs.define
class House:
    """A portal with one room, and the Asterisk it is connected to."""

    portal: Portal
    exchange: Exchange

    @property
    def admin(self):
        return self.portal.administration

    @property
    def live(self):
        return self.admin.rooms.live

    async def joins(self, id_: str, caller: Caller, *, admin: str = "No") -> None:
        call = Call(id_, "acme", "+4922155501", caller, NOW)
        async with self.admin.store.write() as conn:
            await conn.execute(insert(tables.call).values(call_row(call, 1)))
        told = {"Conference": BOARD, "Channel": f"PJSIP/{id_}", "Uniqueid": id_, "Admin": admin, "Muted": "No"}
        self.exchange.members[id_] = told
        self.live.received(AmiEvent("ConfbridgeJoin", told))

    async def shown(self, role: str = "admin") -> str:
        return await (await self.portal.client(role).get(PAGE)).get_data(as_text=True)

    def as_(self, *rights: str) -> Conferences:
        return Conferences(self.admin, "acme", Actor("uwe", {one: Reach(everything=True) for one in rights}))


@pytest.fixture
async def house(tmp_path) -> AsyncIterator[House]:
    portal = await build(tmp_path, sources=[Source("conference", lambda: plugin)])
    kept = portal.administration.keeping.of("acme", SYSTEM)
    await kept.create("conference-room", {"name": "Board"}, id="4711")
    await kept.create("conference-room", {"name": "Quiet"}, id="4712")
    made = House(portal, Exchange())
    await made.live.connected(made.exchange)
    await made.joins("1.1", Caller("+4930123456", "Kim"), admin="Yes")
    await made.joins("1.2", Caller("", "", "suppressed", "mobile", "f3a9c1d2e4b5"))
    yield made
    await portal.administration.store.close()


async def test_the_page_shows_who_is_there_and_suppressed_callers_by_their_pseudonym(house):
    page = await house.shown()
    assert page.index("Board") < page.index("Quiet")
    for word in ("+4930123456", "Kim", "f3a9c1d2", "2 participants", "moderator", "can be heard"):
        assert word in page.replace("\u00a0", " "), word
    house.exchange.locked = True
    house.live.received(AmiEvent("ConfbridgeMute", house.exchange.members["1.2"]))
    house.exchange.members["1.2"] = {**house.exchange.members["1.2"], "Muted": "Yes"}
    assert "locked" in (page := await house.shown())
    assert page.count("muted") == 1
    house.live.received(AmiEvent("ConfbridgeLeave", house.exchange.members.pop("1.1")))
    assert "Kim" not in await house.shown()


async def test_after_a_restart_asterisk_is_asked_and_without_it_the_page_says_so(house):
    house.exchange.members.pop("1.1")
    before = dict(house.live.changes)
    await house.live.connected(house.exchange)
    assert [one.id for one in house.live.members(BOARD)] == ["1.2"]
    assert house.live.changes[BOARD] == before[BOARD] + 1
    house.exchange.members.clear()
    await house.live.sweep(house.exchange)
    assert house.live.members(BOARD) == []
    await house.live.lost("it is gone")
    assert "no connection to Asterisk" in await house.shown()


async def test_what_buttons_do_reaches_asterisk_and_the_audit(house):
    admin = house.portal.client("admin")
    for form in (
        {"action": "mute", "member": "1.2"},
        {"action": "unmute", "member": "1.2"},
        {"action": "remove", "member": "1.2"},
        {"action": "lock"},
        {"action": "open"},
        {"action": "mute"},
        {"action": "unmute"},
    ):
        assert (await post(admin, f"{PAGE}/4711", form)).status_code == 303
    one, every = {"Conference": BOARD, "Channel": "PJSIP/1.2"}, {"Conference": BOARD, "Channel": "participants"}
    assert house.exchange.told == [
        ("ConfbridgeMute", one),
        ("ConfbridgeUnmute", one),
        ("ConfbridgeKick", one),
        ("ConfbridgeLock", {"Conference": BOARD}),
        ("ConfbridgeUnlock", {"Conference": BOARD}),
        ("ConfbridgeMute", every),
        ("ConfbridgeUnmute", every),
    ]
    found = [one for one in await entries(house.admin.store, "acme") if one.id == "4711" and one.action != "create"]
    said = [one.action for one in found]
    assert sorted(said) == sorted(["mute", "unmute", "put_out", "lock", "open", "mute_all", "unmute_all"])
    assert (await post(admin, f"{PAGE}/4711", {"action": "explode"})).status_code == 404


async def test_who_is_not_there_and_what_is_not_ones_own_cannot_be_touched(house):
    boss = house.as_("conference.view", "conference.run")
    with pytest.raises(NotFound):
        await boss.remove("4711", "PJSIP/1.2")
    with pytest.raises(NotFound):
        await Conferences(house.admin, "other", SYSTEM).lock("4711", locked=True)
    with pytest.raises(Forbidden, match=r"conference\.run"):
        await house.as_("conference.view").mute("4711", "1.2", muted=True)
    with pytest.raises(Forbidden, match=r"conference\.view"):
        await house.as_("conference.run").all()
    assert house.exchange.told == []


async def test_calling_in_goes_by_the_permissions_and_a_refusal_says_why(house):
    form, admin = {"room": "4711", "target": "0221 12345"}, house.portal.client("admin")
    assert (await post(admin, "/t/acme/x/conference/call-in", form)).status_code == 303
    assert "no permission covers calls to DE" in await (await admin.get(PAGE)).get_data(as_text=True)
    boss = house.as_("conference.view", "conference.run")
    for wrong in ("11", "+49900123456", "nobody"):
        with pytest.raises(LegRefused):
            await boss.call_in("4711", wrong)
    with pytest.raises(Forbidden):
        await house.as_("conference.view").call_in("4711", "022112345")
    assert await _placed(house) == []
    kept = house.admin.keeping.of("acme", SYSTEM)
    await kept.create("outbound-permission", {"name": "DE", "without_price": True}, id="de")
    await boss.call_in("4711", "0221 12345".replace(" ", ""))
    await boss.call_in("4711", "+4922112345")
    assert await _placed(house) == ["+4922112345"], "nobody is called twice at once"


async def test_the_order_of_a_key_places_one_call(house):
    order = Order(7, "acme", "conference.dial", {"room": "4711", "target": "+4922112345", "number": ""}, NOW, NOW)
    await called_by_key(house.admin, order)
    await called_by_key(house.admin, order)
    assert await _placed(house) == ["+4922112345"]


async def _placed(house) -> list[str]:
    async with house.admin.store.read() as conn:
        return [str(one.target) for one in await rows.find(conn)]


async def test_the_api_does_the_same(house):
    client, base = house.portal.client("admin"), "/api/v1/tenants/acme/conferences"
    headers = {"Origin": ORIGIN, "X-CSRF-Token": "csrf-of-admin"}
    (board, quiet) = (await (await client.get(base)).get_json())["items"]
    assert (board["id"], board["locked"], board["stale"], quiet["members"]) == ("4711", False, "", [])
    assert [(one["moderator"], one["muted"]) for one in board["members"]] == [(True, False), (False, False)]
    assert await (await client.get(f"{base}/4711")).get_json() == board
    for path, body in (
        ("mute", {"muted": True, "member": "1.2"}),
        ("lock", {"locked": True}),
        ("remove", {"member": "1.1"}),
    ):
        answer = await client.post(f"{base}/4711/{path}", json=body, headers=headers)
        assert answer.status_code == 204, await answer.get_data(as_text=True)
    assert [name for name, _ in house.exchange.told] == ["ConfbridgeMute", "ConfbridgeLock", "ConfbridgeKick"]
    refused = await client.post(f"{base}/4711/call-in", json={"target": "022112345"}, headers=headers)
    assert (refused.status_code, json.loads(await refused.get_data())["code"]) == (422, "leg_refused")
    await house.live.lost("gone")
    away = await client.post(f"{base}/4711/lock", json={"locked": False}, headers=headers)
    assert away.status_code == 503
