"""What proxies say about who asks, believed from those alone that the operator trusts."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

Scope = Any
App = Callable[[Any, Any, Any], Awaitable[None]]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Proxies:
    """Puts the client's own address, and the scheme it used, in place of those of trusted proxies."""

    def __init__(self, app: App, trusted: Sequence[str]) -> None:
        self._app = app
        self._trusted = [ipaddress.ip_network(one) for one in trusted]

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """See ASGI."""
        if scope["type"] in ("http", "websocket") and self._trusts((scope.get("client") or ("", 0))[0]):
            scope = self._told(scope)
        await self._app(scope, receive, send)

    def _told(self, scope: Scope) -> Scope:
        said = {
            name: [v for n, v in scope["headers"] if n == name] for name in (b"x-forwarded-for", b"x-forwarded-proto")
        }
        hops = [hop.strip() for value in said[b"x-forwarded-for"] for hop in value.decode("latin-1").split(",")]
        changed = dict(scope)
        for hop in reversed(hops):
            if not _is_address(hop):
                break
            changed["client"] = (hop, 0)
            if not self._trusts(hop):
                break
        schemes = [value.decode("latin-1").split(",")[-1].strip() for value in said[b"x-forwarded-proto"]]
        if schemes and schemes[-1] in ("http", "https"):
            changed["scheme"] = schemes[-1]
        return changed

    def _trusts(self, address: str) -> bool:
        return _is_address(address) and any(ipaddress.ip_address(address) in network for network in self._trusted)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
