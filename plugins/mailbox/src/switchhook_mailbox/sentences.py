"""What this plugin says in reasons, notes and errors, in German."""

from __future__ import annotations

from typing import Final

from switchhook import Label

SENTENCES: Final[tuple[Label, ...]] = (
    Label("der Anrufer drückte {key}", "the caller pressed {key:word}"),
    Label("nichts wurde gesprochen", "nothing was said"),
    Label(
        "die Mailbox oder ihre PIN war nicht richtig, oder sie ist gesperrt",
        "the mailbox or its PIN was not right, or it is locked",
    ),
    Label(
        "{new} neue und {old} gehörte Nachrichten wurden angeboten",
        "{new:word} new and {old:word} heard messages were offered",
    ),
    Label("{new} neue Nachrichten wurden angeboten", "{new:word} new messages were offered"),
    Label("niemand bestätigte", "nobody confirmed"),
    Label("Zurückrufen ist nicht erlaubt", "calling back is not allowed"),
    Label("die Mailbox ruft niemanden mehr an", "the mailbox rings nobody any more"),
    Label("zu dieser Tageszeit ruft die Mailbox nicht an", "the mailbox does not ring at this time of day"),
    Label("die Nachrichten wurden gehört", "the messages were heard"),
    Label("eine Nachricht von {seconds} s für {mailbox}", "a message of {seconds:word} s for {mailbox}"),
    Label("eine Zeile mit 1 bis 80 Zeichen", "one line of 1 to 80 characters"),
    Label("4 bis 12 Ziffern", "4 to 12 digits"),
    Label(
        "ist zu leicht zu erraten; wiederholen Sie nicht eine Ziffer, und zählen Sie nicht",
        "is too easy to guess; do not repeat one digit or count",
    ),
    Label(
        "löscht nach dem Versand, aber die Mailbox hat keinen Mail-Empfänger",
        "deletes after the mail, but the mailbox has no mail recipient",
    ),
    Label("fragt nach der PIN, aber die Mailbox hat keine", "asks for the PIN, but the mailbox has none"),
    Label("muss später sein als {time}", "must be later than {time:word}"),
    Label(
        "{phone} ist eine Rufnummer; nur eigene Telefone haben eine Lampe",
        "{phone:word} is a number; only own phones have a lamp",
    ),
    Label(
        "die Zeitzone {zone} gibt es nicht; eine ist Europe/Berlin",
        "there is no time zone {zone!r}; one is Europe/Berlin",
    ),
    Label(
        "in der Mailbox {mailbox} gibt es keine Nachricht {id}",
        "there is no message {id:word} in mailbox {mailbox!r}",
    ),
    Label("eine Aktion {action} gibt es nicht", "there is no action {action!r}"),
)
