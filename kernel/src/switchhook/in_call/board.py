"""The in-call features of one portal, as calls use them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import attrs
import structlog

from ..calls.call import Call
from ..calls.in_call import InCallKey, InCallPressed, without_clashes
from ..calls.served import After, Served, ServedLeft, TalkGoesOn, TalkOver
from ..dispatch.faults import Breaker, shown
from ..errors import AsteriskError, CallEnded, NotFound, SwitchhookError, UnsafeText
from ..resources.resource import Resource
from ..schema import Kinds
from .feature import InCallFeature, code_of

log = structlog.get_logger(__name__)


class FeatureShelf(Protocol):
    """Where a tenant's features are kept."""

    async def all_of(self, tenant: str, kind: type[InCallFeature]) -> Mapping[str, InCallFeature]:
        """Every one of a kind, by its id."""


def features_among(kinds: Kinds[Resource]) -> Kinds[InCallFeature]:
    """The in-call features among all that can be kept."""
    found = [(kinds.plugin_of(kind), one) for kind in kinds if (one := kinds.get(kind)) is not None]
    return Kinds(InCallFeature, [(plugin, one) for plugin, one in found if issubclass(one, InCallFeature)])


@attrs.frozen
class FeatureBoard:
    """Knows which keys are on, and carries them out; a feature that fails is its plugin's fault, and the talk goes on."""

    kinds: Kinds[InCallFeature]
    shelf: FeatureShelf
    breaker: Breaker | None = None
    """Takes faults of plugins; a call that is only tried has none, its faults are in its course."""

    async def keys(self, call: Call, flow: str) -> Sequence[InCallKey]:
        """See :meth:`switchhook.calls.served.InCall.keys`. Features that cannot be read now are not on."""
        on = []
        try:
            for kind in self.kinds:
                on += await self._of_kind(call.tenant, kind, flow)
        except SwitchhookError as error:
            log.warning("in-call features cannot be read", call=call.id, error=str(error))
        return without_clashes(on)

    async def _of_kind(self, tenant: str, kind: str, flow: str) -> list[InCallKey]:
        declared = self.kinds.get(kind)
        if declared is None:
            return []
        kept = await self.shelf.all_of(tenant, declared)
        return [
            InCallKey(code_of(feature), f"{kind}/{id}", feature.keys_after())
            for id, feature in sorted(kept.items())  # noqa: A001 - the domain's own word
            if not feature.flows or flow in feature.flows
        ]

    async def act(self, pressed: InCallPressed, served: Served) -> After:
        """See :meth:`switchhook.calls.served.InCall.act`."""
        kind, _, id = pressed.feature.partition("/")  # noqa: A001
        declared = self.kinds.get(kind)
        if declared is None:
            return TalkGoesOn(f"there is no in-call feature {kind!r} any more")
        try:
            feature = await served.session.resource(declared, id)
        except NotFound as gone:
            return TalkGoesOn(str(gone))
        return await self._run(feature, served, pressed.keys)

    async def _run(self, feature: InCallFeature, served: Served, keys: str) -> After:
        try:
            after = await feature.run(served, keys)
        except UnsafeText as error:  # nothing was sent: the line to Asterisk is as good as before
            return self._failed(served, feature.kind, error)
        except (CallEnded, AsteriskError, ServedLeft):
            raise
        except Exception as error:  # a feature's fault must cost nobody the talk
            return self._failed(served, feature.kind, error)
        if not isinstance(after, TalkGoesOn | TalkOver):
            return self._failed(served, feature.kind, TypeError(f"{shown(after)} is neither TalkGoesOn nor TalkOver"))
        return after

    def _failed(self, served: Served, kind: str, error: Exception) -> After:
        plugin, call = self.kinds.plugin_of(kind), served.session.call
        what = f"in-call feature {kind}"
        if self.breaker is not None:
            self.breaker.report(plugin, what, "raised", shown(error), call=call.id, error=error, counts=False)
        why = f"{type(error).__name__}: {shown(error, str)}"
        served.session.record("plugin.fault", module=kind, error=why)
        return TalkGoesOn(why)
