"""Help: whom to ask, what to tell them, and for the operator a file for those who help him."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import quote

from quart import Blueprint, Response, g, request

from switchhook import Label, MenuEntry
from switchhook.administration import SupportContact

from ..access import operator, signed_in
from ..frame import administration, now, render
from ..navigation import tenant as tenant_of_page
from ..shown import zone
from ..texts import gettext as _

blueprint = Blueprint("support", __name__)
MENU: Final = (MenuEntry(Label("Hilfe & Support", "Help and support"), "/support", "", "lifebuoy", 950, "account"),)
BUNDLE: Final = "/operator/support/bundle"
_PAGE: Final = re.compile(r"/(?!/)[A-Za-z0-9/._~%+@-]{0,300}")
_TENANT: Final = re.compile(r"/t/([a-z0-9_-]{1,40})(?:/|$)")
_CALL: Final = re.compile(r"/t/[^/]+/calls/([^/]+)$")


@blueprint.get("/support")
@signed_in
async def show() -> str:
    """Whom to ask and what to tell; ``page`` is where somebody needed help."""
    support = administration().support
    facts = told(page_of(request.args.get("page", "")), support.version)
    return await render(
        "pages/support.html",
        contact=support.contact,
        facts=facts,
        mail=letter(support.contact, facts),
        telephone=re.sub(r"[^+0-9]", "", support.contact.phone),
        operator=g.actor.role == "operator",
        crumbs=[],
    )


@blueprint.get(BUNDLE)
@operator
async def bundle() -> Response:
    """The file for those who help the operator."""
    return zipped(await administration().support.bundle(g.actor), now())


def zipped(data: bytes, at: datetime) -> Response:
    """The file as browsers keep it."""
    response = Response(data, content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="switchhook-{at:%Y%m%d-%H%M%S}.zip"'
    return response


def page_of(text: str) -> str:
    """The path of a page of ours without what was asked of it, or nothing."""
    path = text.partition("?")[0]
    return path if _PAGE.fullmatch(path) else ""


def told(page: str, version: str) -> Sequence[tuple[str, str]]:
    """What those who help want to know, as far as it is known here."""
    tenant, call = _TENANT.match(page), _CALL.match(page)
    at = now().astimezone(zone())
    known: Mapping[str, str] = {
        _("Customer"): tenant[1] if tenant else tenant_of_page(),
        _("User name"): g.seat.actor.name,
        _("Time"): f"{at:%Y-%m-%d %H:%M:%S} {at.tzname()} ({zone()})",
        _("Page"): page,
        _("Call"): call[1] if call else "",
        _("Version of the portal"): version,
        _("Browser"): request.headers.get("User-Agent", "")[:200],
    }
    return [(name, value) for name, value in known.items() if value]


def letter(contact: SupportContact, facts: Sequence[tuple[str, str]]) -> str:
    """A mail that begins with the facts."""
    if not contact.mail:
        return ""
    subject = _("Help with Switchhook")
    body = "\n".join(["", "", *(f"{name}: {value}" for name, value in facts)])
    return f"mailto:{quote(contact.mail, safe='@')}?subject={quote(subject)}&body={quote(body)}"
