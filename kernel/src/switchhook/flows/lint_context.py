"""What a lint rule is given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import attrs

from ..schema import Label
from .flow import HANG_UP, Flow, Point
from .module import Finding
from .registry import ModuleRegistry

ExtraRule = Callable[[Flow], Sequence[Finding]]
Kept = Mapping[tuple[str, str], Any]
"""What a tenant keeps, by kind and id."""


@attrs.frozen
class KeptRule:
    """A lint rule that looks at what the points of a flow refer to as well.

    ``look`` gets the flow and all that its tenant keeps of ``kinds``, by kind and id.
    Where something is kept of them, ``more`` adds what the plugin's own tables
    say: it gets a connection to read them, the tenant and the moment.
    """

    kinds: tuple[str, ...]
    look: Callable[[Flow, Kept], Sequence[Finding]]
    more: Callable[[Any, str, datetime], Awaitable[Kept]] | None = None


@attrs.frozen
class LintContext:
    """What surrounds a flow in its tenant, as far as it is known; a rule about what is ``None`` keeps quiet.

    ``tenant_last_resort`` is the id of the flow that serves the tenant's
    callers when nothing else can. ``has_prompt`` says whether a prompt has a
    sound in a language, and ``prompt_ids`` are for near matches. ``numbers``
    are the tenant's own with the id of the flow each leads to (or an empty
    string), ``flows`` the tenant's other flows by id, ``resources`` the ids of
    its resources by kind, ``odd`` what is odd about some of them, by kind and
    id: a rule and a sentence each. ``rules`` are those of plugins, each with the
    plugin's name.
    """

    tenant_last_resort: str = ""
    has_prompt: Callable[[str, str], bool] | None = None
    prompt_ids: Collection[str] = ()
    phones: Collection[str] | None = None
    numbers: Mapping[str, str] | None = None
    flows: Mapping[str, Flow] | None = None
    resources: Mapping[str, Collection[str]] | None = None
    odd: Mapping[tuple[str, str], Sequence[tuple[str, Label]]] = attrs.field(factory=dict)
    rules: Sequence[tuple[str, ExtraRule]] = ()


@attrs.frozen
class Linted:
    """A flow under examination with all a rule may ask."""

    flow: Flow
    registry: ModuleRegistry
    context: LintContext

    @property
    def flows(self) -> Mapping[str, Flow]:
        """All known flows of the tenant, this one as it is now."""
        return {**(self.context.flows or {}), self.flow.id: self.flow}

    @property
    def own_numbers(self) -> Mapping[str, str]:
        """The tenant's known numbers and the flows they lead to."""
        return self.context.numbers or {}


Rule = Callable[[Linted], Iterable[Finding]]


def error(rule: str, path: str, message: str, german: str = "", also: tuple[str, ...] = ()) -> Finding:
    """A finding that prevents publishing."""
    return Finding(rule, "error", path, message, also, german)


def warning(rule: str, path: str, message: str, german: str = "", also: tuple[str, ...] = ()) -> Finding:
    """A finding that does not prevent publishing."""
    return Finding(rule, "warning", path, message, also, german)


def german_hint(hint: str) -> str:
    """What :func:`~switchhook.errors.near_match` gave, in German."""
    return hint.replace("did you mean", "meinten Sie")


def kind_of(target: str) -> Literal["point", "flow", "hang-up"]:
    """What an exit's target is."""
    if target == HANG_UP:
        return "hang-up"
    return "flow" if target.startswith("flow:") else "point"


def exits_of(point: Point) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """A point's mandatory and optional exits, or ``None`` when its module cannot say them properly."""
    try:
        optional = tuple(point.module.optional_exits())
        named = tuple(point.module.exits())
    except Exception:  # reported by the rule ``modules_answer``, which asks again
        return None
    if not all(isinstance(name, str) for name in (*named, *optional)):
        return None
    return tuple(name for name in named if name not in optional), optional
