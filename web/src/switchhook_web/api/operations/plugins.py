"""The installed plugins, for the operator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from switchhook import Label, setting
from switchhook.administration import Fault, PluginLine, SettingLine

from ..operation import Answer, Asked, Operation
from .common import list_of


@attrs.frozen
class FaultQuery:
    """Which faults."""

    limit: int = setting("integer", "Zeilen", "Rows", default=50, minimum=1, maximum=500)
    plugin: str = setting("text", "Erweiterung", "Plugin", default="")


def operations() -> Sequence[Operation]:
    """Plugins, their settings and faults."""
    return [
        _operation("plugins.list", "Erweiterungen", "Plugins", path="/plugins", run=_list, answer=list_of(PluginLine)),
        _operation(
            "plugins.get", "Eine Erweiterung", "One plugin", path="/plugins/{name}", run=_get, answer=PluginLine
        ),
        _operation(
            "plugins.settings",
            "Einstellungen einer Erweiterung",
            "Settings of a plugin",
            path="/plugins/{name}/settings",
            run=_settings,
            answer=list_of(SettingLine),
        ),
        _operation(
            "plugins.reset",
            "Erweiterung wieder teilnehmen lassen",
            "Let a plugin take part again",
            method="POST",
            path="/plugins/{name}/reset",
            run=_reset,
            status=204,
            may=("plugin",),
        ),
        _operation(
            "faults.list",
            "Fehler von Erweiterungen",
            "Faults of plugins",
            path="/faults",
            run=_faults,
            query=FaultQuery,
            answer=list_of(Fault),
        ),
    ]


def _operation(name: str, de: str, en: str, **more: Any) -> Operation:
    more.setdefault("method", "GET")
    return Operation(id=name, tag="plugins", summary=Label(de, en), above=True, **more)


def _plugins(asked: Asked) -> Any:
    return asked.administration.plugins.of(asked.actor)


async def _list(asked: Asked) -> Answer:
    return Answer(value={"items": _plugins(asked).all()})


async def _get(asked: Asked) -> Answer:
    return Answer(value=_plugins(asked).get(asked.path["name"]))


async def _settings(asked: Asked) -> Answer:
    return Answer(value={"items": _plugins(asked).declared(asked.path["name"])})


async def _reset(asked: Asked) -> Answer:
    await _plugins(asked).reset(asked.path["name"])
    return Answer()


async def _faults(asked: Asked) -> Answer:
    return Answer(value={"items": await _plugins(asked).faults(asked.query.plugin, asked.query.limit)})
