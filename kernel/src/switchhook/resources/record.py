"""A resource as it is kept, and what can be said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol

import attrs

from ..errors import SwitchhookError
from .resource import Resource

Action = Literal["create", "change", "delete", "restore", "purge", "disable", "enable"]


class Versioned(Protocol):
    """What is kept in versions: a record, an account, a tenant."""

    @property
    def kind(self) -> str:
        """Which sort of thing it is."""

    @property
    def id(self) -> str:
        """Its id among those of its kind."""

    @property
    def version(self) -> int:
        """How often it was changed, from 1."""


@attrs.frozen
class Record:
    """A kept resource. ``version`` grows with every change; ``deleted`` is set while it lies in the trash.

    ``author`` is who changed it last; ``owner`` the account that made it, empty for the portal itself.
    """

    tenant: str
    id: str
    version: int
    value: Resource
    author: str
    created: datetime
    changed: datetime
    deleted: datetime | None = None
    owner: str = ""

    @property
    def kind(self) -> str:
        """The kind of the resource."""
        return self.value.kind

    @property
    def title(self) -> str:
        """What people call it; its id if it has no name."""
        return self.value.title() or self.id


@attrs.frozen
class Use:
    """A place where a record is used: by which thing, and by which of its fields.

    What is out of reach of whoever asks counts, but has no id, title or path.
    """

    kind: str
    id: str
    title: str
    path: str


@attrs.frozen
class Change:
    """One change, proposed or made. ``before`` and ``after`` are None for what was not, or is no more."""

    tenant: str
    actor: str
    action: Action
    kind: str
    id: str
    before: Resource | None
    after: Resource | None


@attrs.frozen
class Page:
    """A part of a list, in order. ``after`` is the cursor of the next part, empty at the end."""

    records: Sequence[Record]
    after: str = ""


class UnknownKind(SwitchhookError):
    """No installed plugin brings a resource of this kind."""

    code = "unknown_resource"


class StaleVersion(SwitchhookError):
    """Somebody else changed it meanwhile; ``current`` is what it is now, ``base`` what its fields were, if known.

    ``now`` are the fields of ``current`` in the words of ``base``, where ``current`` has no ``value`` that says them.
    """

    code = "stale"

    def __init__(
        self,
        given: int,
        current: Versioned,
        base: Mapping[str, object] | None,
        now: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(
            f"{current.kind} {current.id!r} was changed meanwhile: version {given} was edited, "
            f"version {current.version} is kept; look at both and save again",
            kind=current.kind,
            id=current.id,
            given=given,
            version=current.version,
        )
        self.current = current
        self.base = base
        self.now = now


class InUse(SwitchhookError):
    """What is used elsewhere cannot be deleted; ``uses`` names each place."""

    code = "in_use"

    def __init__(self, kind: str, id: str, uses: Sequence[Use]) -> None:  # noqa: A002 - the domain's own word
        where = ", ".join(map(_place, uses[:5]))
        more = f" and {len(uses) - 5} more" if len(uses) > 5 else ""
        super().__init__(f"{kind} {id!r} is used by {where}{more}; replace it there first", kind=kind, id=id)
        self.uses = tuple(uses)


def _place(use: Use) -> str:
    return f"{use.kind} {use.title!r} ({use.path})" if use.id else f"a {use.kind} out of your reach"


class IdTaken(SwitchhookError):
    """There is such a record already, perhaps in the trash."""

    code = "id_taken"


class ChangeRefused(SwitchhookError):
    """A guard of a plugin refuses a change."""

    code = "change_refused"


class RepeatedDifferently(SwitchhookError):
    """A key that makes a request repeatable was used before, for something else."""

    code = "repeated_differently"
