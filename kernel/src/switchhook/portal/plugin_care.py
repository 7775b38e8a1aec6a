"""The installed plugins for the operator: what became of each, what is said to it, its faults, and a new start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import OPERATOR_TENANT
from ..access.actor import Actor, Forbidden
from ..config import Settings
from ..dispatch.faults import Fault
from ..dispatch.loader import LoadedPlugin
from ..errors import NotFound, PluginError, near_match
from ..resources.record import Action, Change, Record, StaleVersion
from ..resources.service import Keeping
from ..store.audit import Entry, entries
from ..store.directory import Directory
from ..store.faults import FaultLog, FaultPage
from ..store.plugin_choices import StoredChoice, note_restart, put_choice, stored_choice, stored_choices
from .module_uses import uses_of
from .one_plugin import OnePlugin
from .plugging import Plugged
from .plugin_settings import OperatorSays
from .plugin_standing import line_of, must_be_switched_in_file, must_start_again
from .plugin_values import ModuleUse, PluginInUse, PluginLine, PluginSettings, PortalStanding, SettingLine


@attrs.frozen
class PluginCare:
    """The plugins of this portal, for the operator alone."""

    keeping: Keeping
    settings: Settings
    plugged: Plugged

    def of(self, actor: Actor) -> Plugins:
        """The plugins as ``actor`` may see and change them."""
        return Plugins(self, actor)


@attrs.frozen
class Plugins:
    """For the operator: whoever else asks is ``Forbidden``. A name that is not installed is ``NotFound``.

    What is changed counts from the next start of the portal on. Guards of
    plugins are not asked: none shall keep itself from being switched off.
    """

    care: PluginCare
    actor: Actor

    # -- looking ----------------------------------------------------------------------------------

    async def all(self) -> Sequence[PluginLine]:
        """Every installed plugin, by name."""
        self._operator()
        stored = (await stored_choices(self.care.keeping.store)).choices
        lines = [self._line(plugin, stored.get(plugin.name)) for plugin in self.care.plugged.plugins]
        return sorted(lines, key=lambda line: line.name)

    async def get(self, name: str) -> PluginLine:
        """One plugin."""
        one = await self._one(name)
        return self._line(one.plugin, one.stored)

    async def declared(self, name: str) -> Sequence[SettingLine]:
        """The settings a plugin declares, in its order, and what else the portal keeps for it."""
        return (await self._one(name)).lines()

    async def told(self, name: str) -> Record:
        """Its settings that can be said in the portal, as they will be at the next start; version 0 before the first change."""
        return (await self._one(name)).record(self.care.keeping.clock)

    async def history(self, name: str) -> Sequence[Entry]:
        """The changes of what the portal keeps for it, newest first: entries of the audit."""
        await self._one(name)
        return await entries(self.care.keeping.store, OPERATOR_TENANT, kind=PluginSettings.kind, id=name)

    async def uses(self, name: str) -> Sequence[ModuleUse]:
        """The flows of all tenants that are live, or are to be, and need its modules."""
        one, modules = await self._one(name), self.care.plugged.modules
        kinds = [kind for kind in modules if modules.plugin_of(kind) == one.plugin.name]
        return await uses_of(self.care.keeping.store, kinds)

    async def standing(self) -> PortalStanding:
        """How this portal runs, and which plugins will be different after a restart."""
        waits = tuple(line.name for line in await self.all() if line.waits)
        return PortalStanding(self.care.plugged.safe, waits, self.care.plugged.kept.restarts)

    async def faults(self, name: str = "", limit: int = 50) -> Sequence[Fault]:
        """The latest faults, newest first, of one plugin if it is named."""
        self._operator()
        return await FaultLog(self.care.keeping.store).latest(max(1, min(limit, 500)), name or None)

    # -- changing ---------------------------------------------------------------------------------

    async def change(self, name: str, version: int, values: Mapping[str, object]) -> Record:
        """Say settings in the portal; None gives one back to its default, and what is not given stays.

        ``version`` is that of the settings that were edited: raises
        ``StaleVersion`` when there is another by now. Raises
        ``SettingsRefused`` for what would keep the plugin from starting and
        for what is said outside, and ``PluginError`` while it is not loaded.
        """
        one = await self._one(name)
        await self._current(one, version)
        kept = one.checked(values)
        async with self.care.keeping.turn() as conn:
            before = await self._read(conn, name)
            await self._current(before, version)
            after = attrs.evolve(before, stored=before.keeping(kept, self.care.keeping.seal))
            change, record = await self._put(conn, "change", before, after)
        await self.care.keeping.hooks.notify("change_made", change=change)
        return record

    async def switch(self, name: str, *, on: bool, anyway: bool = False) -> None:
        """Switch a plugin on or off.

        Raises ``PluginError`` where the settings file decides that, and
        :class:`PluginInUse` when live flows need it, unless ``anyway``.
        """
        one = await self._one(name)
        must_be_switched_in_file(self.care.settings, name, on=on)
        if not on and not anyway and (uses := await self.uses(name)):
            raise PluginInUse(name, uses)
        async with self.care.keeping.turn() as conn:
            before = await self._read(conn, one.plugin.name)
            if before.stored.switched_off is not on:
                return
            after = attrs.evolve(before, stored=attrs.evolve(before.stored, switched_off=not on))
            change, _ = await self._put(conn, "enable" if on else "disable", before, after)
        await self.care.keeping.hooks.notify("change_made", change=change)

    async def fault_page(self, name: str = "", *, after: int = 0, limit: int = 50) -> FaultPage:
        """A part of all faults, newest first, of one plugin if it is named."""
        self._operator()
        return await FaultLog(self.care.keeping.store).page(name, after=after, limit=limit)

    async def reset(self, name: str) -> None:
        """Let a suspended plugin take part again, in every process within seconds; ``PluginError`` for one that is not active."""
        self._operator()
        plugin = self._found(name)
        if plugin.state != "active":
            raise PluginError(f"plugin {name!r} is {plugin.state}, not suspended: {plugin.reason}", plugin=name)
        await Directory(self.care.keeping.store, self.care.keeping.clock).reset_plugin(name)

    async def restart(self) -> None:
        """Let the portal start again, with all its processes and on every host of its database; calls survive it.

        Raises :class:`RestartRefused` when it would not come up with the settings file as it is now.
        """
        self._operator()
        must_start_again(self.care.settings, self.care.plugged)
        keeping = self.care.keeping
        async with keeping.turn() as conn:
            what = (OPERATOR_TENANT, "portal", "portal")
            await keeping.audit.add(conn, keeping.clock.now(), self.actor.name, "restart", what, {}, {})
            await note_restart(conn)

    # -- inside -----------------------------------------------------------------------------------

    def _operator(self) -> None:
        if self.actor.role != "operator":
            raise Forbidden("plugins are the operator's", actor=self.actor.name)

    def _found(self, name: str) -> LoadedPlugin:
        known = {plugin.name: plugin for plugin in self.care.plugged.plugins}
        if name not in known:
            raise NotFound(f"no plugin {name!r} is installed{near_match(name, known)}", plugin=name)
        return known[name]

    async def _one(self, name: str) -> OnePlugin:
        self._operator()
        async with self.care.keeping.store.read() as conn:
            return await self._read(conn, name)

    async def _read(self, conn: AsyncConnection, name: str) -> OnePlugin:
        plugin = self._found(name)
        return OnePlugin(plugin, await stored_choice(conn, name), self._says(), self.care.settings.data_dir)

    def _says(self) -> OperatorSays:
        return OperatorSays(self.care.settings.plugin, [plugin.name for plugin in self.care.plugged.plugins])

    async def _current(self, one: OnePlugin, version: int) -> None:
        if one.stored.version == version:
            return
        base = None
        for entry in await entries(
            self.care.keeping.store, OPERATOR_TENANT, kind=PluginSettings.kind, id=one.plugin.name
        ):
            sides = (side for side in (entry.after, entry.before) if side.get("version") == version)
            base = next((side["fields"] for side in sides), base)
        raise StaleVersion(version, one.record(self.care.keeping.clock), base)  # type: ignore[arg-type]

    async def _put(
        self, conn: AsyncConnection, action: Action, before: OnePlugin, after: OnePlugin
    ) -> tuple[Change, Record]:
        keeping, name = self.care.keeping, before.plugin.name
        stored = attrs.evolve(
            after.stored, version=before.stored.version + 1, author=self.actor.name, changed=keeping.clock.now()
        )
        after = attrs.evolve(after, stored=stored)
        was, now = before.record(keeping.clock), after.record(keeping.clock)
        await put_choice(conn, stored)
        what = (OPERATOR_TENANT, PluginSettings.kind, name)
        told = before.told(was), after.told(now, before)
        await keeping.audit.add(conn, keeping.clock.now(), self.actor.name, action, what, *told)
        return Change(OPERATOR_TENANT, self.actor.name, action, PluginSettings.kind, name, was.value, now.value), now

    def _line(self, plugin: LoadedPlugin, stored: StoredChoice | None) -> PluginLine:
        return line_of(self.care.settings, self.care.plugged, plugin, stored)
