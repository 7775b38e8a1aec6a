"""The words of mails: those a tenant's mails are sent with, its own or those that came with the portal.

A tenant's own words are kept as resources of the kind ``mail-template``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from switchhook import Label, Wording, setting
from switchhook.administration import WordingLine

from ..operation import Answer, Asked, Operation
from ..reading import declared_body
from .common import list_of, placed

_AT = "/tenants/{tenant}/mail-wordings"
_ONE = f"{_AT}/{{template}}/{{language}}"


@attrs.frozen
class WordsNow:
    """A mail in one language; ``own`` is the id of the record with the tenant's own words, empty without one."""

    template: str
    label: Label
    language: str
    subject: str
    body: str
    placeholders: Sequence[str]
    own: str
    version: int


@attrs.frozen
class WordingAsked:
    """Words to be tried."""

    subject: str = setting("text", "Betreff", "Subject")
    body: str = setting("text", "Text", "Text", lines=12)


@attrs.frozen
class Written:
    """A mail with examples filled in."""

    subject: str
    text: str


def operations() -> Sequence[Operation]:
    """Seeing and trying words; they are changed as records of the kind mail-template."""
    return [
        _operation("list", "Wortlaut der E-Mails", "The words of mails", path=_AT, run=_list, answer=list_of(WordsNow)),
        _operation(
            "get",
            "Wortlaut einer E-Mail",
            "The words of one mail",
            path=_ONE,
            run=_get,
            answer=WordsNow,
            may=("unknown_template",),
        ),
        _operation(
            "preview",
            "Wortlaut ausprobieren",
            "Try words with examples",
            method="POST",
            path=f"{_ONE}/preview",
            run=_preview,
            body=declared_body(WordingAsked, "WordingAsked"),
            answer=Written,
            looks=True,
            may=("unknown_template",),
        ),
    ]


def _operation(name: str, de: str, en: str, **more: Any) -> Operation:
    more.setdefault("method", "GET")
    return Operation(id=f"wordings.{name}", tag="mails", summary=Label(de, en), right="mail-template.view", **more)


def _words(asked: Asked) -> Any:
    return asked.administration.wordings.of(asked.tenant, asked.actor)


def _told(line: WordingLine) -> WordsNow:
    template, wording = line.template, line.wording
    own = line.own.id if line.own is not None else ""
    names = sorted(template.placeholders)
    return WordsNow(
        template.name, template.label, line.language, wording.subject, wording.body, names, own, line.version
    )


async def _list(asked: Asked) -> Answer:
    return Answer(value={"items": [_told(one) for one in await _words(asked).all()]})


async def _get(asked: Asked) -> Answer:
    return Answer(value=_told(await _words(asked).one(asked.path["template"], asked.path["language"])))


async def _preview(asked: Asked) -> Answer:
    words, template = _words(asked), asked.path["template"]
    await words.one(template, asked.path["language"])
    with placed("mail-template"):
        letter = words.preview(template, Wording(asked.body.subject, asked.body.body))
    return Answer(value=Written(letter.subject, letter.text))
