"""The installed plugins, for the operator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from switchhook import Label, setting
from switchhook.administration import Fault, PluginLine, Plugins, PortalStanding, Schema, SettingLine

from ..operation import JSON, MERGE, Answer, Asked, Body, Operation
from ..reading import an_object, declared_body
from ..shapes import Components
from .common import NumberedQuery, a_page, list_of, page_of, placed


@attrs.frozen
class FaultQuery(NumberedQuery):
    """Which faults."""

    plugin: str = setting("text", "Plugin", "Plugin", default="")


@attrs.frozen
class SettingsNow:
    """The settings of a plugin. ``version`` is 1 while the portal keeps none."""

    version: int
    items: tuple[SettingLine, ...]


@attrs.frozen
class SwitchAsked:
    """Whether a plugin is to be on; ``anyway`` also where live flows need it."""

    on: bool = setting("boolean", "Eingeschaltet", "Switched on")
    anyway: bool = setting("boolean", "Auch wenn es gebraucht wird", "Also where it is needed", default=False)


def _said(components: Components) -> Schema:
    """What a plugin takes is in its settings; null gives one back to its default."""
    return {"type": "object", "description": "Values by key, as the settings of the plugin say; null: the default."}


def operations() -> Sequence[Operation]:
    """Plugins, their settings and faults."""
    return [*_looking(), *_changing()]


def _looking() -> Sequence[Operation]:
    return [
        _operation("plugins.list", "Plugins", "Plugins", path="/plugins", run=_list, answer=list_of(PluginLine)),
        _operation("plugins.get", "Ein Plugin", "One plugin", path="/plugins/{name}", run=_get, answer=PluginLine),
        _operation(
            "plugins.settings",
            "Einstellungen eines Plugins",
            "Settings of a plugin",
            path="/plugins/{name}/settings",
            run=_settings,
            answer=SettingsNow,
            etag=True,
        ),
        _operation(
            "faults.list",
            "Fehler von Plugins",
            "Faults of plugins",
            path="/faults",
            run=_faults,
            query=FaultQuery,
            answer=page_of(Fault, "integer"),
        ),
        _operation(
            "portal.get",
            "Was auf einen Neustart wartet",
            "What waits for a restart",
            path="/portal",
            run=_standing,
            answer=PortalStanding,
        ),
    ]


def _changing() -> Sequence[Operation]:
    return [
        _operation(
            "plugins.change",
            "Einstellungen eines Plugins ändern",
            "Change settings of a plugin",
            method="PATCH",
            path="/plugins/{name}/settings",
            run=_change,
            body=Body((JSON, MERGE), _said, an_object),
            answer=SettingsNow,
            versioned=True,
            etag=True,
            may=("plugin",),
        ),
        _operation(
            "plugins.switch",
            "Plugin ein- oder ausschalten",
            "Switch a plugin on or off",
            method="POST",
            path="/plugins/{name}/switch",
            run=_switch,
            body=declared_body(SwitchAsked, "SwitchAsked"),
            status=204,
            may=("plugin", "plugin_in_use"),
        ),
        _operation(
            "plugins.reset",
            "Plugin wieder teilnehmen lassen",
            "Let a plugin take part again",
            method="POST",
            path="/plugins/{name}/reset",
            run=_reset,
            status=204,
            may=("plugin",),
        ),
        _operation(
            "portal.restart",
            "Portal neu starten",
            "Restart the portal",
            method="POST",
            path="/portal/restart",
            run=_restart,
            status=204,
            may=("restart_refused",),
        ),
    ]


def _operation(name: str, de: str, en: str, **more: Any) -> Operation:
    more.setdefault("method", "GET")
    return Operation(id=name, tag="plugins", summary=Label(de, en), above=True, **more)


def _plugins(asked: Asked) -> Plugins:
    return asked.administration.plugins.of(asked.actor)


async def _list(asked: Asked) -> Answer:
    return Answer(value={"items": await _plugins(asked).all()})


async def _get(asked: Asked) -> Answer:
    return Answer(value=await _plugins(asked).get(asked.path["name"]))


async def _settings(asked: Asked) -> Answer:
    """The service counts from 0; an ETag of this API from 1."""
    plugins, name = _plugins(asked), asked.path["name"]
    version = (await plugins.told(name)).version + 1
    return Answer(value=SettingsNow(version, tuple(await plugins.declared(name))), version=version)


async def _change(asked: Asked) -> Answer:
    name = asked.path["name"]
    with placed(f"plugin.{name}"):
        await _plugins(asked).change(name, asked.version - 1, asked.body)
    return await _settings(asked)


async def _switch(asked: Asked) -> Answer:
    await _plugins(asked).switch(asked.path["name"], on=asked.body.on, anyway=asked.body.anyway)
    return Answer()


async def _reset(asked: Asked) -> Answer:
    await _plugins(asked).reset(asked.path["name"])
    return Answer()


async def _restart(asked: Asked) -> Answer:
    await _plugins(asked).restart()
    return Answer()


async def _standing(asked: Asked) -> Answer:
    return Answer(value=await _plugins(asked).standing())


async def _faults(asked: Asked) -> Answer:
    wanted: FaultQuery = asked.query
    page = await _plugins(asked).fault_page(wanted.plugin, after=wanted.after, limit=wanted.limit)
    return Answer(value=a_page(page.faults, page.after))
