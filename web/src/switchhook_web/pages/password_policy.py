"""The password policy of a tenant: four levels, of which each shows its rules, and what else is asked for."""

from __future__ import annotations

from typing import Final

from quart import Blueprint, Response, g, redirect, request

from switchhook import Label, MenuEntry
from switchhook.administration import INTERVALS, LEVELS, SettingsRefused, StaleVersion, rules

from ..access import right
from ..frame import administration, render
from ..kept.shared import whole
from ..messages import leave
from ..sentences import told
from ..texts import gettext as _

blueprint = Blueprint("password_policy", __name__)
MENU: Final = (
    MenuEntry(
        Label("Passwort-Regeln", "Password policy"), "/password-policy", "policy.change", icon="shield-lock", order=85
    ),
)


@blueprint.get("/t/<tenant>/password-policy")
@right("policy.change")
async def show(tenant: str) -> str:
    """The slider with the rules of every level."""
    return await _show(tenant)


@blueprint.post("/t/<tenant>/password-policy")
@right("policy.change")
async def keep(tenant: str) -> Response:
    """Raise the level, or change what else is asked for."""
    form = await request.form
    try:
        values = {
            "level": whole(form.get("level", ""), -1),
            "days": whole(form.get("days", ""), -1),
            "second_factor": form.get("second_factor") == "yes",
        }
        await administration().policies.of(tenant, g.actor).change(whole(form.get("version", ""), -1), values)
    except (SettingsRefused, StaleVersion) as error:
        status = 409 if isinstance(error, StaleVersion) else 422
        return Response(await _show(tenant, told(error)), status, content_type="text/html; charset=utf-8")
    leave(_("The password policy is saved. It counts for new passwords."))
    return redirect(f"/t/{tenant}/password-policy", 303)  # type: ignore[return-value]


async def _show(tenant: str, problem: str = "") -> str:
    return await render(
        "pages/password_policy.html",
        kept=await administration().policies.of(tenant, g.actor).get(),
        levels=[(level, rules(level)) for level in LEVELS],
        intervals=INTERVALS,
        problem=problem,
        crumbs=[],
    )
