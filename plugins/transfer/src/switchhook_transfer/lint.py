"""What is odd about transfers in a flow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from switchhook import Finding, Flow, KeptRule

from .speed_dial import SpeedDialList
from .transfer import TransferKey

_NAME: Final = "transfer-list"


def _look(flow: Flow, kept: Mapping[tuple[str, str], Any]) -> Sequence[Finding]:
    point = next((name for name, point in flow.points.items() if getattr(point.module, "in_call", False) is True), "")
    keys = [one for one in kept.values() if isinstance(one, TransferKey) and (not one.flows or flow.id in one.flows)]
    if not point:
        return []
    path = f"points.{point}.settings.in_call"
    return [found for key in keys for found in _of(key, kept.get((SpeedDialList.kind, key.speed_dials)), path)]


def _of(key: TransferKey, kept: SpeedDialList | None, path: str) -> Iterator[Finding]:
    if kept is None:
        return
    if not kept.entries:
        yield Finding(
            _NAME,
            "warning",
            path,
            f"the speed-dial list {kept.name!r} of {key.name!r} is empty",
            german=f"Die Kurzwahlliste {kept.name!r} von {key.name!r} ist leer.",
        )
    if long := [one.short for one in kept.entries if len(one.short) > key.digits]:
        shorts = ", ".join(long)
        yield Finding(
            _NAME,
            "warning",
            path,
            f"{key.name!r} takes {key.digits} digits, so {shorts} of the speed-dial list {kept.name!r} cannot be dialled",
            german=f"{key.name!r} nimmt {key.digits} Ziffern, also ist {shorts} der Kurzwahlliste {kept.name!r} nicht wählbar.",
        )


RULE: Final = KeptRule((TransferKey.kind, SpeedDialList.kind), _look)
