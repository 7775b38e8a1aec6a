"""A portal with something to see in it: calls with their courses, people with passwords; for tests that look at pages."""

from __future__ import annotations

from datetime import timedelta

import attrs
from sqlalchemy import insert
from web_people import ACTORS, NOW, Portal

from switchhook.access.account import Account
from switchhook.access.tenant import Tenant
from switchhook.asterisk.live import LiveCalls
from switchhook.calls.call import Call, Caller, Origin
from switchhook.calls.event import Event
from switchhook.people import accounts, credentials
from switchhook.people.passwords import Cost
from switchhook.portal.administration import administration_of
from switchhook.store import tables
from switchhook.store.directory import Directory
from switchhook.store.news import note_news
from switchhook.store.records import call_row, event_row
from switchhook.store.tables_people import account
from switchhook_web.app import create_app

REASON = "key 1 was pressed: <script>alert(1)</script>"
NAME = '<b>Anna</b>"><img src=x onerror=alert(1)>'
"""What a caller calls herself: only text, wherever it is shown (SEC04)."""


async def put_call(
    portal: Portal,
    name: str,
    number: str,
    *,
    tenant: str = "acme",
    ago: float = 60,
    outcome: str = "human",
    origin: Origin = "trunk",
    diverted_from: str = "",
    caller: Caller | None = None,
) -> None:
    """A call of half a minute that pressed a key; without an outcome it goes on."""
    at = NOW - timedelta(seconds=ago)
    who = caller or Caller("+491711234567", name=NAME)
    call = Call(name, tenant, number, who, at, origin, "de", diverted_from)
    told = [
        ("call.started", "", {"number": number, "origin": origin}),
        ("point.entered", "menu", {"label": "Hauptmenü", "module": "menu"}),
        ("keys", "menu", {"keys": "1"}),
        ("point.left", "menu", {"exit": "key:1", "to": "anna", "why": REASON}),
        ("leg.created", "anna", {"leg": 1, "targets": ["phone anna"]}),
        ("leg.ended", "anna", {"leg": 1, "status": "answered", "talk_seconds": 12.0}),
        ("sample.odd", "", {"fact": 7}),
    ]
    events = [Event(1, seq, at + timedelta(seconds=seq), *one) for seq, one in enumerate(told)]
    ended = (
        {"ended": at + timedelta(seconds=30), "seconds": 30.0, "outcome": outcome, "ended_by": "portal"}
        if outcome
        else {}
    )
    async with portal.administration.store.write() as conn:
        await conn.execute(insert(tables.call).values({**call_row(call, 1), **ended}))
        for event in events:
            await conn.execute(insert(tables.event).values(event_row(call, event)))
        await note_news(conn, NOW, [(tenant, "calls", number)])


async def with_its_own_door(portal: Portal) -> Portal:
    """The same portal with its real door, which lets everybody of ``ACTORS`` in by their name as password."""
    made = portal.administration
    cheap = Cost(time=1, memory=8, parallelism=1)
    administration = administration_of(
        made.settings, made.store, made.clock, made.plugged, LiveCalls(made.clock), cost=cheap
    )
    await Directory(made.store, made.clock).put_tenant(Tenant("operator", "Operator", NOW))
    for tenant, actor in ACTORS.values():
        mail = f"{actor.name}@example.org"
        one = Account(
            actor.account, tenant, actor.name, mail, actor.name.title(), actor.role, "active", NOW, NOW, language="en"
        )
        hashed = await administration.door.passwords.hash(actor.name)
        async with made.store.write() as conn:
            await accounts.put(conn, one, new=True)
            entrant = await credentials.find_entrant(conn, account.c.id == one.id)
            assert entrant is not None
            await credentials.put_password(conn, entrant, hashed, NOW)
    return attrs.evolve(portal, app=await create_app(administration), administration=administration)
