"""All kinds of calls the portal places, with the plugins that declare them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs

from ..dispatch.dispatcher import Answer
from ..dispatch.faults import Breaker
from ..errors import PluginError
from ..flows.flow import HANG_UP, Flow, LiveFlow, Point
from ..flows.module import Module
from ..flows.registry import ModuleRegistry
from ..schema import check_declared, settings_of
from .placed_call import PlacedCall, Placement, PlacingRefused

VERSION = "placed"
"""Stands where a call through a flow has the version of that flow."""


@attrs.frozen
class PlacedKinds:
    """Every kind of placed call by its module's kind."""

    calls: Mapping[str, PlacedCall] = attrs.field(factory=dict)
    owners: Mapping[str, str] = attrs.field(factory=dict)
    """The plugin that declares each."""

    def find(self, kind: str) -> PlacedCall:
        """The declaration of a kind; raises :class:`PlacingRefused` when its plugin is gone."""
        if kind not in self.calls:
            raise PlacingRefused(f"no active plugin declares placed calls of the kind {kind!r}", kind=kind)
        return self.calls[kind]

    def live(self, order: Placement) -> LiveFlow:
        """What serves whoever answers: a flow of one point, all of whose exits lead to the hang-up.

        Raises :class:`PlacingRefused` when its plugin is gone and
        ``SettingsRefused`` when that does not take the settings any more.
        """
        module_class = self.find(order.kind).module
        module = ModuleRegistry([(self.owners[order.kind], module_class)]).make(order.kind, order.settings)
        exits = dict.fromkeys((*module.exits(), *module.optional_exits()), HANG_UP)
        label = module_class.label.de if order.language == "de" else module_class.label.en
        flow = Flow(
            order.kind, label, order.kind, {order.kind: Point(order.kind, module, label, exits)}, order.language
        )
        return LiveFlow(VERSION, 1, order.tenant, flow)


def placed_kinds(answers: Iterable[Answer[PlacedCall]], breaker: Breaker) -> PlacedKinds:
    """What plugins declare, without what cannot be: that is a fault of the plugin.

    Raises ``PluginError`` for two of the same kind, naming both plugins.
    """
    calls: dict[str, PlacedCall] = {}
    owners: dict[str, str] = {}
    for answer in answers:
        if wrong := next(_wrong(answer), None):
            breaker.report(answer.plugin, "placed_calls", "wrong_result", str(wrong), error=wrong)
            continue
        kind = answer.value.module.kind
        if kind in calls:
            both = [owners[kind], answer.plugin]
            raise PluginError(
                f"plugins {both[0]!r} and {both[1]!r} both bring the placed call {kind!r}; disable one of them",
                kind=kind,
                plugins=both,
            )
        calls[kind], owners[kind] = answer.value, answer.plugin
    return PlacedKinds(calls, owners)


def _wrong(answer: Answer[Any]) -> Iterator[PluginError]:
    module = answer.value.module
    try:
        check_declared(Module, answer.plugin, module)
    except PluginError as error:
        yield error
        return
    for name, (meta, _) in settings_of(module).items():
        if meta.secret:
            yield PluginError(
                f"the placed call {module.kind!r} of plugin {answer.plugin!r} has the secret setting {name!r}; "
                "orders are kept in clear, so name the resource that holds it instead",
                plugin=answer.plugin,
            )
