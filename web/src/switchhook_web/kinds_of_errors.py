"""What HTTP says about each error, for pages and for the API alike: the one place that knows its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from switchhook import Label, SwitchhookError


@attrs.frozen
class Kind:
    """An error as HTTP tells it."""

    status: int
    title: Label


def _kind(status: int, de: str, en: str) -> Kind:
    return Kind(status, Label(de, en))


_MISSING: Final = _kind(404, "Nicht gefunden", "Not found")
_NO_LIST: Final = _kind(400, "Liste so nicht möglich", "No list of this kind")
_STALE: Final = _kind(409, "Inzwischen geändert", "Changed meanwhile")
_LINK: Final = _kind(410, "Link nicht mehr gültig", "A link that is no longer good")

KINDS: Final[Mapping[str, Kind]] = {
    "asset_missing": _kind(500, "Datei der Oberfläche fehlt", "A file of the pages is missing"),
    "asterisk_refused": _kind(502, "Asterisk lehnt ab", "Asterisk refuses"),
    "asterisk_unavailable": _kind(503, "Asterisk nicht erreichbar", "Asterisk is away"),
    "bad_request": _kind(400, "Anfrage nicht lesbar", "The request cannot be read"),
    "change_refused": _kind(409, "Änderung abgelehnt", "The change is refused"),
    "code_wrong": _kind(422, "Code stimmt nicht", "The code is wrong"),
    "conflict": _kind(409, "Passt nicht zu dem, was da ist", "Does not fit what is there"),
    "current_password_wrong": _kind(422, "Passwort stimmt nicht", "The password is wrong"),
    "cursor_refused": _NO_LIST,
    "demo_limit": _kind(409, "Mehr geht im Demo-Zugang nicht", "A demo may not have more"),
    "flow_in_use": _kind(409, "In Verwendung", "In use"),
    "flow_refused": _kind(422, "Ablauf passt nicht", "A flow that does not fit"),
    "forbidden": _kind(403, "Keine Berechtigung", "No right to this"),
    "foreign_request": _kind(403, "Anfrage einer fremden Seite", "A request of another site"),
    "id_taken": _kind(409, "Kennung vergeben", "The id is taken"),
    "in_use": _kind(409, "In Verwendung", "In use"),
    "last_superadmin": _kind(409, "Letzter Superadmin", "The last superadmin"),
    "leg_refused": _kind(422, "Anruf nicht erlaubt", "A call that may not be made"),
    "link_expired": _LINK,
    "link_gone": _LINK,
    "list": _NO_LIST,
    "mail_address": _kind(422, "Keine E-Mail-Adresse", "Not a mail address"),
    "mail_not_resent": _kind(409, "E-Mail ist nicht mehr da", "The mail is no longer kept"),
    "media_type": _kind(415, "Format nicht angenommen", "Not a format that is taken"),
    "method": _kind(405, "Methode nicht möglich", "No such method here"),
    "no_precondition": _kind(428, "If-Match fehlt", "If-Match is missing"),
    "not_acceptable": _kind(406, "Kein gewünschtes Format", "None of the formats asked for"),
    "not_found": _MISSING,
    "not_signed_in": _kind(401, "Nicht angemeldet", "Not signed in"),
    "note_missing": _kind(422, "Notiz fehlt", "A note is missing"),
    "placing_refused": _kind(422, "Anruf nicht möglich", "A call that cannot be placed"),
    "nothing_to_discard": _kind(409, "Nichts zu verwerfen", "Nothing to discard"),
    "number": _kind(422, "Keine Rufnummer", "Not a number"),
    "number_rests": _kind(409, "Rufnummer ruht noch", "The number rests"),
    "offer_closed": _kind(409, "Angebot steht nicht mehr offen", "The offer is no longer open"),
    "offer_file": _kind(422, "Datei wird nicht angenommen", "Not a file that is taken"),
    "offer_missing": _kind(409, "Angebot ist nicht angenommen", "No offer was accepted"),
    "password_expired": _kind(403, "Passwort abgelaufen", "The password has expired"),
    "password_too_weak": _kind(422, "Passwort zu schwach", "The password is too weak"),
    "plugin": _kind(409, "Plugin nicht aktiv", "The plugin is not active"),
    "plugin_in_use": _kind(409, "In Verwendung", "In use"),
    "precondition": _kind(412, "Inzwischen geändert", "Changed meanwhile"),
    "publish_refused": _kind(422, "Veröffentlichen nicht möglich", "Cannot be published"),
    "repeated_differently": _kind(422, "Schlüssel schon verwendet", "The key was used before"),
    "repeated_meanwhile": _kind(409, "Dieselbe Anfrage läuft noch", "The same request is under way"),
    "resource_file": _kind(422, "Datei passt nicht", "A file that does not fit"),
    "restart_refused": _kind(409, "Neustart nicht möglich", "No restart now"),
    "script": _kind(422, "Probeanruf nicht lesbar", "A tried call that cannot be read"),
    "second_factor_missing": _kind(403, "Zweiter Faktor fehlt", "A second factor is missing"),
    "second_factor_needed": _kind(401, "Zweiter Faktor nötig", "A second factor is needed"),
    "second_factor_there": _kind(409, "Zweiter Faktor ist schon da", "There is a second factor already"),
    "settings": _kind(422, "Angaben passen nicht", "Values that do not fit"),
    "sign_in_refused": _kind(401, "Anmeldung abgelehnt", "Sign-in refused"),
    "stale": _STALE,
    "stale_draft": _STALE,
    "store_away": _kind(503, "Datenbank nicht erreichbar", "The database is away"),
    "table": _kind(422, "Tabelle passt nicht", "A table that does not fit"),
    "tenant_state": _kind(409, "Status nicht möglich", "Not a state to go to"),
    "throttled": _kind(429, "Zu viele Versuche", "Too many attempts"),
    "too_busy": _kind(503, "Gerade zu viel zu tun", "Too busy just now"),
    "too_large": _kind(413, "Anfrage zu groß", "The request is too large"),
    "too_many_streams": _kind(429, "Zu viele offene Seiten", "Too many open pages"),
    "trial_hangs": _kind(422, "Probeanruf endet nicht", "A tried call that does not end"),
    "unknown_resource": _MISSING,
    "unknown_template": _MISSING,
    "production_state": _kind(409, "In diesem Stand nicht möglich", "Not possible in this state"),
    "price_changed": _kind(409, "Preis nicht vereinbart", "The price was not agreed to"),
    "sound_refused": _kind(422, "Ton passt nicht", "A sound that does not fit"),
    "speech": _kind(422, "Text nicht sprechbar", "A text that cannot be spoken"),
    "storage_full": _kind(409, "Speicher voll", "The storage is full"),
    "version_is_heard": _kind(409, "In Verwendung", "In use"),
    "warnings_unseen": _kind(422, "Warnungen nicht gesehen", "Warnings that nobody has seen"),
    "webhook_target": _kind(422, "Keine Adresse für Webhooks", "Not an address for webhooks"),
}
"""Each code of an error. A code that is not here counts as its parent's."""
UNEXPECTED: Final = _kind(500, "Interner Fehler", "An internal error")
MEETS_CONDITION: Final = frozenset({"stale", "stale_draft"})
"""Errors that mean the ``If-Match`` of a request that has one does not hold: ``precondition`` then."""


def kind_of(code: str) -> Kind:
    """How HTTP tells an error with a code."""
    return KINDS.get(code, UNEXPECTED)


def kind_of_error(error: SwitchhookError, *, conditional: bool = False) -> Kind:
    """How HTTP tells an error; ``conditional`` when the request named a version in ``If-Match``."""
    codes = [error.code, *(str(vars(cls).get("code")) for cls in type(error).__mro__)]
    code = next((code for code in codes if code in KINDS), "")
    return kind_of("precondition" if conditional and code in MEETS_CONDITION else code)


def headers_of(error: SwitchhookError) -> Mapping[str, str]:
    """What HTTP says beside the status: when a throttled request may come again."""
    wait = error.data.get("retry_after")
    return {"Retry-After": str(wait)} if wait and kind_of_error(error).status == 429 else {}
