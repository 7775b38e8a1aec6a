"""The reasons of the modules in German."""

from __future__ import annotations

from typing import Final

from switchhook import Label

SENTENCES: Final = (
    Label("die Taste {key} unterbrach", "key {key:word} interrupted"),
    Label("bis zum Ende gespielt", "played to the end"),
    Label("lange genug gespielt", "played long enough"),
    Label("Versuch {turn} von {tries}: {why}", "try {turn:word} of {tries:word}: {why:said}"),
    Label("{why}; der einzige Versuch ist verbraucht", "{why:said}; the only try is used"),
    Label("{why}; alle {tries} Versuche sind verbraucht", "{why:said}; all {tries:word} tries are used"),
    Label("der einzige Versuch ist verbraucht", "the only try is used"),
    Label("alle {tries} Versuche sind verbraucht", "all {tries:word} tries are used"),
    Label("nichts eingegeben", "nothing entered"),
    Label("1 Ziffer eingegeben", "1 digit entered"),
    Label("{count} Ziffern eingegeben", "{count:word} digits entered"),
    Label(
        "1 Ziffer eingegeben, mindestens {minimum} sind nötig",
        "1 digit entered, at least {minimum:word} needed",
    ),
    Label(
        "{count} Ziffern eingegeben, mindestens {minimum} sind nötig",
        "{count:word} digits entered, at least {minimum:word} needed",
    ),
    Label("nicht nur Ziffern eingegeben", "not only digits entered"),
    Label("die Eingabe hat nicht die gewünschte Form", "the entry does not have the wanted shape"),
    Label("die Eingabe besteht die Prüfung {check} nicht", "the entry fails the check {check:word}"),
    Label("keine Taste gedrückt", "no key pressed"),
    Label("der Anrufer drückte {keys}", "the caller pressed {keys:word}"),
    Label("der Anrufer wählte {keys} direkt", "the caller dialled {keys:word} directly"),
    Label("{keys} gibt es nicht zur Auswahl", "{keys:word} is not offered"),
    Label("ein Name aus kleinen Buchstaben, Ziffern und _", "a name of small letters, digits and _"),
)
