"""Flows as the API takes them, as JSON and as YAML, and as it tells them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import attrs

from switchhook import Problem
from switchhook.administration import Draft, Schema, SettingsRefused, drawing_of

from .examples import DRAWING_EXAMPLE, FLOW_EXAMPLE
from .findings import FindingLine, finding_line
from .operation import JSON, YAML, Body
from .reading import an_object
from .shapes import Components

MOST: Final = 4 << 20
_UNKEPT: Final = re.compile("[\x00\ud800-\udfff]")
_DEEPEST: Final = 30


@attrs.frozen
class DraftLine:
    """A flow as it is being edited; ``revision`` is its ETag, ``live`` the version callers get, or null."""

    flow: str
    revision: int
    open: bool
    based_on: int
    live: int | None
    drawing: Any
    findings: Sequence[FindingLine]
    author: str
    changed: datetime | None


def draft_line(draft: Draft) -> DraftLine:
    """A draft as it is told."""
    return DraftLine(
        draft.flow,
        draft.revision,
        draft.open,
        draft.based_on,
        draft.live,
        draft.drawing,
        [finding_line(one) for one in draft.findings],
        draft.author,
        draft.changed,
    )


def draft_shape(components: Components) -> Schema:
    """The schema of a draft."""

    def make() -> Schema:
        whole = dict(components.schemas[components.of(DraftLine)["$ref"].rpartition("/")[2]])
        return {**whole, "properties": {**whole["properties"], "drawing": drawing_shape(components)}}

    return components.named("Draft", make)


def drawing_shape(components: Components) -> Schema:
    """The schema of a flow as JSON."""
    text: Schema = {"type": "string"}
    point: Schema = {
        "type": "object",
        "required": ["id", "module"],
        "properties": {
            **dict.fromkeys(("id", "module", "label", "cost_centre"), text),
            "position": {"type": ["array", "null"], "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
            "settings": {"type": "object"},
            "exits": {"type": "object", "description": "By exit: a point, flow:ID or hang-up."},
        },
    }
    fields = dict.fromkeys(("id", "label", "description", "language", "start", "last_resort"), text)

    def make() -> Schema:
        properties = {**fields, "points": {"type": "array", "items": point}}
        return {"type": "object", "properties": properties, "examples": [DRAWING_EXAMPLE]}

    return components.named("Drawing", make)


@attrs.frozen
class Drawn:
    """A drawing to be kept, and the version it took in, 0 where it says nothing of that."""

    drawing: Mapping[str, Any]
    based_on: int


def drawing_body() -> Body:
    """``{"drawing": ..., "based_on": ...}``."""

    def shape(components: Components) -> Schema:
        fields = {"drawing": drawing_shape(components), "based_on": {"type": "integer", "minimum": 0}}
        return {"type": "object", "properties": fields, "required": ["drawing"], "additionalProperties": False}

    return Body((JSON,), shape, _drawn, MOST)


def text_body() -> Body:
    """The YAML text of a flow."""
    return Body((YAML,), lambda _: {"type": "object"}, _text, MOST, FLOW_EXAMPLE)


def _drawn(value: Any) -> Drawn:
    given = an_object(value)
    problems = [Problem(str(name), "is not taken here") for name in given if name not in ("drawing", "based_on")]
    based_on = given.get("based_on", 0)
    if type(based_on) is not int or not 0 <= based_on < 10**9:
        problems.append(Problem("based_on", "must be the number of a version"))
    if not isinstance(given.get("drawing"), Mapping):
        problems.append(Problem("drawing", "must be an object with 'id', 'start' and 'points'"))
    problems += unfit(given.get("drawing"), "drawing", 0)
    if problems:
        raise SettingsRefused(problems)
    return Drawn(given["drawing"], based_on)


def _text(text: str) -> str:
    if problems := list(unfit(text, "", 0)) or list(unfit(drawing_of(text), "", 0)):
        raise SettingsRefused(problems)
    return text


def unfit(value: Any, path: str, depth: int) -> Iterator[Problem]:
    """What no database or no JSON keeps, wherever it stands."""
    if depth > _DEEPEST:
        yield Problem(path, f"lies more than {_DEEPEST} levels deep")
    elif isinstance(value, str) and _UNKEPT.search(value):
        yield Problem(path, "holds a character that no database keeps (NUL, or half of a surrogate pair)")
    elif isinstance(value, float) and not math.isfinite(value):
        yield Problem(path, "is no number that JSON knows")
    elif isinstance(value, Mapping):
        for name, held in value.items():
            yield from unfit(name, path, depth)
            yield from unfit(held, f"{path}.{name}" if path else str(name), depth + 1)
    elif isinstance(value, list | tuple):
        for place, held in enumerate(value):
            yield from unfit(held, f"{path}[{place}]", depth + 1)
