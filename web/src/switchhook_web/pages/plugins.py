"""The installed plugins for the operator: state, settings, faults, and a new start for a suspended one."""

from __future__ import annotations

from typing import Final

from quart import Blueprint, Response, g, redirect

from switchhook import Label, MenuEntry

from ..access import operator
from ..frame import administration, render
from ..messages import leave
from ..texts import gettext as _

blueprint = Blueprint("plugins", __name__)
MENU: Final = (MenuEntry(Label("Plugins", "Plugins"), "/plugins", "", "puzzle", 800, place="operator"),)
COLOURS: Final = {"active": "green", "disabled": "secondary", "quarantined": "red", "suspended": "orange"}


@blueprint.get("/operator/plugins")
@operator
async def show() -> str:
    """All plugins."""
    return await render(
        "pages/plugins.html",
        plugins=administration().plugins.of(g.actor).all(),
        state_words=state_words,
        colours=COLOURS,
        crumbs=[(_("Plugins"), "")],
    )


@blueprint.get("/operator/plugins/<name>")
@operator
async def one(name: str) -> str:
    """One plugin with its settings and faults."""
    care = administration().plugins.of(g.actor)
    return await render(
        "pages/plugin.html",
        plugin=care.get(name),
        settings=care.declared(name),
        faults=await care.faults(name, 20),
        file=administration().settings.plugin.file,
        state_words=state_words,
        origin_words=origin_words,
        colours=COLOURS,
        crumbs=[(_("Plugins"), "/operator/plugins"), (name, "")],
    )


@blueprint.post("/operator/plugins/<name>/reset")
@operator
async def reset(name: str) -> Response:
    """Let a suspended plugin take part again."""
    await administration().plugins.of(g.actor).reset(name)
    leave(_("%(plugin)s takes part again within seconds.", plugin=name))
    return redirect(f"/operator/plugins/{name}", 303)  # type: ignore[return-value]


def state_words(state: str) -> str:
    """What a plugin is doing."""
    known = {
        "active": _("active"),
        "disabled": _("switched off"),
        "quarantined": _("cannot be used"),
        "suspended": _("suspended"),
    }
    return known.get(state, state)


def origin_words(origin: str) -> str:
    """Where a setting was said."""
    known = {
        "environment": _("said by an environment variable"),
        "file": _("said in the settings file"),
        "default": _("the default"),
        "missing": _("not said"),
    }
    return known.get(origin, origin)
