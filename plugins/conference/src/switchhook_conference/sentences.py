"""What this plugin says in reasons, notes and errors, in German."""

from __future__ import annotations

from typing import Final

from switchhook import Label

SENTENCES: Final[tuple[Label, ...]] = (
    Label("der Anrufer hat den Raum verlassen", "the caller left the room"),
    Label("der Anrufer wurde aus dem Raum entfernt", "the caller was removed from the room"),
    Label("die Konferenz wurde beendet", "the conference was ended"),
    Label("der Anrufer war so lange im Raum, wie man darf", "the caller was in the room for as long as one may be"),
    Label(
        "der Raum oder seine PIN war nicht richtig, oder er ist gesperrt",
        "the room or its PIN was not right, or it is locked",
    ),
    Label("im Raum {name} sind {most}", "{most} are in the room {name}"),
    Label("der Raum {name} ist von seinem Moderator abgeschlossen", "the room {name} is locked by its moderator"),
    Label("niemand wurde in den Raum gerufen", "nobody was called into the room"),
    Label("{given} kann aus einem Raum nicht angerufen werden", "{given} is no number that can be called from a room"),
    Label(
        "niemand kann in den Raum {id} gerufen werden: {gone}", "nobody can be called into the room {id}: {gone:said}"
    ),
    Label("es gibt keinen Raum {id!r}", "there is no room {id!r}"),
    Label("niemand drückte die Taste, mit der man teilnimmt", "nobody pressed the key that joins the room"),
    Label(
        "ist die der Teilnehmer; geben Sie Moderatoren eine eigene",
        "is that of the participants; give moderators one of their own",
    ),
    Label(
        "wird gebraucht, sonst kann niemand Moderator dieses Raums sein",
        "is needed, or nobody can be the moderator of this room",
    ),
)
