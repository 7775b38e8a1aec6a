"""The one test every text passes before it goes to Asterisk: no control characters, and UTF-8 can say it."""

from __future__ import annotations

import re

from switchhook.errors import UnsafeText

#: C0, DEL and C1 (ISO 6429). CR, LF and NUL end a line or a C string; none of the others is ever meant.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def plain_bytes(text: str, what: str) -> bytes:
    """Give ``text`` as UTF-8 bytes that stay on one line.

    ``what`` names the value in the error, for example ``"word 3 of an AGI command"``.
    Raises UnsafeText for control characters (C0, DEL, C1) and lone surrogates;
    the error's data hold the position, never the text itself.
    """
    found = _CONTROL.search(text)
    if found:
        name = f"U+{ord(found.group()):04X}"
        raise UnsafeText(f"{what} holds the control character {name}", what=what, position=found.start())
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise UnsafeText(f"{what} holds half a character", what=what, position=error.start) from None
