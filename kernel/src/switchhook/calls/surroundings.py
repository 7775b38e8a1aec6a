"""What a session works with beside its port: where events, prompts, what is kept, orders and guards are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Protocol, TypeVar

from ..errors import NotFound, SwitchhookError
from .call import Call
from .event import Event
from .port import DialPlan
from .prompts import Prompt

T = TypeVar("T")


class Recorder(Protocol):
    """Takes events as they happen and never waits; the journal and the simulator's course are two."""

    def record(self, call: Call, event: Event) -> None:
        """Take one event."""


class Prompts(Protocol):
    """Finds the sound behind a prompt's id."""

    def find(self, id: str, language: str, tenant: str) -> Prompt:  # noqa: A002 - the domain's own word
        """The prompt in ``language`` or the fallback language; raises ``PromptMissing``.

        ``own/NAME`` is the tenant's own sound and nobody else's.
        """


class Shelf(Protocol):
    """Finds what administrators keep."""

    async def find(self, tenant: str, kind: type[T], id: str) -> T:  # noqa: A002
        """A tenant's resource; raises ``NotFound``."""


class NothingKept:
    """The shelf of a call nobody keeps anything for."""

    async def find(self, tenant: str, kind: type[T], id: str) -> T:  # noqa: A002
        """See :meth:`Shelf.find`."""
        raise NotFound(f"there is no {getattr(kind, 'kind', kind)} {id!r}", id=id)


class Books(Protocol):
    """What plugins keep in tables of their own, for calls."""

    async def work(self, work: Callable[[Any], Awaitable[T]], otherwise: T) -> T:
        """The result of ``work`` in a transaction of its own; ``otherwise`` where nothing is kept."""

    async def look(self, look: Callable[[Any], Awaitable[T]], otherwise: T) -> T:
        """The result of ``look``, which only reads; ``otherwise`` where nothing is kept."""


class NoBooks:
    """The books of a call nothing is kept for, such as a simulated one."""

    async def work(self, work: Callable[[Any], Awaitable[T]], otherwise: T) -> T:
        """See :meth:`Books.work`."""
        return otherwise

    async def look(self, look: Callable[[Any], Awaitable[T]], otherwise: T) -> T:
        """See :meth:`Books.look`."""
        return otherwise


class Desk(Protocol):
    """Takes orders from calls."""

    async def order(
        self, call: Call, kind: str, payload: Mapping[str, object], due: datetime | None, once: str
    ) -> None:
        """Have something done; what was ordered before with the same ``once`` is not ordered again."""

    async def change(
        self,
        call: Call,
        kind: type[T],
        id: str,  # noqa: A002 - the domain's own word
        fields: Mapping[str, object],
        by: str,
        once: str,
    ) -> T | None:
        """Change fields of what the tenant keeps, not again with the same ``once``; as it is then, or None where
        nothing is kept.
        """


class NoDesk:
    """The desk of a call from which nothing is really done, such as a simulated one."""

    async def order(
        self, call: Call, kind: str, payload: Mapping[str, object], due: datetime | None, once: str
    ) -> None:
        """See :meth:`Desk.order`."""

    async def change(
        self,
        call: Call,
        kind: type[T],
        id: str,  # noqa: A002 - the domain's own word
        fields: Mapping[str, object],
        by: str,
        once: str,
    ) -> T | None:
        """See :meth:`Desk.change`."""
        return None


class LegRefused(SwitchhookError):
    """A guard refused an outbound leg; the message says why in words for the call's history."""

    code = "leg_refused"


class MoneyUsedUp(LegRefused):
    """What a leg may cost is used up: by its tenant's spend limit, or by a budget of the leg's own."""

    code = "money_used_up"


class Gate(Protocol):
    """Decides about each outbound leg before it is dialled."""

    async def check(self, call: Call, plan: DialPlan, leg: int | None) -> DialPlan:
        """The plan as it may be dialled, as the call's leg of this number; raises ``LegRefused``.

        Money for it is reserved then; not for None, which is for what somebody else dials, and asks for again. Asking
        again for a leg is for one that was not dialled.
        """
