"""Callers, lists and entries the tests go by."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs

from switchhook import Caller
from switchhook.calls.numbers import caller_key
from switchhook.store.engine import Store
from switchhook_lists.caller_list import CallerList
from switchhook_lists.plugin import ListsPlugin
from switchhook_lists.rows import Rows

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECRET = b"0123456789abcdef"
LISTS = {"spam": CallerList(name="Spam"), "vip": CallerList(name="VIP"), "watch": CallerList(name="Watch", shadow=True)}


def hidden(number: str, kind: str = "mobile") -> Caller:
    """A caller who suppresses a number the network knows."""
    return Caller(presentation="suppressed", kind=kind, key=caller_key(number, SECRET))


def shown(number: str) -> Caller:
    """The same one showing it."""
    return Caller(number, presentation="shown", key=caller_key(number, SECRET))


@attrs.frozen
class Kept:
    """A store with entries of the tenant the kit's calls belong to."""

    store: Store
    plugin: ListsPlugin = attrs.field(factory=ListsPlugin)

    async def put(self, list_id: str, value: str, kind: str = "number", tenant: str = "test", **more: object) -> int:
        values = {"kind": kind, "value": value, "made": NOON, **more}
        async with self.store.write() as conn:
            return (await Rows(conn, tenant).add(list_id, values)).id

    async def entry(self, list_id: str, entry: int, tenant: str = "test"):
        async with self.store.read() as conn:
            return await Rows(conn, tenant).get(list_id, entry)

    async def hits(self, list_id: str = "spam", tenant: str = "test") -> int:
        async with self.store.read() as conn:
            return (await Rows(conn, tenant).hits_since(datetime(2000, 1, 1, tzinfo=UTC))).get(list_id, 0)
