"""Small portals of given plugins."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import attrs

from switchhook import hookimpl, hookspecs
from switchhook.clock import SetClock
from switchhook.dispatch.dispatcher import Dispatcher
from switchhook.dispatch.faults import Breaker, Fault
from switchhook.dispatch.loader import Loaded, Source, load_plugins
from switchhook.dispatch.spec import HookSpec, specs_in


@attrs.define
class Hooked:
    loaded: Loaded
    hooks: Dispatcher
    breaker: Breaker
    faults: list[Fault]
    clock: SetClock


def hooked(sources=(), *, specs: dict[str, HookSpec] | None = None, **choice) -> Hooked:
    """A dispatcher over plugins given as sources or as ``name=(function, ...)``."""
    order, disabled = choice.pop("order", ()), choice.pop("disabled", ())
    every = [*sources, *(plugin(name, *functions) for name, functions in choice.items())]
    clock, faults = SetClock(datetime(2026, 11, 24, tzinfo=UTC)), []
    breaker = Breaker(clock, faults.append)
    out = dict.fromkeys(disabled, "switched off")
    loaded = load_plugins(every, hookspecs, breaker, order=order, left_out=out)
    hooks = Dispatcher(specs or specs_in(hookspecs), loaded.implementations, breaker)
    return Hooked(loaded, hooks, breaker, faults, clock)


def plugin(name: str, *functions) -> Source:
    return Source(name, lambda: SimpleNamespace(**{f.__name__: hookimpl(f) for f in functions}), f"dist-{name}", "1.0")


def impatient(seconds: float = 0.05) -> dict[str, HookSpec]:
    """The real hooks with a short deadline."""
    return {name: attrs.evolve(spec, deadline=seconds) for name, spec in specs_in(hookspecs).items()}
