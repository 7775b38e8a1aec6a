"""Passwords at rest: hashed with argon2id, and never known again."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

import attrs

from ..errors import SwitchhookError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

T = TypeVar("T")
AT_ONCE: Final = 2
"""Hashes made at the same time: each takes 64 MiB."""
WAITING: Final = 64
"""Hashes that may wait for their turn: some seconds' worth."""
LONGEST: Final = 128


class TooBusy(SwitchhookError):
    """So many passwords wait to be looked at that one more would wait too long."""

    code = "too_busy"


@attrs.frozen
class Cost:
    """What one hash costs; the default is that of ``argon2-cffi`` (RFC 9106's profile for little memory)."""

    time: int = 3
    memory: int = 65536
    parallelism: int = 4


def composed(password: str) -> str:
    """A password as it is measured and hashed: typed on another keyboard it is still the same."""
    return unicodedata.normalize("NFC", password)


class Passwords:
    """Makes and compares hashes in threads of its own. Comparing costs the same where there is nothing to compare."""

    def __init__(self, cost: Cost = Cost()) -> None:
        self.cost: Final = cost
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="passwords")
        self._waiting = 0
        self._nothing = ""

    async def hash(self, password: str) -> str:
        """A new hash of a password of at most 128 characters."""
        return await self._turn(self._hash, composed(password))

    async def fits(self, password: str, hashed: str) -> bool:
        """Whether a password is the one that was hashed; never without a hash, which takes as long to say."""
        if not self._nothing:
            self._nothing = await self._turn(self._hash, "there is no such password")
        right = await self._turn(self._fits, composed(password)[: LONGEST + 1], hashed or self._nothing)
        return right and bool(hashed)

    def is_dated(self, hashed: str) -> bool:
        """Whether a hash was made at another cost than today's."""
        return self._hasher().check_needs_rehash(hashed)

    def close(self) -> None:
        """Give the threads back."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _turn(self, work: Callable[..., T], *given: str) -> T:
        if self._waiting >= WAITING:
            raise TooBusy("too many people sign in at this moment; try again in a few seconds", retry_after=5)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *given)
        finally:
            self._waiting -= 1

    def _hasher(self) -> PasswordHasher:
        from argon2 import PasswordHasher

        return PasswordHasher(self.cost.time, self.cost.memory, self.cost.parallelism)

    def _hash(self, password: str) -> str:
        return self._hasher().hash(password)

    def _fits(self, password: str, hashed: str) -> bool:
        from argon2.exceptions import VerifyMismatchError

        try:
            return self._hasher().verify(hashed, password)
        except VerifyMismatchError:
            return False
