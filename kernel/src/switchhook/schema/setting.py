"""Declared once: what a setting is, for validation, forms, documents and documentation alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, Literal, TypeVar, cast

import attrs

from ..errors import SwitchhookError, near_match
from ..money import Money

_KEY: Final = "switchhook"
RIGHT: Final = "right"
"""What a reference to a right leads to."""
T = TypeVar("T")
Kind = Literal[
    "text",
    "integer",
    "seconds",
    "boolean",
    "choice",
    "prompt",
    "prompts",
    "keys",
    "words",
    "target",
    "targets",
    "number",
    "time",
    "date",
    "money",
    "reference",
    "references",
    "rows",
]


@attrs.frozen
class Label:
    """A text for people in German and English."""

    de: str
    en: str


@attrs.frozen
class Setting:
    """What a field of a module or resource means to the one who fills it in."""

    kind: Kind
    label: Label
    help: Label | None = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    secret: bool = False
    to: str = ""
    """Of a reference: the kind of resource, ``flow``, ``number`` or ``right`` it leads to."""
    row: type[Any] | None = None
    """Of rows: the attrs class whose declared fields each row has."""
    lines: int = 1
    """Of a text: how many lines a form shows of it; more than 1 lets it hold several."""
    names: tuple[Label, ...] = ()
    """Of choices: what people call each, in the same order; without them the choices themselves."""

    def name_of(self, choice: str) -> Label:
        """What people call a choice."""
        names = dict(zip(self.choices, self.names, strict=False))
        return names.get(choice, Label(choice, choice))


@attrs.frozen
class Problem:
    """One thing wrong with a value: where (a path such as ``settings.keys[1]``) and what, with the way out."""

    path: str
    message: str


class SettingsRefused(SwitchhookError):
    """Values that do not fit their declaration; ``problems`` names each one."""

    code = "settings"

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{p.path}: {p.message}" for p in problems), problems=problems)
        self.problems = problems


def setting(
    kind: Kind,
    de: str,
    en: str,
    *,
    default: Any = attrs.NOTHING,
    help: Label | None = None,  # noqa: A002 - what a form calls it
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[str, ...] = (),
    pattern: str | None = None,
    secret: bool = False,
    to: str = "",
    row: type[Any] | None = None,
    lines: int = 1,
    names: tuple[Label, ...] = (),
) -> Any:
    """Declare a field: its kind, its label in German and English, and its bounds.

    Without ``default`` the field must be given. The value of a ``secret`` one
    is shown in no ``repr`` and no error. A ``reference`` names ``to`` what
    kind of resource it leads, ``rows`` the attrs class of a row. ``lines`` is
    how much of a text a form shows, ``names`` what people call the ``choices``.
    """
    meta = Setting(kind, Label(de, en), help, minimum, maximum, choices, pattern, secret, to, row, lines, names)
    return attrs.field(default=default, metadata={_KEY: meta}, kw_only=True, repr=not secret)


def settings_of(declared: type) -> dict[str, tuple[Setting, attrs.Attribute[Any]]]:
    """The declared fields of a class, in order."""
    return {
        field.name: (cast(Setting, field.metadata[_KEY]), field)
        for field in attrs.fields(declared)
        if _KEY in field.metadata
    }


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
            problems.append(Problem(f"{path}.{name}", f"is missing; it holds {_EXPECTED[meta.kind]}"))
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

_EXPECTED: Final[dict[str, str]] = {
    "text": "a text",
    "integer": "a whole number",
    "seconds": "a number of seconds",
    "boolean": "true or false",
    "choice": "one of the choices",
    "prompt": "the id of a prompt",
    "prompts": "a list of prompt ids",
    "keys": 'a list of key sequences such as "1" or "*9"',
    "words": "a list of texts",
    "target": "a phone name or a number such as +4922112345",
    "targets": "a list of phone names or numbers",
    "number": "a phone number such as +4922112345, or an internal one",
    "time": "a time of day such as 08:30",
    "date": "a date such as 2026-12-24",
    "money": "an amount such as 12.50 EUR",
    "reference": "the id of what it refers to",
    "references": "a list of ids",
    "rows": "a list of rows",
}


def expected(meta: Setting) -> str:
    """What a setting takes, in words, such as ``a whole number that must lie between 0 and 23``."""
    if meta.choices:
        return f"one of {', '.join(map(repr, meta.choices))}"
    said = _EXPECTED[meta.kind]
    if meta.pattern:
        said += f" of the shape {meta.pattern}"
    if meta.minimum is not None or meta.maximum is not None:
        said += f" that must {_bounds(meta.minimum, meta.maximum)}"
    return said


_PROMPT: Final = re.compile(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*")
_KEYS: Final = re.compile(r"[0-9*#]{1,16}")
_NUMBER: Final = re.compile(r"\+[1-9][0-9]{3,14}|[0-9]{2,5}")
_TIME: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")
_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_RIGHT_WORD: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}\.[a-z][a-z0-9_-]{0,39}")
_TARGET: Final = re.compile(r"\+[1-9][0-9]{3,14}|[a-z0-9][a-z0-9_-]{0,39}")
FORMS: Final[Mapping[str, re.Pattern[str]]] = {
    "prompt": _PROMPT,
    "keys": _KEYS,
    "target": _TARGET,
    "number": _NUMBER,
    "time": _TIME,
    "reference": _ID,
}
"""The shapes of texts by kind; none may be longer than 80 characters."""


def form_of(meta: Setting) -> re.Pattern[str]:
    """The shape of a text, or of each one of a list."""
    special = {"number": _NUMBER, RIGHT: _RIGHT_WORD}
    return special.get(meta.to, _ID) if meta.kind == "reference" else FORMS[meta.kind]


Found = tuple[object, list[Problem]]


def taken(meta: Setting, value: object) -> bool:
    """Whether a value fits what its declaration asks of values that are no default."""
    return not _read(meta, value, "")[1]


def _read(meta: Setting, value: object, path: str) -> Found:
    return _READERS[meta.kind](meta, value, path)


def _wrong(meta: Setting, value: object, path: str) -> Found:
    return value, [Problem(path, f"must be {_EXPECTED[meta.kind]}, not {_shown(meta, value)}")]


def _shown(meta: Setting, value: object) -> str:
    return "what is there" if meta.secret else repr(value)


def _text(meta: Setting, value: object, path: str) -> Found:
    if not isinstance(value, str):
        return _wrong(meta, value, path)
    if _UNKEPT.search(value):
        return value, [Problem(path, "holds a character that no database keeps (NUL, or half of a surrogate pair)")]
    if meta.pattern and not re.fullmatch(meta.pattern, value):
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
        return value, [Problem(path, f"must {_bounds(low, high)}, not {number}")]
    return value, []


def _bounds(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return f"be at most {high:g}" if low is None else f"be at least {low:g}"
    return f"lie between {low:g} and {high:g}"


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
        return value, [Problem(path, f"must be {_EXPECTED['number']}, not {value!r}")]
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
    "prompt": _matching(_PROMPT),
    "prompts": _list_of(_matching(_PROMPT)),
    "keys": _list_of(_matching(_KEYS)),
    "words": _list_of(_text),
    "target": _matching(_TARGET),
    "targets": _list_of(_matching(_TARGET)),
    "number": _matching(_NUMBER),
    "time": _matching(_TIME),
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
