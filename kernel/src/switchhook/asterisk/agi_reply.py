"""What Asterisk answers to a command, line by line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

import attrs

from switchhook.errors import AsteriskError

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_KEY_VALUE: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(\S*)")


@attrs.frozen
class AgiReply:
    """One reply: ``200 result=<result> (<data>) key=value ...``.

    ``result`` is Asterisk's word as it stands (``-1``, ``0``, keys, or empty).
    ``data`` is the text in parentheses, or the bare text behind the result as
    in ``Gosub complete``. ``extra`` holds values such as ``endpos``. For a
    code other than 200, ``data`` is the whole text.
    """

    code: int
    result: str = ""
    data: str = ""
    extra: Mapping[str, str] = _NOTHING

    @property
    def hung_up(self) -> bool:
        """Whether the reply itself says that the caller is gone.

        Never from the data alone: a variable's value may well be ``hangup``.
        """
        return self.code == 511 or (self.code == 200 and self.result == "-1" and self.data == "hangup")


def parse_reply(line: str) -> AgiReply:
    """Read one whole reply line, without its line end.

    Raises AsteriskError when the line is none: the stream can then no longer
    be trusted.
    """
    code = line[:3]
    if not (len(code) == 3 and code.isascii() and code.isdigit()) or line[3:4] not in (" ", ""):
        raise AsteriskError("this is no reply to an AGI command", line=line[:200])
    if code != "200":
        return AgiReply(int(code), data=line[4:])
    if not line.startswith("200 result="):
        raise AsteriskError("a 200 reply without a result", line=line[:200])
    result, _, rest = line[11:].partition(" ")
    if not rest:
        return AgiReply(200, result)
    if not rest.startswith("("):
        return AgiReply(200, result, rest)
    # A variable's value may hold parentheses itself, but it always ends the line: the last one closes it.
    end = rest.rfind(")")
    if end < 0:
        raise AsteriskError("a reply whose text runs over its line", line=line[:200])
    tail = rest[end + 1 :]
    return AgiReply(200, result, rest[1:end], dict(_KEY_VALUE.findall(tail)) if tail else _NOTHING)


#: What a line meant: nothing yet, a whole reply, the end of the session, or a usage block that was read to its end.
Heard = AgiReply | Literal["more", "hangup", "usage"]


@attrs.define
class ReplyReader:
    """Puts lines together to replies.

    Asterisk says ``100 ... Trying`` before a long command's reply, which is
    skipped, and a usage text of many lines for a wrong command, which is
    consumed to its closing ``520 `` line.
    """

    _in_usage: bool = False

    def feed(self, line: str) -> Heard:
        """Take one line without its line end and say what it completes.

        Raises AsteriskError for a line that cannot be part of a reply.
        """
        if self._in_usage:
            if not line.startswith("520 "):
                return "more"
            self._in_usage = False
            return "usage"
        if line.startswith("200 "):
            return parse_reply(line)
        if line == "HANGUP":
            return "hangup"
        if line.startswith("100 "):
            return "more"
        if line.startswith("520"):
            self._in_usage = line.startswith("520-")
            return "more" if self._in_usage else "usage"
        return parse_reply(line)
