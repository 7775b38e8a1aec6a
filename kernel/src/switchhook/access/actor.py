"""Who asks for something."""

from __future__ import annotations

from collections.abc import Set
from typing import Final, Literal

import attrs

from ..errors import SwitchhookError

Action = Literal["view", "change", "delete"]
EVERYTHING: Final = frozenset({"*"})


class Forbidden(SwitchhookError):
    """Whoever asks has no right to this."""

    code = "forbidden"


@attrs.frozen
class Actor:
    """A user, an API token, or the system itself, and what it may do in one tenant.

    ``rights`` are words such as ``caller-list.change``; ``*`` is every right.
    """

    name: str
    rights: Set[str] = frozenset()

    def may(self, action: Action, kind: str) -> bool:
        """Whether the actor has a right."""
        return "*" in self.rights or f"{kind}.{action}" in self.rights

    def need(self, action: Action, kind: str) -> None:
        """Raise :class:`Forbidden` without the right."""
        if not self.may(action, kind):
            raise Forbidden(f"this needs the right {kind}.{action}", right=f"{kind}.{action}", actor=self.name)


SYSTEM: Final = Actor("system", EVERYTHING)
"""The portal itself, and the operator at the command line."""
