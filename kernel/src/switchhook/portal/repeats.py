"""Requests that are sent again under the same key: each takes effect once, and is answered as it was the first time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

import attrs
from sqlalchemy import delete, select, update

from ..clock import Clock
from ..errors import SwitchhookError
from ..resources.record import RepeatedDifferently
from ..resources.seal import Seal
from ..store.engine import Store
from ..store.tables_repeats import answered as table
from ..store.upsert import once

KEPT: Final = timedelta(hours=24)
"""How long a request can be sent again."""
UNDER_WAY: Final = timedelta(minutes=5)
"""A request that has no answer after so long will never have one: it was cut off."""


class RepeatedMeanwhile(SwitchhookError):
    """A request with the same key is under way, or was cut off before its answer was kept."""

    code = "repeated_meanwhile"


@attrs.frozen
class Repeats:
    """The answers of one installation.

    An answer may hold a secret that is told this once, such as a new token. It
    is closed with a key made from the installation's and the caller's own key
    of the request, which is kept nowhere: neither the database nor the
    installation's files, nor both, show it.
    """

    store: Store
    clock: Clock
    seal: Seal

    def of(self, tenant: str, account: str, key: str, request: str) -> Repeated:
        """A request of an account under its ``key``; ``request`` is everything it says, in one text."""
        own = f"{tenant} {account} {key}"
        closed = Seal(bytes.fromhex(self.seal.digest(f"answer {own}")))
        return Repeated(self, tenant, account, self.seal.digest(f"key {own}"), self.seal.digest(request), closed)


@attrs.frozen
class Repeated:
    """One request: :meth:`begin` it, then :meth:`keep` its answer or :meth:`let_go` of its key."""

    repeats: Repeats
    tenant: str
    account: str
    key: str
    digest: str
    seal: Seal

    async def begin(self) -> str | None:
        """The answer that was kept, or None: then this one is the first, and all others with its key wait.

        Raises ``RepeatedDifferently`` where the key was used for another
        request, and :class:`RepeatedMeanwhile` where there is no answer yet.
        """
        now = self.repeats.clock.now()
        row = {"tenant": self.tenant, "account": self.account, "key": self.key, "digest": self.digest, "at": now}
        async with self.repeats.store.write() as conn:
            await conn.execute(delete(table).where(*self._mine(), table.c.at <= now - KEPT))
            new = once(conn.dialect.name, table).values(row).returning(table.c.key)
            if (await conn.execute(new)).first() is not None:
                return None
            held = (await conn.execute(select(table).where(*self._mine()))).mappings().one()
        if held["digest"] != self.digest:
            raise RepeatedDifferently("this key was used for another request; take a new key for each request")
        if held["sealed"]:
            return self.seal.open(held["sealed"])
        if held["at"] > now - UNDER_WAY:
            raise RepeatedMeanwhile("the same request is under way; send it again when it had time to end")
        raise RepeatedMeanwhile(
            "the first request with this key was cut off, and nobody kept whether it took effect; "
            "look whether it did, then use a new key"
        )

    async def keep(self, answer: str) -> None:
        """The request took effect, and this is what it is answered from now on."""
        async with self.repeats.store.write() as conn:
            await conn.execute(update(table).where(*self._mine()).values(sealed=self.seal.close(answer)))

    async def let_go(self) -> None:
        """The request took no effect: the key is as good as new."""
        async with self.repeats.store.write() as conn:
            await conn.execute(delete(table).where(*self._mine()))

    def _mine(self) -> tuple[Any, ...]:
        return table.c.tenant == self.tenant, table.c.account == self.account, table.c.key == self.key


async def forget_answers(store: Store, now: datetime) -> None:
    """Forget what can be sent again no more."""
    async with store.write() as conn:
        await conn.execute(delete(table).where(table.c.at <= now - KEPT))
