"""A tenant's produced announcements: rows, moves, mails, and what is delivered into the library."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs
from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text, insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from switchhook import Label, Money, NotFound, PriceChanged, Problem
from switchhook.administration import (
    OPERATOR_TENANT,
    Account,
    Actor,
    Cost,
    Forbidden,
    IdTaken,
    Moment,
    SettingsRefused,
    StaleVersion,
    read_settings,
    those_who_may,
)

from .library import KIND, AnnouncementLibrary
from .production import OPERATORS, SAID, Move, Production, ProductionAsked
from .production_mails import CUSTOMER, OPERATOR
from .takes import Take

PRODUCTION: Final = "production"
MOST_MICRO: Final = 10**15
_TEXTS: Final = (
    "title",
    "text",
    "wishes",
    "language",
    "state",
    "currency",
    "note",
    "announcement",
    "account",
    "author",
)
TABLE: Final = Table(
    "announcements_production",
    MetaData(),
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    *(Column(name, Text, nullable=False, server_default="") for name in _TEXTS),
    Column("micro", BigInteger, nullable=False, server_default="0"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("made", Moment, nullable=False),
    Column("changed", Moment, nullable=False),
)


@attrs.frozen
class Productions:
    """One tenant's. Asking and deciding needs ``announcement.change``, accepting a superadmin; the rest is the operator's.

    Each move is one transaction with its line in the audit and its mails.
    """

    library: AnnouncementLibrary
    tenant: str
    actor: Actor

    async def all(self) -> Sequence[Production]:
        """All of them, newest first."""
        self.actor.need(f"{KIND}.view")
        query = select(TABLE).where(TABLE.c.tenant == self.tenant).order_by(TABLE.c.made.desc(), TABLE.c.id)
        async with self.library.administration.store.read() as conn:
            return [_production(row) for row in (await conn.execute(query)).mappings()]

    async def get(self, id: str) -> Production:  # noqa: A002 - the domain's own word
        """One of them; raises ``NotFound``."""
        self.actor.need(f"{KIND}.view")
        async with self.library.administration.store.read() as conn:
            return await self._get(conn, id)

    async def ask(self, values: Mapping[str, object]) -> Production:
        """Ask for one (:class:`~switchhook_announcements.production.ProductionAsked`)."""
        self.actor.need(f"{KIND}.change")
        wish, now = read_settings(ProductionAsked, values, PRODUCTION), self.library.administration.clock.now()
        row = {**attrs.asdict(wish), "tenant": self.tenant, "id": secrets.token_hex(8), "state": "requested"}
        row |= {
            "currency": "EUR",
            "account": self.actor.account,
            "author": self.actor.name,
            "made": now,
            "changed": now,
        }
        async with self.library.administration.keeping.turn() as conn:
            made = (await conn.execute(insert(TABLE).values(row).returning(TABLE))).mappings().one()
            production = _production(made)
            await self._tell(conn, "create", {}, production)
            return production

    async def quote(self, id: str, version: int, price: Money, note: str = "") -> Production:  # noqa: A002
        """Name the price, or another one; for operators. Raises ``SettingsRefused`` for one that cannot be."""
        if not 0 <= price.micro <= MOST_MICRO:
            raise SettingsRefused([Problem("price", f"{price} is no price; it is from 0 to 1,000,000,000")])
        values = {"micro": price.micro, "currency": price.currency, "note": note[:1000]}
        return await self._move("quote", id, version, values)

    async def accept(self, id: str, version: int, agreed: str) -> Production:  # noqa: A002
        """Order it at its price, which ``agreed`` must be; for a superadmin. Raises ``PriceChanged``."""
        if self.actor.role != "superadmin":
            raise Forbidden("only a superadmin may order an announcement to be produced", right=f"{KIND}.change")
        price = (await self.get(id)).price
        if agreed != str(price):
            raise PriceChanged(f"this announcement costs {price}; agree to that price first", price=str(price))
        return await self._move("accept", id, version, {})

    async def refuse(self, id: str, version: int, note: str = "") -> Production:  # noqa: A002
        """Say that it cannot be produced; for operators."""
        return await self._move("refuse", id, version, {"note": note[:1000]})

    async def withdraw(self, id: str, version: int) -> Production:  # noqa: A002
        """Take it back before it was ordered."""
        return await self._move("withdraw", id, version, {})

    async def deliver(self, id: str, version: int, content: bytes) -> Take:  # noqa: A002
        """Put the file into the tenant's library, where it is charged the first time; for operators.

        It is the first version of an announcement of its own, or the next one
        of it, which waits to be let be heard. Raises ``SoundRefused`` and ``StorageFull``: then
        nothing is delivered or charged.
        """
        self._may("deliver")
        before = await self.get(id)
        self._must_be(before, version)
        before.must_allow("deliver")
        announcement = before.announcement or f"produced-{id}"
        await self._announcement(announcement, before)

        async def also(conn: AsyncConnection) -> None:
            await self._moved(conn, "deliver", id, version, {"announcement": announcement})
            administration = self.library.administration
            await administration.charges.add(conn, self.tenant, self._cost(before, announcement), self.actor.name)

        theirs = self.library.of(self.tenant, self.actor)
        return await theirs.upload(announcement, content, live=not before.announcement, source="production", also=also)

    async def _announcement(self, id: str, wish: Production) -> None:  # noqa: A002
        keeping = self.library.administration.keeping.of(self.tenant, self.actor)
        try:
            await keeping.create(KIND, {"name": wish.title, "language": wish.language}, id=id)
        except IdTaken:  # delivered before, or what was to be delivered did not fit
            return

    def _cost(self, wish: Production, announcement: str) -> Cost:
        said = Label(f"Ansage „{wish.title}“ produziert", f"Announcement “{wish.title}” produced")
        today = self.library.administration.charges.today
        key, cause = f"announcements.production:{wish.id}", f"{KIND}:{announcement}"
        return Cost(key, "announcements.production", cause, said, wish.price, today, today)

    async def _move(self, move: Move, id: str, version: int, values: Mapping[str, Any]) -> Production:  # noqa: A002
        self._may(move)
        async with self.library.administration.keeping.turn() as conn:
            return await self._moved(conn, move, id, version, values)

    async def _moved(
        self,
        conn: AsyncConnection,
        move: Move,
        id: str,  # noqa: A002
        version: int,
        values: Mapping[str, Any],
    ) -> Production:
        before = await self._get(conn, id)
        self._must_be(before, version)
        row = {
            "state": before.must_allow(move),
            "version": version + 1,
            "changed": self.library.administration.clock.now(),
        }
        mine = (TABLE.c.tenant == self.tenant, TABLE.c.id == id)
        changed = update(TABLE).where(*mine).values({**values, **row}).returning(TABLE)
        after = _production((await conn.execute(changed)).mappings().one())
        await self._tell(conn, move, _fields(before), after)
        return after

    def _may(self, move: Move) -> None:
        if move in OPERATORS:
            self.actor.need_operator("tenant.change")
        else:
            self.actor.need(f"{KIND}.change")

    @staticmethod
    def _must_be(before: Production, version: int) -> None:
        if before.version != version:
            raise StaleVersion(version, before, None)

    async def _get(self, conn: AsyncConnection, id: str) -> Production:  # noqa: A002
        query = select(TABLE).where(TABLE.c.tenant == self.tenant, TABLE.c.id == id)
        row = (await conn.execute(query)).mappings().first()
        if row is None:
            raise NotFound(f"there is no produced announcement {id!r}", id=id)
        return _production(row)

    async def _tell(self, conn: AsyncConnection, move: str, before: Mapping[str, Any], after: Production) -> None:
        """The line in the audit, and the mails: what an operator did to the tenant, all else to the operators."""
        keeping, now = self.library.administration.keeping, self.library.administration.clock.now()
        what = (self.tenant, after.kind, after.id)
        await keeping.audit.add(conn, now, self.actor.name, move, what, before, _fields(after))
        if move in OPERATORS:
            able = await those_who_may(conn, self.tenant, f"{KIND}.view")
            to = [one for one in able if one.role == "superadmin" or one.id == after.account]
            await self._write(conn, CUSTOMER, self.tenant, to, after)
        else:
            to = list(await those_who_may(conn, OPERATOR_TENANT, "tenant.change"))
            await self._write(conn, OPERATOR, OPERATOR_TENANT, to, after)

    async def _write(
        self, conn: AsyncConnection, template: str, tenant: str, to: Sequence[Account], after: Production
    ) -> None:
        administration = self.library.administration
        link = f"{administration.settings.web.url}/t/{self.tenant}/x/announcements/productions"
        for account in to:
            said = SAID[after.state].de if account.language == "de" else SAID[after.state].en
            values = {"name": account.name or account.username, "tenant": self.tenant, "title": after.title}
            values |= {"state": said, "price": str(after.price), "note": after.note or "-", "link": link}
            await administration.post.send(
                conn, tenant=tenant, to=account.email, template=template, values=values, language=account.language
            )


def _fields(one: Production) -> Mapping[str, Any]:
    return {"version": one.version, "fields": {"title": one.title, "state": one.state, "price": str(one.price)}}


def _production(row: RowMapping) -> Production:
    values = {field.name: row[field.name] for field in attrs.fields(Production) if field.name != "price"}
    return Production(**values, price=Money(row["micro"], row["currency"]))
