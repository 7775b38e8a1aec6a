"""What this plugin brings."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import attrs

from switchhook import Call, DialPlan, Module, Refusal, hookimpl, setting

from .daytime import Daytime


@attrs.frozen
class Opening:
    """Opening hours, and no calls to outside numbers at night."""

    night_ends: int = setting("integer", "Nacht bis (Uhr)", "Night until (hour)", default=6, minimum=0, maximum=23)

    @hookimpl
    def modules(self) -> list[type[Module]]:
        """The module for opening hours."""
        return [Daytime]

    # [guard]
    @hookimpl
    def leg_allowed(self, call: Call, plan: DialPlan) -> Refusal | None:
        """At night no call goes out through the trunk: whoever dials then is rarely the customer."""
        hour = call.arrived.astimezone(ZoneInfo("Europe/Berlin")).hour
        if hour < self.night_ends and any(target.kind == "number" for target in plan.targets):
            return Refusal(f"no calls to outside numbers before {self.night_ends}:00")
        return None
