"""The reasons of the module in German."""

from __future__ import annotations

from typing import Final

from switchhook import Label

SENTENCES: Final = (
    Label("{targets}: besetzt", "{targets}: busy"),
    Label("{targets}: keine Antwort", "{targets}: no answer"),
    Label("{targets}: nicht erreichbar", "{targets}: not reachable"),
    Label("{targets}: Anruf abgelehnt", "{targets}: call rejected"),
    Label("{targets}: mit Taste abgelehnt", "{targets}: declined by key"),
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
    Label("die Variable {name} nennt niemanden", "the variable {name:word} names nobody"),
    Label(
        "die Variable {name} enthält kein Telefon und keine Rufnummer wie +4922112345",
        "the variable {name:word} holds no phone and no number such as +4922112345",
    ),
    Label("niemand nimmt teil an {group}", "nobody takes part in {group}"),
    Label("{group}: alle telefonieren", "{group}: everybody is on the phone"),
    Label("{group}: niemand ist erreichbar", "{group}: nobody can be reached"),
    Label("{person} hat kein Gerät, das klingelt", "{person} has no device that rings"),
    Label("{target} steht doppelt da", "{target:word} is there twice"),
    Label(
        "muss kleiner sein als die Klingeldauer von {seconds} s", "must be less than the ring time of {seconds:word} s"
    ),
    Label("ein Name wie diversion", "a name such as diversion"),
    Label("caller, anonymous oder eine Rufnummer wie +4922112345", "caller, anonymous or a number such as +4922112345"),
)
