"""The API as people read it: what there is, and each part of it with fields, errors and requests to copy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs
from quart import Blueprint, request

from switchhook import NotFound
from switchhook.administration import near_match

from ..access import signed_in
from ..api.openapi import BASE
from ..api.operation import Operation
from ..api.problems import MEDIA
from ..api.telling import told
from ..frame import administration, render
from ..kinds_of_errors import KINDS
from ..texts import gettext as _
from ..texts import say
from .api import described, in_language, service

blueprint = Blueprint("api_docs", __name__)


@attrs.frozen
class Part:
    """A part of the API: everything about one sort of things."""

    name: str
    title: str
    operations: list[Operation]


@blueprint.get("/api/docs")
@signed_in
async def show() -> str:
    """How the API is used, and a list of all operations, or of those that hold what is looked for."""
    wanted = request.args.get("search", "").strip()[:200]
    found = [part for part in _parts(wanted).values() if part.operations]
    errors = [(kind.status, code, say(kind.title)) for code, kind in KINDS.items() if kind.status < 500]
    return await render(
        "api/index.html",
        parts=found,
        search=wanted,
        base=BASE,
        url=administration().settings.web.url,
        errors=sorted(errors),
        media=MEDIA,
        crumbs=[],
    )


@blueprint.get("/api/docs/schemas")
@signed_in
async def schemas() -> str:
    """The named schemas."""
    found = (await described())["components"]["schemas"]
    plain = {name: json.dumps(schema, ensure_ascii=False, indent=2) for name, schema in found.items()}
    return await render("api/schemas.html", schemas=plain, crumbs=[("API", "/api/docs"), (_("Schemas"), "")])


@blueprint.get("/api/docs/<part>")
@signed_in
async def one(part: str) -> str:
    """One part, with all there is to know of each operation."""
    parts = _parts("")
    if part not in parts:
        raise NotFound(f"the API has no part {part[:40]!r}{near_match(part, parts)}")
    document, url = await described(), administration().settings.web.url
    operations = [told(one, document, url, in_language()) for one in parts[part].operations]
    return await render(
        "api/part.html",
        shown=parts[part],
        operations=operations,
        crumbs=[("API", "/api/docs"), (parts[part].title, "")],
    )


def _parts(wanted: str) -> Mapping[str, Part]:
    """All parts by name, with those operations that hold every word of what is looked for."""
    words = wanted.casefold().split()
    parts: dict[str, Part] = {}
    for one in service().operations:
        part = parts.setdefault(one.tag, Part(one.tag, _title(one.tag), []))
        told: Any = f"{one.method} {one.path} {one.id} {say(one.summary)} {one.right} {part.title}".casefold()
        if all(word in told for word in words):
            part.operations.append(one)
    return parts


def _title(tag: str) -> str:
    declared = administration().keeping.kinds.get(tag)
    if declared is not None:
        return say(declared.plural)
    known = {
        "account": _("My account"),
        "alerts": _("Alerts"),
        "audit": _("Audit"),
        "calls": _("Calls"),
        "files": _("Files"),
        "flows": _("Call flows"),
        "installation": _("Installation"),
        "kinds": _("Kinds of resources"),
        "mails": _("Mails"),
        "numbers": _("Numbers & services"),
        "people": _("People and rights"),
        "plugins": _("Plugins"),
        "tenants": _("Tenants"),
        "trash": _("Trash"),
    }
    return known.get(tag, tag)
