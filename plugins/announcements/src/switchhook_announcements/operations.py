"""The library in the API."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

import attrs

from switchhook import Label, NotFound, setting
from switchhook.administration import Record
from switchhook_web.extending import ANY, Answer, Asked, Body, Operation, a_page, declared_body, page_of

from .announcement import LANGUAGES
from .library import TenantAnnouncements
from .library_of import of
from .production_operations import PRODUCTION_OPERATIONS
from .takes import Take
from .taking import MOST_BYTES

_ALL: Final = "/tenants/{tenant}/announcements/{id}/versions"
_ONE: Final = f"{_ALL}/{{no}}"
_REFUSED: Final = ("sound_refused", "storage_full", "not_found")


@attrs.frozen
class Version:
    """One version of an announcement; ``warnings`` are ``silent`` and ``clipped``."""

    no: int
    source: str
    seconds: float
    bytes: int
    text: str
    language: str
    voice: str
    warnings: Sequence[str]
    peaks: Sequence[int]
    author: str
    made: datetime

    @classmethod
    def of(cls, one: Take) -> Version:
        """What is told of a version."""
        return cls(
            one.no,
            one.source,
            one.seconds,
            one.bytes,
            one.text,
            one.language,
            one.voice,
            one.warnings,
            one.peaks,
            one.author,
            one.made,
        )


@attrs.frozen
class Heard:
    """Which version callers hear, and the version of the announcement that says so."""

    current: int
    version: int


@attrs.frozen
class Speech:
    """How many were generated, how many more are free, what the next one costs, and the voices."""

    generated: int
    left: int
    price: str
    voices: Sequence[str]


@attrs.frozen
class Stock:
    """A prompt that is there for everyone."""

    id: str
    language: str
    seconds: float


@attrs.frozen
class CutAsked:
    """A part of a version, in seconds; ``end`` 0 is its end."""

    begin: float = setting("seconds", "Anfang", "Begin", default=0.0, minimum=0, maximum=86400)
    end: float = setting("seconds", "Ende", "End", default=0.0, minimum=0, maximum=86400)


@attrs.frozen
class SpeechAsked:
    """A text to be spoken. ``key`` stands for this wish: asked again, nothing is made or charged again."""

    text: str = setting("text", "Text", "Text", pattern=r"[\s\S]{1,2000}", shape=Label("ein Text", "a text"))
    voice: str = setting("text", "Stimme", "Voice", default="")
    language: str = setting(
        "choice",
        "Sprache, ohne Angabe die der Ansage",
        "Language, that of the announcement if not given",
        default="",
        choices=("", *LANGUAGES),
    )
    agreed: str = setting("text", "Vereinbarter Preis", "Agreed price", default="")
    key: str = setting(
        "text", "Schlüssel", "Key", pattern=r"[!-~]{8,80}", shape=Label("8 bis 80 Zeichen", "8 to 80 characters")
    )


async def _theirs(asked: Asked) -> TenantAnnouncements:
    return (await of(asked.administration)).of(asked.tenant, asked.actor)


def _no(asked: Asked) -> int:
    text = asked.path["no"]
    if not text.isdecimal() or len(text) > 8:
        raise NotFound(f"there is no version {text[:40]} of announcement {asked.path['id']!r}", no=text[:40])
    return int(text)


async def _list(asked: Asked) -> Answer:
    takes = await (await _theirs(asked)).takes(asked.path["id"])
    return Answer(value=a_page([Version.of(one) for one in takes], ""))


async def _upload(asked: Asked) -> Answer:
    made = await (await _theirs(asked)).upload(asked.path["id"], asked.body)
    return Answer(value=Version.of(made))


async def _generate(asked: Asked) -> Answer:
    wish: SpeechAsked = asked.body
    made = await (await _theirs(asked)).generate(
        asked.path["id"], wish.text, wish.voice, key=wish.key, agreed=wish.agreed, language=wish.language
    )
    return Answer(value=Version.of(made))


async def _hear(asked: Asked) -> Answer:
    record: Record = await (await _theirs(asked)).hear(asked.path["id"], asked.version, _no(asked))
    return Answer(value=Heard(_no(asked), record.version), version=record.version)


async def _trim(asked: Asked) -> Answer:
    made = await (await _theirs(asked)).trim(asked.path["id"], _no(asked), asked.body.begin, asked.body.end)
    return Answer(value=Version.of(made))


async def _drop(asked: Asked) -> Answer:
    await (await _theirs(asked)).drop(asked.path["id"], _no(asked))
    return Answer()


async def _sound(asked: Asked) -> Answer:
    path = await (await _theirs(asked)).sound(asked.path["id"], _no(asked))
    return Answer(value=await asyncio.to_thread(path.read_bytes), file=f"{asked.path['id']}-{_no(asked)}.wav")


async def _speech(asked: Asked) -> Answer:
    theirs = await _theirs(asked)
    quote, speaking = await theirs.quote(), theirs.library.speaking
    voices = [voice.id for language in ("de", "en") for voice in speaking.voices(language)]
    return Answer(value=Speech(quote.generated, quote.left, str(quote.price), voices))


async def _stock(asked: Asked) -> Answer:
    return Answer(
        value=a_page([Stock(one.id, one.language, one.seconds) for one in (await _theirs(asked)).stock()], "")
    )


def _operation(name: str, de: str, en: str, run: Any, **more: Any) -> Operation:
    more = {"method": "GET", "right": "announcement.view", "path": _ALL, **more}
    return Operation(id=f"announcements.{name}", tag="announcement", summary=Label(de, en), run=run, **more)


__all__ = ["OPERATIONS", "of"]
_CHANGE: Final[dict[str, Any]] = {"method": "POST", "right": "announcement.change", "may": _REFUSED}
_FILE: Final = Body((ANY,), lambda _: {"type": "string", "format": "binary"}, partial(bytes), MOST_BYTES)
OPERATIONS: Final[Sequence[Operation]] = [
    _operation("versions", "Versionen", "Versions", _list, answer=page_of(Version)),
    _operation("upload", "Datei hochladen", "Upload a file", _upload, body=_FILE, answer=Version, **_CHANGE),
    _operation(
        "generate",
        "Text sprechen",
        "Speak a text",
        _generate,
        path="/tenants/{tenant}/announcements/{id}/speech",
        body=declared_body(SpeechAsked, "SpeechAsked"),
        answer=Version,
        **{**_CHANGE, "may": (*_REFUSED, "price_changed", "speech")},
    ),
    _operation(
        "hear",
        "Version hören lassen",
        "Let a version be heard",
        _hear,
        path=f"{_ONE}/heard",
        versioned=True,
        etag=True,
        answer=Heard,
        **{**_CHANGE, "method": "PUT"},
    ),
    _operation(
        "trim",
        "Version schneiden",
        "Cut a version",
        _trim,
        path=f"{_ONE}/trim",
        body=declared_body(CutAsked, "CutAsked"),
        answer=Version,
        **_CHANGE,
    ),
    _operation(
        "drop",
        "Version löschen",
        "Delete a version",
        _drop,
        path=_ONE,
        status=204,
        method="DELETE",
        right="announcement.delete",
        may=("version_is_heard",),
    ),
    _operation("sound", "Ton einer Version", "The sound of a version", _sound, path=f"{_ONE}/sound", media=ANY),
    _operation(
        "speech",
        "Preis und Stimmen",
        "Price and voices",
        _speech,
        path="/tenants/{tenant}/announcement-speech",
        answer=Speech,
    ),
    _operation(
        "stock",
        "Standardansagen",
        "Stock prompts",
        _stock,
        path="/tenants/{tenant}/stock-prompts",
        answer=page_of(Stock),
    ),
    *PRODUCTION_OPERATIONS,
]
