"""Offers to a tenant: made by the operator, decided by a superadmin, proven at any time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final

from switchhook import Label
from switchhook.administration import (
    MOST_OF_OFFER,
    SCANS,
    Offer,
    OfferDetails,
    OfferProof,
    Refusal,
    Signature,
    TenantOffers,
    plain_settings,
)

from ..openapi import BASE
from ..operation import ANY, PDF, Answer, Asked, Body, Operation
from .common import list_of, placed, values_of

ONE: Final = "/tenants/{tenant}/offers/{id}"
_CLOSED: Final = ("offer_closed",)


def operations() -> Sequence[Operation]:
    """All that can be done with offers."""
    return [*_seeing(), *_of_the_operator(), *_of_the_superadmin()]


def _seeing() -> Sequence[Operation]:
    at: dict[str, Any] = {"method": "GET", "right": "offer.view"}
    return [
        _operation("list", "Angebote", "Offers", run=_list, **at, path=ONE[:-5], answer=list_of(Offer)),
        _operation("get", "Ein Angebot", "One offer", run=_get, **at, path=ONE, answer=Offer, etag=True),
        _operation(
            "document", "Angebot als PDF", "An offer as PDF", run=_document, **at, path=f"{ONE}/document", media=PDF
        ),
        _operation(
            "signed", "Unterschriebene Kopie", "The signed copy", run=_signed, **at, path=f"{ONE}/signed", media=ANY
        ),
        _operation(
            "verify",
            "Dateien eines Angebots prüfen",
            "Check the files of an offer",
            run=_verify,
            **at,
            path=f"{ONE}/verification",
            answer=list_of(OfferProof),
        ),
    ]


def _of_the_operator() -> Sequence[Operation]:
    return [
        _operation(
            "make",
            "Angebot machen",
            "Make an offer",
            method="POST",
            path=ONE[:-5],
            run=_make,
            above=True,
            query=OfferDetails,
            body=_file(PDF),
            answer=Offer,
            status=201,
            etag=True,
            may=("offer_file", "offer_closed"),
        ),
        _decision("withdraw", "Angebot zurückziehen", "Withdraw an offer", _withdraw, above=True),
    ]


def _of_the_superadmin() -> Sequence[Operation]:
    return [
        _decision(
            "sign",
            "Angebot mit dem eigenen Namen annehmen",
            "Accept an offer by one's name",
            _sign,
            right="offer.accept",
            body=values_of(Signature),
        ),
        _decision(
            "bring_signed",
            "Angebot mit einer unterschriebenen Kopie annehmen",
            "Accept an offer by a signed copy",
            _bring_signed,
            right="offer.accept",
            body=_file(*SCANS),
            may=("offer_file", "offer_closed"),
        ),
        _decision(
            "decline",
            "Angebot ablehnen",
            "Decline an offer",
            _decline,
            right="offer.accept",
            body=values_of(Refusal),
        ),
    ]


def _operation(name: str, de: str, en: str, **more: Any) -> Operation:
    return Operation(id=f"offers.{name}", tag="offers", summary=Label(de, en), **more)


def _decision(name: str, de: str, en: str, run: Callable[[Asked], Awaitable[Answer]], **more: Any) -> Operation:
    at: dict[str, Any] = {"method": "POST", "path": f"{ONE}/{name.replace('_', '-')}", "answer": Offer, "etag": True}
    return _operation(name, de, en, run=run, versioned=True, **{**at, "may": _CLOSED, **more})


def _file(*media: str) -> Body:
    """The bytes of a file; one that is too large is refused before it is looked at."""
    return Body(media, lambda _: {"type": "string", "format": "binary"}, partial(bytes), MOST_OF_OFFER)


def _offers(asked: Asked) -> TenantOffers:
    return asked.administration.offers.of(asked.tenant, asked.actor)


def _told(offer: Offer) -> Answer:
    return Answer(value=offer, version=offer.version)


async def _list(asked: Asked) -> Answer:
    return Answer(value={"items": await _offers(asked).list()})


async def _get(asked: Asked) -> Answer:
    return _told(await _offers(asked).get(asked.path["id"]))


async def _document(asked: Asked) -> Answer:
    return await _told_file(asked, "document")


async def _signed(asked: Asked) -> Answer:
    return await _told_file(asked, "scan")


async def _told_file(asked: Asked, part: Any) -> Answer:
    file = await _offers(asked).file(asked.path["id"], part)
    return Answer(value=file.content, file=file.name(asked.path["id"]))


async def _verify(asked: Asked) -> Answer:
    return Answer(value={"items": await _offers(asked).verify(asked.path["id"])})


async def _make(asked: Asked) -> Answer:
    with placed("offer"):
        made = await _offers(asked).make(asked.body, plain_settings(asked.query))
    return Answer(value=made, version=made.version, location=f"{BASE}/tenants/{asked.tenant}/offers/{made.id}")


async def _withdraw(asked: Asked) -> Answer:
    return _told(await _offers(asked).withdraw(asked.path["id"], asked.version))


async def _sign(asked: Asked) -> Answer:
    with placed("offer"):
        offer = await _offers(asked).sign(asked.path["id"], asked.version, asked.body, address=asked.address)
    return _told(offer)


async def _bring_signed(asked: Asked) -> Answer:
    offer = await _offers(asked).bring_signed(asked.path["id"], asked.version, asked.body, address=asked.address)
    return _told(offer)


async def _decline(asked: Asked) -> Answer:
    with placed("offer"):
        return _told(await _offers(asked).decline(asked.path["id"], asked.version, asked.body))
