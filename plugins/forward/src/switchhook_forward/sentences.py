"""The reasons of the module in German."""

from __future__ import annotations

from typing import Final

from switchhook import Label

SENTENCES: Final = (
    Label("{targets}: besetzt", "{targets}: busy"),
    Label("{targets}: keine Antwort", "{targets}: no answer"),
    Label("{targets}: nicht erreichbar", "{targets}: not reachable"),
    Label("{targets}: Anruf abgelehnt", "{targets}: call rejected"),
    Label("{targets}: das Netz versagte", "{targets}: the network failed"),
    Label(
        "{targets}: wollte den Anruf umleiten, was nicht befolgt wird",
        "{targets}: redirected the call, which is not followed",
    ),
    Label("{targets}: nicht erlaubt: {why}", "{targets}: not allowed, {why:said}"),
    Label("{target} sprach {seconds} s", "{target} talked {seconds:word} s"),
    Label(
        "{target} sprach {seconds} s, die längste erlaubte Dauer",
        "{target} talked {seconds:word} s, the longest talk allowed",
    ),
    Label("caller, anonymous oder eine Rufnummer wie +4922112345", "caller, anonymous or a number such as +4922112345"),
)
