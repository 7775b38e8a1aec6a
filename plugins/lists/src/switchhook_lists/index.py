"""The entries of a list in memory, and which of them a caller meets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

import attrs

from switchhook import NetworkNumber

from .entry import Entry

_NONE: Final[Mapping[str, Entry]] = {}


@attrs.frozen
class Index:
    """The entries of one list. A caller is looked up a few times, however many entries there are.

    ``count`` is how often the list had been changed by then.
    """

    count: int = -1
    numbers: Mapping[str, Entry] = attrs.field(default=_NONE, repr=False)
    beginnings: Mapping[str, Entry] = attrs.field(default=_NONE, repr=False)
    suppressed: Mapping[str, Entry] = attrs.field(default=_NONE, repr=False)

    @classmethod
    def of(cls, count: int, entries: Iterable[Entry]) -> Index:
        """Entries as they are looked up."""
        found: dict[str, dict[str, Entry]] = {"number": {}, "beginning": {}, "suppressed": {}}
        for entry in entries:
            found[entry.kind][entry.value] = entry
        return cls(count, found["number"], found["beginning"], found["suppressed"])

    def met_by(self, network: NetworkNumber, key: str, now: datetime) -> Iterator[Entry]:
        """The entries a caller meets, the closest first: exact before beginnings, longer ones before shorter ones.

        ``network`` is the number the network gave, ``key`` its keyed hash.
        """
        exact = (network.exact_in(self.numbers), self.suppressed.get(key))
        for entry in (*exact, *network.beginnings_in(self.beginnings)):
            if entry is not None and entry.holds(now):
                yield entry
