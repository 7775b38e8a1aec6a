"""The module ``limit`` (Lastbegrenzung): so many calls at the same time, and so many of one caller, but no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

import attrs

from switchhook import Exit, Finding, Label, Module, Session, setting

from .distribution import name_of_counter

HOUR: Final = timedelta(hours=1)


@attrs.frozen
class Limit(Module):
    """Lets at most ``parallel`` calls be past this point at a time, and ``per_caller`` calls of a caller an hour.

    A call counts until it ends, wherever it goes; one that is over does not.
    Callers the network gives no number of are told from nobody, and only the
    first bound holds for them.
    """

    kind = "limit"
    label = Label("Lastbegrenzung", "Limit")
    help = Label("Lässt nur so viele Anrufe durch.", "Lets only so many calls pass.")
    exit_labels = {"ok": Label("Innerhalb der Grenze", "within the limit"), "over": Label("Zu viele", "too many")}  # noqa: RUF012

    name: str = name_of_counter("Name der Grenze", "Name of the limit")
    parallel: int = setting(
        "integer",
        "Gleichzeitige Anrufe",
        "Calls at the same time",
        default=0,
        minimum=0,
        maximum=10_000,
        help=Label("0 für beliebig viele.", "0 for any number."),
    )
    per_caller: int = setting(
        "integer",
        "Anrufe je Anrufer und Stunde",
        "Calls of one caller an hour",
        default=0,
        minimum=0,
        maximum=10_000,
        help=Label("0 für beliebig viele.", "0 for any number."),
    )

    def exits(self) -> tuple[str, ...]:
        """``ok`` and ``over``."""
        return ("ok", "over")

    def lint(self) -> Iterator[Finding]:
        """A limit that limits nothing."""
        if not self.parallel and not self.per_caller:
            yield Finding(
                "limit-none",
                "warning",
                "settings.parallel",
                "limits nothing; say how many calls may pass",
                german="Begrenzt nichts; geben Sie an, wie viele Anrufe durchdürfen.",
            )

    async def run(self, session: Session) -> Exit:
        """Count; see the class."""
        if (
            self.per_caller
            and session.call.caller.key
            and not await session.stored(self._counted(session), otherwise=True)
        ):
            return Exit("over", f"this caller had {self.per_caller} calls within the last hour")
        if self.parallel and not await session.admit(self.name, self.parallel):
            return Exit("over", f"{self.parallel} calls are there already")
        return Exit("ok", "within the limit")

    def _counted(self, session: Session) -> Any:
        call, now, place = session.call, session.now(), f"limit:{self.name}"

        async def count(conn: Any) -> bool:
            from .passages import pass_by, passed, way_of

            if await way_of(conn, call, place):
                return True
            if await passed(conn, now - HOUR, call, place) >= self.per_caller:
                return False
            await pass_by(conn, now, call, place, "ok")
            return True

        return count
