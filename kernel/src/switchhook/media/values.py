"""A kept file, and how much of a tenant's storage is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, get_args

import attrs

from ..calls.recording import MediaClass, StorageFull

CLASSES: Final[tuple[MediaClass, ...]] = get_args(MediaClass)
MediaState = Literal["recording", "kept", "trashed"]
DEFAULT_QUOTA: Final = 2_000_000_000
"""Bytes of storage every tenant has."""
STEP: Final = 10_000_000_000
"""Bytes of one step of extra storage that a tenant orders."""
RESERVE: Final = 0.05
"""The part beyond its storage that a tenant's messages and faxes may use, so that none is lost."""
RESERVED: Final[tuple[MediaClass, ...]] = ("message", "fax")
LEVELS: Final = (80, 95, 100)
"""Percent of the storage at which its people are told."""


@attrs.frozen
class MediaFile:
    """Something kept: an announcement, a message, a recording or a fax.

    It belongs to the thing ``owner`` of the kind ``owner_kind``, such as a
    mailbox. ``label`` is the name of the routing point it came from, ``facts``
    are what its maker wanted to remember. ``bytes`` are those of all its files
    together, ``original`` is how the name of the original ends where it is
    kept beside the sound.
    """

    tenant: str
    id: str
    of: MediaClass
    owner_kind: str
    owner: str
    call: str
    label: str
    facts: Mapping[str, Any]
    state: MediaState
    bytes: int
    seconds: float
    sha256: str
    original: str
    made: datetime
    retain_until: datetime | None


@attrs.frozen
class MediaPage:
    """A part of a list. ``after`` is the cursor of the next part, empty at the end.

    ``titles`` are what owners are called, by kind and id, where they have a title.
    """

    files: Sequence[MediaFile]
    after: str = ""
    titles: Mapping[tuple[str, str], str] = attrs.field(factory=dict)


@attrs.frozen
class Usage:
    """What a tenant's storage holds, in bytes by class.

    ``extra`` is what the operator gave, ``steps`` what the tenant ordered;
    ``version`` grows with each change of either.
    """

    tenant: str
    by_class: Mapping[MediaClass, int]
    extra: int = 0
    version: int = 0
    steps: int = 0

    @property
    def kind(self) -> str:
        """What the audit calls it."""
        return "storage"

    @property
    def id(self) -> str:
        """Each tenant has one."""
        return self.tenant

    @property
    def quota(self) -> int:
        """All there is, without the reserve."""
        return DEFAULT_QUOTA + self.extra + self.steps * STEP

    @property
    def used(self) -> int:
        """What is used."""
        return sum(self.by_class.values())

    @property
    def percent(self) -> float:
        """How much is used; above 100 where messages are in the reserve."""
        return 100 * self.used / self.quota

    @property
    def level(self) -> int:
        """The highest of :data:`LEVELS` that is reached, 0 below all."""
        return max((level for level in LEVELS if self.percent >= level), default=0)

    def and_also(self, of: MediaClass, more: int) -> Usage:
        """With ``more`` bytes of a class."""
        return attrs.evolve(self, by_class={**self.by_class, of: self.by_class.get(of, 0) + more})

    def limit(self, of: MediaClass) -> int:
        """Up to how many bytes things of a class may be kept."""
        return round(self.quota * (1 + RESERVE)) if of in RESERVED else self.quota

    def must_have_room(self, of: MediaClass, more: int = 1) -> None:
        """Raise ``StorageFull`` unless ``more`` bytes can be kept for a class."""
        if self.used + more > self.limit(of):
            raise StorageFull(
                "the storage is full; delete files or order more storage", used=self.used, quota=self.quota, of=of
            )
