"""Lists with their entries, and blocking the caller of a call; only the web imports this."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from quart import Blueprint, Response, g, redirect, request

from switchhook import NumberRefused, Problem, SwitchhookError
from switchhook.administration import SettingsRefused
from switchhook_web.extending import (
    administration,
    dialled,
    leave,
    listed,
    number,
    render,
    right,
    told,
    zone,
)
from switchhook_web.extending import gettext as _

from . import table_pages
from .blocking import block
from .entry import Entry, kept_of
from .keeping import BLOCK, CHANGE, VIEW, Entries, Fields
from .looking import Wanted
from .operations import OPERATIONS, number_of
from .rows import EntryThere

__all__ = ["LOCALE", "OPERATIONS", "blueprint"]

blueprint = Blueprint("lists", __name__, template_folder="templates")
LOCALE: Final = Path(__file__).with_name("locale")
table_pages.add_to(blueprint)


def mine(tenant: str) -> Entries:
    """The entries as whoever asks may see them."""
    return Entries(administration(), tenant, g.actor)


@blueprint.get("/lists")
@right(VIEW)
async def overview(tenant: str) -> str:
    """All lists."""
    return await render(
        "lists/overview.html",
        listens=["caller-list", "caller-list-entry"],
        lists=await mine(tenant).summaries(),
        may_make=g.actor.may("caller-list.create") or g.actor.may(CHANGE),
        crumbs=[(_("Caller lists"), "")],
    )


@blueprint.get("/lists/<id>")
@right(VIEW)
async def entries(tenant: str, id: str) -> str:  # noqa: A002 - the domain's own word
    """The entries of a list."""
    return await _entries(tenant, id)


@blueprint.post("/lists/<id>/entries")
@right(CHANGE)
async def add(tenant: str, id: str) -> Any:  # noqa: A002
    """Put a number or the beginning of numbers on a list."""
    given = await request.form
    await mine(tenant).list(id, CHANGE)
    try:
        begins = given.get("begins") == "1"
        made = await mine(tenant).add(id, given.get("number", ""), begins=begins, fields=_fields(given))
    except (SettingsRefused, EntryThere) as refused:
        return Response(await _entries(tenant, id, wrong=_sentences(refused), given=given), 422)
    leave(_("%(who)s is on the list.", who=called(made)), undo=f"{_at(tenant, made)}/delete", undo_label=_("Undo"))
    return _to(tenant, id)


@blueprint.get("/lists/<id>/entries/<entry>")
@right(VIEW)
async def one(tenant: str, id: str, entry: str) -> str:  # noqa: A002
    """One entry, to be changed."""
    return await _one(tenant, await mine(tenant).get(id, number_of(entry)))


@blueprint.post("/lists/<id>/entries/<entry>")
@right(CHANGE)
async def change(tenant: str, id: str, entry: str) -> Any:  # noqa: A002
    """Change what is said of an entry."""
    before, given = await mine(tenant).get(id, number_of(entry)), await request.form
    try:
        await mine(tenant).change(id, before.id, _fields(given, before))
    except SettingsRefused as refused:
        return Response(await _one(tenant, before, wrong=_sentences(refused)), 422)
    leave(_("The entry was changed."))
    return _to(tenant, id)


@blueprint.post("/lists/<id>/entries/<entry>/delete")
@right(CHANGE)
async def delete(tenant: str, id: str, entry: str) -> Response:  # noqa: A002
    """Take an entry off its list."""
    gone = await mine(tenant).delete(id, number_of(entry))
    leave(_("%(who)s is off the list.", who=called(gone)), undo=f"{_at(tenant, gone)}/restore", undo_label=_("Undo"))
    return _to(tenant, id)


@blueprint.post("/lists/<id>/entries/<entry>/restore")
@right(CHANGE)
async def restore(tenant: str, id: str, entry: str) -> Response:  # noqa: A002
    """Bring a deleted entry back."""
    back = await mine(tenant).restore(id, number_of(entry))
    leave(_("%(who)s is on the list again.", who=called(back)))
    return _to(tenant, id)


@blueprint.post("/lists/<id>/entries/<entry>/take-back")
@right(BLOCK)
async def take_back(tenant: str, id: str, entry: str) -> Response:  # noqa: A002
    """Undo that a caller was blocked."""
    await mine(tenant).take_back(id, number_of(entry))
    leave(_("The caller is not blocked any more."))
    return redirect(f"/t/{tenant}/calls", 303)  # type: ignore[return-value]


@blueprint.get("/lists/<id>/hits")
@right(VIEW)
async def hits(tenant: str, id: str) -> str:  # noqa: A002
    """The calls whose callers were on a list."""
    kept, listing = await mine(tenant).list(id), listed()
    page = await mine(tenant).hits(id, number_of(listing.after))
    return await render(
        "lists/hits.html",
        part="list",
        list=kept,
        rows=page.hits,
        listing=listing.going_on(str(page.after or "")),
        who=shown,
        sees_calls=g.actor.may("call.view"),
        crumbs=[*_trail(tenant), (kept.name, f"/t/{tenant}/x/lists/lists/{id}"), (_("Hits"), "")],
    )


@blueprint.get("/block/<call>")
@right(BLOCK)
async def ask(tenant: str, call: str) -> str:
    """Which list the caller of a call is to be put on."""
    return await _block_page(tenant, call)


@blueprint.post("/block/<call>")
@right(BLOCK)
async def put(tenant: str, call: str) -> Any:
    """Put the caller of a call on a list, and end the call if wished."""
    given = await request.form
    await administration().records.of(tenant, g.actor).course(call)
    try:
        hang_up = given.get("hang_up") == "1"
        made = await block(mine(tenant), given.get("list", ""), call, _fields(given), hang_up=hang_up)
    except (SettingsRefused, EntryThere, NumberRefused) as refused:
        return Response(await _block_page(tenant, call, wrong=_sentences(refused)), 422)
    undo = f"{_at(tenant, made)}/take-back"
    leave(_("%(who)s is on the list.", who=called(made)), undo=undo, undo_label=_("Undo"))
    return redirect(f"/t/{tenant}/calls", 303)


async def _entries(tenant: str, id: str, **more: Any) -> str:  # noqa: A002
    kept, listing = await mine(tenant).list(id), listed(sort="-made")
    page = await mine(tenant).page(id, Wanted(listing.search, listing.sort, number_of(listing.after)))
    return await render(
        "lists/entries.html",
        part="list",
        listens=["caller-list-entry"],
        id=id,
        list=kept,
        rows=page.entries,
        listing=listing.going_on(str(page.after or "")),
        who=shown,
        now=administration().clock.now(),
        may_change=g.actor.may(CHANGE),
        may_call=g.actor.may("call.view"),
        crumbs=[*_trail(tenant), (kept.name, "")],
        **{"wrong": (), "given": {}, **more},
    )


async def _one(tenant: str, entry: Entry, **more: Any) -> str:
    kept = await mine(tenant).list(entry.list)
    return await render(
        "lists/entry.html",
        list=kept,
        entry=entry,
        who=called(entry),
        last_day=_last_day(entry),
        may_change=g.actor.may(CHANGE),
        may_call=g.actor.may("call.view"),
        crumbs=[*_trail(tenant), (kept.name, f"/t/{tenant}/x/lists/lists/{entry.list}"), (called(entry), "")],
        **{"wrong": (), **more},
    )


async def _block_page(tenant: str, call: str, wrong: Any = ()) -> str:
    course = await administration().records.of(tenant, g.actor).course(call)
    caller = course.call.caller
    try:
        kind, value, _line = kept_of(caller)
    except NumberRefused as refused:
        kind, value, wrong = "suppressed", "", [*wrong, told(refused)]
    who = number(value) if kind == "number" else _("Anonymous caller %(key)s", key=value[:8]).strip()
    return await render(
        "lists/block.html",
        call=course.call,
        who=who,
        suppressed=kind == "suppressed",
        known=bool(value),
        going_on=course.ended is None,
        lists=[(one, kept) for one, kept in (await mine(tenant).lists(BLOCK)).items()],
        wrong=wrong,
        crumbs=[(_("Calls"), f"/t/{tenant}/calls"), (_("Block"), "")],
    )


def called(entry: Entry) -> str:
    """Whom an entry names, as a text."""
    if entry.kind == "suppressed":
        return _("Anonymous caller %(key)s", key=entry.pseudonym)
    return _("%(number)s …", number=number(entry.number)) if entry.kind == "beginning" else number(entry.number)


def shown(entry: Entry) -> Any:
    """The same for a list."""
    return dialled(entry.number) if entry.kind == "number" else called(entry)


def _fields(given: Any, before: Entry | None = None) -> Fields:
    """What a form says of an entry; the day it ends on is still part of it."""
    text = given.get("until", "")
    same = before is not None and before.until is not None and text == _last_day(before)
    until = before.until if before is not None and same else _end_of(text) if text else None
    return Fields(given.get("note", "").strip(), until, given.get("shadow") == "1")


def _end_of(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text).date()
    except ValueError:
        raise SettingsRefused([Problem("until", "is no day such as 2026-12-31")]) from None
    return datetime.combine(found + timedelta(days=1), time(), zone())


def _last_day(entry: Entry) -> str:
    if entry.until is None:
        return ""
    return (entry.until - timedelta(seconds=1)).astimezone(zone()).date().isoformat()


def _sentences(refused: SwitchhookError) -> list[str]:
    if isinstance(refused, SettingsRefused):
        return [told(one.message) for one in refused.problems]
    return [told(refused)]


def _trail(tenant: str) -> list[tuple[str, str]]:
    return [(_("Caller lists"), f"/t/{tenant}/x/lists/lists")]


def _at(tenant: str, entry: Entry) -> str:
    return f"/t/{tenant}/x/lists/lists/{entry.list}/entries/{entry.id}"


def _to(tenant: str, id: str) -> Response:  # noqa: A002
    return redirect(f"/t/{tenant}/x/lists/lists/{id}", 303)  # type: ignore[return-value]
