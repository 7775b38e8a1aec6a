"""The installed plugins for the operator: state, settings, on and off, faults, and a new start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from quart import Blueprint, Response, g, request

from switchhook import Label, MenuEntry, Problem
from switchhook.administration import PluginInUse, Plugins, SettingLine, shown

from ..access import operator
from ..forms import form_of, posted_of, rearranged
from ..frame import administration, render
from ..kept.saving import Saving
from ..kept.shared import answer, going, whole
from ..messages import leave
from ..plugin_desk import PluginDesk, defaults
from ..sentences import told
from ..texts import gettext as _
from ..texts import language

blueprint = Blueprint("plugins", __name__)
MENU: Final = (MenuEntry(Label("Plugins", "Plugins"), "/plugins", "", "puzzle", 800, place="operator"),)
COLOURS: Final = {"active": "green", "disabled": "secondary", "quarantined": "red", "suspended": "orange"}
ALL: Final = "/operator/plugins"


def plugins_of() -> Plugins:
    """The plugins, as the one who asks may see and change them."""
    return administration().plugins.of(g.actor)


@blueprint.get(ALL)
@operator
async def show() -> str:
    """All plugins."""
    care = plugins_of()
    return await render(
        "pages/plugins.html",
        plugins=await care.all(),
        standing=await care.standing(),
        crumbs=[(_("Plugins"), "")],
        **_WORDS,
    )


@blueprint.get(f"{ALL}/<name>")
@operator
async def one(name: str) -> Response:
    """One plugin with its settings and faults."""
    record = await plugins_of().told(name)
    return await _page(name, shown(record.value), record.version, ())


@blueprint.post(f"{ALL}/<name>")
@operator
async def change(name: str) -> Response:
    """Keep settings; where somebody else changed them meanwhile, both sides are shown."""
    given = await request.form
    record = await plugins_of().told(name)
    if (again := rearranged(type(record.value), posted_of(given.items(multi=True)))) is not None:
        return await _page(name, again, whole(given.get(":version", ""), -1), ())
    return await _saving(name, type(record.value)).take()


@blueprint.post(f"{ALL}/<name>/default")
@operator
async def default(name: str) -> Response:
    """Give one setting back to its default."""
    form = await request.form
    key = form.get("key", "")
    await plugins_of().change(name, whole(form.get("version", ""), -1), {key: None})
    leave(_("%(key)s is back at its default.", key=key))
    return going(f"{ALL}/{name}")


@blueprint.post(f"{ALL}/<name>/switch")
@operator
async def switch(name: str) -> Response:
    """Switch it on or off; one that live flows need is asked for once more."""
    form = await request.form
    on = form.get("on") == "yes"
    try:
        await plugins_of().switch(name, on=on, anyway=form.get("anyway") == "yes")
    except PluginInUse as refused:
        crumbs = [(_("Plugins"), ALL), (name, f"{ALL}/{name}"), (_("Switch off"), "")]
        return answer(await render("pages/plugin_off.html", name=name, uses=refused.uses, crumbs=crumbs), 409)
    said = _("%(plugin)s is switched on.", plugin=name) if on else _("%(plugin)s is switched off.", plugin=name)
    leave(said)
    return going(f"{ALL}/{name}")


@blueprint.post(f"{ALL}/<name>/reset")
@operator
async def reset(name: str) -> Response:
    """Let a suspended plugin take part again."""
    await plugins_of().reset(name)
    leave(_("%(plugin)s takes part again within seconds.", plugin=name))
    return going(f"{ALL}/{name}")


@blueprint.post("/operator/restart")
@operator
async def restart() -> Response:
    """Let the portal start again."""
    care = plugins_of()
    standing = await care.standing()
    await care.restart()
    return going(f"/operator/restart/{standing.restarts}")


@blueprint.get("/operator/restart/<int:before>")
@operator
async def restarting(before: int) -> Response:
    """Wait for a portal that was started after so many wishes."""
    standing = await plugins_of().standing()
    if standing.restarts == before:
        return answer(await render("pages/restarting.html", part="content", before=before, crumbs=[]))
    leave(_("The portal has started again."))
    if request.headers.get("HX-Request"):
        return Response("", 200, {"HX-Redirect": ALL})
    return going(ALL)


async def _page(name: str, values: Mapping[str, object], version: int, problems: Sequence[Problem]) -> Response:
    care = plugins_of()
    record, lines, standing = await care.told(name), await care.declared(name), await care.standing()
    secrets = [line.key for line in lines if line.secret and line.kept]
    declared = type(record.value)
    form = form_of(declared, values, problems=problems, root=f"plugin.{name}", kept=secrets, language=language())
    known: dict[str, Any] = {
        "plugin": await care.get(name),
        "settings": lines,
        "form": form,
        "version": version,
        "kept_version": record.version,
        "standing": standing,
        "faults": await care.faults(name, 20),
        "file": administration().settings.plugin.file,
        "crumbs": [(_("Plugins"), ALL), (name, "")],
    }
    page = await render("pages/plugin.html", **known, **_WORDS)
    return answer(page, 422 if problems else 200)


def _saving(name: str, declared: type[Any]) -> Saving:
    async def again(values: Mapping[str, object], version: int, problems: Sequence[Problem]) -> Response:
        return await _page(name, values, version, problems)

    here = f"{ALL}/{name}"
    desk = PluginDesk(plugins_of(), name, declared)
    return Saving("", here, desk, again, [(_("Plugins"), ALL), (name, here)], first=defaults(declared))


def state_words(state: str) -> str:
    """What a plugin is doing."""
    known = {
        "active": _("active"),
        "disabled": _("switched off"),
        "quarantined": _("cannot be used"),
        "suspended": _("suspended"),
    }
    return known.get(state, state)


def reason_words(reason: str) -> str:
    """Why a plugin is not active; a fault is told in its own words."""
    known = {
        "switched off in the settings file": _("switched off in the settings file"),
        "switched off in the portal": _("switched off in the portal"),
        "left out in safe mode": _("left out in safe mode"),
    }
    return known.get(reason) or told(reason)


def off_words(off_by: str) -> str:
    """Whether a plugin is on from the next start on."""
    known = {"": _("switched on"), "file": _("switched off in the settings file"), "portal": _("switched off here")}
    return known.get(off_by, off_by)


def origin_words(origin: str) -> str:
    """Where a setting was said."""
    known = {
        "environment": _("said by an environment variable"),
        "file": _("said in the settings file"),
        "portal": _("said here"),
        "default": _("the default"),
        "missing": _("not said"),
    }
    return known.get(origin, origin)


def locked_words(setting: SettingLine) -> str:
    """How a setting that cannot be changed here could be; empty for one that can."""
    if setting.editable:
        return ""
    known = {
        "environment": _("To say it here, take that variable out and restart the portal."),
        "file": _("To say it here, take it out of the file and restart the portal."),
        "portal": _("The plugin does not have it now."),
    }
    return known.get(setting.origin, _("It holds secrets in rows: say it in the settings file."))


_WORDS: Final[Mapping[str, Any]] = {
    "state_words": state_words,
    "reason_words": reason_words,
    "off_words": off_words,
    "origin_words": origin_words,
    "locked_words": locked_words,
    "colours": COLOURS,
}
"""What templates of plugins say values with."""
