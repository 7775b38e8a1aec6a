"""The resource ``pronunciation`` (Aussprache): how a word is to be spoken."""

from __future__ import annotations

import attrs

from switchhook import Label, Resource, setting

from .announcement import LANGUAGES


@attrs.frozen
class Pronunciation(Resource):
    """A word of the tenant, and how a voice is to say it: ``GmbH`` as ``Geh Em Beh Hah``."""

    kind = "pronunciation"
    label = Label("Aussprache", "Pronunciation")
    plural = Label("Aussprache", "Pronunciations")
    help = Label(
        "Wie ein Wort in gesprochenen Ansagen klingen soll.", "How a word is to sound in spoken announcements."
    )
    icon = "edit"
    order = 112

    word: str = setting("text", "Wort", "Word", pattern=r"\S.{0,79}", shape=Label("ein Wort", "a word"))
    spoken: str = setting("text", "Gesprochen", "Spoken", pattern=r"\S.{0,199}", shape=Label("ein Text", "a text"))
    language: str = setting(
        "choice",
        "Sprache",
        "Language",
        default="de",
        choices=LANGUAGES,
        names=(Label("Deutsch", "German"), Label("Englisch", "English")),
    )
