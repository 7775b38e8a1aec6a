"""The books calls look into: tables of plugins, one short transaction at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import attrs

from .engine import Store, StoreAway

T = TypeVar("T")


@attrs.frozen
class StoredBooks:
    """Those of a running portal."""

    store: Store
    patience: float = 5.0
    """Seconds a caller may be kept waiting by one look."""

    async def work(self, work: Callable[[Any], Awaitable[T]], otherwise: T) -> T:
        """See :meth:`switchhook.calls.surroundings.Books.work`; raises ``StoreAway`` when it takes too long."""
        try:
            async with asyncio.timeout(self.patience), self.store.write() as conn:
                return await work(conn)
        except TimeoutError as error:
            raise StoreAway(f"the store did not answer a call within {self.patience:g} s") from error

    async def look(self, look: Callable[[Any], Awaitable[T]], otherwise: T) -> T:
        """See :meth:`switchhook.calls.surroundings.Books.look`; raises ``StoreAway`` when it takes too long."""
        try:
            async with asyncio.timeout(self.patience), self.store.read() as conn:
                return await look(conn)
        except TimeoutError as error:
            raise StoreAway(f"the store did not answer a call within {self.patience:g} s") from error


@attrs.frozen
class TrialBooks(StoredBooks):
    """Those of a call that is tried: it reads what there is and keeps nothing."""

    async def work(self, work: Callable[[Any], Awaitable[T]], otherwise: T) -> T:
        """See :meth:`switchhook.calls.surroundings.Books.work`."""
        return otherwise
