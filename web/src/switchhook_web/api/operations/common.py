"""What the operations of several areas share: pages, bodies that services read themselves, and places of problems."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import attrs

from switchhook import Label, NotFound, Problem, setting
from switchhook.administration import Entry, Schema, SettingsRefused, near_match, settings_of

from ..operation import JSON, MERGE, Body, Shape
from ..reading import an_object
from ..shapes import Components

AN_ID: Final = Label(
    "eine Kennung aus kleinen Buchstaben, Ziffern, - und _, höchstens 40 Zeichen",
    "an id of small letters, digits, - and _, at most 40 characters",
)


def a_text(most: int, least: int = 0) -> Label:
    """The ``shape`` of a text of ``least`` to ``most`` characters."""
    if least:
        return Label(f"ein Text mit {least} bis {most} Zeichen", f"a text of {least} to {most} characters")
    return Label(f"ein Text mit höchstens {most} Zeichen", f"a text of at most {most} characters")


@attrs.frozen
class PageQuery:
    """How a list is cut."""

    limit: int = setting("integer", "Zeilen", "Rows", default=50, minimum=1, maximum=200)
    after: str = setting("text", "Ab Zeiger", "After cursor", default="")


@attrs.frozen
class NumberedQuery:
    """How a list is cut that is told by numbers, newest first."""

    limit: int = setting("integer", "Zeilen", "Rows", default=50, minimum=1, maximum=200)
    after: int = setting("integer", "Ab Zeiger", "After cursor", default=0, minimum=1)


def page_of(item: Any, cursor: str = "string") -> Shape:
    """The schema of a page: ``items``, and the cursor ``next``, null at the end."""

    def shape(components: Components) -> Schema:
        properties = {
            "items": {"type": "array", "items": components.of(item)},
            "next": {"type": [cursor, "null"]},
        }
        return {
            "type": "object",
            "properties": properties,
            "required": ["items", "next"],
            "additionalProperties": False,
        }

    return shape


def list_of(item: Any) -> Shape:
    """The schema of a list that is short enough to be whole: ``items``."""

    def shape(components: Components) -> Schema:
        properties = {"items": {"type": "array", "items": components.of(item)}}
        return {"type": "object", "properties": properties, "required": ["items"], "additionalProperties": False}

    return shape


def a_page(items: Sequence[Any], cursor: str | int) -> Mapping[str, Any]:
    """A page as it is answered."""
    return {"items": items, "next": cursor or None}


async def changes(asked: Any, history: Callable[..., Awaitable[Sequence[Entry]]]) -> Mapping[str, Any]:
    """A page of the changes that ``history`` gives, newest first."""
    wanted: NumberedQuery = asked.query
    found = await history(before=wanted.after or None, limit=wanted.limit + 1)
    shown = found[: wanted.limit]
    return a_page(shown, shown[-1].no if len(found) > len(shown) else 0)


def values_of(declared: type, *, partly: bool = False) -> Body:
    """An object of declared fields that the service reads; names that are not declared are refused here already."""

    def read(value: Any) -> Mapping[str, object]:
        given, known = an_object(value), settings_of(declared)
        unknown = [Problem(name, f"is not taken here{near_match(name, known)}") for name in given if name not in known]
        if unknown:
            raise SettingsRefused(unknown)
        return given

    return Body((JSON, MERGE) if partly else (JSON,), lambda c: c.declared(declared, partial=partly), read)


@contextmanager
def placed(before: str, there: str = "") -> Iterator[None]:
    """Problems are told at their place in the body: paths below ``before`` as paths below ``there``."""
    try:
        yield
    except SettingsRefused as refused:
        moved = [attrs.evolve(one, path=_moved(one.path, before, there)) for one in refused.problems]
        raise SettingsRefused(moved) from refused


def _moved(path: str, before: str, there: str) -> str:
    if path == before or not path.startswith((f"{before}.", f"{before}[")):
        return path
    return f"{there}{path.removeprefix(before)}".lstrip(".") if there else path.removeprefix(before).lstrip(".")


def number_of(text: str) -> int:
    """A number in an address; what is none leads nowhere."""
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise NotFound(f"there is nothing under {text[:40]!r}")
    return int(text)
