"""An AGI connection that keeps what it is told, and a channel behind it that outlives it."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from switchhook.asterisk.agi_reply import AgiReply
from switchhook.asterisk.port import AsteriskPort
from switchhook.asterisk.quoting import agi_encode
from switchhook.errors import AsteriskError


@attrs.define
class Line:
    """Carries every command out. ``gives`` says what subroutines leave as their results, in order.

    ``breaks_in`` is the number of the subroutine, counted from 1, in which the
    portal is killed: Asterisk carries it out nevertheless.
    """

    gives: Mapping[str, list[str]] = attrs.field(factory=dict)
    breaks_in: int = 0
    variables: dict[str, str] = attrs.field(factory=dict)
    commands: list[tuple[str, ...]] = attrs.field(factory=list)
    up: bool = False
    _given: dict[str, int] = attrs.field(factory=dict)

    @property
    def done(self) -> list[str]:
        """The subroutines carried out, in order."""
        return [words[2] for words in self.commands if words[0] == "GOSUB"]

    async def command(self, *words: str, deadline: float) -> AgiReply:
        """See :meth:`switchhook.asterisk.agi_connection.AgiConnection.command`."""
        agi_encode(*words)
        self.commands.append(words)
        if words[:2] == ("GET", "VARIABLE"):
            value = self.variables.get(words[2])
            return AgiReply(200, "0") if value is None else AgiReply(200, "1", value)
        if words[:2] == ("SET", "VARIABLE"):
            self.variables[words[2]] = words[3]
            return AgiReply(200, "1")
        if words[:2] == ("CHANNEL", "STATUS"):
            return AgiReply(200, "6" if self.up else "4")
        if words[0] == "GOSUB":
            return self._carried_out(words[2], words[4].split(","))
        return AgiReply(200, "0")

    async def close(self) -> None:
        """See :meth:`switchhook.asterisk.agi_connection.AgiConnection.close`."""

    def arm(self, seconds: float) -> None:
        """See :meth:`switchhook.asterisk.agi_connection.AgiConnection.arm`."""

    def _carried_out(self, name: str, words: list[str]) -> AgiReply:
        count = self._given.get(name, 0)
        self._given[name] = count + 1
        results = self.gives.get(name, [])
        self.variables[f"SH_R{words[-2]}"] = f"done:{results[count] if count < len(results) else ''}"
        self.up = self.up or name == "answer" or (name in ("read", "play") and words[-3] == "1")
        if len(self.done) == self.breaks_in:
            raise AsteriskError("the portal was killed")
        return AgiReply(200, "0", "Gosub complete")


def port_to(line: Line, done_before: int = 0) -> AsteriskPort:
    """A port through a line; no farewell ever comes."""

    async def farewell() -> None:
        return None

    return AsteriskPort(line, lambda prompt: str(prompt.path), farewell, done_before)  # type: ignore[arg-type]
