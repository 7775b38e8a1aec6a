"""A message from Asterisk's manager interface as an unchangeable value."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import attrs

#: The name of the answer to an action, which has no ``Event:`` header.
RESPONSE: Final = "Response"


def _frozen(fields: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType(dict(fields))


@attrs.frozen
class AmiEvent:
    """One event, list item or answer.

    ``name`` is the event's name as Asterisk spells it, or ``"Response"`` for
    the answer to an action. ``fields`` hold all headers under the spelling they
    first came with. Of a repeated header the first value counts, whatever its
    case: Asterisk writes its own headers first, so nothing a caller or a
    dialplan adds can take the place of ``Uniqueid``.
    """

    name: str
    fields: Mapping[str, str] = attrs.field(converter=_frozen)

    def __getitem__(self, header: str) -> str:
        """Give the value of ``header`` (exact spelling); KeyError when there is none."""
        return self.fields[header]

    def get(self, header: str, default: str = "") -> str:
        """Give the value of ``header`` (exact spelling), or ``default``."""
        return self.fields.get(header, default)


def parse_message(message: bytes) -> AmiEvent | None:
    """Read the lines of one message (without the closing empty line); None when it names no event and no answer.

    Bytes that are not UTF-8 become U+FFFD, lines without a colon (such as the
    greeting) are passed over, and no value is unquoted or otherwise changed.
    """
    fields: dict[str, str] = {}
    seen: set[str] = set()
    for line in message.decode(errors="replace").split("\r\n"):
        header, colon, value = line.partition(":")
        folded = header.casefold()
        if colon and folded not in seen:
            seen.add(folded)
            fields[header] = value.removeprefix(" ")
    if "Event" in fields:
        return AmiEvent(fields["Event"], fields)
    return AmiEvent(RESPONSE, fields) if RESPONSE in fields else None
