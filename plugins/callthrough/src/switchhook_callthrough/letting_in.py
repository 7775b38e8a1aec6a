"""Whether a caller is let in: by the number they call from or the account's, and by its PIN (SEC22, SEC23, SEC30)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from switchhook import Listen, NotFound, Session

from .account import CallthroughAccount
from .closing import count_wrong

UNKNOWN: Final = "unknown"
"""Whose PIN is asked for where there is no account: asked, compared and counted like any other."""
_ID: Final = Listen(12, 8.0, 4.0, "#")
_PIN: Final = Listen(12, 8.0, 4.0, "#")


@attrs.frozen
class Whose:
    """An account under its id; none where nobody is let in."""

    id: str = UNKNOWN
    account: CallthroughAccount | None = None


@attrs.frozen
class Door:
    """Who is let in: holders of these ``accounts``, who are asked for its number if ``asks``."""

    accounts: Sequence[str]
    asks: bool
    tries: int

    async def let_in(self, session: Session) -> Whose | None:
        """Whom the caller proved to be; None for nobody.

        Callers hear the same prompts in the same order and everything is
        looked up alike, whether there is no account, it is off or over, the
        PIN is wrong, or it is locked.
        """
        for attempt in range(1, self.tries + 1):
            whose = await self._whose(session)
            if whose.account is not None and whose.account.without_pin and not self.asks:
                return whose
            given = (await session.read("stock/callthrough-pin", listen=_PIN, secret=True)).pressed
            pins = [whose.account.pin] if whose.account is not None and whose.account.pin else []
            verdict = await session.check_pin(CallthroughAccount.kind, whose.id, given, pins)
            if verdict == "ok":
                return whose
            await count_wrong(session, attempt)
            await session.play("stock/invalid")
        return None

    async def _whose(self, session: Session) -> Whose:
        """The account that may be used now; unknown where there is none."""
        if self.asks:
            id = (await session.read("stock/callthrough-account", listen=_ID)).pressed  # noqa: A001
            return await self._usable(session, [id] if id in self.accounts else [], lonely=True)
        return await self._usable(session, self.accounts, lonely=False)

    async def _usable(self, session: Session, ids: Sequence[str], *, lonely: bool) -> Whose:
        """The first account the caller's number belongs to; ``lonely`` ones without numbers are anybody's."""
        number = session.call.caller.number
        for id in ids:  # noqa: A001 - the domain's own word
            try:
                account = await session.resource(CallthroughAccount, id)
            except NotFound:
                continue
            if not (account.knows(number) or (lonely and not account.callers)):
                continue
            if why := account.why_not(session.now()):
                session.note(why)
                continue
            return Whose(id, account)
        return Whose()
