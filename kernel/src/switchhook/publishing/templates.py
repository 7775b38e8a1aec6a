"""The templates that the plugins bring."""

from __future__ import annotations

from collections.abc import Mapping

from ..dispatch.dispatcher import Dispatcher
from ..errors import NotFound, PluginError, near_match
from ..flows.template import FlowTemplate
from ..schema import Kinds, check_declared

__all__ = ["FlowTemplate", "Templates"]


class Templates:
    """Asks the plugins for templates."""

    @staticmethod
    async def collected(hooks: Dispatcher) -> Mapping[str, type[FlowTemplate]]:
        """All templates by kind; one that is none is a fault of its plugin. Raises ``PluginError`` for two of a kind."""
        sound = []
        for answer in await hooks.collect("flow_templates"):
            try:
                check_declared(FlowTemplate, answer.plugin, answer.value)
            except PluginError as error:
                hooks.breaker.report(answer.plugin, "flow_templates", "wrong_result", str(error), error=error)
            else:
                sound.append((answer.plugin, answer.value))
        kinds = Kinds(FlowTemplate, sound)
        return {kind: found for kind in kinds if (found := kinds.get(kind)) is not None}

    @staticmethod
    def find(templates: Mapping[str, type[FlowTemplate]], kind: str) -> type[FlowTemplate]:
        """One template; raises ``NotFound`` with a near match."""
        if kind not in templates:
            raise NotFound(f"there is no template {kind!r}{near_match(kind, templates)}", kind=kind)
        return templates[kind]
