"""Declared once: what a setting is, for validation, forms, documents and documentation alike."""

from __future__ import annotations

from typing import Any, Final, Literal, cast

import attrs

from ..errors import SwitchhookError

_KEY: Final = "switchhook"
RIGHT: Final = "right"
"""What a reference to a right leads to."""
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
    shape: Label | None = None
    """Of a ``pattern``: what a text that has it is, such as ``a name of 1 to 80 characters``."""
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
    shape: Label | None = None,
) -> Any:
    """Declare a field: its kind, its label in German and English, and its bounds.

    Without ``default`` the field must be given. The value of a ``secret`` one
    is shown in no ``repr`` and no error. A ``reference`` names ``to`` what
    kind of resource it leads, ``rows`` the attrs class of a row. ``lines`` is
    how much of a text a form shows, ``names`` what people call the ``choices``.
    ``shape`` says in words what the ``pattern`` asks, such as ``an e-mail
    address such as name@example.org``: errors and descriptions tell it.
    """
    meta = Setting(kind, Label(de, en), help, minimum, maximum, choices, pattern, secret, to, row, lines, shape, names)
    return attrs.field(default=default, metadata={_KEY: meta}, kw_only=True, repr=not secret)


def a_line(most: int, least: int = 0) -> Label:
    """The ``shape`` of a text of one line that has ``least`` to ``most`` characters."""
    if least:
        return Label(f"eine Zeile mit {least} bis {most} Zeichen", f"one line of {least} to {most} characters")
    return Label(f"eine Zeile mit höchstens {most} Zeichen", f"one line of at most {most} characters")


def settings_of(declared: type) -> dict[str, tuple[Setting, attrs.Attribute[Any]]]:
    """The declared fields of a class, in order."""
    return {
        field.name: (cast(Setting, field.metadata[_KEY]), field)
        for field in attrs.fields(declared)
        if _KEY in field.metadata
    }
