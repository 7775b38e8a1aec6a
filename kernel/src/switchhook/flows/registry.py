"""The modules that are installed, by kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import attrs

from ..errors import FlowError, PluginError, near_match
from ..schema import Label, Problem, Setting, SettingsRefused, read_settings, settings_of
from .module import Module

KIND: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
FIRST_PARTY: Final[Mapping[str, str]] = {
    "announcement": "switchhook-ivr",
    "entry": "switchhook-ivr",
    "menu": "switchhook-ivr",
    "forward": "switchhook-forward",
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


@attrs.frozen(init=False)
class ModuleRegistry:
    """All modules of one portal, sorted by kind, each with the plugin that brought it.

    ``missing`` names the plugins that would bring kinds not there, such as
    those of a quarantined plugin; first-party plugins are known anyway.
    Raises ``PluginError`` for a class that is no module, and for two plugins
    with the same kind, naming both.
    """

    _modules: Mapping[str, tuple[str, type[Module]]]
    _missing: Mapping[str, str]

    def __init__(
        self, modules: Iterable[tuple[str, type[Module]]] = (), missing: Mapping[str, str] | None = None
    ) -> None:
        found: dict[str, tuple[str, type[Module]]] = {}
        for plugin, module in modules:
            check_module(plugin, module)
            if module.kind in found:
                raise PluginError(
                    f"plugins {found[module.kind][0]!r} and {plugin!r} both bring the module {module.kind!r}; "
                    "disable one of them",
                    kind=module.kind,
                    plugins=[found[module.kind][0], plugin],
                )
            found[module.kind] = plugin, module
        self.__attrs_init__(dict(sorted(found.items())), {**FIRST_PARTY, **(missing or {})})

    def __contains__(self, kind: object) -> bool:
        return kind in self._modules

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)

    def find(self, kind: str) -> type[Module]:
        """The module class of a kind; raises :class:`UnknownModule` with a near match or the plugin to install."""
        if kind in self._modules:
            return self._modules[kind][1]
        message = f"there is no module {kind!r}{near_match(kind, self)}"
        if kind in self._missing:
            message += f"; the plugin {self._missing[kind]} brings it and is not loaded"
        elif not self._modules:
            message += "; no plugin with modules is loaded"
        raise UnknownModule(message, kind=kind, plugin=self._missing.get(kind, ""))

    def plugin_of(self, kind: str) -> str:
        """The name of the plugin that brings a kind; raises :class:`UnknownModule`."""
        self.find(kind)
        return self._modules[kind][0]

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
            for kind, (plugin, module) in self._modules.items()
        )


def check_module(plugin: str, module: object) -> None:
    """Raise ``PluginError`` for what cannot be a module, saying why."""

    def refuse(why: str) -> PluginError:
        return PluginError(f"plugin {plugin!r} brings {module!r} as a module, but {why}", plugin=plugin)

    if not isinstance(module, type) or not issubclass(module, Module):
        raise refuse("it is no subclass of switchhook's Module")
    kind = getattr(module, "kind", None)
    if not isinstance(kind, str) or not KIND.fullmatch(kind):
        raise refuse(f"its kind {kind!r} does not have the shape {KIND.pattern}")
    if not isinstance(getattr(module, "label", None), Label):
        raise refuse("it has no label in German and English")
    if "__attrs_attrs__" not in vars(module):
        raise refuse("it is not decorated with attrs.frozen, so its settings are not known")
