"""The reasons of the plugin in German."""

from __future__ import annotations

from typing import Final

from switchhook import Label

SENTENCES: Final = (
    Label("der Anrufer zeigt keine Rufnummer", "the caller shows no number"),
    Label(
        "der Anrufer zeigt keine Rufnummer und steht auf keiner Liste", "the caller shows no number and is on no list"
    ),
    Label("der Anrufer steht auf keiner Liste", "the caller is on no list"),
    Label("gesperrt durch die Liste {name}", "denied by the list {name}"),
    Label("durchgelassen durch die Liste {name}", "let through by the list {name}"),
    Label("nur beobachtet: {why}", "only watched: {why:said}"),
    Label("die Anruferlisten sind die zuletzt bekannten: {why}", "the caller lists are those known last: {why:said}"),
    Label(
        "dass der Anrufer auf einer Liste steht, konnte nicht gezählt werden: {why}",
        "that the caller is on a list could not be counted: {why:said}",
    ),
    Label("{number} steht schon auf der Liste", "{number} is on the list already"),
    Label("auf der Liste {list!r} gibt es keinen Eintrag {id}", "there is no entry {id:word} on the list {list!r}"),
    Label(
        "ein Anrufer, der die Rufnummer unterdrückt hat, ist nur von einem Anruf bekannt; sperren Sie diesen Anruf",
        "a caller who suppressed the number is known from a call alone; block that call",
    ),
    Label(
        "das Netz gab für diesen Anrufer keine Rufnummer, daher ist er nicht wiederzuerkennen",
        "the network gave no number for this caller, so the caller cannot be recognised again",
    ),
    Label(
        "ein Name aus kleinen Buchstaben, Ziffern und -, höchstens 30 Zeichen, oder leer",
        "a name of small letters, digits and -, at most 30 characters, or empty",
    ),
    Label("ein Name in einer Zeile mit 1 bis 80 Zeichen", "a name of 1 to 80 characters in one line"),
    Label("ist eine Zeile mit höchstens 200 Zeichen", "is one line of at most 200 characters"),
    Label("ist schon vorbei; nennen Sie einen Zeitpunkt, der noch kommt", "is over already; name a moment to come"),
    Label("ist kein Zeitpunkt wie 2026-12-31T18:00:00+01:00", "is no moment such as 2026-12-31T18:00:00+01:00"),
    Label("ist kein Tag wie 2026-12-31", "is no day such as 2026-12-31"),
    Label("der Anrufer steht auf der Liste {name}", "the caller is on the list {name}"),
    Label("es gibt keine Anruferliste {id!r}", "there is no caller-list {id!r}"),
)
