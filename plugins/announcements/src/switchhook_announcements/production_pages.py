"""Produced announcements in the browser: asked for, given a price, ordered, delivered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, Final

from quart import Blueprint, Response, g, redirect, request

from switchhook import Money, PriceChanged, StorageFull
from switchhook.administration import SettingsRefused, StaleVersion
from switchhook_web.extending import administration, leave, money, operator, render, right, say, takes, told
from switchhook_web.extending import gettext as _

from .announcement import Announcement
from .library_of import of
from .production import SAID, ProductionMoved
from .productions import Productions
from .taking import MOST_BYTES, SoundRefused

blueprint = Blueprint("productions", __name__)
VIEW, CHANGE = f"{Announcement.kind}.view", f"{Announcement.kind}.change"
_REFUSALS: Final = (PriceChanged, ProductionMoved, SettingsRefused, SoundRefused, StaleVersion, StorageFull)


@blueprint.get("")
@right(VIEW)
async def show(tenant: str) -> str:
    """All of them, and the form to ask for another."""
    return await render(
        "announcements/productions.html",
        rows=[(one, money(one.price), say(SAID[one.state])) for one in await (await theirs(tenant)).all()],
        speeches={"de": _("German"), "en": _("English")},
        operating=g.actor.role == "operator",
        ordering=g.actor.role == "superadmin",
        may_change=g.actor.may(CHANGE),
        most=MOST_BYTES // (1 << 20),
        crumbs=[(_("Announcements"), f"/t/{tenant}/x/announcements/"), (_("Have one produced"), "")],
    )


@blueprint.post("/ask")
@right(CHANGE)
async def ask(tenant: str) -> Response:
    """Ask for one."""
    given = await request.form
    values = {
        name: given.get(name, "").replace("\r\n", "\n").strip() for name in ("title", "text", "language", "wishes")
    }
    return await _done(tenant, (await theirs(tenant)).ask(values), _("Asked for. You get a mail with the price."))


@blueprint.post("/<production>/quote")
@operator
async def quote(tenant: str, production: str) -> Response:
    """Name its price."""
    given = await request.form
    await (await theirs(tenant)).get(production)
    try:
        price = Money.read(given.get("price", ""))
    except ValueError:
        leave(_("A price is an amount with its currency, such as 120 EUR."), kind="error")
        return _back(tenant)
    moving = (await theirs(tenant)).quote(production, await _version(), price, given.get("note", "").strip())
    return await _done(tenant, moving, _("The price is named; they get a mail."))


@blueprint.post("/<production>/accept")
@right(CHANGE)
async def accept(tenant: str, production: str) -> Response:
    """Order it at its price."""
    agreed = (await request.form).get("agreed", "")
    moving = (await theirs(tenant)).accept(production, await _version(), agreed)
    return await _done(tenant, moving, _("Ordered. You get a mail when it is there."))


@blueprint.post("/<production>/refuse")
@operator
async def refuse(tenant: str, production: str) -> Response:
    """Say that it cannot be produced."""
    note = (await request.form).get("note", "").strip()
    return await _done(tenant, (await theirs(tenant)).refuse(production, await _version(), note), _("Refused."))


@blueprint.post("/<production>/withdraw")
@right(CHANGE)
async def withdraw(tenant: str, production: str) -> Response:
    """Take it back."""
    return await _done(tenant, (await theirs(tenant)).withdraw(production, await _version()), _("Withdrawn."))


@blueprint.post("/<production>/deliver")
@operator
@takes(MOST_BYTES + (256 << 10))
async def deliver(tenant: str, production: str) -> Response:
    """Put the file into the library."""
    file = (await request.files).get("file")
    content = await asyncio.to_thread(file.read) if file is not None else b""
    moving = (await theirs(tenant)).deliver(production, await _version(), content)
    return await _done(tenant, moving, _("Delivered; they get a mail."))


async def theirs(tenant: str) -> Productions:
    """Those of a tenant as whoever asks may see and move them."""
    return Productions(await of(administration()), tenant, g.actor)


async def _version() -> int:
    text = (await request.form).get("version", "")
    return int(text) if text.isdecimal() and len(text) < 9 else 0


async def _done(tenant: str, work: Awaitable[Any], said: str) -> Response:
    try:
        await work
    except _REFUSALS as refused:
        leave(told(refused), kind="error")
    else:
        leave(said)
    return _back(tenant)


def _back(tenant: str) -> Response:
    return redirect(f"/t/{tenant}/x/announcements/productions", 303)  # type: ignore[return-value]
