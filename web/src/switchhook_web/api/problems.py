"""Errors as problem documents (RFC 9457): the one place where the API chooses what HTTP says about an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from switchhook import Label, SwitchhookError
from switchhook.administration import Language, Problem, Schema

from .shapes import Components, plain

MEDIA: Final = "application/problem+json"


class RequestRefused(SwitchhookError):
    """A request that cannot be read as one; ``problems`` names each part."""

    code = "bad_request"

    def __init__(self, message: str, *, code: str = "", problems: list[Problem] | None = None, **data: object) -> None:
        super().__init__(message, **data)
        if code:
            self.code = code  # type: ignore[misc]  # of this one error
        self.problems = problems or []


@attrs.frozen
class Kind:
    """An error as HTTP tells it."""

    status: int
    title: Label


def _kind(status: int, de: str, en: str) -> Kind:
    return Kind(status, Label(de, en))


KINDS: Final[Mapping[str, Kind]] = {
    "bad_request": _kind(400, "Anfrage nicht lesbar", "The request cannot be read"),
    "list": _kind(400, "Liste so nicht möglich", "No list of this kind"),
    "cursor_refused": _kind(400, "Liste so nicht möglich", "No list of this kind"),
    "not_signed_in": _kind(401, "Nicht angemeldet", "Not signed in"),
    "sign_in_refused": _kind(401, "Anmeldung abgelehnt", "Sign-in refused"),
    "forbidden": _kind(403, "Keine Berechtigung", "No right to this"),
    "foreign_request": _kind(403, "Anfrage einer fremden Seite", "A request of another site"),
    "password_expired": _kind(403, "Passwort abgelaufen", "The password has expired"),
    "second_factor_missing": _kind(403, "Zweiter Faktor fehlt", "A second factor is missing"),
    "not_found": _kind(404, "Nicht gefunden", "Not found"),
    "unknown_resource": _kind(404, "Nicht gefunden", "Not found"),
    "method": _kind(405, "Methode nicht möglich", "No such method here"),
    "not_acceptable": _kind(406, "Kein gewünschtes Format", "None of the formats asked for"),
    "stale": _kind(409, "Inzwischen geändert", "Changed meanwhile"),
    "in_use": _kind(409, "In Verwendung", "In use"),
    "id_taken": _kind(409, "Kennung vergeben", "The id is taken"),
    "change_refused": _kind(409, "Änderung abgelehnt", "The change is refused"),
    "repeated_differently": _kind(409, "Schlüssel schon verwendet", "The key was used before"),
    "precondition": _kind(412, "Inzwischen geändert", "Changed meanwhile"),
    "too_large": _kind(413, "Anfrage zu groß", "The request is too large"),
    "media_type": _kind(415, "Format nicht angenommen", "Not a format that is taken"),
    "mail_address": _kind(422, "Keine E-Mail-Adresse", "Not a mail address"),
    "number": _kind(422, "Keine Rufnummer", "Not a number"),
    "settings": _kind(422, "Angaben passen nicht", "Values that do not fit"),
    "resource_file": _kind(422, "Datei passt nicht", "A file that does not fit"),
    "table": _kind(422, "Tabelle passt nicht", "A table that does not fit"),
    "last_superadmin": _kind(409, "Letzter Superadmin", "The last superadmin"),
    "tenant_state": _kind(409, "Zustand nicht möglich", "Not a state to go to"),
    "too_many_numbers": _kind(409, "Zu viele Rufnummern", "Too many numbers"),
    "mail_not_resent": _kind(409, "E-Mail ist nicht mehr da", "The mail is no longer kept"),
    "plugin": _kind(409, "Erweiterung nicht aktiv", "The plugin is not active"),
    "conflict": _kind(409, "Passt nicht zu dem, was da ist", "Does not fit what is there"),
    "no_precondition": _kind(428, "If-Match fehlt", "If-Match is missing"),
    "throttled": _kind(429, "Zu viele Versuche", "Too many attempts"),
    "store_away": _kind(503, "Datenbank nicht erreichbar", "The database is away"),
    "store": _kind(503, "Datenbank nicht erreichbar", "The database is away"),
}
UNEXPECTED: Final = _kind(500, "Interner Fehler", "An internal error")


def kind_of(code: str) -> Kind:
    """How HTTP tells an error with a code."""
    return KINDS.get(code, UNEXPECTED)


def problem(error: SwitchhookError, language: Language, *, versioned: bool = False) -> tuple[int, dict[str, Any]]:
    """The status and the document of an error. What is stale fails the condition of a request that has one."""
    code = error.code
    kind = kind_of("precondition" if code == "stale" and versioned else code)
    document: dict[str, Any] = {
        "type": f"urn:switchhook:problem:{code}",
        "title": kind.title.de if language == "de" else kind.title.en,
        "status": kind.status,
        "detail": str(error),
        "code": code,
        "problems": [{"path": one.path.lstrip("."), "message": one.message} for one in getattr(error, "problems", ())],
    }
    if (current := getattr(error, "current", None)) is not None:
        document |= {"current": sides(current), "base": plain(getattr(error, "base", None), language)}
    if (uses := getattr(error, "uses", None)) is not None:
        document["uses"] = plain(uses, language)
    return kind.status, document


def sides(current: Any) -> dict[str, Any]:
    """What is kept now, for a merge: its version, and its fields without secrets."""
    fields = getattr(current, "value", current)
    return {"version": current.version, "fields": plain(fields)}


def problem_shape(components: Components) -> Schema:
    """The schema of every problem document."""
    text: Schema = {"type": "string"}

    def make() -> Schema:
        one = {"type": "object", "properties": {"path": text, "message": text}, "required": ["path", "message"]}
        fields: dict[str, Schema] = {
            "type": text,
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "code": text,
            "problems": {"type": "array", "items": one},
            "current": {"type": "object", "description": _SAID["current"]},
            "base": {"type": ["object", "null"], "description": _SAID["base"]},
            "uses": {"type": "array", "items": {"type": "object"}, "description": _SAID["uses"]},
        }
        needed = ["type", "title", "status", "detail", "code"]
        return {"type": "object", "properties": fields, "required": needed}

    return components.named("Problem", make)


_SAID: Final = {
    "current": "What is kept now: version and fields.",
    "base": "What the version was that was edited, if it is known.",
    "uses": "Where it is used.",
}
