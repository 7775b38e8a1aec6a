"""A tenant: the customer to whom numbers, flows and calls belong."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final, Literal

import attrs

TenantState = Literal["demo", "active", "suspended", "closed"]
TENANT_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@attrs.frozen
class Tenant:
    """A customer of the portal. Every row in the store belongs to exactly one.

    ``id`` is a short word, ``language`` the language of its callers when no
    flow says otherwise. A caller nothing else can serve gets
    ``last_resort_flow``, or else hears the prompt ``last_resort_prompt``;
    both may be empty. ``created`` is UTC. The calls of a ``suspended`` or
    ``closed`` tenant get the fallback of the number, and its people cannot
    sign in. ``version`` grows with every change of name or state, and
    ``suspended_from`` is the state a suspended one comes back to.
    """

    id: str = attrs.field(validator=attrs.validators.matches_re(TENANT_ID))
    name: str
    created: datetime
    language: str = "de"
    last_resort_flow: str = ""
    last_resort_prompt: str = ""
    state: TenantState = "active"
    version: int = 1
    suspended_from: Literal["", "demo", "active"] = ""

    @property
    def kind(self) -> str:
        """What the audit calls it."""
        return "tenant"

    @property
    def open(self) -> bool:
        """Whether its people may sign in and its flows serve callers."""
        return self.state in ("demo", "active")
