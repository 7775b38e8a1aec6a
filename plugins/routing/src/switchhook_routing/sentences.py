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
    Label("alle Anteile haben ihr Kontingent", "every share has its quota"),
    Label("{way} ist an der Reihe", "it is the turn of {way:word}"),
    Label(
        "dieser Anrufer hatte {count} Anrufe in der letzten Stunde",
        "this caller had {count:word} calls within the last hour",
    ),
    Label("{count} Anrufe sind schon da", "{count:word} calls are there already"),
    Label("innerhalb der Grenze", "within the limit"),
    Label("die PIN ist nach zu vielen falschen gesperrt", "the PIN is locked after too many wrong ones"),
    Label("keine richtige PIN eingegeben", "no right PIN was entered"),
    Label("die PIN von {label} war richtig", "the PIN of {label:word} was right"),
    Label(
        "es gibt keine PIN; schreiben Sie eine je Zeile, etwa: anna 4711",
        "there is no PIN; write one a line, such as: anna 4711",
    ),
    Label(
        "die PIN von {label} hat weniger als {shortest} Ziffern",
        "the PIN of {label:word} has fewer than {shortest:word} digits",
    ),
    Label("die PIN von {label} ist zu leicht zu erraten", "the PIN of {label:word} is too easy to guess"),
    Label("{who} haben dieselbe PIN; geben Sie jedem seine eigene", "{who} share a PIN; give each their own"),
    Label(
        "Zeile {number} ist kein Kürzel mit PIN; schreiben Sie: anna 4711",
        "line {number:word} is no label and PIN; write them as: anna 4711",
    ),
    Label(
        "Zeile {number} hat ein Kürzel, das eine andere schon hat",
        "line {number:word} has a label that another line has",
    ),
    Label("die Rufnummer wurde angesagt", "the number was spoken"),
    Label("es gab keine Rufnummer anzusagen", "there was no number to speak"),
    Label("{service} entschied so", "{service} decided so"),
    Label("{service} nannte keinen erlaubten Ausgang", "{service} named no exit that is allowed"),
    Label("hat eine Benachrichtigung in Auftrag gegeben", "ordered a notification"),
    Label("das Geheimnis hat weniger als 16 Zeichen", "the secret has fewer than 16 characters"),
    Label("den Webdienst {service} gibt es nicht mehr", "the web service {service!r} is not there any more"),
    Label("eine Adresse wie https://example.org/calls", "an address such as https://example.org/calls"),
    Label("ein Name mit 1 bis 80 Zeichen", "a name of 1 to 80 characters"),
)
