"""What a tenant's calls cost and may cost, and letting them go on when they are held."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import attrs

from switchhook import Label
from switchhook.administration import SpendLine, TenantSpending

from ..operation import Answer, Asked, Operation

_PATH = "/tenants/{tenant}/spending"


@attrs.frozen
class Spent:
    """What legs of a budget cost in a period, in millionths; ``limit`` is null where none is known."""

    budget: str
    period: str
    currency: str
    spent: int
    reserved: int
    limit: int | None


@attrs.frozen
class SpendingShown:
    """How a tenant's money stands. ``held`` says why nobody outside is called, empty where calls go on."""

    budgets: list[Spent]
    calls: int
    at_once: int
    numbers_per_hour: int
    new_country_calls: int
    usual: bool
    held: str
    held_since: datetime | None


def operations() -> Sequence[Operation]:
    """Seeing how it stands, and releasing calls."""
    return [
        Operation(
            id="spending.get",
            tag="charges",
            summary=Label("Ausgaben und Grenzen", "Spending and limits"),
            method="GET",
            path=_PATH,
            run=_now,
            right="charge.view",
            answer=SpendingShown,
        ),
        Operation(
            id="spending.release",
            tag="charges",
            summary=Label("Angehaltene Anrufe freigeben", "Release calls that are held"),
            method="POST",
            path=f"{_PATH}/release",
            run=_release,
            above=True,
            status=204,
            may=("not_found",),
        ),
    ]


def _spending(asked: Asked) -> TenantSpending:
    return asked.administration.spending.of(asked.tenant, asked.actor)


async def _now(asked: Asked) -> Answer:
    now = await _spending(asked).now()
    return Answer(
        value=SpendingShown(
            budgets=[_line(one) for one in now.lines],
            calls=now.on,
            at_once=now.ceiling.at_once,
            numbers_per_hour=now.ceiling.numbers_per_hour,
            new_country_calls=now.ceiling.new_country_calls,
            usual=now.usual,
            held=now.hold.why if now.hold is not None else "",
            held_since=now.hold.since if now.hold is not None else None,
        )
    )


async def _release(asked: Asked) -> Answer:
    await _spending(asked).release()
    return Answer()


def _line(one: SpendLine) -> Spent:
    limit = one.limit.micro if one.limit is not None else None
    return Spent(one.budget, one.period, one.spent.currency, one.spent.micro, one.reserved.micro, limit)
