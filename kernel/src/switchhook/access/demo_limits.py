"""What a tenant may have that only tries the portal: one value, and the refusal of more."""

from __future__ import annotations

from typing import Final, Literal

import attrs

from ..errors import SwitchhookError

LimitName = Literal["numbers", "accounts", "flows", "calls"]


@attrs.frozen
class DemoLimits:
    """How many numbers, people who may sign in, published flows, and calls at the same time a demo tenant has at most."""

    numbers: int = 2
    accounts: int = 5
    flows: int = 3
    calls: int = 2


DEMO_LIMITS: Final = DemoLimits()
_WORDS: Final[dict[LimitName, str]] = {
    "numbers": "{most} numbers",
    "accounts": "{most} people who may sign in",
    "flows": "{most} published flows",
    "calls": "{most} calls at the same time",
}


class DemoLimit(SwitchhookError):
    """A tenant that only tries the portal has reached a limit; ``limit`` is its name, ``most`` how many it may have."""

    code = "demo_limit"

    def __init__(self, tenant: str, limit: LimitName) -> None:
        super().__init__(f"tenant {tenant!r} {why_refused(limit)}", tenant=tenant, limit=limit, most=most(limit))
        self.limit: LimitName = limit
        self.most = most(limit)


def most(limit: LimitName) -> int:
    """How many a demo tenant may have."""
    found: int = getattr(DEMO_LIMITS, limit)
    return found


def why_refused(limit: LimitName) -> str:
    """The sentence that follows a tenant's name."""
    allowed = _WORDS[limit].format(most=most(limit))
    return (
        f"tries the portal and may have {allowed}; the operator lifts this limit ({limit}) by making the tenant active"
    )
