"""Published flows and numbers in memory: routing a call reads no database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

import attrs

from ..flows.flow import LiveFlow, Routing

FORMER: Final = 200
"""Versions kept in memory after another took their place; older ones are read from the store again."""


class OldVersions(Protocol):
    """Finds a published version that is no longer current, for a call that began with it."""

    async def version(self, version: str) -> LiveFlow | None:
        """The version by its id."""


@attrs.frozen
class Snapshot:
    """Everything routing needs, as it stands in the store at one moment.

    ``flows`` is keyed by tenant and flow id, ``last_resorts`` gives each
    tenant's flow of last resort. New calls to a tenant in ``shut`` get the
    fallback of their number; its value says why. ``most_calls`` limits how
    many calls a tenant has at the same time.
    """

    numbers: Mapping[str, Routing] = attrs.field(factory=dict)
    flows: Mapping[tuple[str, str], LiveFlow] = attrs.field(factory=dict)
    last_resorts: Mapping[str, str] = attrs.field(factory=dict)
    shut: Mapping[str, str] = attrs.field(factory=dict)
    most_calls: Mapping[str, int] = attrs.field(factory=dict)


@attrs.define
class Routes:
    """The routing table a worker looks calls up in; :meth:`replace` takes effect for the next call."""

    _old: OldVersions
    _now: Snapshot = attrs.field(factory=Snapshot)
    _by_version: dict[str, LiveFlow] = attrs.field(factory=dict)

    def replace(self, snapshot: Snapshot) -> None:
        """Take over a new state at once; the last former versions stay known for calls in progress."""
        self._now = snapshot
        live = {one.version: one for one in snapshot.flows.values()}
        former = [(version, one) for version, one in self._by_version.items() if version not in live]
        self._by_version = dict(former[-FORMER:]) | live

    def routing(self, number: str) -> Routing | None:
        """Where a number leads."""
        return self._now.numbers.get(number)

    def current(self, tenant: str, flow: str) -> LiveFlow | None:
        """The live version of a tenant's flow."""
        return self._now.flows.get((tenant, flow))

    def last_resort(self, tenant: str) -> str:
        """The id of the tenant's flow of last resort, or an empty string."""
        return self._now.last_resorts.get(tenant, "")

    def shut(self, tenant: str) -> str:
        """Why a tenant takes no new calls, such as ``suspended``; empty for one that does."""
        return self._now.shut.get(tenant, "")

    def most_calls(self, tenant: str) -> int | None:
        """How many calls a tenant may have at the same time; None for one without a limit."""
        return self._now.most_calls.get(tenant)

    async def version(self, version: str) -> LiveFlow | None:
        """A version by its id, from memory or else from the store."""
        if version not in self._by_version:
            found = await self._old.version(version)
            if found is None:
                return None
            self._by_version[version] = found
        return self._by_version[version]
