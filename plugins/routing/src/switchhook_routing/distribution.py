"""The module ``distribution`` (Prozentverteilung): each way gets its share of the calls."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import attrs

from switchhook import Caller, Exit, Finding, Label, Module, Session, setting

from .names import NAME, SHAPE, name_of_exit, twice
from .part import Part

WINDOWS: Final = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}


def name_of_counter(de: str, en: str) -> Any:
    """The field under which calls are counted; points of the same name count together."""
    return setting(
        "text",
        de,
        en,
        pattern=NAME,
        shape=SHAPE,
        help=Label("Punkte gleichen Namens zählen gemeinsam.", "Points of the same name count together."),
    )


@attrs.frozen
class Share:
    """One way: its weight among all weights, and how many calls it takes at most."""

    name: str = name_of_exit()
    weight: int = setting("integer", "Gewicht", "Weight", default=1, minimum=0, maximum=1000)
    quota: int = setting(
        "integer",
        "Höchstens Anrufe",
        "Calls at most",
        default=0,
        minimum=0,
        maximum=1_000_000,
        help=Label("Im Zeitraum; 0 für beliebig viele.", "Within the period; 0 for any number."),
    )


@attrs.frozen
class Distribution(Module):
    """Leads each call to the share that is furthest behind its weight, exact to one call over all workers.

    With ``sticky_days`` callers go where they went within so many days. When
    every share has its quota, it is ``full``. In the simulator the same caller
    always goes the same way, and nothing is counted.
    """

    kind = "distribution"
    label = Label("Prozentverteilung", "Distribution")
    help = Label("Verteilt Anrufe nach Gewichten.", "Distributes calls by weights.")
    exit_labels = {"full": Label("Alle Kontingente verbraucht", "all quotas used")}  # noqa: RUF012

    name: str = name_of_counter("Name der Verteilung", "Name of the distribution")
    shares: tuple[Share, ...] = setting("rows", "Anteile", "Shares", row=Share, minimum=1)
    sticky_days: int = setting(
        "integer",
        "Anrufer bleiben Tage bei ihrem Anteil",
        "Callers stay with their share for days",
        default=0,
        minimum=0,
        maximum=90,
    )
    period: str = setting(
        "choice",
        "Zeitraum der Kontingente",
        "Period of quotas",
        default="day",
        choices=tuple(WINDOWS),
        names=(
            Label("letzte Stunde", "last hour"),
            Label("letzte 24 Stunden", "last 24 hours"),
            Label("letzte 7 Tage", "last 7 days"),
        ),
    )

    def exits(self) -> tuple[str, ...]:
        """One for each share, ``full`` with quotas."""
        names = dict.fromkeys(share.name for share in self.shares)
        full = ("full",) if any(share.quota for share in self.shares) else ()
        return (*(f"share:{name}" for name in names), *full)

    def lint(self) -> Iterator[Finding]:
        """L30: weights of which nothing comes."""
        yield from twice((share.name for share in self.shares), "settings.shares")
        if not sum(share.weight for share in self.shares):
            yield Finding(
                "L30",
                "error",
                "settings.shares",
                "all weights are 0, so that no call goes anywhere; give one share a weight",
                german="Alle Gewichte sind 0, so dass kein Anruf weitergeht; geben Sie einem Anteil ein Gewicht.",
            )

    async def run(self, session: Session) -> Exit:
        """Choose; see the class."""
        call, now = session.call, session.now()
        parts = [Part(share.name, share.weight, share.quota) for share in self.shares]
        sticky = timedelta(days=self.sticky_days) if self.sticky_days else None

        async def choose(conn: Any) -> str:
            place = f"distribution:{self.name}"
            from .passages import distributed

            return await distributed(conn, now, call, place, parts, window=WINDOWS[self.period], sticky=sticky)

        way = await session.stored(choose, otherwise=_by_caller(call.caller, parts))
        if not way:
            return Exit("full", "every share has its quota")
        return Exit(f"share:{way}", f"it is the turn of {way}")


def _by_caller(caller: Caller, parts: list[Part]) -> str:
    """A share by weight that depends on the caller alone."""
    digest = hashlib.sha256((caller.key or caller.number).encode()).digest()
    at = int.from_bytes(digest[:8], "big") % sum(part.weight for part in parts)
    for part in parts:
        at -= part.weight
        if at < 0:
            return part.way
    raise AssertionError("weights that sum up to more than themselves")
