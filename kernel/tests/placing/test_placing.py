"""Orders for calls the portal places: one at a time, each once, and only those that may be (M37, I22, SEC26)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import attrs
import pytest
from permitted import permit
from sqlalchemy import update

from switchhook import Exit, Label, Module, PlacedCall, PlacingRefused, Refusal, Target, hookimpl, setting
from switchhook.access.actor import SYSTEM
from switchhook.access.tenant import Tenant
from switchhook.asterisk.ami_errors import AsteriskRefused
from switchhook.asterisk.ami_event import AmiEvent
from switchhook.asterisk.live import LiveCalls
from switchhook.asterisk.placed import PlacedEvents
from switchhook.clock import SetClock
from switchhook.config import default_toml, load_settings, make_secrets
from switchhook.dispatch.loader import Source
from switchhook.errors import AsteriskUnavailable, NotFound
from switchhook.placing.rows import KEPT, forget_placed
from switchhook.portal.administration import administration_of
from switchhook.portal.placing_office import PlacingOffice
from switchhook.portal.plugging import plug_in
from switchhook.store import tables
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.store.history import History
from switchhook.store.routing import Number

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
ANNA, OUTSIDE, FORBIDDEN = Target("phone", "anna"), Target("number", "0171 1234567"), "+491719999999"
PHONE = '\n[phones.anna]\nextension = "21"\nsecret = "a-long-secret"\n'


@attrs.frozen
class Reminder(Module):
    kind = "reminder"
    label = Label("Erinnerung", "Reminder")
    prompt: str = setting("prompt", "Ansage", "Prompt", default="hello")

    def exits(self) -> tuple[str, ...]:
        return ("next",)

    async def run(self, session) -> Exit:
        return Exit("next")


@attrs.define
class Switch:
    """An Asterisk that only takes down what it is told."""

    told: list[tuple[str, dict[str, str], dict[str, str]]] = attrs.field(factory=list)
    fails: Exception | None = None
    state = SimpleNamespace(phase="connected")

    async def action(self, name, fields=None, variables=None, **_):
        self.told.append((name, dict(fields or {}), dict(variables or {})))
        if self.fails is not None:
            raise self.fails
        return ()


@attrs.define
class Desk:
    """A portal with a plugin that places calls."""

    administration: object
    office: PlacingOffice
    asterisk: Switch
    clock: SetClock
    ended: list[tuple[str, str, str]]
    unwanted: set[str]

    async def order(self, subject="message", target=ANNA, **more):
        return await self.administration.placing.place("acme", Reminder(), target, subject=subject, **more)

    async def look(self) -> None:
        await self.office.place()
        await self.office.tell()

    def hangs_up(self, attempt: str, cause: int) -> None:
        self.office.events.received(AmiEvent("Hangup", {"Uniqueid": attempt, "Cause": str(cause)}))

    @property
    def rung(self) -> list[str]:
        return [variables["SH_TARGET"] for name, _, variables in self.asterisk.told if name == "Originate"]


@pytest.fixture
async def desk(store: Store, tmp_path: Path) -> Desk:
    make_secrets(tmp_path / "data")
    (tmp_path / "switchhook.toml").write_text(default_toml(tmp_path / "data") + PHONE)
    settings, clock = load_settings(tmp_path / "switchhook.toml", {}), SetClock(NOW)
    ended: list[tuple[str, str, str]] = []
    unwanted: set[str] = set()

    async def at_the_end(administration, order) -> None:
        if order.subject == "stubborn" and not order.tells:
            raise RuntimeError("not now")
        ended.append((order.subject, order.status, order.why))

    async def wanted(administration, order) -> str:
        return "heard already" if order.subject in unwanted else ""

    class Plugin:
        @hookimpl
        def placed_calls(self):
            return [PlacedCall(Reminder, at_the_end, wanted)]

        @hookimpl
        def leg_allowed(self, call, plan):
            return Refusal("nobody calls there") if str(plan.targets[0]) == FORBIDDEN else None

    plugged = await plug_in(clock, lambda fault: None, sources=[Source("sample", Plugin)])
    directory = Directory(store, clock)
    for tenant in ("acme", "other"):
        await directory.put_tenant(Tenant(tenant, tenant, NOW))
        await directory.assign(Number(f"+4930{len(tenant)}00", tenant, ""))
        await permit(store, tenant)
    administration = administration_of(settings, store, clock, plugged, LiveCalls(clock))
    asterisk, events = Switch(), PlacedEvents()
    return Desk(administration, PlacingOffice(administration, asterisk, events), asterisk, clock, ended, unwanted)


OWN, FOREIGN = "+4930400", "+4930500"


async def test_a_look_that_finds_nothing_to_do_asks_one_short_question(desk, monkeypatch):
    """It is done twice a second, day and night."""
    monkeypatch.setattr("switchhook.placing.rows.find", None)
    monkeypatch.setattr("switchhook.placing.rows.over", None)
    await desk.office.place()
    await desk.office.tell()


async def test_of_a_subject_one_call_is_open_and_a_key_is_taken_once(desk):
    first, again = await desk.order(key="a"), await desk.order(key="b")
    assert again.id == first.id
    await desk.look()
    await desk.look()
    assert desk.rung == ["PJSIP/anna"]
    desk.hangs_up(first.id, 17)
    await desk.look()
    await desk.look()
    assert desk.ended == [("message", "busy", "")]
    assert (await desk.order(key="a")).id == first.id
    assert (await desk.order(key="b")).id != first.id


async def test_many_who_order_the_same_at_once_get_one_call(desk):
    made = await asyncio.gather(*(desk.order() for _ in range(8)))
    assert len({one.id for one in made}) == 1
    await asyncio.gather(desk.office.place(), desk.office.place())
    assert desk.rung == ["PJSIP/anna"]


@pytest.mark.parametrize(
    ("target", "error"),
    [
        (Target("number", "110"), PlacingRefused),
        (Target("number", "+49112"), PlacingRefused),
        (Target("number", "21"), PlacingRefused),
        (Target("number", "*21"), PlacingRefused),
        (Target("phone", "nobody"), PlacingRefused),
    ],
)
async def test_emergencies_services_and_strangers_are_not_called(desk, target, error):
    with pytest.raises(error):
        await desk.order(target=target)


async def test_only_the_tenant_s_own_numbers_are_shown(desk):
    for wrong in ({"number": FOREIGN}, {"caller_id": FOREIGN}, {"caller_id": "+4930999"}):
        with pytest.raises(NotFound):
            await desk.order(**wrong)
    await desk.order("one", OUTSIDE, number=OWN)
    await desk.order("two", OUTSIDE, number=OWN, caller_id="anonymous")
    await desk.look()
    assert {one["SH_SHOWN"] for _, _, one in desk.asterisk.told} == {OWN, "anonymous"}
    assert set(desk.rung) == {"PJSIP/+491711234567@trunk"}


async def test_guards_refuse_and_nobody_is_rung(desk):
    await desk.order("guarded", Target("number", FORBIDDEN))
    desk.unwanted.add("heard")
    await desk.order("heard")
    await desk.look()
    assert sorted(desk.ended) == [("guarded", "refused", "nobody calls there"), ("heard", "withdrawn", "heard already")]
    assert desk.rung == []
    assert await History(desk.administration.store).list_calls() == []


async def test_a_call_nobody_permits_is_not_placed_and_its_plugin_is_told_why(desk):
    """SEC28: what the portal dials by itself passes the same permissions as a forward."""
    kept = desk.administration.keeping.of("acme", SYSTEM)
    await kept.delete("outbound-permission", "anybody", 1)
    await desk.order("outside", OUTSIDE)
    await desk.look()
    assert desk.ended == [("outside", "refused", "no permission covers calls to DE: Mobile")]
    assert desk.rung == []
    await kept.create("outbound-permission", {"name": "Germany", "without_price": True, "longest_minutes": 1})
    await desk.order("permitted", OUTSIDE)
    await desk.look()
    assert desk.rung == ["PJSIP/+491711234567@trunk"]
    assert desk.asterisk.told[-1][2]["SH_LIMIT"] == "60000"


async def test_a_suspended_tenant_places_no_calls_and_a_demo_waits_for_its_turn(desk):
    async def state(word: str) -> None:
        async with desk.administration.store.write() as conn:
            await conn.execute(update(tables.tenant).where(tables.tenant.c.id == "acme").values(state=word))

    await state("suspended")
    await desk.order("suspended")
    await desk.look()
    assert desk.ended == [("suspended", "refused", "the tenant is suspended")]
    await state("demo")
    orders = [await desk.order(f"demo {n}", due=NOW - timedelta(minutes=9 - n)) for n in range(3)]
    await desk.look()
    assert len(desk.rung) == 2
    desk.hangs_up(orders[0].id, 19)
    await desk.look()
    await desk.look()
    assert len(desk.rung) == 3


async def test_what_becomes_of_it_is_kept_as_a_call_with_one_outcome(desk):
    order = await desk.order(number=OWN)
    await desk.look()
    course = await History(desk.administration.store, "acme").course(order.id)
    assert (course.call.direction, course.call.number, course.call.caller.number) == ("outbound", OWN, "21")
    assert course.outcome is None
    desk.clock.advance(20)
    desk.hangs_up(order.id, 19)
    await desk.look()
    course = await History(desk.administration.store, "acme").course(order.id)
    assert (course.outcome, [leg.status for leg in course.legs]) == ("no_answer", ["no_answer"])
    assert [event.kind for event in course.events] == ["call.started", "leg.created", "leg.ended", "call.ended"]


async def test_an_attempt_whose_fate_is_not_known_is_never_made_again(desk):
    desk.asterisk.fails = AsteriskUnavailable("the connection broke")
    await desk.order("unknown")
    await desk.look()
    desk.asterisk.fails = AsteriskRefused("no")
    await desk.order("refused")
    await desk.look()
    desk.asterisk.fails = None
    for _ in range(3):
        await desk.look()
    assert len(desk.rung) == 2
    assert desk.ended == [("refused", "failed", "")]


async def test_a_plugin_that_fails_to_take_the_end_is_told_again_later(desk):
    desk.unwanted.add("stubborn")
    await desk.order("stubborn")
    await desk.look()
    assert desk.ended == []
    await desk.look()
    desk.clock.advance(120)
    await desk.look()
    assert [subject for subject, *_ in desk.ended] == ["stubborn"]


async def test_a_withdrawn_call_is_not_placed_and_old_ones_are_forgotten(desk):
    order = await desk.order(due=NOW + timedelta(hours=1))
    await desk.administration.placing.withdraw("other", Reminder, "message")
    assert (await desk.administration.placing.find("acme", order.id)).status == ""
    await desk.administration.placing.withdraw("acme", Reminder, "message")
    await desk.look()
    desk.clock.advance(7200)
    await desk.look()
    assert (desk.rung, [one[:2] for one in desk.ended]) == ([], [("message", "withdrawn")])
    with pytest.raises(NotFound):
        await desk.administration.placing.find("other", order.id)
    await forget_placed(desk.administration.store, desk.clock.now() + KEPT)
    with pytest.raises(NotFound):
        await desk.administration.placing.find("acme", order.id)
