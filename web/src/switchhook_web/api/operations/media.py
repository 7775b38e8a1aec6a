"""What callers hear and leave, as files, and the storage they take."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any

import attrs

from switchhook import Label, NotFound, setting
from switchhook.administration import CLASSES, MEDIA_ORDERS, MOST_STEPS, STEP, MediaClass, MediaFile, TenantMedia, Usage

from ..operation import ANY, Answer, Asked, Operation
from ..reading import declared_body
from .common import PageQuery, a_page, page_of

ONE = "/tenants/{tenant}/media/{id}"
_STORAGE = "/tenants/{tenant}/storage"
_ORDER = f"{_STORAGE}/order"


@attrs.frozen
class MediaQuery(PageQuery):
    """Which files."""

    of: str = setting("choice", "Art", "Class", default="", choices=CLASSES)
    owner_kind: str = setting("text", "Gehört zu einem", "Belongs to a", default="")
    owner: str = setting("text", "Gehört zu", "Belongs to", default="")
    search: str = setting("text", "Suche", "Search", default="")
    sort: str = setting("choice", "Reihenfolge", "Order", default="-made", choices=MEDIA_ORDERS)


@attrs.frozen
class ExtraAsked:
    """Storage beside what every tenant has."""

    extra: int = setting("integer", "Zusätzliche Bytes", "Extra bytes", minimum=0, maximum=1 << 50)


@attrs.frozen
class OrderQuery:
    """How much extra storage there is to be in all."""

    steps: int = setting("integer", "Stufen", "Steps", default=0, minimum=0, maximum=MOST_STEPS)


@attrs.frozen
class OrderAsked:
    """How much extra storage there is to be in all, and the price agreed to for the rest of this month."""

    steps: int = setting("integer", "Stufen", "Steps", minimum=0, maximum=MOST_STEPS)
    agreed: str = setting("text", "Vereinbarter Preis", "Agreed price", default="")


@attrs.frozen
class OrderPrice:
    """What steps of extra storage cost for the rest of this month, and each month after it."""

    steps: int
    now: str
    monthly: str
    until: date


@attrs.frozen
class Taken:
    """What one class takes."""

    of: MediaClass
    bytes: int


@attrs.frozen
class StorageNow:
    """A tenant's storage in bytes; ``percent`` may be above 100 where messages are in the reserve.

    ``extra`` is what the operator gave, ``steps`` of ``step_bytes`` each what the tenant ordered.
    """

    used: int
    quota: int
    extra: int
    percent: float
    classes: Sequence[Taken]
    steps: int
    step_bytes: int


def operations() -> Sequence[Operation]:
    """Files and storage."""
    storage: dict[str, Any] = {"path": _STORAGE, "answer": StorageNow, "etag": True}
    return [
        _operation(
            "media.list",
            "Dateien",
            "Files",
            path="/tenants/{tenant}/media",
            run=_list,
            right="media.view",
            query=MediaQuery,
            answer=page_of(MediaFile),
            may=("list",),
        ),
        _operation("media.get", "Eine Datei", "One file", path=ONE, run=_get, right="media.view", answer=MediaFile),
        _operation(
            "media.sound",
            "Ton einer Datei",
            "The sound of a file",
            path=f"{ONE}/sound",
            run=_sound,
            right="media.view",
            media=ANY,
        ),
        _operation(
            "media.original",
            "Original einer Datei",
            "The original of a file",
            path=f"{ONE}/original",
            run=_original,
            right="media.view",
            media=ANY,
        ),
        _operation(
            "media.delete",
            "Datei endgültig löschen",
            "Delete a file for good",
            method="DELETE",
            path=ONE,
            run=_delete,
            right="media.delete",
            status=204,
        ),
        _operation("storage.get", "Speicher", "Storage", run=_storage, right="media.view", **storage),
        _operation(
            "storage.change",
            "Zusätzlichen Speicher geben",
            "Give extra storage",
            method="PUT",
            run=_change,
            above=True,
            body=declared_body(ExtraAsked, "ExtraAsked"),
            versioned=True,
            **storage,
        ),
        _operation(
            "storage.price",
            "Preis zusätzlichen Speichers",
            "What extra storage costs",
            path=_ORDER,
            run=_price,
            right="media.view",
            query=OrderQuery,
            answer=OrderPrice,
        ),
        _operation(
            "storage.order",
            "Zusätzlichen Speicher bestellen",
            "Order extra storage",
            method="PUT",
            path=_ORDER,
            run=_order,
            right="media.view",
            body=declared_body(OrderAsked, "OrderAsked"),
            answer=StorageNow,
            versioned=True,
            etag=True,
            may=("price_changed", "change_refused"),
            about=Label("Nur ein Superadmin des Mandanten darf das.", "Only a superadmin of the tenant may do this."),
        ),
    ]


def _operation(name: str, de: str, en: str, **more: Any) -> Operation:
    more.setdefault("method", "GET")
    return Operation(id=name, tag="media", summary=Label(de, en), **more)


def _media(asked: Asked) -> TenantMedia:
    return asked.administration.media.of(asked.tenant, asked.actor)


async def _list(asked: Asked) -> Answer:
    wanted: MediaQuery = asked.query
    page = await _media(asked).page(
        of=wanted.of,  # type: ignore[arg-type]
        owner_kind=wanted.owner_kind,
        owner=wanted.owner,
        search=wanted.search,
        order=wanted.sort,
        after=wanted.after,
        limit=wanted.limit,
    )
    return Answer(value=a_page(page.files, page.after))


async def _get(asked: Asked) -> Answer:
    return Answer(value=await _media(asked).get(asked.path["id"]))


async def _sound(asked: Asked) -> Answer:
    sounding = await _media(asked).open(asked.path["id"])
    return Answer(value=await _read(sounding.path), file=f"{sounding.file.id}.wav")


async def _original(asked: Asked) -> Answer:
    sounding = await _media(asked).open(asked.path["id"])
    if sounding.original is None:
        raise NotFound("the original was not kept", id=sounding.file.id)
    return Answer(value=await _read(sounding.original), file=f"{sounding.file.id}{sounding.file.original}")


async def _read(path: Any) -> bytes:
    try:
        content: bytes = await asyncio.to_thread(path.read_bytes)
    except FileNotFoundError:
        raise NotFound("the file is not there any more", name=path.name) from None
    return content


async def _delete(asked: Asked) -> Answer:
    if not await _media(asked).delete([asked.path["id"]]):
        raise NotFound(f"there is no file {asked.path['id'][:40]!r}", id=asked.path["id"])
    return Answer()


async def _storage(asked: Asked) -> Answer:
    return _told(await _media(asked).usage())


async def _change(asked: Asked) -> Answer:
    return _told(await _media(asked).set_extra(asked.version, asked.body.extra))


async def _price(asked: Asked) -> Answer:
    quote = await asked.administration.extra_storage.of(asked.tenant, asked.actor).quote(asked.query.steps)
    return Answer(value=OrderPrice(quote.steps, str(quote.now), str(quote.monthly), quote.until))


async def _order(asked: Asked) -> Answer:
    storage = asked.administration.extra_storage.of(asked.tenant, asked.actor)
    return _told(await storage.order(asked.version, asked.body.steps, asked.body.agreed))


def _told(usage: Usage) -> Answer:
    classes = [Taken(of, taken) for of, taken in sorted(usage.by_class.items())]
    now = StorageNow(usage.used, usage.quota, usage.extra, round(usage.percent, 2), classes, usage.steps, STEP)
    return Answer(value=now, version=usage.version)
