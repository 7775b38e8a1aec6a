"""Offers and their files in the store, inside a transaction somebody else opened."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from ..errors import NotFound
from ..store.tables_offers import offer, offer_file
from .offer import Offer, OfferFile, Part


async def offers_of(conn: AsyncConnection, tenant: str, today: date) -> Sequence[Offer]:
    """A tenant's offers, newest first."""
    query = _query(tenant).order_by(offer.c.id.desc())
    return [_offer(row, today) for row in (await conn.execute(query)).mappings()]


async def find(conn: AsyncConnection, tenant: str, id: str, today: date) -> Offer:  # noqa: A002 - the domain's own word
    """One offer; raises ``NotFound``."""
    row = (await conn.execute(_query(tenant).where(offer.c.id == number_of(id)))).mappings().first()
    if row is None:
        raise NotFound(f"there is no offer {id!r}", id=id)
    return _offer(row, today)


async def add(conn: AsyncConnection, tenant: str, row: dict[str, Any]) -> str:
    """Keep a new offer; gives its id."""
    made = await conn.execute(insert(offer).values(tenant=tenant, **row).returning(offer.c.id))
    return str(made.scalar_one())


async def add_file(conn: AsyncConnection, tenant: str, id: str, file: OfferFile) -> str:  # noqa: A002
    """Keep a file of an offer for good; gives its hash."""
    sha256 = hashlib.sha256(file.content).hexdigest()
    row = {"offer": number_of(id), "part": file.part, "tenant": tenant, "media": file.media, "sha256": sha256}
    await conn.execute(insert(offer_file).values(row | {"size": len(file.content), "content": file.content}))
    return sha256


async def decide(conn: AsyncConnection, tenant: str, id: str, values: dict[str, Any]) -> None:  # noqa: A002
    """Keep what became of an offer."""
    await conn.execute(update(offer).where(offer.c.tenant == tenant, offer.c.id == number_of(id)).values(values))


async def file_of(conn: AsyncConnection, tenant: str, id: str, part: Part) -> tuple[OfferFile, str]:  # noqa: A002
    """A file and the hash that is kept beside it; raises ``NotFound``."""
    query = select(offer_file).where(
        offer_file.c.tenant == tenant, offer_file.c.offer == number_of(id), offer_file.c.part == part
    )
    row = (await conn.execute(query)).mappings().first()
    if row is None:
        raise NotFound(f"there is no such file of an offer {id!r}", id=id, part=part)
    return OfferFile(part, row["media"], bytes(row["content"])), row["sha256"]


async def is_accepted(conn: AsyncConnection, tenant: str) -> bool:
    """Whether any offer to a tenant was accepted."""
    query = select(offer.c.id).where(offer.c.tenant == tenant, offer.c.state == "accepted").limit(1)
    return (await conn.execute(query)).first() is not None


def number_of(id: str) -> int:  # noqa: A002
    """The key of a row; raises ``NotFound`` for what is none."""
    if not id.isascii() or not id.isdigit() or len(id) > 9:
        raise NotFound(f"there is no offer {id[:40]!r}")
    return int(id)


def _query(tenant: str) -> Select[Any]:
    """Everything of offers but their bytes."""
    document, scan = offer_file.alias("document"), offer_file.alias("scan")
    of_document = and_(document.c.offer == offer.c.id, document.c.part == "document")
    of_scan = and_(scan.c.offer == offer.c.id, scan.c.part == "scan")
    return (
        select(offer, document.c.sha256, document.c.size, scan.c.sha256.label("scan_sha256"))
        .join(document, of_document)
        .outerjoin(scan, of_scan)
        .where(offer.c.tenant == tenant)
    )


def _offer(row: RowMapping, today: date) -> Offer:
    plain: dict[str, Any] = {name: value for name, value in row.items() if name != "account"}
    if plain["state"] == "open" and plain["valid_until"] < today:
        plain["state"] = "expired"
    return Offer(**{**plain, "id": str(plain["id"]), "scan_sha256": plain["scan_sha256"] or ""})
