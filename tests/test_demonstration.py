"""The demonstration: its office at every hour a newcomer may call, and its last weeks, as the portal keeps them."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files

import pytest
from sqlalchemy import Table, func, select

from switchhook import demo
from switchhook.access.actor import SYSTEM
from switchhook.asterisk.live import LiveCalls
from switchhook.clock import SystemClock
from switchhook.demo.kept import KEPT
from switchhook.demo.past import weeks
from switchhook.demo.past.calls import past_calls
from switchhook.demo.services import services
from switchhook.demo.site import TENANT, make_settings, make_tenant
from switchhook.media.files import TAPED_RATE
from switchhook.portal.administration import administration_of
from switchhook.portal.media import media_files
from switchhook.portal.plugging import plug_in
from switchhook.portal.sounds import sounds_directory
from switchhook.portal.worker import working
from switchhook.prompts.catalogue import stock_texts
from switchhook.schema import read_settings
from switchhook.speech.audio import Sound, to_wav, tone
from switchhook.store import tables, tables_post
from switchhook.store.engine import Store
from switchhook.store.migrations import migrate
from switchhook.testing import call

MONDAY, SUNDAY = datetime(2026, 11, 30, 10, tzinfo=UTC), datetime(2026, 11, 29, 10, tzinfo=UTC)
ALL_SAINTS = datetime(2027, 11, 1, 10, tzinfo=UTC)  # a Monday, and a holiday in North Rhine-Westphalia


def text(name: str) -> str:
    return (files(demo) / name).read_text(encoding="utf-8")


async def kept() -> dict[str, object]:
    plugged = await plug_in(SystemClock(), lambda fault: pytest.fail(str(fault)))
    return {name: read_settings(plugged.resources.get(kind), values) for (kind, name), values in KEPT.items()}


async def office(at: datetime, keys: str = "", parties: str = ""):
    flows = [text("office.yaml")]
    return await call(text("hotline.yaml"), f"4,{keys}", parties=parties, at=at, flows=flows, resources=await kept())


@pytest.mark.parametrize(
    ("at", "way"),
    [
        (MONDAY, ["hand", "hours", "team", "goodbye"]),
        (SUNDAY, ["hand", "hours", "closed", "box", "goodbye"]),
        (ALL_SAINTS, ["hand", "hours", "holiday", "box", "goodbye"]),
    ],
    ids=["open", "closed", "holiday"],
)
async def test_the_office_goes_by_the_clock(at, way):
    done = await office(at, "wait,say:3")
    assert [point for point, _ in done.ways][2:] == way
    assert done.faults == ()


async def test_whoever_reaches_nobody_leaves_a_message():
    done = await office(MONDAY, "wait,say:3", parties="no_answer")
    assert done.ways[-3:] == (("team", "no_answer"), ("box", "recorded"), ("goodbye", "next"))


def test_the_last_weeks_are_the_same_each_time():
    calls = past_calls(MONDAY)
    assert calls == past_calls(MONDAY)
    assert 300 < len(calls) < 600
    assert all((MONDAY - call.arrived).days <= 29 and call.arrived < MONDAY for call in calls)


async def test_the_last_weeks_fill_every_list_once_and_name_nobody_who_wished_not_to_be(tmp_path, monkeypatch):
    monkeypatch.setattr(weeks, "spoken", lambda engine: 2 * (Sound(tone(100, 3.0).samples, TAPED_RATE),))
    clock, settings = SystemClock(), make_settings(tmp_path, lambda words: None)
    plugged = await plug_in(clock, lambda fault: pytest.fail(str(fault)))
    store = Store(settings.store.url.reveal())
    await migrate(store)
    await make_tenant(settings, store, clock, plugged, lambda words: None)
    media_files(settings).spool.mkdir(parents=True)
    for name in stock_texts("en"):
        sound = sounds_directory(settings) / "en" / f"{name}.wav"
        sound.parent.mkdir(parents=True, exist_ok=True)
        sound.write_bytes(to_wav(tone(440, 0.3)))
    async with working(settings, store, clock) as worker:
        count = await weeks.live_through(settings, store, worker, clock, lambda words: None, days=14)
        assert await weeks.live_through(settings, store, worker, clock, lambda words: None) == 0

    async def counted(table: Table, *such: object) -> int:
        async with store.read() as conn:
            return int((await conn.execute(select(func.count()).select_from(table).where(*such))).scalar_one())

    call = tables.call.c
    assert await counted(tables.call, call.origin == "simulator", call.ended.is_not(None)) == count > 150
    assert (
        await counted(tables.call, call.outcome.not_in(["human", "machine_only", "busy", "no_answer", "blocked"])) == 0
    )
    assert await counted(tables.fault) == 0
    for service in services(plugged.modules):
        assert await counted(tables.call, call.number == service.number), service.label
    assert await counted(tables_post.alert, tables_post.alert.c.state == "open") == 1
    mails = await counted(tables_post.mail, tables_post.mail.c.tenant == TENANT)
    then = administration_of(settings, store, clock, plugged, LiveCalls(clock))
    kept = (await then.media.of(TENANT, SYSTEM).page(of="message")).files
    assert mails == len(kept) > 5
    kept += (await then.media.of(TENANT, SYSTEM).page(of="recording")).files
    assert len(kept) > mails
    assert all(one.bytes and one.made < clock.now() for one in kept)
    assert {one.rate for one in await then.charges.of(TENANT, SYSTEM).all()} == {"storage", "calls"}
    assert await then.keeping.audit.broken(store) is None
    await store.close()
    suppressed = {one.caller.number for one in past_calls(clock.now(), 14) if one.caller.suppressed}
    written = b"".join(path.read_bytes() for path in tmp_path.glob("switchhook.db*"))
    assert suppressed
    assert not [number for number in suppressed if number[1:].encode() in written]
