"""What the flow editor says, in German and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from switchhook import Label

EDITOR: Final[Mapping[str, Label]] = {
    "errors": Label("Fehler: {count}", "Errors: {count}"),
    "warnings": Label("Warnungen: {count}", "Warnings: {count}"),
    "start": Label("Start", "Start"),
    "last resort": Label("Letzter Ausweg", "Last resort"),
    "open": Label("offen", "open"),
    "hang up": Label("Auflegen", "Hang up"),
    "to flow": Label("Zum Ablauf {flow}", "To flow {flow}"),
    "insert here": Label("Einen Punkt hinter „{exit}“ einfügen", "Insert a point behind “{exit}”"),
    "point": Label("Punkt {label}", "Point {label}"),
    "close": Label("Schließen", "Close"),
    "label": Label("Bezeichnung", "Label"),
    "description": Label("Beschreibung", "Description"),
    "more": Label("Mehr", "More"),
    "cost centre": Label("Kostenstelle", "Cost centre"),
    "start here": Label("Der Ablauf beginnt hier", "The flow starts here"),
    "last resort here": Label("Letzter Ausweg", "Last resort"),
    "duplicate": Label("Duplizieren", "Duplicate"),
    "delete": Label("Löschen", "Delete"),
    "exits": Label("Wohin die Ausgänge führen", "Where the exits lead"),
    "to last resort": Label("zum letzten Ausweg", "to the last resort"),
    "new point": Label("Neuer Punkt …", "New point …"),
    "missing": Label("Fehlt: {target}", "Missing: {target}"),
    "points": Label("Punkte", "Points"),
    "flows": Label("Abläufe", "Flows"),
    "flow": Label("Ablauf", "Flow"),
    "language": Label("Sprache der Ansagen", "Language of the prompts"),
    "choose a point": Label(
        "Wählen Sie einen Punkt, um ihn zu bearbeiten, oder fügen Sie mit der Taste „a“ einen hinzu.",
        "Choose a point to edit it, or press “a” to add one.",
    ),
    "choose to read": Label(
        "Wählen Sie einen Punkt, um seine Einstellungen zu sehen.", "Choose a point to see its settings."
    ),
    "tenant's last resort": Label("Der des Mandanten", "The tenant's own"),
    "search modules": Label("Module suchen", "Search modules"),
    "modules": Label("Module", "Modules"),
    "no module": Label("Kein Modul passt.", "No module fits."),
    "findings": Label("Befunde", "Findings"),
    "counts": Label("Fehler: {errors}, Warnungen: {warnings}", "Errors: {errors}, warnings: {warnings}"),
    "no findings": Label("nichts auszusetzen", "nothing to mend"),
    "error": Label("Fehler", "Error"),
    "warning": Label("Warnung", "Warning"),
    "mine": Label("Meine Fassung", "Mine"),
    "theirs": Label("Von {by}", "From {by}"),
    "removed": Label("(entfernt)", "(removed)"),
    "both changed": Label("Beide haben dasselbe geändert", "Both of you changed the same"),
    "both changed help": Label(
        "{by} hat inzwischen gespeichert. Alles Übrige ist schon zusammengeführt; entscheiden Sie hier, was gilt.",
        "{by} saved meanwhile. Everything else is put together already; decide here what holds.",
    ),
    "take over": Label("Übernehmen", "Take over"),
    "taken in": Label("Änderungen von {by} sind übernommen.", "Changes by {by} were taken in."),
    "merged": Label("Mit den Änderungen von {by} zusammengeführt.", "Put together with the changes by {by}."),
    "found unsaved": Label(
        "Ein Entwurf, den dieser Browser noch nicht gespeichert hatte, ist übernommen.",
        "A draft that this browser had not saved yet was taken in.",
    ),
    "added": Label("{label} hinzugefügt.", "{label} added."),
    "deleted": Label("{label} gelöscht.", "{label} deleted."),
    "copy of": Label("{label} (Kopie)", "{label} (copy)"),
    "undo": Label("Rückgängig", "Undo"),
    "redo": Label("Wiederholen", "Redo"),
    "undo done": Label("Rückgängig gemacht.", "Undone."),
    "redo done": Label("Wiederholt.", "Redone."),
    "add": Label("Punkt hinzufügen", "Add a point"),
    "add after": Label("Punkt nach {label} hinzufügen", "Add a point after {label}"),
    "read only": Label("Nur zum Lesen", "Read only"),
    "commands": Label("Befehle", "Commands"),
    "save now": Label("Jetzt speichern", "Save now"),
    "state saved": Label("Alles gespeichert", "All changes saved"),
    "state waiting": Label("Noch nicht gespeichert", "Not saved yet"),
    "state saving": Label("Speichert …", "Saving …"),
    "state away": Label(
        "Das Portal ist nicht erreichbar; Ihre Änderungen bewahrt dieser Browser auf",
        "The portal cannot be reached; this browser keeps your changes",
    ),
    "state conflict": Label("Auch jemand anderes hat geändert", "Somebody else changed this as well"),
    "state refused": Label("Nicht gespeichert", "Not saved"),
    "node help": Label(
        "Eingabetaste öffnet die Einstellungen, Pfeiltasten verschieben, Entf löscht.",
        "Enter opens the settings, arrow keys move the point, Delete removes it.",
    ),
    "edge help": Label("Entf trennt diesen Ausgang.", "Delete disconnects this exit."),
    "key": Label("Taste {key}", "Key {key}"),
    "view": Label("Ansicht", "View"),
    "zoom in": Label("Vergrößern", "Zoom in"),
    "zoom out": Label("Verkleinern", "Zoom out"),
    "fit": Label("Alles zeigen", "Show everything"),
    "overview": Label("Übersicht", "Overview"),
    "arrange": Label("Neu anordnen", "Arrange anew"),
}

ICONS: Final[Mapping[str, str]] = {
    "announcement": "volume",
    "menu": "keyboard",
    "entry": "dialpad",
    "forward": "phone-outgoing",
}
"""The icons of modules; others get that of a plugin."""


def said(label: Label, language: str) -> str:
    """A label in a language; English unless it is German."""
    return label.de if language.startswith("de") else label.en
