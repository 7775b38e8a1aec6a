"""The module ``http-decision`` (Externe Entscheidung): another program says where a call goes."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

import attrs

from switchhook import Exit, Finding, Label, Module, Session, Unanswered, setting

from .names import NAME, SHAPE, VARIABLE, twice
from .web_service import WebService

LONGEST_TEXT: Final = 100


@attrs.frozen
class HttpDecision(Module):
    """Asks a web service, which answers ``{"exit": NAME, "variables": {...}}`` with one of the ``ways`` allowed.

    Everything else, no answer in time included, leaves by ``timeout``. It is
    told the call's id, numbers, caller and the variables named; a caller who
    shows no number stays a pseudonym. Answers are good for ``cache_seconds``
    for the same caller and number.
    """

    kind = "http-decision"
    label = Label("Externe Entscheidung", "External decision")
    help = Label("Fragt ein anderes Programm, wohin der Anruf geht.", "Asks another program where the call goes.")
    exit_labels = {"timeout": Label("Keine brauchbare Antwort", "no answer of use")}  # noqa: RUF012

    service: str = setting("reference", "Webdienst", "Web service", to="web-service")
    ways: tuple[str, ...] = setting("words", "Erlaubte Ausgänge", "Exits allowed", minimum=1)
    seconds: float = setting("seconds", "Wartet höchstens", "Waits at most", default=2.0, minimum=0.2, maximum=3.0)
    cache_seconds: int = setting(
        "integer", "Antwort gilt Sekunden", "Answer is good for seconds", default=0, minimum=0, maximum=86400
    )
    told: tuple[str, ...] = setting("words", "Mitgeteilte Variablen", "Variables it is told", default=())
    learned: tuple[str, ...] = setting("words", "Variablen aus der Antwort", "Variables of the answer", default=())

    def exits(self) -> tuple[str, ...]:
        """The ways allowed, and ``timeout``."""
        ways = (way for way in dict.fromkeys(self.ways) if re.fullmatch(NAME, way) and way not in ("timeout", "error"))
        return (*ways, "timeout")

    def lint(self) -> Iterator[Finding]:
        """L23: ways no answer can name; variables that are none."""
        yield from twice(self.ways, "settings.ways")
        for place, way in enumerate(self.ways):
            if not re.fullmatch(NAME, way) or way in ("timeout", "error"):
                yield Finding(
                    "L23",
                    "error",
                    f"settings.ways[{place}]",
                    f"{way!r} is not {SHAPE.en}, or is an exit that is there already",
                    german=f"{way!r} ist nicht {SHAPE.de}, oder es gibt diesen Ausgang schon.",
                )
        for name, variables in (("told", self.told), ("learned", self.learned)):
            for place, variable in enumerate(variables):
                if not re.fullmatch(VARIABLE, variable):
                    yield Finding(
                        "decision-variable",
                        "error",
                        f"settings.{name}[{place}]",
                        f"{variable!r} is no variable's name",
                        german=f"{variable!r} ist kein Name einer Variable.",
                    )

    async def run(self, session: Session) -> Exit:
        """Ask; see the class."""
        service = await session.resource(WebService, self.service)
        question = self._question(session)
        key = hashlib.sha256(json.dumps(question, sort_keys=True).encode()).hexdigest()
        call, now, good_for = session.call, session.now(), timedelta(seconds=self.cache_seconds)
        if self.cache_seconds:

            async def look(conn: Any) -> Mapping[str, object] | None:
                from .answers import kept

                return await kept(conn, call.tenant, self.service, key, now - good_for)

            if (known := await session.stored(look, otherwise=None)) is not None:
                return self._way(session, known, service.name)
        try:
            answer = await session.ask(
                service.url, {**question, "call": call.id}, secret=service.secret, seconds=self.seconds
            )
        except Unanswered as why:
            return Exit("timeout", str(why))
        way = self._way(session, answer, service.name)
        if self.cache_seconds and way.name != "timeout":

            async def note(conn: Any) -> None:
                from .answers import keep

                await keep(conn, call.tenant, self.service, key, self._of_use(answer), now)

            await session.stored(note, otherwise=None)
        return way

    def _question(self, session: Session) -> dict[str, object]:
        call = session.call
        return {
            "number": call.number,
            "diverted_from": call.diverted_from,
            "caller": call.caller.number,
            "caller_key": call.caller.key,
            "caller_kind": call.caller.kind,
            "variables": {name: session.variables.get(name, "") for name in self.told},
        }

    def _of_use(self, answer: Mapping[str, object]) -> dict[str, object]:
        """What of an answer counts; the rest is not kept."""
        given = answer.get("variables")
        found = given if isinstance(given, dict) else {}
        texts = {name: found[name] for name in self.learned if isinstance(found.get(name), str)}
        return {"exit": answer.get("exit"), "variables": {name: text[:LONGEST_TEXT] for name, text in texts.items()}}

    def _way(self, session: Session, answer: Mapping[str, object], service: str) -> Exit:
        of_use = self._of_use(answer)
        way, learned = of_use["exit"], of_use["variables"]
        if not isinstance(way, str) or way not in self.exits()[:-1]:
            return Exit("timeout", f"{service} named no exit that is allowed")
        assert isinstance(learned, dict)  # noqa: S101 - made above
        session.variables.update(learned)
        return Exit(way, f"{service} decided so")
