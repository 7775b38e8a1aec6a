"""The settings of one plugin as a form edits them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from switchhook.administration import Entry, Plugins, Record, SettingLine, read_settings, settings_of

from .kept.saving import Edited

_NOT_THERE = object()


@attrs.frozen
class PluginDesk:
    """Where they are kept; ``declared`` are the fields that can be said in the portal."""

    plugins: Plugins
    name: str
    declared: type[Any]

    async def get(self) -> Edited:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return _edited(await self.plugins.told(self.name))

    async def change(self, version: int, values: Mapping[str, object]) -> Edited:
        """See :class:`~switchhook_web.kept.saving.Desk`. What was left empty goes back to its default."""
        lines = {line.key: line for line in await self.plugins.declared(self.name)}
        return _edited(await self.plugins.change(self.name, version, wanted(self.declared, lines, values)))

    def read(self, values: Mapping[str, object]) -> Any:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return read_settings(self.declared, values, f"plugin.{self.name}")

    async def history(self) -> Sequence[Entry]:
        """See :class:`~switchhook_web.kept.saving.Desk`."""
        return await self.plugins.history(self.name)


def _edited(record: Record) -> Edited:
    return Edited(record.id, record.version, record.title, record.value)


def defaults(declared: type[Any]) -> Mapping[str, object]:
    """What the fields hold that nobody said anything about."""
    found = {name: field.default for name, (_, field) in settings_of(declared).items()}
    return {
        name: list(held) if isinstance(held, tuple) else held
        for name, held in found.items()
        if held is not attrs.NOTHING
    }


def wanted(declared: type[Any], lines: Mapping[str, SettingLine], values: Mapping[str, object]) -> Mapping[str, object]:
    """What a form changes: what is as it was is not said, so that it keeps following its default."""
    found: dict[str, object] = {}
    fallen_back = defaults(declared)
    for key, (meta, _) in settings_of(declared).items():
        given, line = values.get(key, _NOT_THERE), lines[key]
        if meta.secret:
            found |= {} if given is _NOT_THERE else {key: given or None}
            continue
        if line.value and given == json.loads(line.value):
            continue
        if given is not _NOT_THERE and given != fallen_back.get(key, _NOT_THERE):
            found[key] = given
        elif line.kept:
            found[key] = None
    return found
