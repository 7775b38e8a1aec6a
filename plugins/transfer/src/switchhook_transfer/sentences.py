"""What this plugin says in reasons and errors, in German."""

from __future__ import annotations

from typing import Final

from switchhook import Label

SENTENCES: Final[tuple[Label, ...]] = (
    Label("keine Kurzwahl gedrückt", "no short number"),
    Label("keine Kurzwahl {short}", "no short number {short:word}"),
    Label("weitervermittelt an {name}", "transferred to {name}"),
    Label("{name}: besetzt", "{name}: busy"),
    Label("{name}: nimmt nicht ab", "{name}: no answer"),
    Label("{name}: nicht erreichbar", "{name}: not reachable"),
    Label("{name}: Anruf abgelehnt", "{name}: call rejected"),
    Label("{name}: das Netz hat versagt", "{name}: the network failed"),
    Label("{name}: nicht erlaubt, {why}", "{name}: not allowed, {why:said}"),
    Label("{short} steht zweimal darin", "{short:word} is there twice"),
)
