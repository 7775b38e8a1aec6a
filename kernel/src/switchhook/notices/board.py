"""The board of notices: what a plugin's service wants seen on every page of a tenant, as long as it holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import attrs

from ..access.actor import Actor
from ..clock import Clock
from ..schema import Label


@attrs.frozen
class Notice:
    """Something out of the ordinary, such as an office that is closed by hand until 14:00.

    Shown to those whose ``right`` reaches everything, or their own things where
    ``owner`` is their account; from ``until`` on to nobody. ``path`` is a page
    below the tenant's that tells more. Those who have ``action_right`` see the
    button ``action``, which posts to ``action_path`` with the page they are on as ``then``.
    """

    text: Label
    right: str
    owner: str = ""
    until: datetime | None = None
    path: str = ""
    action: Label | None = None
    action_path: str = ""
    action_right: str = ""


@attrs.define(eq=False)
class Notices:
    """The notices of all tenants, in the memory of the one process that runs services and serves pages.

    Whoever puts one up puts it up again after a restart, as services do that
    look how things stand. Pages read them from here: no database is asked.
    """

    _clock: Clock
    _up: dict[tuple[str, str], Notice] = attrs.field(factory=dict, init=False)
    _changes: Counter[str] = attrs.field(factory=Counter, init=False)

    def put_up(self, tenant: str, key: str, notice: Notice) -> None:
        """Have a tenant's pages show a notice in place of the one under this key, such as ``switch/night``."""
        if self._up.get((tenant, key)) != notice:
            self._up[tenant, key] = notice
            self._changes[tenant] += 1

    def take_down(self, tenant: str, key: str) -> None:
        """Show it no longer; nothing happens without one."""
        if self._up.pop((tenant, key), None) is not None:
            self._changes[tenant] += 1

    def of(self, tenant: str, actor: Actor) -> Sequence[Notice]:
        """What ``actor`` is to see on the tenant's pages now, by the order of the keys."""
        now = self._clock.now()
        mine = [self._up[key] for key in sorted(self._up) if key[0] == tenant]
        return [
            one
            for one in mine
            if (one.until is None or now < one.until)
            and actor.reach(one.right).covers(owned=bool(one.owner) and one.owner == actor.account)
        ]

    def changes(self, tenant: str) -> int:
        """How often the tenant's notices changed, for who looks whether they did."""
        return self._changes[tenant]
