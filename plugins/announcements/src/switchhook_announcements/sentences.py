"""What this plugin says in reasons, notes and errors, in German."""

from __future__ import annotations

from typing import Final

from switchhook import Label

from .production import SAID

SENTENCES: Final[tuple[Label, ...]] = (
    Label("Die Datei ist leer", "the file is empty"),
    Label(
        "Das ist keine Tondatei einer Art, die angenommen wird; speichern Sie sie als WAV, MP3, OGG oder M4A",
        "this is no sound file of a kind that is taken; save it as WAV, MP3, OGG or M4A",
    ),
    Label(
        "Die Datei ist außer einem Ton noch etwas anderes; speichern Sie den Ton neu und laden Sie das hoch",
        "the file is something else besides a sound; save the sound anew and upload that",
    ),
    Label(
        "Die Datei sagt nicht, wie lang sie ist; speichern Sie den Ton neu und laden Sie das hoch",
        "the file does not say how long it is; save the sound anew and upload that",
    ),
    Label(
        "Die Datei ist abgeschnitten: sie nennt {said} Byte und hat {size}",
        "the file is cut short: it says it has {said:word} bytes and has {size:word}",
    ),
    Label(
        "Der Ton ist länger als {minutes} Minuten; kürzen Sie ihn",
        "the sound is longer than {minutes:word} minutes; cut it",
    ),
    Label("In dieser Datei ist kein Ton", "there is no sound in this file"),
    Label(
        "Der Ton hat eine ungewöhnliche Form; speichern Sie ihn mit 8 bis 48 kHz und einem oder zwei Kanälen und laden Sie das hoch",
        "the sound has an odd form; save it with 8 to 48 kHz and one or two channels, and upload that",
    ),
    Label(
        "Der Ton wechselt unterwegs seine Form; speichern Sie ihn neu und laden Sie das hoch",
        "the sound changes its form on the way; save it anew and upload that",
    ),
    Label("Zwischen Anfang und Ende bleibt nichts übrig", "nothing is left between begin and end"),
    Label(
        "Die Datei braucht zu viel Zeit oder Speicher; speichern Sie den Ton neu",
        "the file takes too much time or memory to read; save the sound anew",
    ),
    Label(
        "Die Datei ist beschädigt; speichern Sie den Ton neu und laden Sie das hoch",
        "the file is damaged; save the sound anew and upload that",
    ),
    Label(
        "Schneiden Sie zwischen 0 und {seconds} s, den Anfang vor dem Ende",
        "cut between 0 and {seconds:word} s, the begin before the end",
    ),
    Label(
        "Anrufer hören diese Version; lassen Sie sie zuerst eine andere hören",
        "callers hear this version; let them hear another one first",
    ),
    Label(
        "Die Version {no} der Ansage {announcement} gibt es nicht",
        "there is no version {no:word} of announcement {announcement!r}",
    ),
    Label(
        "Die Ansage {id} liegt im Papierkorb; stellen Sie sie zuerst wieder her",
        "announcement {id!r} lies in the trash; restore it first",
    ),
    Label(
        "Diese Ansage zu generieren kostet {price}; stimmen Sie dem Preis zuerst zu",
        "generating this announcement costs {price:said}; agree to that price first",
    ),
    Label(
        "Hier spricht nichts {language}; der Betreiber installiert eine Sprachausgabe",
        "nothing here speaks {language!r}; the operator installs a speech engine",
    ),
    Label("Es gibt keine Stimme {voice} für {language}", "there is no voice {voice!r} for {language!r}"),
    Label("Es gibt nichts zu sagen", "there is nothing to say"),
    Label("sagt „{text}“", "says “{text}”"),
    Label("Die Stimme brauchte länger als {seconds} s", "the voice took longer than {seconds:word} s"),
    Label("Die Stimme versagte: {error}", "the voice failed: {error:said}"),
    Label("Es wurde keine Ansage gewählt", "no announcement was chosen"),
    Label("Der Speicher ist voll", "the storage is full"),
    Label("In einem Anruf zu oft aufgenommen", "recorded too often in one call"),
    Label("Die Ansage {slot} wurde aufgenommen", "announcement {slot!r} was recorded"),
    Label("Die Aufnahme wurde verworfen", "the recording was discarded"),
    Label(
        "Die Ansage {slot} wurde aufgenommen und wartet darauf, angenommen zu werden",
        "announcement {slot!r} was recorded and waits to be accepted",
    ),
    Label("Die PIN war falsch", "the PIN was wrong"),
    Label("muss 1 bis 9 Ansagen nennen", "must be 1 to 9 announcements"),
    Label(
        "„{title}“ ist inzwischen {state:said}; sehen Sie noch einmal nach",
        "“{title}” is {state:said} by now; look at it again",
    ),
    *SAID.values(),
    Label(
        "{price} ist kein Preis; er liegt zwischen 0 und 1.000.000.000",
        "{price} is no price; it is from 0 to 1,000,000,000",
    ),
    Label(
        "nur ein Superadmin darf eine Produktion beauftragen",
        "only a superadmin may order an announcement to be produced",
    ),
    Label(
        "diese Ansage kostet {price}; stimmen Sie dem Preis zuerst zu",
        "this announcement costs {price}; agree to that price first",
    ),
    Label("es gibt keine produzierte Ansage {id!r}", "there is no produced announcement {id!r}"),
    Label(
        "Die Stimmdatei {file} für Piper ist nicht da; der Betreiber stellt sie bereit und nennt sie in piper_voices",
        "Piper's voice file {file} is not there; the operator brings one and names it in piper_voices",
    ),
)
