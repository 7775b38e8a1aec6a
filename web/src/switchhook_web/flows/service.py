"""What pages of flows share: the services for whoever asks, and the way to a flow."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from quart import g

from switchhook import Module, NotFound
from switchhook.administration import FlowLine, Flows, ModuleRegistry

from ..frame import administration
from ..texts import gettext as _


def publishing(tenant: str) -> Flows:
    """The flows of a tenant for the one who asks."""
    return administration().publishing.of(tenant, g.actor)


def modules() -> ModuleRegistry:
    """The modules of all plugins."""
    return administration().plugged.modules


def module(kind: str) -> type[Module]:
    """The class of a module; raises ``NotFound`` where no plugin brings it."""
    found = modules().get(kind)
    if found is None:
        raise NotFound(f"there is no module {kind!r}", kind=kind)
    return found


def zone() -> ZoneInfo:
    """The zone in which the one who asks gives times."""
    return ZoneInfo(getattr(g, "zone", "Europe/Berlin"))


def crumbs(tenant: str, flow: FlowLine) -> list[tuple[str, str]]:
    """The way to a flow."""
    return [(_("Call flows"), f"/t/{tenant}/flows"), (flow.label or flow.id, "")]


async def all_flows(tenant: str) -> Sequence[FlowLine]:
    """The flows in sight by name, at most a thousand."""
    return (await publishing(tenant).flows(limit=1000)).flows
