"""The inbox of alerts: the same thing happening again counts, and does not pile up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

import attrs
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.actor import Actor, Forbidden
from ..clock import Clock
from ..errors import NotFound
from ..schema import Label
from ..store import tables_post
from ..store.engine import Store
from ..store.news import note_news
from ..store.upsert import inserting
from .alert import Alert, AlertPage, AlertState, Severity

NEWS: Final = "alerts"
"""What those who look on are told that alerts changed."""
_ALERT: Final = tables_post.alert
_WITHOUT: Final = tables_post.alert_without_mail
_OPEN: Final = _ALERT.c.state != "closed"


@attrs.frozen
class Alerts:
    """Takes alerts of all tenants; those of the installation belong to the tenant ``operator``."""

    store: Store
    clock: Clock

    def of(self, tenant: str, actor: Actor) -> Inbox:
        """The alerts of a tenant as ``actor`` may see and handle them."""
        return Inbox(self, tenant, actor)

    async def raise_(
        self,
        tenant: str,
        rule: str,
        key: str,
        said: Label,
        *,
        severity: Severity = "warning",
        label: str = "",
        link: str = "",
        conn: AsyncConnection | None = None,
    ) -> None:
        """Let a tenant know of something; the same rule and key again only counts until that alert is closed.

        In the transaction ``conn`` if one is given, else in one of its own.
        Mail and plugins follow within seconds, once an hour at most.
        """
        now = self.clock.now()
        row: dict[str, str | int | datetime] = {"tenant": tenant, "rule": rule, "key": key, "severity": severity}
        row |= {
            "label": label,
            "link": link,
            "de": said.de,
            "en": said.en,
            "state": "open",
            "count": 1,
            "first": now,
            "last": now,
        }
        if conn is not None:
            await _count(conn, row)
            return
        async with self.store.write() as own:
            await _count(own, row)

    async def settle(self, tenant: str, rule: str, key: str, *, conn: AsyncConnection | None = None) -> None:
        """Close an alert whose cause is gone, such as a disk that has room again; nothing happens without one."""
        if conn is not None:
            await self._settle(conn, tenant, rule, key)
            return
        async with self.store.write() as own:
            await self._settle(own, tenant, rule, key)

    async def _settle(self, conn: AsyncConnection, tenant: str, rule: str, key: str) -> None:
        mine = (_ALERT.c.tenant == tenant, _ALERT.c.rule == rule, _ALERT.c.key == key, _OPEN)
        closed = {"state": "closed", "handled_by": "system", "handled": self.clock.now()}
        done = await conn.execute(update(_ALERT).where(*mine).values(closed))
        if done.rowcount:
            await note_news(conn, self.clock.now(), [(tenant, NEWS, "")])


@attrs.frozen
class Inbox:
    """One tenant's alerts. What belongs to another tenant is ``NotFound``, what the actor may not do ``Forbidden``."""

    alerts: Alerts
    tenant: str
    actor: Actor

    async def page(
        self, *, state: AlertState | Literal["current"] | None = None, after: int = 0, limit: int = 50
    ) -> AlertPage:
        """The alerts, newest first, of one state or all ``current`` ones (not closed) if wished; ``after`` is the cursor of the page before."""
        self._everything("alert.view")
        query = select(_ALERT).where(_ALERT.c.tenant == self.tenant).order_by(_ALERT.c.id.desc()).limit(limit + 1)
        if state:
            query = query.where(_OPEN if state == "current" else _ALERT.c.state == state)
        query = query.where(_ALERT.c.id < after) if after else query
        async with self.alerts.store.read() as conn:
            found = [alert_of(row) for row in (await conn.execute(query)).mappings()]
        return AlertPage(found[:limit], found[limit - 1].id if len(found) > limit else 0)

    async def alert(self, id: int) -> Alert:  # noqa: A002 - the domain's own word
        """One alert; raises ``NotFound``."""
        self._everything("alert.view")
        async with self.alerts.store.read() as conn:
            row = (await conn.execute(select(_ALERT).where(*self._mine(id)))).mappings().first()
        return self._there(row, id)

    async def open_count(self) -> int:
        """How many alerts nobody has looked at; 0 for those who may not see them."""
        if not self.actor.reach("alert.view").everything:
            return 0
        query = select(func.count()).select_from(_ALERT).where(_ALERT.c.tenant == self.tenant, _ALERT.c.state == "open")
        async with self.alerts.store.read() as conn:
            return int((await conn.execute(query)).scalar_one())

    async def acknowledge(self, id: int) -> Alert:  # noqa: A002
        """Say that somebody takes care of it: it stays, and goes on counting."""
        return await self._handle(id, "acknowledged")

    async def close(self, id: int) -> Alert:  # noqa: A002
        """Say that it is done: happening again makes a new alert."""
        return await self._handle(id, "closed")

    async def has_mail(self) -> bool:
        """Whether the actor gets mail about these alerts, as far as the actor may handle them."""
        query = select(_WITHOUT.c.account).where(*self._myself())
        async with self.alerts.store.read() as conn:
            return (await conn.execute(query)).first() is None

    async def want_mail(self, wanted: bool) -> None:
        """Get mail about these alerts, or no longer."""
        self._everything("alert.view")
        async with self.alerts.store.write() as conn:
            await conn.execute(delete(_WITHOUT).where(*self._myself()))
            if not wanted and self.actor.account:
                await conn.execute(insert(_WITHOUT).values(tenant=self.tenant, account=self.actor.account))

    def _myself(self) -> tuple[Any, ...]:
        return _WITHOUT.c.tenant == self.tenant, _WITHOUT.c.account == self.actor.account

    async def _handle(self, id: int, state: AlertState) -> Alert:  # noqa: A002
        self._everything("alert.handle")
        values = {"state": state, "handled_by": self.actor.name, "handled": self.alerts.clock.now()}
        async with self.alerts.store.write() as conn:
            changed = update(_ALERT).where(*self._mine(id), _OPEN).values(values).returning(_ALERT)
            row = (await conn.execute(changed)).mappings().first()
            await note_news(conn, self.alerts.clock.now(), [(self.tenant, NEWS, "")])
            if row is None:  # closed before: the same is asked for twice, or by two people
                row = (await conn.execute(select(_ALERT).where(*self._mine(id)))).mappings().first()
        return self._there(row, id)

    def _everything(self, right: str) -> None:
        """An alert belongs to no number: a right over some of them says nothing about it."""
        if not self.actor.need(right).everything:
            raise Forbidden(f"this needs the right {right} over everything", right=right, actor=self.actor.name)

    def _mine(self, id: int) -> tuple[Any, ...]:  # noqa: A002
        return _ALERT.c.tenant == self.tenant, _ALERT.c.id == id

    def _there(self, row: RowMapping | None, id: int) -> Alert:  # noqa: A002
        if row is None:
            raise NotFound(f"there is no alert {id}", id=id)
        return alert_of(row)


def alert_of(row: RowMapping | Mapping[str, Any]) -> Alert:
    """An alert from its row."""
    plain = {name: value for name, value in row.items() if name not in ("de", "en", "told")}
    return Alert(**plain, text=Label(row["de"], row["en"]))


async def _count(conn: AsyncConnection, row: Mapping[str, Any]) -> None:
    statement = inserting(conn.dialect.name, _ALERT)
    new = {name: statement.excluded[name] for name in ("severity", "de", "en", "label", "link", "last")}
    again = statement.on_conflict_do_update(
        index_elements=["tenant", "rule", "key"],
        index_where=text("state <> 'closed'"),
        set_={**new, "count": _ALERT.c.count + 1},
    )
    await conn.execute(again, dict(row))
    await note_news(conn, row["last"], [(row["tenant"], NEWS, "")])
