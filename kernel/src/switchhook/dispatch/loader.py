"""Finds plugins through entry points and loads each alone, so that a broken one breaks nothing else."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, Literal

import attrs
import importlib_metadata
import pluggy

from ..errors import ConfigError, PluginError
from .dispatcher import Implementation
from .faults import Breaker
from .spec import PROJECT

GROUP: Final = "switchhook"
State = Literal["active", "disabled", "quarantined"]


@attrs.frozen
class Source:
    """Where a plugin comes from: its name, what loads it, and its distribution with version."""

    name: str
    load: Callable[[], object]
    distribution: str = ""
    version: str = ""


@attrs.frozen
class LoadedPlugin:
    """A plugin and what became of it; ``reason`` says why when it is not active.

    ``named`` is what its entry point names and ``made`` what takes part, such
    as an instance of a class; None where it did not come so far.
    ``misconfigured`` is what the operator has to mend in its settings.
    """

    source: Source
    state: State
    reason: str = ""
    hooks: tuple[str, ...] = ()
    named: object = attrs.field(default=None, repr=False, eq=False)
    made: object = attrs.field(default=None, repr=False, eq=False)
    misconfigured: ConfigError | None = None

    @property
    def name(self) -> str:
        """The plugin's name."""
        return self.source.name


@attrs.frozen
class Loaded:
    """All plugins found, and the implementations of the active ones in calling order."""

    plugins: tuple[LoadedPlugin, ...]
    implementations: Mapping[str, Sequence[Implementation]]


def installed_plugins() -> list[Source]:
    """Every plugin that is installed, sorted by name."""
    found = importlib_metadata.entry_points(group=GROUP)
    return sorted(
        (
            Source(
                name=point.name,
                load=point.load,
                distribution=point.dist.name if point.dist else "",
                version=point.dist.version if point.dist else "",
            )
            for point in found
        ),
        key=lambda source: (source.name, source.distribution),
    )


Make = Callable[[str, object], object]
"""The plugin of a name from what its entry point names; raises ``ConfigError`` for the operator's part in it."""


def _as_named(_: str, named: object) -> object:
    return named


def load_plugins(
    sources: Iterable[Source],
    specs: Any,
    breaker: Breaker,
    *,
    make: Make = _as_named,
    order: Sequence[str] = (),
    left_out: Mapping[str, str] = MappingProxyType({}),
) -> Loaded:
    """Load the plugins one at a time, those named in ``order`` first.

    A plugin that cannot be imported, asks for an unknown hook or argument, or
    has the name of an earlier one is quarantined with the reason and reported
    as a fault; all others load. One whose settings are wrong is quarantined as
    well, but that is no fault of its own. ``left_out`` names those that are
    not even imported, with the reason.
    """
    registry = pluggy.PluginManager(PROJECT)
    registry.add_hookspecs(specs)
    plugins: list[LoadedPlugin] = []
    for source in _ordered(sources, order):
        if source.name in left_out:
            plugins.append(LoadedPlugin(source, "disabled", left_out[source.name]))
        else:
            plugins.append(_load(source, registry, breaker, make, plugins))
    return Loaded(tuple(plugins), _implementations(registry, [p.name for p in plugins if p.state == "active"]))


def _ordered(sources: Iterable[Source], order: Sequence[str]) -> list[Source]:
    rank = {name: place for place, name in enumerate(order)}
    return sorted(sources, key=lambda source: (rank.get(source.name, len(rank)), source.name))


def _load(
    source: Source, registry: pluggy.PluginManager, breaker: Breaker, make: Make, earlier: list[LoadedPlugin]
) -> LoadedPlugin:
    twin = next((p for p in earlier if p.name == source.name and p.state != "disabled"), None)
    if twin:
        reason = f"the name is already taken by distribution {twin.source.distribution or twin.name!r}"
        breaker.report(source.name, "", "registration", reason)
        return LoadedPlugin(source, "quarantined", reason)
    named: object = None
    try:
        named = source.load()
        plugin = make(source.name, named)
    except ConfigError as error:
        return LoadedPlugin(source, "quarantined", str(error), named=named, misconfigured=error)
    except (Exception, SystemExit) as error:
        reason = f"cannot be imported: {type(error).__name__}: {error}"
        breaker.report(source.name, "", "import", reason, error=error)
        return LoadedPlugin(source, "quarantined", reason)
    try:
        hooks = _register(registry, plugin, source.name)
    except (pluggy.PluginValidationError, PluginError, ValueError) as error:
        if registry.has_plugin(source.name):
            registry.unregister(name=source.name)
        reason = f"does not fit the hooks: {error}"
        breaker.report(source.name, "", "registration", reason, error=error)
        return LoadedPlugin(source, "quarantined", reason)
    return LoadedPlugin(source, "active", hooks=hooks, named=named, made=plugin)


def _register(registry: pluggy.PluginManager, plugin: object, name: str) -> tuple[str, ...]:
    registry.register(plugin, name=name)
    found = list(_own(registry, name))
    unknown = {hook for hook, known, one in found if not known and not one.optionalhook}
    if unknown:
        raise PluginError(f"there is no hook named {', '.join(sorted(unknown))}")
    idle = {hook for hook, _, one in found if one.wrapper or one.hookwrapper or _is_generator(one.function)}
    if idle:
        raise PluginError(
            f"nothing in {', '.join(sorted(idle))} would ever run, for it is a generator or wrapper; "
            "make it a plain def or async def that returns its answer"
        )
    return tuple(sorted({hook for hook, known, _ in found if known}))


def _own(registry: pluggy.PluginManager, name: str) -> Iterator[tuple[str, bool, pluggy.HookImpl]]:
    """Each implementation of a plugin: its hook, whether there is such a hook, and itself."""
    for caller in registry.get_hookcallers(registry.get_plugin(name)) or []:
        for implementation in caller.get_hookimpls():
            if implementation.plugin_name == name:
                yield caller.name, caller.has_spec(), implementation


def _is_generator(function: object) -> bool:
    return inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function)


def _implementations(registry: pluggy.PluginManager, order: Sequence[str]) -> dict[str, list[Implementation]]:
    found: dict[str, list[Implementation]] = {}
    for name in order:
        for hook, known, implementation in _own(registry, name):
            if known:
                accepted = inspect.signature(implementation.function).parameters
                arguments = tuple(argument for argument in implementation.argnames if argument in accepted)
                found.setdefault(hook, []).append(Implementation(name, implementation.function, arguments))
    return found


def unique(contributions: Iterable[tuple[str, str]], what: str) -> None:
    """Raise ``PluginError`` naming both plugins when two ``(plugin, name)`` contributions share a name."""
    owner: dict[str, str] = {}
    for plugin, name in contributions:
        if name in owner:
            raise PluginError(f"{what} {name!r} is brought by both {owner[name]!r} and {plugin!r}; disable one of them")
        owner[name] = plugin
