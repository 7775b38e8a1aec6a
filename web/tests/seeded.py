"""A portal with something to see in it: calls with their courses, for tests that look at pages."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert
from web_people import NOW, Portal

from switchhook.calls.call import Call, Caller
from switchhook.calls.event import Event
from switchhook.store import tables
from switchhook.store.records import call_row, event_row

REASON = "key 1 was pressed: <script>alert(1)</script>"


async def put_call(
    portal: Portal, name: str, number: str, *, tenant: str = "acme", ago: float = 60, outcome: str = "human"
) -> None:
    """A call of half a minute that pressed a key; without an outcome it goes on."""
    at = NOW - timedelta(seconds=ago)
    call = Call(name, tenant, number, Caller("+491711234567", name="<b>Anna</b>"), at, "trunk", "de")
    told = [
        ("call.started", "", {"number": number}),
        ("point.entered", "menu", {"label": "Hauptmenü", "module": "menu"}),
        ("keys", "menu", {"keys": "1"}),
        ("point.left", "menu", {"exit": "key:1", "to": "anna", "why": REASON}),
        ("leg.created", "anna", {"leg": 1, "targets": ["phone anna"]}),
        ("leg.ended", "anna", {"leg": 1, "status": "answered", "talk_seconds": 12.0}),
        ("sample.odd", "", {"fact": 7}),
    ]
    events = [Event(1, seq, at + timedelta(seconds=seq), *one) for seq, one in enumerate(told)]
    ended = {"ended": at + timedelta(seconds=30), "outcome": outcome, "ended_by": "portal"} if outcome else {}
    async with portal.administration.store.write() as conn:
        await conn.execute(insert(tables.call).values({**call_row(call, 1), **ended}))
        for event in events:
            await conn.execute(insert(tables.event).values(event_row(call, event)))
