"""Offers: made by an operator for a demo, accepted or declined by a superadmin, and kept as they were (S04)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import attrs
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import OPERATOR_TENANT
from ..access.actor import Actor, Forbidden
from ..alerts.inbox import Alerts
from ..clock import day_of
from ..errors import NotFound
from ..resources.record import StaleVersion
from ..schema import Label, read_settings
from ..store import tables, tables_people
from ..store.audit import entries
from . import offer_rows
from .accounts import account_of
from .links import Sends
from .offer import (
    PDF,
    SCANS,
    Offer,
    OfferClosed,
    OfferDetails,
    OfferFile,
    OfferProof,
    Part,
    Refusal,
    Signature,
    last_day,
    media_of,
)
from .people import People

VIEW: Final = "offer.view"
ACCEPT: Final = "offer.accept"
"""The word under which a decision is refused; it is the superadmin's, whatever others were granted."""
_CHANGE: Final = "offer.change"


@attrs.frozen
class Offers:
    """What all tenants share; ``url`` is where the portal is reached."""

    people: People
    post: Sends
    alerts: Alerts
    url: str

    def of(self, tenant: str, actor: Actor) -> TenantOffers:
        """The offers to a tenant as ``actor`` may see and decide them."""
        return TenantOffers(self, tenant, actor)


