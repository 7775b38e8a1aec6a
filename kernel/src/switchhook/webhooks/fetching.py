"""Fetching documents of other servers, such as a calendar: nobody inside, of bounded time and size (SEC12)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import attrs
from yarl import URL

from ..calls.programs import Unanswered
from .target import Resolve, TargetRefused, system_resolve, target_of

if TYPE_CHECKING:
    from .wire import Document

HOPS: Final = 3
"""How often an address may lead on to another one."""
_LEADS_ON: Final = (301, 302, 303, 307, 308)


@attrs.frozen
class Fetched:
    """A document. Where it is not ``new`` the server still has the one of the ``etag`` that was given, and ``text`` is empty."""

    text: str
    etag: str
    new: bool = True


@attrs.frozen
class Fetching:
    """Fetches for a running portal."""

    allow_private: bool = False
    resolve: Resolve = system_resolve

    async def fetch(self, url: str, *, etag: str = "", most: int = 1 << 20, seconds: float = 15.0) -> Fetched:
        """The document at an http or https address, of at most ``most`` bytes, within ``seconds`` in all.

        With ``etag`` the server is asked only for another one than that.
        Addresses of this machine and of private networks are refused, also
        where a redirect leads to them, unless the operator allows inner ones
        for webhooks. Raises ``Unanswered`` when there is no such document.
        """
        import aiohttp  # it takes its time, and callers of a portal that starts again wait

        try:
            async with asyncio.timeout(seconds):
                return _fetched(await self._led(url, etag, most, seconds), most)
        except TargetRefused as refused:
            raise Unanswered(str(refused)) from refused
        except TimeoutError as error:
            raise Unanswered(f"the server did not answer within {seconds:g} s") from error
        except (OSError, aiohttp.ClientError) as error:
            raise Unanswered("the server cannot be reached") from error

    async def _led(self, url: str, etag: str, most: int, seconds: float) -> Document:
        """The first answer that leads no further."""
        from .wire import get

        headers = {"If-None-Match": etag} if etag else {}
        for _ in range(HOPS + 1):
            target = await target_of(url, self.resolve, allow_private=self.allow_private)
            found = await get(target, headers, timeout=seconds, most=most)
            if found.status not in _LEADS_ON or not found.location:
                return found
            further = target.url.join(URL(found.location))
            if target.url.scheme == "https" and further.scheme != "https":
                raise Unanswered("the address leads from https to one that is not")
            url = str(further)
        raise Unanswered(f"the address leads on more than {HOPS} times")


def _fetched(found: Document, most: int) -> Fetched:
    if found.status == 304:
        return Fetched("", found.etag, new=False)
    if found.status != 200:
        raise Unanswered(f"the server answered with the status {found.status}")
    if len(found.body) > most:
        raise Unanswered(f"the document has more than {most} bytes")
    if found.packed:
        raise Unanswered("the server packs the document, which was not asked for")
    return Fetched(found.body.decode("utf-8-sig", "replace"), found.etag)
