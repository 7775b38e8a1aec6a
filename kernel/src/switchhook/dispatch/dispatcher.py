"""Calls hook implementations: ordered, each isolated, each within its deadline, each answer attributed."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Coroutine, Generator, Mapping, Sequence
from time import perf_counter
from typing import Any, Final, Generic, TypeVar

import attrs

from ..errors import PluginError
from .faults import Breaker, cancelled_from_outside, shown
from .patience import Patience
from .spec import HookSpec

T = TypeVar("T")
FAILED: Final = object()


@attrs.frozen
class Implementation:
    """One plugin's function for one hook and the arguments it asked for."""

    plugin: str
    function: Callable[..., object]
    arguments: tuple[str, ...]


@attrs.frozen
class Answer(Generic[T]):
    """What a plugin gave, and which plugin it was."""

    plugin: str
    value: T


@attrs.frozen
class Refusal:
    """A guard's no, with the reason in words; ``path`` names the field of a form it is about, if it is about one."""

    why: str
    plugin: str = ""
    path: str = ""

    def __attrs_post_init__(self) -> None:
        """Refuse a reason that is none: ``TypeError``."""
        if not isinstance(self.why, str):
            raise TypeError(f"Refusal: why is a text, not {self.why!r}")


class _CutOff(Exception):
    """The time of an implementation was over."""


class _Started(Awaitable[object]):
    """A coroutine that ran up to its first suspension, to be awaited from there on."""

    __slots__ = ("_coroutine", "_dispatcher", "_owner", "_waits_for")

    def __init__(
        self,
        dispatcher: Dispatcher,
        owner: tuple[str, str],
        coroutine: Coroutine[Any, Any, object],
        waits_for: object,
    ) -> None:
        self._dispatcher = dispatcher
        self._owner = owner
        self._coroutine = coroutine
        self._waits_for = waits_for

    def __await__(self) -> Generator[Any, Any, object]:
        waits_for = self._waits_for
        step: Callable[[Any], object]
        argument: Any
        while True:
            try:
                argument = yield waits_for
                step = self._coroutine.send
            except BaseException as error:
                argument, step = error, self._coroutine.throw
            outer, self._dispatcher.running = self._dispatcher.running, self._owner
            try:
                waits_for = step(argument)
            except StopIteration as done:
                return done.value
            finally:
                self._dispatcher.running = outer


