"""Plain values as documents and forms hold them: read against a declaration with every problem told, and given back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, TypeVar, cast

import attrs

from ..errors import near_match
from ..money import Money
from .setting import Problem, Setting, SettingsRefused, settings_of
from .shape import EXPECTED, KEYS, NUMBER, PROMPT, TARGET, TIME, bounds, form_of

T = TypeVar("T")


def read_settings(declared: type[T], values: Mapping[str, object], path: str = "settings") -> T:
    """An instance of ``declared`` from plain values; raises :class:`SettingsRefused` naming every problem.

    A default may be written out, whatever its kind asks of other values.
    """
    known = settings_of(declared)
    problems = [
        Problem(f"{path}.{name}", f"unknown setting{near_match(name, known)}") for name in values if name not in known
    ]
    ready: dict[str, object] = {}
    for name, (meta, field) in known.items():
        if name in values and not _is_default(values[name], field.default):
            value, found = _read(meta, values[name], f"{path}.{name}")
            problems += found
            ready[name] = value
        elif name not in values and field.default is attrs.NOTHING:
            holds = meta.shape.en if meta.shape is not None else EXPECTED[meta.kind]
            problems.append(Problem(f"{path}.{name}", f"is missing; it holds {holds}"))
    if problems:
        raise SettingsRefused(problems)
    return declared(**ready)


def read_what_fits(declared: type[T], values: Mapping[str, object]) -> T:
    """An instance with those values that fit; the others are at their defaults, or empty where there are none.

    For forms that are not filled in yet. Raises what a check of the class across several fields raises.
    """
    ready: dict[str, object] = {}
    for name, (meta, field) in settings_of(declared).items():
        value, wrong = _read(meta, values[name], name) if name in values else (None, [Problem(name, "is missing")])
        if not wrong:
            ready[name] = value
        elif field.default is attrs.NOTHING:
            ready[name] = _EMPTY.get(meta.kind, "")
    return declared(**ready)


def value_of_text(meta: Setting, text: str) -> object:
    """What a text means as the value of a setting, for sources that know texts alone, such as the environment.

    Lists are separated by commas. A text that cannot be read so stays one, for the declaration to refuse.
    """
    try:
        return _FROM_TEXT.get(meta.kind, str)(text)
    except (KeyError, ValueError):
        return text


def _is_default(value: object, default: object) -> bool:
    """Whether what is given is what holds if nothing is: always allowed, such as no prompt where none is needed."""
    plain = [list(one) if isinstance(one, tuple) else one for one in (value, default)]
    return type(plain[0]) is type(plain[1]) and plain[0] == plain[1]


def plain_settings(instance: attrs.AttrsInstance, *, whole: bool = False) -> dict[str, object]:
    """The plain values of an instance as documents hold them: those at their default only if ``whole``."""
    return {
        name: plain_value(getattr(instance, name), whole=whole)
        for name, (_, field) in settings_of(type(instance)).items()
        if whole or getattr(instance, name) != field.default
    }


def plain_value(value: Any, *, whole: bool = True) -> object:
    """A value of a declared field as documents hold it."""
    if isinstance(value, tuple):
        return [plain_value(entry, whole=whole) for entry in value]
    if isinstance(value, Money):
        return str(value)
    return plain_settings(value, whole=whole) if attrs.has(type(value)) else value


_EMPTY: Final[dict[str, object]] = {
    **dict.fromkeys(("prompts", "keys", "words", "targets", "references", "rows"), ()),
    **dict.fromkeys(("integer", "seconds"), 0),
    "boolean": False,
}

Found = tuple[object, list[Problem]]


def taken(meta: Setting, value: object) -> bool:
    """Whether a value fits what its declaration asks of values that are no default."""
    return not _read(meta, value, "")[1]


def _read(meta: Setting, value: object, path: str) -> Found:
    return _READERS[meta.kind](meta, value, path)


def _wrong(meta: Setting, value: object, path: str) -> Found:
    return value, [Problem(path, f"must be {EXPECTED[meta.kind]}, not {_shown(meta, value)}")]


def _shown(meta: Setting, value: object) -> str:
    return "what is there" if meta.secret else repr(value)


def _text(meta: Setting, value: object, path: str) -> Found:
    if not isinstance(value, str):
        return _wrong(meta, value, path)
    if _UNKEPT.search(value):
        return value, [Problem(path, "holds a character that no database keeps (NUL, or half of a surrogate pair)")]
    if meta.pattern and not re.fullmatch(meta.pattern, value):
        if meta.shape is not None:
            return value, [Problem(path, f"must be {meta.shape.en}, not {_shown(meta, value)}")]
        return value, [Problem(path, f"{_shown(meta, value)} does not have the shape {meta.pattern}")]
    return value, []


_UNKEPT: Final = re.compile("[\x00\ud800-\udfff]")
LARGEST: Final = 2**53 - 1
"""The largest number that every program reads from JSON as it was written."""


def _number(meta: Setting, value: object, path: str) -> Found:
    allowed = int if meta.kind == "integer" else (int, float)
    if isinstance(value, bool) or not isinstance(value, allowed) or not -LARGEST <= value <= LARGEST:
        return _wrong(meta, value, path)
    number = cast(float, value)
    low, high = meta.minimum, meta.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        return value, [Problem(path, f"must {bounds(low, high)}, not {number}")]
    return value, []


def _boolean(meta: Setting, value: object, path: str) -> Found:
    return (value, []) if isinstance(value, bool) else _wrong(meta, value, path)


def _choice(meta: Setting, value: object, path: str) -> Found:
    if value in meta.choices:
        return value, []
    hint = "" if meta.secret else near_match(str(value), meta.choices)
    expected = ", ".join(map(repr, meta.choices))
    return value, [Problem(path, f"must be one of {expected}, not {_shown(meta, value)}{hint}")]


def _matching(pattern: re.Pattern[str]) -> Callable[[Setting, object, str], Found]:
    def read(meta: Setting, value: object, path: str) -> Found:
        if not isinstance(value, str) or not pattern.fullmatch(value) or len(value) > 80:
            return _wrong(meta, value, path)
        return value, []

    return read


def _list_of(item: Callable[[Setting, object, str], Found]) -> Callable[[Setting, object, str], Found]:
    def read(meta: Setting, value: object, path: str) -> Found:
        if not isinstance(value, list | tuple):
            return _wrong(meta, value, path)
        problems = [p for i, entry in enumerate(value) for p in item(meta, entry, f"{path}[{i}]")[1]]
        problems += (
            [
                Problem(f"{path}[{i}]", f"{entry!r} is there twice")
                for i, entry in enumerate(value)
                if entry in value[:i]
            ]
            if meta.kind == "keys"
            else []
        )
        if meta.minimum is not None and len(value) < meta.minimum:
            problems.append(Problem(path, f"needs at least {meta.minimum:g}"))
        return tuple(value), problems

    return read


def _reference(meta: Setting, value: object, path: str) -> Found:
    _, wrong = _matching(form_of(attrs.evolve(meta, kind="reference")))(meta, value, path)
    if wrong and meta.to == "number":
        return value, [Problem(path, f"must be {EXPECTED['number']}, not {value!r}")]
    return value, wrong


def _date(meta: Setting, value: object, path: str) -> Found:
    try:
        return date.fromisoformat(value if isinstance(value, str) else "").isoformat(), []
    except ValueError:
        return _wrong(meta, value, path)


def _money(meta: Setting, value: object, path: str) -> Found:
    try:
        return value if isinstance(value, Money) else Money.read(value if isinstance(value, str) else ""), []
    except ValueError:
        return _wrong(meta, value, path)


def _rows(meta: Setting, value: object, path: str) -> Found:
    if not isinstance(value, list | tuple) or not all(isinstance(row, Mapping) for row in value):
        return _wrong(meta, value, path)
    rows: list[object] = []
    problems: list[Problem] = []
    for i, row in enumerate(value):
        try:
            rows.append(read_settings(cast(type[Any], meta.row), cast(Mapping[str, object], row), f"{path}[{i}]"))
        except SettingsRefused as refused:
            problems += refused.problems
    return tuple(rows), problems


_READERS: Final[dict[str, Callable[[Setting, object, str], Found]]] = {
    "text": _text,
    "integer": _number,
    "seconds": _number,
    "boolean": _boolean,
    "choice": _choice,
    "prompt": _matching(PROMPT),
    "prompts": _list_of(_matching(PROMPT)),
    "keys": _list_of(_matching(KEYS)),
    "words": _list_of(_text),
    "target": _matching(TARGET),
    "targets": _list_of(_matching(TARGET)),
    "number": _matching(NUMBER),
    "time": _matching(TIME),
    "date": _date,
    "money": _money,
    "reference": _reference,
    "references": _list_of(_reference),
    "rows": _rows,
}


def _words(text: str) -> list[str]:
    return [part for part in (part.strip() for part in text.split(",")) if part]


_FROM_TEXT: Final[dict[str, Callable[[str], object]]] = {
    "integer": int,
    "seconds": float,
    "boolean": {"true": True, "false": False}.__getitem__,
    "prompts": _words,
    "keys": _words,
    "words": _words,
    "targets": _words,
}
