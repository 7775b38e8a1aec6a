"""What forms say of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from switchhook import Label

WORDS: Final[Mapping[str, Label]] = {
    "add": Label("Hinzufügen", "Add"),
    "remove": Label("Entfernen", "Remove"),
    "up": Label("Nach oben", "Move up"),
    "row": Label("Eintrag", "Entry"),
    "nothing": Label("(nichts)", "(none)"),
    "keep": Label("unverändert lassen", "keep as it is"),
    "replace": Label("ersetzen", "replace"),
    "clear": Label("löschen", "remove"),
    "is kept": Label("Hinterlegt, wird nicht angezeigt", "Kept, and not shown"),
    "currency": Label("Währung", "Currency"),
    "search": Label("Suchen", "Search"),
    "more": Label("Es gibt mehr: bitte suchen.", "There is more: please search."),
    "one a line": Label("Einer je Zeile", "One a line"),
    "required": Label("Pflichtfeld", "required"),
    "wrong": Label("Bitte prüfen Sie diese Angaben:", "Please look at these again:"),
    "make one": Label("Es gibt noch nichts: jetzt anlegen", "There is none yet: make one"),
    "no rows": Label("Noch keine Einträge.", "No entries yet."),
}
