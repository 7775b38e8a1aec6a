"""What this plugin says in reasons, notes and errors, in German."""

from __future__ import annotations

from typing import Final

from switchhook import Label

SENTENCES: Final[tuple[Label, ...]] = (
    Label("der Anrufer kommt aus {region}", "the caller comes from {region:word}"),
    Label("der Anrufer kommt aus dem Ausland ({country})", "the caller comes from abroad ({country:word})"),
    Label("keine Zeile beschreibt den Anrufer", "no row describes the caller"),
    Label("der Anrufer zeigt keine Rufnummer ({kind})", "the caller shows no number ({kind:word})"),
    Label("der Anrufer zeigt keine Rufnummer", "the caller shows no number"),
    Label("{number} leitet den Anruf hierher", "{number:word} diverts the call here"),
    Label("{number} wurde angerufen", "{number:word} was called"),
    Label("keine Zeile nennt die Rufnummer", "no row has the number"),
    Label("trifft zu: {expression}", "holds: {expression}"),
    Label("nichts davon trifft zu", "nothing of it holds"),
    Label("setzt {variables}", "set {variables}"),
    Label("geht durch einen Ablauf, der zurückkehrt", "goes through a flow that returns"),
    Label("kehrt zurück als {name}", "returns by {name:word}"),
    Label("bei Zeichen {position}: {expected}", "at character {position:word}: {expected}"),
    Label("ein Wort aus kleinen Buchstaben, Ziffern, - und _", "a word of small letters, digits, - and _"),
    Label(
        "ein Variablenname aus kleinen Buchstaben, Ziffern und _", "a variable's name of small letters, digits and _"
    ),
    Label("eine Zeitzone wie Europe/Berlin", "a time zone such as Europe/Berlin"),
    Label("ein Ausdruck mit höchstens 500 Zeichen", "an expression of at most 500 characters"),
)
