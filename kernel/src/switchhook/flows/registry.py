"""The modules that are installed, by kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from ..errors import FlowError
from ..schema import Kinds, Label, Problem, Setting, SettingsRefused, read_settings, settings_of
from .module import Module

FIRST_PARTY: Final[Mapping[str, str]] = {
    "announcement": "switchhook-ivr",
    "entry": "switchhook-ivr",
    "menu": "switchhook-ivr",
    "forward": "switchhook-forward",
    **dict.fromkeys(
        (
            "called-number",
            "condition",
            "distribution",
            "http-decision",
            "limit",
            "notify",
            "number-announcement",
            "origin",
            "pin-entry",
            "return",
            "set-variable",
            "sub-flow",
        ),
        "switchhook-routing",
    ),
    "mailbox": "switchhook-mailbox",
    "mailbox-access": "switchhook-mailbox",
}


class UnknownModule(FlowError):
    """No installed plugin brings a module of this kind."""

    code = "unknown_module"


@attrs.frozen
class ModuleEntry:
    """What forms and documentation show of a module."""

    kind: str
    plugin: str
    version: int
    label: Label
    help: Label | None
    settings: Mapping[str, Setting]


class ModuleRegistry(Kinds[Module]):
    """All modules of one portal, sorted by kind, each with the plugin that brought it.

    ``missing`` names the plugins that would bring kinds not there, such as
    those of a quarantined plugin; first-party plugins are known anyway.
    Raises ``PluginError`` for a class that is no module, and for two plugins
    with the same kind, naming both.
    """

    def __init__(
        self, modules: Iterable[tuple[str, type[Module]]] = (), missing: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(Module, modules)
        self._missing = {**FIRST_PARTY, **(missing or {})}

    def find(self, kind: str) -> type[Module]:
        """The module class of a kind; raises :class:`UnknownModule` with a near match or the plugin to install."""
        found = self.get(kind)
        if found is not None:
            return found
        message = f"there is no module {kind!r}{self.hint(kind)}"
        if kind in self._missing:
            message += f"; the plugin {self._missing[kind]} brings it and is not loaded"
        elif not len(self):
            message += "; no plugin with modules is loaded"
        raise UnknownModule(message, kind=kind, plugin=self._missing.get(kind, ""))

    def plugin_of(self, kind: str) -> str:
        """The name of the plugin that brings a kind; raises :class:`UnknownModule`."""
        self.find(kind)
        return super().plugin_of(kind)

    def make(self, kind: str, settings: Mapping[str, object], path: str = "settings") -> Module:
        """A module from plain settings; raises :class:`UnknownModule` or ``SettingsRefused`` with every problem."""
        try:
            return read_settings(self.find(kind), settings, path)
        except (UnknownModule, SettingsRefused):
            raise
        except (TypeError, ValueError) as error:  # a check of the module's own, across several settings
            raise SettingsRefused([Problem(path, str(error))]) from error
        except Exception as error:  # such a check that fails itself: it concerns the flows with this module alone
            plugin = self.plugin_of(kind)
            message = f"the module of plugin {plugin!r} fails on these settings: {error!r}; tell its author"
            raise SettingsRefused([Problem(path, message)]) from error

    def listing(self) -> tuple[ModuleEntry, ...]:
        """Every module for forms and documentation, sorted by kind."""
        return tuple(
            ModuleEntry(
                kind=kind,
                plugin=plugin,
                version=module.version,
                label=module.label,
                help=module.help,
                settings={name: meta for name, (meta, _) in settings_of(module).items()},
            )
            for kind, (plugin, module) in self._classes.items()
        )
