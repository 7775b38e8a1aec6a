"""What this plugin says in reasons, notes and errors, in German."""

from __future__ import annotations

from typing import Final

from switchhook import Label

from .calendar import DAYS

SENTENCES: Final[tuple[Label, ...]] = (
    *(label for _, label in DAYS.values()),
    Label("der besondere Tag {name} am {when}", "the special day {name:word} of {when:word}"),
    Label("die Ausnahme am {when}: geöffnet", "the exception of {when:word}: open"),
    Label("die Ausnahme am {when}: geschlossen", "the exception of {when:word}: closed"),
    Label("die Ausnahme {name} am {when}: geöffnet", "the exception {name:word} of {when:word}: open"),
    Label("die Ausnahme {name} am {when}: geschlossen", "the exception {name:word} of {when:word}: closed"),
    Label("außerhalb der Zeiten der Ausnahme am {when}", "outside the hours of the exception of {when:word}"),
    Label("der Eintrag {name!r} der iCalendar-Datei", "the entry {name!r} of the iCalendar file"),
    Label("der Feiertag {de} / {en}", "the public holiday {en} / {de}"),
    Label("die Regel: {days}, {start} bis {end}", "the rule: {days:said}, {start:word} to {end:word}"),
    Label("außerhalb des Wochenplans", "outside the hours of the week"),
    Label("{why}, der hier keinen Ausgang hat", "{why:said}, which has no exit here"),
    Label(
        "es gibt keine Zeitzone {zone!r}; schreiben Sie eine wie Europe/Berlin",
        "there is no time zone {zone!r}; write one such as Europe/Berlin",
    ),
    Label(
        "hat mehr als 500000 Zeichen; behalten Sie nur, was noch kommt",
        "has more than 500000 characters; keep only what is to come",
    ),
    Label("steht neben einer Adresse; behalten Sie eins von beiden", "is there beside an address; keep one of them"),
    Label("sie beginnt nicht mit BEGIN:VCALENDAR", "it does not begin with BEGIN:VCALENDAR"),
    Label("es steht nichts darin", "there is nothing in it"),
    Label(
        "die Einträge der iCalendar-Adresse sind nicht bekannt: {why}",
        "the entries of the iCalendar address are not known: {why:said}",
    ),
    Label(
        "eine Adresse wie https://kalender.example.org/team.ics, oder leer",
        "an address such as https://calendar.example.org/team.ics, or empty",
    ),
    Label("ist keine iCalendar-Datei: {why}", "is no iCalendar file: {why}"),
    Label("die Feiertage von {region!r} sind nicht bekannt", "the public holidays of {region!r} are not known"),
    Label("darf nicht vor dem ersten Tag liegen", "must not be before the first day"),
    Label(
        "Von und Bis werden zusammen angegeben, oder beide nicht für den ganzen Tag",
        "from and to are given together, or neither for the whole day",
    ),
    Label(
        "ein besonderer Tag braucht einen Namen, aus dem ein Ausgang wird",
        "a special day needs a name, which becomes an exit",
    ),
    Label(
        "ein Name aus kleinen Buchstaben, Ziffern und -, höchstens 30 Zeichen",
        "a name of small letters, digits and -, at most 30 characters",
    ),
    Label(
        "ein Land oder Bundesland wie DE, DE-NW oder DE-BY, oder leer",
        "a country or region such as DE, DE-NW or DE-BY, or empty",
    ),
    Label("der Schalter steht auf {state}", "the switch stands at {state:word}"),
    Label(
        "der Schalter steht auf {state}, was hier keinen Ausgang hat",
        "the switch stands at {state:word}, which has no exit here",
    ),
    Label("die PIN ist falsch oder gesperrt", "the PIN is wrong or locked"),
    Label("nichts wurde gewählt und bestätigt", "nothing was chosen and confirmed"),
    Label("der Schalter wurde auf {state} gestellt", "the switch was set to {state:word}"),
    Label(
        "der Schalter wurde auf {state} gestellt und leitet um zu {number}",
        "the switch was set to {state:word} and diverts to {number:word}",
    ),
    Label("der Schalter wurde auf {state} gestellt, bis {when}", "the switch was set to {state:word}, until {when}"),
    Label(
        "der Schalter wurde auf {state} gestellt und leitet um zu {number}, bis {when}",
        "the switch was set to {state:word} and diverts to {number:word}, until {when}",
    ),
    Label("die eingegebene Rufnummer ist nicht erlaubt", "the number entered is not allowed"),
    Label(
        "die übliche Stellung leitet nicht um; nennen Sie eine andere",
        "the usual state diverts nowhere; name another state",
    ),
    Label(
        "{target!r} ist weder ein Telefon noch eine Rufnummer, zu der Anrufe umgeleitet werden können",
        "{target!r} is no phone, and no number that calls can be diverted to",
    ),
    Label(
        "ist schon vorbei; nennen Sie einen Zeitpunkt, der noch kommt",
        "is over already; name a moment to come",
    ),
    Label("ein Schalter braucht mindestens zwei Stellungen", "a switch needs two states or more"),
    Label("es gibt keine Stellung {state!r}; es gibt: {names}", "there is no state {state!r}; there are: {names}"),
    Label("in den nächsten 14 Tagen ist nicht geöffnet", "it is not open within 14 days"),
    Label("die Zeiten vom {day} wurden angesagt", "the hours of {day:word} were said"),
    Label("nennen Sie auch den Tag", "say the day as well"),
    Label("eine PIN aus 4 bis 12 Ziffern", "a PIN of 4 to 12 digits"),
    Label("ein Stern und Ziffern wie *21, oder leer", "a star and digits such as *21, or empty"),
    Label("ein Anfang wie +49 oder +4922112345", "a beginning such as +49 or +4922112345"),
    Label("ein Wort aus kleinen Buchstaben, Ziffern und _", "a word of small letters, digits and _"),
    Label("ein Name in einer Zeile mit 1 bis 80 Zeichen", "a name of 1 to 80 characters in one line"),
)
