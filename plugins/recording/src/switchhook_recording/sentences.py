"""What this plugin says in reasons, notes and errors, in German."""

from __future__ import annotations

from typing import Final

from switchhook import Label

SENTENCES: Final[tuple[Label, ...]] = (
    Label("nur der Angerufene wird aufgezeichnet", "only whoever is called is recorded"),
    Label("der Anrufer willigt in den Mitschnitt ein", "the caller agrees to be recorded"),
    Label("der Anrufer lehnt den Mitschnitt ab", "the caller does not agree to be recorded"),
    Label(
        "der Anrufer konnte nicht gefragt oder die Antwort nicht festgehalten werden",
        "the caller could not be asked, or the answer not be written down",
    ),
    Label("es gibt keinen Mitschnitt {id}", "there is no recording {id}"),
    Label(
        "ein Mitschnitt ist gesperrt; geben Sie ihn frei, bevor Sie ihn löschen",
        "a recording is held; release it before it is deleted",
    ),
)
