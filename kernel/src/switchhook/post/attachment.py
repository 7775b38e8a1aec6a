"""What a mail brings with it: audio and documents of the media library, read when the mail goes out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import attrs

MOST_BYTES: Final = 20 * 1024 * 1024
"""Of all files of one mail together, a limit most mail servers keep; what is beyond it stays in the portal."""


@attrs.frozen
class Attachment:
    """A file of the media library by its id, and the name the receiver sees."""

    media: str
    name: str


@attrs.frozen
class Content:
    """The bytes of a file and what they are, such as ``audio/wav``."""

    data: bytes = attrs.field(repr=False)
    type: str


@attrs.frozen
class Enclosed:
    """A file as it goes with a mail."""

    name: str
    content: Content


Library = Callable[[str, str, int], Awaitable[Content | None]]
"""(tenant, media, most bytes): a file of the tenant; None when it is deleted meanwhile, or is larger."""


async def no_library(tenant: str, media: str, most: int) -> Content | None:
    """Nothing is kept."""
    return None


async def enclosed(library: Library, tenant: str, attachments: tuple[Attachment, ...]) -> list[Enclosed]:
    """Those of the files that are still there and fit into one mail, in order."""
    found: list[Enclosed] = []
    left = MOST_BYTES
    for one in attachments:
        content = await library(tenant, one.media, left)
        if content is not None:
            found.append(Enclosed(one.name, content))
            left -= len(content.data)
    return found
