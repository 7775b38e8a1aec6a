"""One delivery over the wire: signed, to the address that was looked at and to no other, with bounds on time and size."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import socket
from contextlib import suppress
from typing import Final

import aiohttp
import attrs
from aiohttp.abc import AbstractResolver, ResolveResult

from .target import Target

TIMEOUT: Final = 10.0
"""Seconds for a delivery in all."""
ANSWER: Final = 500
"""Bytes of an answer that are read and kept."""
SIGNATURE: Final = "X-Switchhook-Signature"


@attrs.frozen
class Answer:
    """What a receiver said."""

    status: int
    text: str

    @property
    def taken(self) -> bool:
        """Whether it has the event now."""
        return 200 <= self.status < 300


def signature(secret: str, at: int, body: str) -> str:
    """``t=SECONDS,v1=HEX``: HMAC-SHA256 of ``SECONDS.BODY``, so that an old delivery cannot be played again later."""
    mac = hmac.new(secret.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


async def deliver(
    target: Target, body: str, headers: dict[str, str], *, timeout: float = TIMEOUT, most: int = ANSWER
) -> Answer:
    """Send one event, and read ``most`` bytes of what is said to it; raises ``OSError``, ``TimeoutError`` or ``aiohttp.ClientError`` when there is no answer.

    Redirects are not followed, cookies and proxies not used.
    """
    async with (
        _session(target, timeout) as session,
        session.post(
            target.url,
            data=body.encode(),
            headers={"Content-Type": "application/json", "User-Agent": "Switchhook", **headers},
            allow_redirects=False,
        ) as answer,
    ):
        said = b""
        with suppress(TimeoutError, aiohttp.ClientError):  # the status is the answer; what else it says is a courtesy
            async with asyncio.timeout(timeout / 5):
                said = await answer.content.read(most)
        return Answer(answer.status, said.decode("utf-8", "replace"))


@attrs.frozen
class Document:
    """What a server has under an address; ``body`` may have one byte more than was asked for, which says that it is longer."""

    status: int
    body: bytes
    etag: str
    location: str
    packed: bool


async def get(target: Target, headers: dict[str, str], *, timeout: float, most: int) -> Document:
    """Fetch a document, raising as :func:`deliver` does, also when it breaks off. Redirects are not followed."""
    async with (
        _session(target, timeout) as session,
        session.get(
            target.url,
            headers={"User-Agent": "Switchhook", "Accept-Encoding": "identity", **headers},
            allow_redirects=False,
        ) as answer,
    ):
        body = b""
        async for part in answer.content.iter_chunked(1 << 16):
            body += part
            if len(body) > most:
                body = body[: most + 1]
                break
        said = answer.headers
        packed = said.get("Content-Encoding", "identity").lower() not in ("identity", "")
        return Document(answer.status, body, said.get("ETag", "")[:300], said.get("Location", ""), packed)


def _session(target: Target, timeout: float) -> aiohttp.ClientSession:
    """One connection to the address that was looked at; no cookies, no proxies."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(resolver=_Pinned(target), use_dns_cache=False, force_close=True, limit=1),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=timeout),
        auto_decompress=False,
        trust_env=False,
    )


@attrs.frozen
class _Pinned(AbstractResolver):
    """Knows one host, and its one address."""

    target: Target

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The address that was looked at; raises ``OSError`` for any other host."""
        if host != self.target.url.host:
            raise OSError(f"{host} is not where this delivery goes")
        kind = socket.AF_INET6 if ":" in self.target.address else socket.AF_INET
        return [
            ResolveResult(
                hostname=host, host=self.target.address, port=port, family=kind, proto=0, flags=socket.AI_NUMERICHOST
            )
        ]

    async def close(self) -> None:
        """Nothing is open."""