@attrs.frozen
class TenantOffers:
    """One tenant's offers. Those of others are ``NotFound``, what the actor may not do is ``Forbidden``.

    Seeing needs ``offer.view`` over everything. An operator makes and
    withdraws; only a superadmin of the tenant accepts and declines. Each
    decision is one transaction with its line in the tenant's audit.
    """

    offers: Offers
    tenant: str
    actor: Actor

    # -- seeing ---------------------------------------------------------------------------------

    async def list(self) -> Sequence[Offer]:
        """All of them, newest first."""
        self._see()
        async with self.offers.people.store.read() as conn:
            return await offer_rows.offers_of(conn, self.tenant, self._today)

    async def get(self, id: str) -> Offer:  # noqa: A002 - the domain's own word
        """One of them; raises ``NotFound``."""
        self._see()
        async with self.offers.people.store.read() as conn:
            return await offer_rows.find(conn, self.tenant, id, self._today)

    async def file(self, id: str, part: Part) -> OfferFile:  # noqa: A002
        """The PDF of an offer, or the scan of its signed copy; raises ``NotFound``."""
        self._see()
        async with self.offers.people.store.read() as conn:
            return (await offer_rows.file_of(conn, self.tenant, id, part))[0]

    async def verify(self, id: str) -> Sequence[OfferProof]:  # noqa: A002
        """Whether each file of an offer is what was made and signed: hashed again, and held against the audit."""
        offer = await self.get(id)
        told = await entries(self.offers.people.store, self.tenant, kind="offer", id=id)
        parts: list[tuple[Part, str]] = [("document", "create"), *([("scan", "accept")] if offer.scan_sha256 else [])]  # type: ignore[list-item]
        found = []
        async with self.offers.people.store.read() as conn:
            for part, action in parts:
                file, kept = await offer_rows.file_of(conn, self.tenant, id, part)
                field = "sha256" if part == "document" else "scan_sha256"
                audited = next((str(_fields(one.after).get(field, "")) for one in told if one.action == action), "")
                now = hashlib.sha256(file.content).hexdigest()
                found.append(OfferProof(part, kept, audited, now, now == kept == audited))
        return found

    # -- the operator's part --------------------------------------------------------------------

    async def make(self, content: bytes, values: Mapping[str, object]) -> Offer:
        """Keep an offer to a demo and tell its superadmins by mail.

        ``values`` are fields of :class:`~switchhook.people.offer.OfferDetails`,
        ``content`` its PDF. Raises ``SettingsRefused``, ``OfferFileRefused``,
        and ``OfferClosed`` for a tenant that is no demo.
        """
        self.actor.need_operator(_CHANGE)
        details = read_settings(OfferDetails, values, "offer")
        until = last_day(details.valid_until, self._today)
        file = OfferFile("document", media_of(content, (PDF,)), content)
        people = self.offers.people
        row = {"title": details.title, "price": details.price, "valid_until": until}
        async with people.store.write() as conn:
            await people.audit.take_turn(conn)
            name = await self._demo(conn)
            no = await offer_rows.add(
                conn, self.tenant, row | {"author": self.actor.name, "created": people.clock.now()}
            )
            sha256 = await offer_rows.add_file(conn, self.tenant, no, file)
            told = row | {"valid_until": until.isoformat(), "state": "open", "sha256": sha256, "size": len(content)}
            await self._audit(conn, "create", no, {}, {"version": 1, "fields": told})
            made = await offer_rows.find(conn, self.tenant, no, self._today)
            await self._write(conn, made, name)
        return made

    async def withdraw(self, id: str, version: int) -> Offer:  # noqa: A002
        """Take an open offer back; raises ``StaleVersion`` and ``OfferClosed``."""
        self.actor.need_operator(_CHANGE)
        return await self._decide("withdraw", id, version, {"state": "withdrawn"})

    # -- the superadmin's part ------------------------------------------------------------------

    async def sign(self, id: str, version: int, values: Mapping[str, object], *, address: str) -> Offer:  # noqa: A002
        """Accept an offer by typing one's full name (:class:`~switchhook.people.offer.Signature`).

        Kept are name, account, time, ``address`` and the hash of what was
        accepted. Raises ``SettingsRefused``, ``StaleVersion`` and ``OfferClosed``.
        """
        await self._superadmin(id)
        signer = " ".join(read_settings(Signature, values, "offer").name.split())
        return await self._accept(id, version, {"how": "click", "signer": signer, "address": address})

    async def bring_signed(self, id: str, version: int, content: bytes, *, address: str) -> Offer:  # noqa: A002
        """Accept an offer by the scan of its signed copy (PDF, JPEG or PNG), which is kept with its hash.

        Raises ``OfferFileRefused``, ``StaleVersion`` and ``OfferClosed``.
        """
        await self._superadmin(id)
        scan = OfferFile("scan", media_of(content, SCANS), content)
        return await self._accept(id, version, {"how": "scan", "address": address}, scan)

    async def decline(self, id: str, version: int, values: Mapping[str, object]) -> Offer:  # noqa: A002
        """Say no, with a reason (:class:`~switchhook.people.offer.Refusal`); raises as :meth:`sign`."""
        await self._superadmin(id)
        reason = read_settings(Refusal, values, "offer").reason
        offer = await self._decide("decline", id, version, {"state": "declined", "reason": reason})
        await self._tell_operator(offer, Label("abgelehnt", "declined"))
        return offer

    async def _accept(self, id: str, version: int, values: dict[str, Any], scan: OfferFile | None = None) -> Offer:  # noqa: A002
        offer = await self._decide("accept", id, version, {"state": "accepted", **values}, scan)
        await self._tell_operator(offer, Label("angenommen", "accepted"))
        return offer

    async def _decide(
        self,
        action: str,
        id: str,  # noqa: A002
        version: int,
        values: dict[str, Any],
        scan: OfferFile | None = None,
    ) -> Offer:
        people = self.offers.people
        async with people.store.write() as conn:
            await people.audit.take_turn(conn)
            before = await offer_rows.find(conn, self.tenant, id, self._today)
            if before.version != version:
                raise StaleVersion(version, before, None)
            if before.state != "open":
                raise OfferClosed(_closed(before), id=id, state=before.state)
            who = {"decided_by": self.actor.name, "account": self.actor.account, "decided": people.clock.now()}
            await offer_rows.decide(conn, self.tenant, id, values | who | {"version": version + 1})
            scanned = {"scan_sha256": await offer_rows.add_file(conn, self.tenant, id, scan)} if scan else {}
            told = values | scanned | {"account": self.actor.account, "sha256": before.sha256}
            fields = {"version": version + 1, "fields": told}
            await self._audit(conn, action, id, {"version": version, "fields": {"state": "open"}}, fields)
            return await offer_rows.find(conn, self.tenant, id, self._today)

    # -- what both need -------------------------------------------------------------------------

    @property
    def _today(self) -> date:
        return day_of(self.offers.people.clock.now())

    def _see(self) -> None:
        if not self.actor.need(VIEW).everything:
            raise Forbidden(f"this needs the right {VIEW} over everything", right=VIEW, actor=self.actor.name)

    async def _superadmin(self, id: str) -> None:  # noqa: A002
        """Whoever may decide is told first of an offer that is not there, and only then of what does not fit."""
        self.actor.need(ACCEPT)
        if self.actor.role != "superadmin":
            raise Forbidden("only a superadmin may decide on an offer", right=ACCEPT, actor=self.actor.name)
        await self.get(id)

    async def _demo(self, conn: AsyncConnection) -> str:
        """The tenant's name; raises :class:`OfferClosed` for one that is no demo."""
        query = select(tables.tenant.c.name, tables.tenant.c.state).where(tables.tenant.c.id == self.tenant)
        row = (await conn.execute(query)).first()
        if row is None or self.tenant == OPERATOR_TENANT:
            raise NotFound(f"there is no tenant {self.tenant!r}", tenant=self.tenant)
        if row.state != "demo":
            raise OfferClosed(f"{row.name} is {row.state}, and offers are for demos", state=row.state)
        return str(row.name)

    async def _audit(self, conn: AsyncConnection, action: str, id: str, before: Any, after: Any) -> None:  # noqa: A002
        people, what = self.offers.people, (self.tenant, "offer", id)
        await people.audit.add(conn, people.clock.now(), self.actor.name, action, what, before, after)

    async def _write(self, conn: AsyncConnection, offer: Offer, name: str) -> None:
        """Write to the tenant's superadmins, invited ones included: they find it once they are in."""
        table = tables_people.account
        mine = (table.c.tenant == self.tenant, table.c.role == "superadmin", table.c.state != "disabled")
        for row in (await conn.execute(select(table).where(*mine).order_by(table.c.username))).mappings().all():
            account = account_of(row)
            values = {
                "name": account.name or account.username,
                "tenant": name,
                "title": offer.title,
                "valid_until": offer.valid_until.isoformat(),
                "link": f"{self.offers.url}/t/{self.tenant}/offers",
            }
            await self.offers.post.send(
                conn, tenant=self.tenant, to=account.email, template="offer", values=values, language=account.language
            )

    async def _tell_operator(self, offer: Offer, said: Label) -> None:
        text = Label(
            f"Angebot „{offer.title}“ an {self.tenant} wurde {said.de}",
            f"The offer “{offer.title}” to {self.tenant} was {said.en}",
        )
        key, link = f"{self.tenant}/{offer.id}", f"/t/{self.tenant}/offers"
        await self.offers.alerts.raise_(OPERATOR_TENANT, "offer.decided", key, text, severity="info", link=link)


def _closed(offer: Offer) -> str:
    if offer.state == "expired":
        return f"the offer was good until {offer.valid_until}; ask for a new one"
    return f"the offer was {offer.state} already"


def _fields(told: Mapping[str, object]) -> Mapping[str, object]:
    fields = told.get("fields")
    return fields if isinstance(fields, Mapping) else {}
