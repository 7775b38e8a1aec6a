"""Takes what calls have done: orders, and changes of what their tenant keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final, TypeVar, cast

import attrs

from ..access.actor import ALL_RIGHTS, Actor
from ..calls.call import Call
from ..orders.book import Orders
from ..resources.amending import amend
from ..resources.resource import Resource
from ..resources.service import Keeping

T = TypeVar("T")
LONGEST_NAME: Final = 120


@attrs.frozen
class CallDesk:
    """Writes them down at once; see :class:`switchhook.calls.surroundings.Desk`.

    ``forget`` has this worker look again at once; the others notice within a second.
    """

    orders: Orders
    keeping: Keeping
    forget: Callable[[], None]

    async def order(
        self, call: Call, kind: str, payload: Mapping[str, object], due: datetime | None, once: str
    ) -> None:
        """See :meth:`switchhook.calls.surroundings.Desk.order`."""
        await self.orders.give(call.tenant, kind, payload, due=due, once=once)

    async def change(
        self,
        call: Call,
        kind: type[T],
        id: str,  # noqa: A002 - the domain's own word
        fields: Mapping[str, object],
        by: str,
        once: str,
    ) -> T | None:
        """See :meth:`switchhook.calls.surroundings.Desk.change`."""
        resources = self.keeping.of(call.tenant, Actor(caller_name(call, by), ALL_RIGHTS))
        record = await amend(resources, cast(type[Resource], kind).kind, id, fields, once=once)
        self.forget()
        return cast(T, record.value)


def caller_name(call: Call, by: str = "") -> str:
    """How the audit trail names a call: by its caller, and what it knows of the person."""
    name = f"call of {call.caller.number or 'anonymous'}"
    return f"{name} ({by})"[:LONGEST_NAME] if by else name
