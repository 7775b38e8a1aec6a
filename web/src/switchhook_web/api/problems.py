"""Errors as problem documents (RFC 9457)."""

from __future__ import annotations

from typing import Any, Final

from switchhook import SwitchhookError
from switchhook.administration import Language, Merged, Problem, Schema, StaleDraft, WarningsUnseen

from ..kinds_of_errors import kind_of_error
from .findings import finding_line
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


def problem(error: SwitchhookError, language: Language, *, versioned: bool = False) -> tuple[int, dict[str, Any]]:
    """The status and the document of an error. What is stale fails the condition of a request that has one."""
    code = error.code
    kind = kind_of_error(error, conditional=versioned)
    document: dict[str, Any] = {
        "type": f"urn:switchhook:problem:{code}",
        "title": kind.title.de if language == "de" else kind.title.en,
        "status": kind.status,
        "detail": str(error),
        "code": code,
        "problems": [{"path": one.path.lstrip("."), "message": one.message} for one in getattr(error, "problems", ())],
    }
    if (current := getattr(error, "current", None)) is not None:
        document |= {"current": sides(error, current), "base": plain(getattr(error, "base", None), language)}
    if (uses := getattr(error, "uses", None)) is not None:
        document["uses"] = plain(uses, language)
    if isinstance(error, StaleDraft):
        document |= both_drafts(error)
    if isinstance(error, WarningsUnseen):
        document["findings"] = plain([finding_line(one) for one in error.findings], language)
    return kind.status, document


def both_drafts(error: StaleDraft) -> dict[str, Any]:
    """What is kept now and both changes put together; save ``merged`` with ``revision`` and ``based_on``."""
    merged: Merged | None = error.merged
    return {
        "revision": error.revision,
        "based_on": error.based_on,
        "author": error.author,
        "base": plain(error.base),
        "theirs": plain(error.theirs),
        "merged": plain(merged.drawing) if merged is not None else None,
        "conflicts": plain(merged.collisions) if merged is not None else [],
    }


def sides(error: SwitchhookError, current: Any) -> dict[str, Any]:
    """What is kept now, for a merge: its version, and its fields without secrets, in the words of ``base``."""
    fields = getattr(error, "now", None) or getattr(current, "value", current)
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
            "revision": {"type": "integer", "description": _SAID["revision"]},
            "based_on": {"type": "integer", "description": _SAID["based_on"]},
            "author": text,
            "theirs": {"type": "object", "description": _SAID["theirs"]},
            "merged": {"type": ["object", "null"], "description": _SAID["merged"]},
            "conflicts": {"type": "array", "items": {"type": "object"}, "description": _SAID["conflicts"]},
            "findings": {"type": "array", "items": {"type": "object"}, "description": _SAID["findings"]},
        }
        needed = ["type", "title", "status", "detail", "code"]
        return {"type": "object", "properties": fields, "required": needed}

    return components.named("Problem", make)


_SAID: Final = {
    "current": "What is kept now: version and fields.",
    "base": "What the version was that was edited, if it is known.",
    "uses": "Where it is used.",
    "revision": "Of a flow's draft: the revision that is kept now.",
    "based_on": "Of a flow's draft: the version the merged drawing is based on.",
    "theirs": "Of a flow's draft: the drawing that is kept now.",
    "merged": "Of a flow's draft: both changes in one drawing, null where their beginning is not known any more.",
    "conflicts": "Of a flow's draft: what both changed differently, with path, base, mine and theirs.",
    "findings": "The warnings that have to be accepted.",
}
