"""Whether a leg may be dialled: a pure function of the leg and of what is kept of its tenant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

import attrs

from ..calls.call import Call
from ..calls.number_class import NumberClass, number_class
from ..calls.port import DialPlan
from ..rating.price_list import KIND_NAMES, CallRate
from .limit import Ceiling
from .permission import OutboundPermission
from .verified import NEVER_SHOWN, VerifiedNumber

NO_CURRENCY: Final = "XXX"
"""That of what nothing is known to cost, as ISO 4217 has it."""
OWN: Final = ("", "anonymous")
"""What may be shown whoever calls: the caller's own number as the network gave it, and none."""


@attrs.frozen
class Facts:
    """What is kept of a tenant, as far as one leg asks: the permissions, which of the numbers have a price, and which
    are its own; the rates of those numbers, their list's currency and days, and what may be spent.
    """

    permissions: tuple[OutboundPermission, ...] = ()
    priced: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    rates: Mapping[str, CallRate] = attrs.field(factory=dict)
    currency: str = NO_CURRENCY
    zone: ZoneInfo = ZoneInfo("UTC")  # noqa: RUF009 - a value that never changes
    verified: tuple[VerifiedNumber, ...] = ()
    """What is shown, where an operator saw that it is the tenant's elsewhere."""
    ceiling: Ceiling | None = None
    """None where the tenant has no spend limit of its own."""


def outside(plan: DialPlan) -> tuple[str, ...]:
    """The numbers of a leg that lead out of the house and are no emergency: what must be permitted."""
    numbers = (target.address for target in plan.targets if target.kind == "number")
    return tuple(number for number in numbers if number_class(number).kind != "emergency")


def refusals(plan: DialPlan, facts: Facts, day: date) -> Iterator[str]:
    """Every reason for which a leg may not be dialled on a day; none, and it may."""
    numbers = outside(plan)
    for number in numbers:
        yield from _refused(number, facts, day)
    if numbers and plan.caller_id not in OWN:
        yield from _not_shown(plan.caller_id, facts, day)


def limited(plan: DialPlan, facts: Facts, day: date) -> DialPlan:
    """The leg with a limit that no permission exceeds: the longest of those that permit a number, the shortest of all."""
    limits = [plan.limit_seconds]
    for number in outside(plan):
        minutes = [one.longest_minutes for one in _permitting(number, facts, day)]
        limits.append(0 if 0 in minutes else 60 * max(minutes, default=0))
    return attrs.evolve(plan, limit_seconds=min(filter(None, limits), default=0))


def _refused(number: str, facts: Facts, day: date) -> Iterator[str]:
    found = number_class(number)
    if not any(one.covers(found) for one in _holding(facts.permissions, day)):
        yield _uncovered(found)
    elif not any(_permitting(number, facts, day)):
        yield f"there is no price for calls to {number}"


def _permitting(number: str, facts: Facts, day: date) -> Iterator[OutboundPermission]:
    found, priced = number_class(number), number in facts.priced
    return (one for one in _holding(facts.permissions, day) if one.covers(found) and (priced or one.without_price))


def _holding(permissions: Iterable[OutboundPermission], day: date) -> Iterator[OutboundPermission]:
    told = day.isoformat()
    return (one for one in permissions if not one.until or told <= one.until)


def _uncovered(found: NumberClass) -> str:
    kind = KIND_NAMES[found.kind].en
    if not found.country:
        return f"no permission covers calls to a number of this kind: {kind}"
    return f"no permission covers calls to {found.country}: {kind}"


def shown(plan: DialPlan, call: Call) -> DialPlan:
    """The leg with the number it really shows, where that is left to the call: its caller's, for a call that is diverted.

    A caller's number that nobody may be called from is not shown. A call the portal placed has no caller to divert:
    it shows the number it is placed for.
    """
    if plan.caller_id or not outside(plan):
        return plan
    if call.origin == "placed":
        return attrs.evolve(plan, caller_id=call.number)
    if number_class(call.caller.number).kind in NEVER_SHOWN:
        return attrs.evolve(plan, caller_id="anonymous")
    return plan


def _not_shown(number: str, facts: Facts, day: date) -> Iterator[str]:
    if number not in facts.own and not any(one.number == number and one.holds(day) for one in facts.verified):
        yield f"the number {number} cannot be shown, for it is none of the tenant's"
    elif number_class(number).kind in NEVER_SHOWN:
        yield f"the number {number} cannot be shown: who calls it back pays more than for a call"
