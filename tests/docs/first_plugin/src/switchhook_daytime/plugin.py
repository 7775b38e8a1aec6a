"""What this plugin brings."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from switchhook import Call, DialPlan, Module, Refusal, hookimpl

from .daytime import Daytime

NIGHT = range(0, 6)


@hookimpl
def modules() -> list[type[Module]]:
    """The module for opening hours."""
    return [Daytime]


# [guard]
@hookimpl
def leg_allowed(call: Call, plan: DialPlan) -> Refusal | None:
    """At night no call goes out through the trunk: whoever dials then is rarely the customer."""
    hour = call.arrived.astimezone(ZoneInfo("Europe/Berlin")).hour
    if hour in NIGHT and any(target.kind == "number" for target in plan.targets):
        return Refusal("no calls to outside numbers at night")
    return None
