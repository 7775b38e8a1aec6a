"""Plugs the installed plugins in: hooks, modules, and who brought what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import attrs

from .. import hookspecs
from ..clock import Clock
from ..dispatch.dispatcher import Dispatcher
from ..dispatch.faults import Breaker, Fault
from ..dispatch.loader import LoadedPlugin, Source, installed_plugins, load_plugins
from ..dispatch.spec import specs_in
from ..flows.registry import ModuleRegistry


@attrs.frozen
class Plugged:
    """The plugins of one process and what they bring."""

    plugins: Sequence[LoadedPlugin]
    hooks: Dispatcher
    breaker: Breaker
    modules: ModuleRegistry

    @property
    def module_owners(self) -> Mapping[str, str]:
        """Which plugin brings each kind of module."""
        return {kind: self.modules.plugin_of(kind) for kind in self.modules}


async def plug_in(
    clock: Clock,
    on_fault: Callable[[Fault], None],
    *,
    order: Sequence[str] = (),
    disabled: Sequence[str] = (),
    sources: Iterable[Source] | None = None,
) -> Plugged:
    """Load all plugins and collect their modules.

    A broken plugin is quarantined and reported to ``on_fault``. Raises
    ``PluginError`` when two plugins bring a module of the same kind, naming
    both: nobody could say which one a flow means.
    """
    breaker = Breaker(clock, on_fault)
    found = installed_plugins() if sources is None else sources
    loaded = load_plugins(found, hookspecs, breaker, order=order, disabled=disabled)
    hooks = Dispatcher(specs_in(hookspecs), loaded.implementations, breaker)
    answers = await hooks.collect("modules")
    modules = ModuleRegistry((answer.plugin, answer.value) for answer in answers)
    return Plugged(loaded.plugins, hooks, breaker, modules)
