"""A list as a table: saved, and brought after a look at what would be refused."""

from __future__ import annotations

import asyncio
import base64
import binascii
from typing import Any, Final

from quart import Blueprint, Response, g, request

from switchhook.administration import Administration
from switchhook_web.extending import administration, leave, ngettext, render, right, takes, told
from switchhook_web.extending import gettext as _

from .keeping import CHANGE, VIEW, Entries
from .table import TableRefused, read_entries, write_entries

MOST: Final = 2 << 20
"""Bytes of a table."""
SHOWN: Final = 200
"""Refused rows a preview shows."""


def add_to(blueprint: Blueprint) -> None:
    """Add these pages."""
    at = "/lists/<id>"
    blueprint.add_url_rule(f"{at}/table", "table", save, methods=["GET"])
    blueprint.add_url_rule(f"{at}/import", "table_form", ask, methods=["GET"])
    blueprint.add_url_rule(f"{at}/import", "bring", bring, methods=["POST"])


@right(VIEW)
async def save(tenant: str, id: str) -> Response:  # noqa: A002 - the domain's own word
    """The list for spreadsheets."""
    found = await Entries(administration(), tenant, g.actor).all(id)
    text = await asyncio.to_thread(write_entries, found)
    response = Response(f"\ufeff{text}", content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{id}.csv"'
    return response


@right(CHANGE)
async def ask(tenant: str, id: str) -> str:  # noqa: A002
    """The form for a table."""
    return await _page(tenant, id)


@right(CHANGE)
@takes(2 * MOST)
async def bring(tenant: str, id: str) -> Any:  # noqa: A002
    """First what would be taken over and what refused; then, when that is agreed to, the taking over."""
    mine = Entries(administration(), tenant, g.actor)
    await mine.list(id, CHANGE)
    try:
        text = await _text()
        lines = await asyncio.to_thread(read_entries, text, _admin().clock.now())
    except TableRefused as refused:
        return Response(await _page(tenant, id, wrong=told(refused)), 422)
    good = [(one.what, one.fields) for one in lines if not one.why]
    if "agreed" not in await request.form:
        refused_lines = [(one.no, told(one.why)) for one in lines if one.why]
        content = base64.b64encode(text.encode()).decode()
        return await _page(
            tenant, id, fits=len(good), refusals=refused_lines[:SHOWN], refused=len(refused_lines), content=content
        )
    count = await mine.bring(id, good)
    leave(ngettext("%(num)d entry was taken over.", "%(num)d entries were taken over.", count))
    response = Response(status=303)
    response.headers["Location"] = f"/t/{tenant}/x/lists/lists/{id}"
    return response


async def _text() -> str:
    """The table in the request, or the one that was looked at before."""
    file = (await request.files).get("file")
    content = file.read(MOST + 1) if file is not None else b""
    try:
        content = content or base64.b64decode((await request.form).get("content", ""), validate=True)
        if len(content) > MOST:
            raise TableRefused("the table is larger than 2 MB; split it")
        return content.decode("utf-8-sig")
    except (binascii.Error, UnicodeDecodeError):
        raise TableRefused("the file is no text in UTF-8; save the table as CSV") from None


async def _page(tenant: str, id: str, **known: Any) -> str:  # noqa: A002
    kept = await Entries(administration(), tenant, g.actor).list(id, CHANGE)
    empty: dict[str, Any] = {"fits": None, "refusals": [], "refused": 0, "content": "", "wrong": ""}
    at = f"/t/{tenant}/x/lists/lists/{id}"
    trail = [(_("Caller lists"), f"/t/{tenant}/x/lists/lists"), (kept.name, at), (_("Import CSV"), "")]
    return await render("lists/import.html", list=kept, at=at, crumbs=trail, **{**empty, **known})


def _admin() -> Administration:
    found: Administration = administration()
    return found
