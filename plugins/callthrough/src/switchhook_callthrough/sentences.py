"""What this plugin says in reasons, notes and errors, in German."""

from __future__ import annotations

from typing import Final

from switchhook import Label

SENTENCES: Final[tuple[Label, ...]] = (
    Label("das Konto {name} ist aus", "the account {name} is off"),
    Label("das Konto {name} galt bis {until}", "the account {name} held until {until:word}"),
    Label("zugelassen", "let in"),
    Label(
        "Konto oder PIN waren nicht richtig, oder es ist gesperrt",
        "the account or its PIN was not right, or it is locked",
    ),
    Label(
        "Callthrough ist nach zu vielen falschen PINs geschlossen", "callthrough is closed after too many wrong PINs"
    ),
    Label("das Konto {name} wird schon benutzt", "the account {name} is in use already"),
    Label("es wurde nichts gewählt", "nothing was dialled"),
    Label(
        "{dialled} kann von außen nicht angerufen werden", "{dialled:word} is no number that can be called from outside"
    ),
    Label("mit dem Konto {name} darf dorthin nicht telefoniert werden", "the account {name} may not call there"),
    Label("{number} darf nicht gewählt werden: {why}", "{number:word} may not be dialled: {why:said}"),
    Label("{number} ist besetzt", "{number:word} is busy"),
    Label("{number} antwortet nicht", "{number:word} does not answer"),
    Label("{number} ist nicht erreichbar", "{number:word} cannot be reached"),
    Label("{number} lehnt den Anruf ab", "{number:word} rejects the call"),
    Label("mit {number} verbunden, {seconds} s", "connected with {number:word} for {seconds:word} s"),
    Label(
        "mit {number} verbunden, {seconds} s, so lange wie erlaubt",
        "connected with {number:word} for {seconds:word} s, as long as one may be",
    ),
    Label(
        "ist zu leicht zu erraten; wiederholen Sie keine Ziffern und zählen Sie nicht",
        "is too easy to guess; do not repeat digits or count",
    ),
    Label("ein eingeschaltetes Konto braucht einen letzten Tag", "an account that is switched on needs a last day"),
    Label(
        "ein eingeschaltetes Konto braucht eine PIN mit mindestens 6 Ziffern",
        "an account that is switched on needs a PIN of 6 digits or more",
    ),
    Label(
        "ohne PIN und ohne erlaubte Anrufer könnte jeder anrufen",
        "without a PIN and without allowed callers everybody could call",
    ),
    Label("{country} ist kein Land; eines ist DE", "{country} is no country; one is DE"),
    Label("es gibt kein Land, in das angerufen werden darf; eines ist DE", "there is no country to call to; one is DE"),
)
