"""Whom a webhook may reach: nobody inside, whatever the address looks like and whatever a name server says next time."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final

import attrs
from yarl import URL

from ..errors import SwitchhookError

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host; raises ``OSError`` when there are none."""

_NAME: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?", re.IGNORECASE)
_NUMBER: Final = re.compile(r"(0x[0-9a-f]*|[0-9]+)\.?", re.IGNORECASE)
_TRANSLATED: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"), IPv6Network("::/96"))
"""Networks whose addresses have an IPv4 address at their end."""


class TargetRefused(SwitchhookError):
    """An address that webhooks must not reach, or that is none."""

    code = "webhook_target"


@attrs.frozen
class Target:
    """Where to connect: ``url`` as it was given, and the one address its host had when it was looked at."""

    url: URL
    address: str


def checked_url(text: str) -> URL:
    """An http or https address without user and password; raises :class:`TargetRefused`."""
    try:
        url = URL(text.strip())
        host, port = url.host or "", url.port
    except ValueError as error:
        raise TargetRefused(f"{text!r} is no address such as https://example.org/hook") from error
    if url.scheme not in ("http", "https") or not host or not port or any(c.isspace() for c in text.strip()):
        raise TargetRefused(f"{text!r} is no address such as https://example.org/hook")
    if url.user is not None or url.password is not None:
        raise TargetRefused("an address with a user or password in it is shown in too many places; use the secret")
    if _literal(host) is None and (not _NAME.fullmatch(host) or _NUMBER.fullmatch(host.split(".")[-1] or "x")):
        raise TargetRefused(f"the host {host!r} is neither a name nor an IP address as it is usually written")
    return url


async def target_of(text: str, resolve: Resolve, *, allow_private: bool = False) -> Target:
    """Look the host up, once; raises :class:`TargetRefused` if any of its addresses is not public, and ``OSError``."""
    url = checked_url(text)
    host = url.host or ""
    literal = _literal(host)
    addresses = [str(literal)] if literal else list(await resolve(host, url.port or 0))
    for address in addresses:
        if not allow_private and not is_public(address):
            raise TargetRefused(
                f"{host} is at {address}, which is no public address; the operator has not allowed that"
            )
    if not addresses:
        raise OSError(f"{host} has no address")
    return Target(url, addresses[0])


def is_public(text: str) -> bool:
    """Whether an address is one of the Internet's; one wrapped into another is looked at as well."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    inside = [one for one in _wrapped(address) if one is not None]
    return (
        address.is_global and not address.is_multicast and all(one.is_global and not one.is_multicast for one in inside)
    )


def _wrapped(address: IPv4Address | IPv6Address) -> Sequence[IPv4Address | None]:
    if isinstance(address, IPv4Address):
        return ()
    at_the_end = IPv4Address(int(address) & 0xFFFFFFFF) if any(address in net for net in _TRANSLATED) else None
    return (address.ipv4_mapped, address.sixtofour, *(address.teredo or ()), at_the_end)


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return None if "%" in host else ip_address(host)
    except ValueError:
        return None


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """As the machine's own resolver says, within 5 seconds."""
    async with asyncio.timeout(5):
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
