"""From what a browser posted back to plain values, as documents hold them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, cast

import attrs

from switchhook.administration import NumberRefused, Setting, classify, settings_of, with_canonical_numbers

Posted = Mapping[str, Sequence[str]]
"""What a form posted: all values of each name, in order."""
_NUMBER: Final = re.compile(r"[+0][0-9 ()/.-]{3,}")
_MISSING: Final = object()


def posted_of(pairs: Iterable[tuple[str, str]]) -> Posted:
    """Pairs of a name and a value, as they were posted, by name."""
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def read_form(declared: type[Any], posted: Posted) -> dict[str, object]:
    """The plain values of a declared class; whether they fit is for ``read_settings`` to say.

    What was left empty is not there: it means the default, or is missing. A
    secret that is to stay as it is is not there either. A phone number is
    canonical if it is one; what cannot be read stays as it was typed.
    """
    values = _values(declared, posted, "")
    return with_canonical_numbers(declared, values)


def rearranged(declared: type[Any], posted: Posted) -> dict[str, object] | None:
    """The values with a row or item added, removed or moved up, if a button for that was pressed, else None."""
    values = read_form(declared, posted)
    for button, change in _BUTTONS.items():
        for path in posted.get(button, ()):
            return _changed(declared, values, _steps(path), change)
    return None


def _values(declared: type[Any], posted: Posted, at: str) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, (meta, field) in settings_of(declared).items():
        value = _value(meta, posted, f"{at}{name}", required=field.default is attrs.NOTHING)
        if value is not _MISSING:
            found[name] = value
    return found


def _value(meta: Setting, posted: Posted, name: str, *, required: bool) -> object:
    if meta.kind == "rows":
        return _rows(meta, posted, name)
    if name not in posted:
        return _MISSING
    if meta.secret:
        return _secret(posted, name)
    if meta.kind in _LISTS:
        return _LISTS[meta.kind](posted[name])
    text = posted[name][-1].replace("\r\n", "\n")
    if meta.kind in ("text", "choice"):
        empty_counts = not required if meta.kind == "text" else "" in meta.choices
        return text if text or empty_counts else _MISSING
    return _line(meta, posted, name, text.strip())


def _line(meta: Setting, posted: Posted, name: str, text: str) -> object:
    if not text:
        return _MISSING
    if meta.kind == "money":
        return f"{text} {posted.get(f'{name}:currency', ['EUR'])[-1].strip().upper()}"
    return _READERS.get(meta.kind, str)(text)


def _rows(meta: Setting, posted: Posted, name: str) -> object:
    row = re.compile(re.escape(name) + r"\[(\d{1,6})\]")
    places = sorted({int(found[1]) for key in posted if (found := row.match(key))})
    if name not in posted and not places:
        return _MISSING
    return [_values(cast(type[Any], meta.row), posted, f"{name}[{place}].") for place in places]


def _secret(posted: Posted, name: str) -> object:
    """What was typed counts, whatever else was chosen: nobody types a secret to have it dropped."""
    typed = posted[name][-1]
    wish = posted.get(f"{name}:secret", ["replace" if typed else "keep"])[-1]
    return typed if typed or wish == "clear" else _MISSING


def _whole(text: str) -> object:
    try:
        return int(text)
    except ValueError:
        return text


def _seconds(text: str) -> object:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return text


def _time(text: str) -> str:
    return f"0{text}" if re.fullmatch(r"\d:\d\d", text) else text


def _target(text: str) -> str:
    if not _NUMBER.fullmatch(text):
        return text
    try:
        found = classify(text)
    except NumberRefused:
        return text
    return found.canonical if found.kind == "e164" else text


_READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "integer": _whole,
    "seconds": _seconds,
    "boolean": "true".__eq__,
    "time": _time,
    "target": _target,
}


def _items(texts: Sequence[str]) -> object:
    return [text.strip() for text in texts if text.strip()]


def _targets(texts: Sequence[str]) -> object:
    return [_target(text.strip()) for text in texts if text.strip()]


def _words(texts: Sequence[str]) -> object:
    return [line for text in texts for line in text.replace("\r\n", "\n").split("\n") if line]


_LISTS: Final[Mapping[str, Callable[[Sequence[str]], object]]] = {
    "words": _words,
    "prompts": _items,
    "keys": _items,
    "targets": _targets,
    "references": _items,
}


# -- buttons of repeatable groups ---------------------------------------------------------------------

Step = tuple[str, int | None]
Change = Callable[[list[Any], int | None, object], None]
"""Changes a list at a place; the last argument is what a new item would be."""


def _steps(path: str) -> list[Step]:
    """``shifts[1].people`` as ``[("shifts", 1), ("people", None)]``."""
    found = re.findall(r"([A-Za-z_][A-Za-z0-9_]*)(?:\[(\d{1,6})\])?", path)
    return [(name, int(place) if place else None) for name, place in found]


def _changed(
    declared: type[Any], values: dict[str, object], steps: Sequence[Step], change: Change
) -> dict[str, object]:
    """The values with the list at the end of the steps changed; a path that leads nowhere changes nothing."""
    (name, place), *rest = steps or [("", None)]
    meta = settings_of(declared)[name][0] if name in settings_of(declared) else None
    held = values.get(name, [])
    if meta is None or not isinstance(held, list):
        return values
    held = list(held)
    if not rest:
        change(held, place, {} if meta.kind == "rows" else "")
    elif place is not None and place < len(held) and meta.row is not None:
        held[place] = _changed(meta.row, dict(held[place]), rest, change)
    return {**values, name: held}


def _add(held: list[Any], place: int | None, new: object) -> None:
    held.append(new)


def _remove(held: list[Any], place: int | None, new: object) -> None:
    if place is not None and place < len(held):
        del held[place]


def _up(held: list[Any], place: int | None, new: object) -> None:
    if place and place < len(held):
        held[place - 1], held[place] = held[place], held[place - 1]


_BUTTONS: Final[Mapping[str, Change]] = {":add": _add, ":remove": _remove, ":up": _up}
