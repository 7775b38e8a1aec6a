"""The audit: who changed what and when, with what was different, and whether the chain still holds."""

from __future__ import annotations

from typing import Final

from quart import Blueprint, g

from switchhook import Label, MenuEntry
from switchhook.administration import TenantTrail

from ..access import right
from ..audit_lines import kind_words, lines_of
from ..days import span
from ..frame import administration, render
from ..listing import Listed, listed
from ..texts import gettext as _

blueprint = Blueprint("audit", __name__)
MENU: Final = (
    MenuEntry(Label("Protokoll", "Audit"), "/audit", "audit.view", "history", order=80, area="administration"),
)


@blueprint.get("/t/<tenant>/audit")
@right("audit.view")
async def show(tenant: str) -> str:
    """The changes, newest first."""
    asked = listed(filters=("kind", "person", "since", "until"))
    since, until = span(asked.filters["since"], asked.filters["until"])
    page = await trail_of(tenant).page(
        kind=asked.filters["kind"],
        actor=asked.filters["person"].strip(),
        since=since,
        until=until,
        before=_place(asked),
    )
    return await render(
        "pages/audit.html",
        part="list",
        rows=await lines_of(tenant, page.entries, page.names),
        kinds=[(kind, kind_words(kind)) for kind in await trail_of(tenant).kinds()],
        listing=asked.going_on(str(page.before or "")),
        crumbs=[(_("Audit"), "")],
    )


@blueprint.get("/t/<tenant>/audit/check")
@right("audit.view")
async def check(tenant: str) -> str:
    """Whether every change is there as it was written."""
    broken = await trail_of(tenant).broken()
    return await render(
        "pages/audit_check.html", broken=broken, crumbs=[(_("Audit"), f"/t/{tenant}/audit"), (_("Check"), "")]
    )


def trail_of(tenant: str) -> TenantTrail:
    """The audit of the page's tenant as whoever asks may read it."""
    return administration().trail.of(tenant, g.actor)


def _place(asked: Listed) -> int | None:
    return int(asked.after) if asked.after.isdecimal() and len(asked.after) < 18 else None
