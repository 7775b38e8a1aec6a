"""A kept sound as an answer: whole or the part that is asked for, so that browsers can go to any place in it."""

from __future__ import annotations

from pathlib import Path

from quart import Response, request, send_file

from switchhook import NotFound
from switchhook.administration import Sounding

SOUND = "audio/wav"


async def sound_of(sounding: Sounding, *, download: str = "") -> Response:
    """The sound of something kept; ``download`` is the name under which it is to be saved, without its end.

    A request for a part of it (``Range``) is answered with that part (206).
    """
    return await _sent(sounding.path, SOUND, f"{download}.wav" if download else "")


async def original_of(sounding: Sounding, name: str) -> Response:
    """The file the sound was made from, to be saved; raises ``NotFound`` where it was not kept."""
    if sounding.original is None:
        raise NotFound("the original was not kept", id=sounding.file.id)
    return await _sent(sounding.original, "application/octet-stream", f"{name}{sounding.file.original}")


async def _sent(path: Path, media: str, save_as: str) -> Response:
    try:
        answer: Response = await send_file(path, mimetype=media, conditional=True, add_etags=True)
    except FileNotFoundError:
        raise NotFound("the file is not there any more", name=path.name) from None
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Cache-Control"] = "private, no-cache"
    if save_as or "download" in request.args:
        answer.headers["Content-Disposition"] = f'attachment; filename="{save_as or path.name}"'
    return answer