@attrs.define
class Dispatcher:
    """One per portal. ``implementations`` are in calling order."""

    _specs: Mapping[str, HookSpec]
    _implementations: Mapping[str, Sequence[Implementation]]
    breaker: Breaker
    running: tuple[str, str] | None = attrs.field(default=None, init=False)
    """Plugin and hook whose code runs at this moment, for the watchdog of the event loop."""

    async def notify(self, name: str, /, **values: object) -> None:
        """Let all observers know."""
        for implementation in self._of(name, "notify"):
            await self._call(self._specs[name], implementation, values)

    async def first(self, name: str, /, *, patience: Patience | None = None, **values: object) -> Answer[Any] | None:
        """The first answer that is not None."""
        for implementation in self._of(name, "first"):
            value = await self._call(self._specs[name], implementation, values, patience)
            if value is not None and value is not FAILED:
                return Answer(implementation.plugin, value)
        return None

    async def collect(self, name: str, /, **values: object) -> list[Answer[Any]]:
        """All contributions; an implementation gives a sequence of values of the hook's type."""
        spec = self._specs[name]
        found: list[Answer[Any]] = []
        for implementation in self._of(name, "collect"):
            given = await self._call(spec, implementation, values)
            if given is FAILED or given is None:
                continue
            found += [Answer(implementation.plugin, value) for value in self._typed(spec, implementation, given)]
        return found

    async def fold(self, name: str, value: T, /, *, patience: Patience | None = None, **values: object) -> T:
        """The value as the filters leave it; None from a filter keeps it, a faulty filter's change is dropped."""
        spec = self._specs[name]
        for implementation in self._of(name, "fold"):
            changed = await self._call(spec, implementation, {**values, spec.arguments[0]: value}, patience)
            if changed is not FAILED and changed is not None:
                value = changed  # type: ignore[assignment]
        return value

    async def veto(self, name: str, /, *, patience: Patience | None = None, **values: object) -> Refusal | None:
        """The first refusal, or None when every guard agrees."""
        spec = self._specs[name]
        for implementation in self._of(name, "veto", suspended_too=spec.fault_refuses):
            if self.breaker.suspended(implementation.plugin):
                return Refusal(f"the guard of plugin {implementation.plugin!r} is suspended", implementation.plugin)
            said = await self._call(spec, implementation, values, patience)
            if said is FAILED and spec.fault_refuses:
                return Refusal(f"the guard of plugin {implementation.plugin!r} failed", implementation.plugin)
            if isinstance(said, Refusal):
                return attrs.evolve(said, plugin=implementation.plugin)
        return None

    def has(self, name: str) -> bool:
        """Whether any plugin implements the hook."""
        return bool(self._implementations.get(name))

    def _of(self, name: str, kind: str, *, suspended_too: bool = False) -> Sequence[Implementation]:
        if self._specs[name].kind != kind:
            raise PluginError(f"hook {name!r} is of kind {self._specs[name].kind!r}, not {kind!r}")
        all_of_them = self._implementations.get(name, ())
        if suspended_too:
            return all_of_them
        return [one for one in all_of_them if not self.breaker.suspended(one.plugin)]

    def _typed(self, spec: HookSpec, implementation: Implementation, given: object) -> Sequence[object]:
        if not isinstance(given, list | tuple):
            given = (given,)
        if spec.result is None:
            return given
        good = [value for value in given if _fits(value, spec.result)]
        for value in given:
            if not _fits(value, spec.result):
                self._report(
                    spec, implementation, "wrong_result", f"gave {shown(value)}, not {spec.result.__name__}", {}
                )
        return good

    async def _call(
        self,
        spec: HookSpec,
        implementation: Implementation,
        values: Mapping[str, object],
        patience: Patience | None = None,
    ) -> object:
        chosen = {name: values[name] for name in implementation.arguments}
        began, limit = perf_counter(), spec.deadline if patience is None else min(spec.deadline, patience.left())
        outer, self.running = self.running, (implementation.plugin, spec.name)
        try:
            value = implementation.function(**chosen)
            if inspect.iscoroutine(value):
                value = await self._finish(value, (implementation.plugin, spec.name), limit, outer)
        except _CutOff:
            return self._cut_off(spec, implementation, values, patience, perf_counter() - began)
        except (Exception, SystemExit, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and cancelled_from_outside():
                raise
            return self._report(spec, implementation, "raised", shown(error), values, error)
        finally:
            self.running = outer
        if patience is not None:
            patience.spent(implementation.plugin, spec.name, perf_counter() - began)
        if perf_counter() - began > spec.deadline:
            return self._report(spec, implementation, "blocked_loop", f"blocked for over {spec.deadline:g} s", values)
        if value is None or spec.kind in {"notify", "collect"} or _fits(value, _result(spec)):
            return value
        wanted = _result(spec)
        return self._report(spec, implementation, "wrong_result", f"gave {shown(value)}, not {wanted.__name__}", values)

    def _cut_off(
        self,
        spec: HookSpec,
        implementation: Implementation,
        values: Mapping[str, object],
        patience: Patience | None,
        took: float,
    ) -> object:
        if patience is None or took >= spec.deadline:
            return self._report(spec, implementation, "too_slow", f"took longer than {spec.deadline:g} s", values)
        patience.spent(implementation.plugin, spec.name, took)
        blamed = patience.blame()
        if blamed is not None:
            plugin, hook, seconds = blamed
            message = (
                f"took {seconds:.1f} s of the {patience.seconds:g} s that all plugins have together at this moment"
            )
            self.breaker.report(plugin, hook, "too_slow", message, call=_call_id(values))
        return FAILED

    async def _finish(
        self,
        coroutine: Coroutine[Any, Any, object],
        owner: tuple[str, str],
        limit: float,
        outer: tuple[str, str] | None,
    ) -> object:
        """Most coroutines never suspend: only those that do pay for a timer."""
        try:
            waits_for = coroutine.send(None)
        except StopIteration as done:
            return done.value
        self.running = outer
        try:
            async with asyncio.timeout(limit) as timer:
                return await _Started(self, owner, coroutine, waits_for)
        except TimeoutError:
            if timer.expired():
                raise _CutOff from None
            raise

    def _report(
        self,
        spec: HookSpec,
        implementation: Implementation,
        kind: Any,
        message: str,
        values: Mapping[str, object],
        error: BaseException | None = None,
    ) -> object:
        call = _call_id(values)
        self.breaker.report(implementation.plugin, spec.name, kind, message, call=call, error=error)
        return FAILED


def _call_id(values: Mapping[str, object]) -> str:
    return getattr(values.get("call"), "id", "")


def _result(spec: HookSpec) -> type:
    return Refusal if spec.kind == "veto" else spec.result or object


def _fits(value: object, wanted: type) -> bool:
    if isinstance(value, type) and wanted is not type:
        return issubclass(value, wanted)
    return isinstance(value, wanted)
