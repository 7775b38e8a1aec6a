"""What a hook is: its kind, its deadline and what a fault in it means."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Final, Literal, TypeVar

import attrs
import pluggy

PROJECT: Final = "switchhook"
hookimpl = pluggy.HookimplMarker(PROJECT)
hookspec = pluggy.HookspecMarker(PROJECT)

Kind = Literal["notify", "first", "collect", "fold", "veto"]
F = TypeVar("F", bound=Callable[..., object])
_MARK: Final = "switchhook_hook"


@attrs.frozen
class HookSpec:
    """One hook.

    ``deadline`` is in seconds for each implementation. ``result`` is the type
    an implementation's answer must have (the value's for ``fold``); answers of
    another type are a fault. ``fault_refuses`` matters for ``veto`` alone:
    whether a guard that fails counts as a refusal (money, rights) or is passed
    over (a caller must be served).
    """

    name: str
    kind: Kind
    deadline: float
    since: str
    arguments: tuple[str, ...]
    result: type | None
    fault_refuses: bool
    doc: str


def hook(
    kind: Kind,
    *,
    result: type | None = None,
    deadline: float = 2.0,
    since: str = "0.1",
    fault_refuses: bool = True,
) -> Callable[[F], F]:
    """Declare a hook specification; the decorated function's docstring is its contract."""

    def declare(function: F) -> F:
        arguments = tuple(inspect.signature(function).parameters)
        spec = HookSpec(
            name=function.__name__,
            kind=kind,
            deadline=deadline,
            since=since,
            arguments=arguments,
            result=result,
            fault_refuses=fault_refuses,
            doc=inspect.getdoc(function) or "",
        )
        setattr(function, _MARK, spec)
        return hookspec(function)

    return declare


def specs_in(namespace: Any) -> dict[str, HookSpec]:
    """All hooks declared in a module, by name, in the order of declaration."""
    found = (getattr(value, _MARK, None) for value in vars(namespace).values())
    return {spec.name: spec for spec in found if isinstance(spec, HookSpec)}
