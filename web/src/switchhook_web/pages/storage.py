"""What callers hear and leave, as files: how much room they take, to hear, to save and to delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from quart import Blueprint, Response, g, redirect, request

from switchhook import Card, Label, MenuEntry, PriceChanged
from switchhook.administration import (
    CLASSES,
    MOST_STEPS,
    STEP,
    ChangeRefused,
    MediaClass,
    MediaFile,
    StaleVersion,
    TenantMedia,
    Usage,
)

from ..access import operator, right
from ..frame import administration, render
from ..kept.shared import whole
from ..listing import listed
from ..messages import leave
from ..sentences import told
from ..shown import size
from ..sounds import original_of, sound_of
from ..texts import gettext as _
from ..texts import ngettext, say

blueprint = Blueprint("storage", __name__)
LIST: Final = "/t/<tenant>/storage"
MENU: Final = (MenuEntry(Label("Dateien", "Files"), "/storage", "media.view", "database", 560, area="administration"),)
CARDS: Final = (Card(Label("Speicher", "Storage"), "/cards/media", "media.view", "database", 45, on=("media",)),)
GIGABYTE: Final = 1_000_000_000
OFFERED: Final = 20
"""Steps of extra storage the form has, beside those that are ordered."""
MOST: Final = 1_000_000
"""Gigabytes of extra storage a form takes."""


@blueprint.get(LIST)
@right("media.view")
async def show(tenant: str) -> str:
    """The meter and the list."""
    listing = listed(filters=("class",), sort="-made")
    of: MediaClass | Literal[""] = next((one for one in CLASSES if one == listing.filters["class"]), "")
    page = await media(tenant).page(of=of, search=listing.search, order=listing.sort, after=listing.after)
    usage = await media(tenant).usage()
    return await render(
        "pages/storage.html",
        listens=["media"],
        rows=page.files,
        usage=usage,
        classes=classes(),
        parts=parts_of(usage),
        owner_of=lambda file: owner_of(file, page.titles.get((file.owner_kind, file.owner), "")),
        listing=listing.going_on(page.after),
        may_delete=g.actor.reach("media.delete").everything,
        may_give=g.actor.role == "operator",
        may_order=g.actor.role == "superadmin",
        gigabytes=usage.extra / GIGABYTE,
        crumbs=[(_("Files"), "")],
    )


@blueprint.get(f"{LIST}/order")
@right("media.view")
async def ask(tenant: str) -> str:
    """What more storage costs."""
    asked = request.args.get("steps", "")
    usage = await media(tenant).usage()
    steps = min(whole(asked), MOST_STEPS) if asked.isdecimal() else usage.steps
    given = usage.quota - usage.steps * STEP
    return await render(
        "pages/storage_order.html",
        usage=usage,
        asked=asked.isdecimal(),
        quote=await administration().extra_storage.of(tenant, g.actor).quote(steps),
        room=given + steps * STEP,
        choices=[(one, one * STEP) for one in sorted({*range(OFFERED + 1), usage.steps, steps})],
        crumbs=[(_("Files"), f"/t/{tenant}/storage"), (_("Order storage"), "")],
    )


@blueprint.post(f"{LIST}/order")
@right("media.view")
async def order(tenant: str) -> Response:
    """Order more storage, or give some back."""
    given = await request.form
    steps, version = min(whole(given.get("steps", "")), MOST_STEPS), whole(given.get(":version", ""))
    try:
        usage = await administration().extra_storage.of(tenant, g.actor).order(version, steps, given.get("agreed", ""))
    except StaleVersion:
        leave(_("Somebody else changed the storage meanwhile; look at it and save again."), kind="error")
    except (ChangeRefused, PriceChanged) as refused:
        leave(told(refused), kind="error")
    else:
        leave(_("There is %(size)s of storage now.", size=size(usage.quota)))
    return _back(tenant)


@blueprint.get(f"{LIST}/<id>")
@right("media.view")
async def one(tenant: str, id: str) -> str:  # noqa: A002 - the domain's own word
    """One file, to be heard."""
    sounding = await media(tenant).open(id)
    return await render(
        "pages/storage_file.html",
        sounding=sounding,
        file=sounding.file,
        classes=classes(),
        owner_of=owner_of,
        title=title_of(sounding.file),
        may_delete=g.actor.reach("media.delete").everything,
        crumbs=[(_("Files"), f"/t/{tenant}/storage"), (title_of(sounding.file), "")],
    )


@blueprint.get(f"{LIST}/<id>/sound")
@right("media.view")
async def sound(tenant: str, id: str) -> Response:  # noqa: A002
    """The sound itself, whole or in part."""
    return await sound_of(await media(tenant).open(id))


@blueprint.get(f"{LIST}/<id>/original")
@right("media.view")
async def original(tenant: str, id: str) -> Response:  # noqa: A002
    """The file the sound was made from."""
    return await original_of(await media(tenant).open(id), id)


@blueprint.post(f"{LIST}/_delete")
@right("media.delete")
async def delete(tenant: str) -> Response:
    """Delete what was ticked."""
    gone = await media(tenant).delete((await request.form).getlist("file")[:200])
    leave(ngettext("%(num)d file was deleted", "%(num)d files were deleted", gone))
    return _back(tenant)


@blueprint.post(f"{LIST}/_extra")
@operator
async def give(tenant: str) -> Response:
    """Give more storage, or less; it counts at once."""
    given = await request.form
    gigabytes = whole(given.get("gigabytes", ""))
    if not given.get("gigabytes", "").isdecimal() or gigabytes > MOST:
        leave(_("Extra storage is a whole number of gigabytes, 0 for none."), kind="error")
        return _back(tenant)
    try:
        await media(tenant).set_extra(whole(given.get(":version", "")), gigabytes * GIGABYTE)
    except StaleVersion:
        leave(_("Somebody else changed the storage meanwhile; look at it and save again."), kind="error")
    else:
        leave(_("The storage was changed and counts at once."))
    return _back(tenant)


@blueprint.get("/t/<tenant>/cards/media")
@right("media.view")
async def card(tenant: str) -> str:
    """The meter."""
    usage = await media(tenant).usage()
    return await render("cards/media.html", usage=usage, parts=parts_of(usage))


def media(tenant: str) -> TenantMedia:
    """The files as whoever asks may hear and delete them."""
    return administration().media.of(tenant, g.actor)


def classes() -> Mapping[str, str]:
    """What the classes are called."""
    return {
        "announcement": _("Announcement"),
        "message": _("Message"),
        "recording": _("Recording"),
        "fax": _("Fax"),
    }


def parts_of(usage: Usage) -> list[tuple[str, int]]:
    """What each class takes, with its name, the largest first."""
    return sorted(((classes()[of], taken) for of, taken in usage.by_class.items()), key=lambda part: -part[1])


def owner_of(file: MediaFile, title: str = "") -> tuple[str, str]:
    """Whose a file is in words, and the page of that, where it has one."""
    declared: Any = administration().keeping.kinds.get(file.owner_kind)
    if declared is None:
        return ": ".join(filter(None, (file.owner_kind, file.owner))), ""
    page = f"/t/{file.tenant}/r/{file.owner_kind}/{file.owner}"
    return f"{say(declared.label)}: {title or file.owner}", page if g.actor.may(f"{file.owner_kind}.view") else ""


def title_of(file: MediaFile) -> str:
    """What a file is called for people."""
    return f"{classes()[file.of]}: {file.label}" if file.label else classes()[file.of]


def _back(tenant: str) -> Response:
    return redirect(f"/t/{tenant}/storage", 303)  # type: ignore[return-value]
