"""Callthrough closes itself: wrong PINs are counted for the called number and for all of a tenant (SEC30)."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from switchhook import Label, Order, Session

if TYPE_CHECKING:
    from switchhook.administration import Administration

PER_NUMBER: Final = 30
"""Wrong PINs within an hour at a called number, after which nobody is let in there."""
FOR_ALL: Final = 100
"""The same for all numbers of a tenant."""
CLOSED: Final = "callthrough_closed"
"""The variable with what was found when the call came, the same when it is taken up again."""
WRONG: Final = "callthrough.wrong"
"""The order that looks whether callthrough is closed now, and tells of it."""
RULE: Final = "callthrough-closed"


async def closed(session: Session) -> bool:
    """Whether nobody is let in at present, because too many PINs were wrong."""
    if CLOSED not in session.variables:
        ask = partial(_asked, tenant=session.call.tenant, number=session.call.number, now=session.now())
        session.variables[CLOSED] = "yes" if await session.looked_up(ask, otherwise=False) else "no"
    return session.variables[CLOSED] == "yes"


async def count_wrong(session: Session, attempt: int) -> None:
    """Count a wrong PIN; the same attempt of a call counts once."""
    call, now = session.call, session.now()

    async def count(conn: Any) -> None:
        from .attempts import Attempts

        await Attempts(conn, call.tenant).add(call.number, call.id, attempt, now)

    await session.stored(count, otherwise=None)
    await session.order(WRONG, {"number": call.number})


async def tell(administration: Administration, order: Order) -> None:
    """Raise an alert once callthrough is closed."""
    number, tenant = str(order.payload["number"]), order.tenant
    async with administration.store.write() as conn:
        if not await _asked(conn, tenant=tenant, number=number, now=administration.clock.now()):
            return
        said = Label(
            f"Callthrough über {number} ist geschlossen: zu viele falsche PINs innerhalb einer Stunde.",
            f"callthrough by {number} is closed: too many wrong PINs within an hour",
        )
        await administration.alerts.raise_(tenant, RULE, number, said, severity="error", link="/calls", conn=conn)


async def _asked(conn: Any, *, tenant: str, number: str, now: datetime) -> bool:
    from .attempts import Attempts

    at_number, at_all = await Attempts(conn, tenant).counted(number, now)
    return at_number >= PER_NUMBER or at_all >= FOR_ALL
