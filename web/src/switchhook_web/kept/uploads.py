"""Files people bring: read as text within limits, and carried from the preview to the taking over."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from quart import request
from werkzeug.exceptions import RequestEntityTooLarge

from switchhook import SwitchhookError

MOST: Final = 600_000
"""Bytes of a file; in base64 it still is less than a form's field may have."""
TAKES: Final = 2 << 20


class FileUnreadable(SwitchhookError):
    """A file that is no text."""

    code = "file_unreadable"


async def brought() -> str:
    """The text of the file in the request, or of the one that was looked at before; empty without any.

    Counted as it is read, whatever it says of itself. UTF-8, or else what
    spreadsheets on Windows write. Raises :class:`FileUnreadable`, and 413.
    """
    file = (await request.files).get("file")
    content = file.read(MOST + 1) if file is not None else b""
    if not content:
        carried = (await request.form).get(":content", "")
        try:
            content = base64.b64decode(carried, validate=True)
        except (binascii.Error, ValueError) as error:
            raise FileUnreadable("the file did not come whole; choose it again") from error
    if len(content) > MOST:
        raise RequestEntityTooLarge
    return _text(content)


def carried(text: str) -> str:
    """The text as a hidden field holds it, with its line ends as they are."""
    return base64.b64encode(text.encode()).decode()


def _text(content: bytes) -> str:
    if b"\0" in content or content.startswith((b"PK\x03\x04", b"\x1f\x8b")):
        raise FileUnreadable("the file is no text; save the table as CSV")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
