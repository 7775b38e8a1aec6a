"""What is odd about a flow that goes by caller lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from switchhook import Finding, Flow, KeptRule, Point

from .caller_list import CallerList
from .filtering import CallerListFilter

_COUNTED: Final = "caller-list entries"


def found_in(flow: Flow, kept: Mapping[tuple[str, str], Any]) -> Sequence[Finding]:
    """Lists that only watch or hold nobody, and denied callers who go where all others go."""
    return [
        finding
        for name, point in flow.points.items()
        if isinstance(point.module, CallerListFilter)
        for finding in (*_denied(name, point, point.module), *_of_lists(name, point.module, kept))
    ]


async def counted(conn: Any, tenant: str, now: datetime) -> Mapping[tuple[str, str], tuple[int, int]]:
    """How many entries the lists of a tenant have, and how many of them have ended."""
    from .rows import Rows

    rows = Rows(conn, tenant)
    there, ended = await rows.how_many(), await rows.ended(now)
    return {(_COUNTED, one): (count, ended.get(one, 0)) for one, count in there.items()}


def _denied(name: str, point: Point, module: CallerListFilter) -> Iterator[Finding]:
    others = point.exits.get("no_match", "")
    for way in dict.fromkeys(one.way for one in module.lists if one.verdict == "deny"):
        if others and others != "hang-up" and point.exits.get(way) == others:
            yield Finding(
                "lists-denied",
                "warning",
                f"points.{name}.exits.{way}",
                "denied callers go where all others go; give them a way of their own",
                german="Gesperrte Anrufer gehen dorthin, wohin alle gehen; geben Sie ihnen einen eigenen Weg.",
            )


def _of_lists(name: str, module: CallerListFilter, kept: Mapping[tuple[str, str], Any]) -> Iterator[Finding]:
    for place, one in enumerate(module.lists):
        found = kept.get((CallerList.kind, one.list))
        if isinstance(found, CallerList) and found.shadow:
            yield Finding(
                "lists-watching",
                "warning",
                f"points.{name}.settings.lists[{place}].list",
                f"the list {found.name} only watches; nobody is denied or let through by it",
                german=f"Die Liste {found.name} beobachtet nur; durch sie wird niemand gesperrt oder durchgelassen.",
            )
        if isinstance(found, CallerList):
            yield from _entries(
                f"points.{name}.settings.lists[{place}].list", found, *kept.get((_COUNTED, one.list), (0, 0))
            )


def _entries(path: str, found: CallerList, there: int, ended: int) -> Iterator[Finding]:
    if there == ended:
        yield Finding(
            "lists-empty",
            "warning",
            path,
            f"the list {found.name} has no entry that holds; nobody is on it",
            german=f"Die Liste {found.name} hat keinen gültigen Eintrag; niemand steht darauf.",
        )
    elif ended:
        yield Finding(
            "lists-ended",
            "warning",
            path,
            f"{ended} entries of the list {found.name} have ended; delete or renew them",
            german=f"{ended} Einträge der Liste {found.name} sind abgelaufen; löschen oder verlängern Sie sie.",
        )


RULES = (KeptRule((CallerList.kind,), found_in, counted),)
