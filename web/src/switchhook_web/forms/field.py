"""A form as a value: what a template draws, and nothing it would have to find out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal

import attrs

from switchhook import Label
from switchhook.administration import Setting

from .words import WORDS

Control = Literal[
    "line", "lines", "secret", "number", "switch", "radios", "select", "items", "money", "pick", "picks", "rows"
]
"""How a field is filled in: see the macros of ``templates/forms/fields.html``, one for each."""
_NO_ID: Final = re.compile(r"[^A-Za-z0-9_]+")
_UNPORTABLE: Final = re.compile(r"\(\?|\\[AZ]")
_LOOSE_DASH: Final = re.compile(r"(?<!\\)-\]")


@attrs.frozen
class Option:
    """One thing that can be chosen: what is kept, and what people call it."""

    value: str
    label: str


@attrs.frozen
class Offer:
    """What can be chosen for a kind of reference. ``more`` says that there is more than ``options``.

    ``search`` is the address that answers ``?q=TEXT`` with options that fit, empty without one; ``new`` that of the
    page at which the first one is made, where there is none.
    """

    options: Sequence[Option] = ()
    more: bool = False
    search: str = ""
    new: str = ""


@attrs.frozen
class Row:
    """One row of a repeatable group."""

    path: str
    fields: Sequence[Field]
    errors: Sequence[str] = ()


@attrs.frozen
class Field:
    """One field. ``path`` is the name it is posted under, and where problems of it stand.

    ``texts`` is what it shows: one text, or one for each item of a list.
    ``item_errors`` belong to the items of a list by their place. ``kept``
    says that a secret is there, which is shown to nobody.
    """

    path: str
    setting: Setting
    control: Control
    language: str
    required: bool
    texts: Sequence[str] = ()
    options: Sequence[Option] = ()
    offer: Offer = Offer()
    rows: Sequence[Row] = ()
    kept: bool = False
    currency: str = ""
    errors: Sequence[str] = ()
    item_errors: Mapping[int, Sequence[str]] = attrs.field(factory=dict)
    scope: str = "f"

    @property
    def id(self) -> str:
        """The element's id in the page."""
        return f"{self.scope}-{_NO_ID.sub('-', self.path).strip('-')}"

    @property
    def text(self) -> str:
        """What the field shows if it shows one text."""
        return self.texts[0] if self.texts else ""

    @property
    def label(self) -> str:
        """What the field is called."""
        return said(self.setting.label, self.language)

    @property
    def help(self) -> str:
        """What is to be known to fill it in, empty if nothing is."""
        return said(self.setting.help, self.language) if self.setting.help else ""

    @property
    def described_by(self) -> str:
        """The ids of the elements that explain the field."""
        ids = [f"{self.id}-help"] if self.help else []
        ids += [f"{self.id}-error"] if self.errors or self.item_errors else []
        return " ".join(ids)

    @property
    def pattern(self) -> str:
        """The shape as browsers understand it; empty where only the portal can check it."""
        if self.setting.kind == "time":
            return "([01]?[0-9]|2[0-3]):[0-5][0-9]|24:00"
        pattern = self.setting.pattern or ""
        return "" if _UNPORTABLE.search(pattern) else _LOOSE_DASH.sub(r"\-]", pattern)

    @property
    def bounds(self) -> Mapping[str, str]:
        """The attributes of HTML for a smallest and a greatest number."""
        pairs = (("min", self.setting.minimum), ("max", self.setting.maximum))
        return {name: f"{value:g}" for name, value in pairs if value is not None}

    def problems(self) -> Iterator[tuple[str, str, str]]:
        """The id of an element, what its field is called, and what is wrong there: for the summary of a form."""
        yield from ((self.id, self.label, error) for error in self.errors)
        for place, errors in sorted(self.item_errors.items()):
            yield from ((f"{self.id}-{place}", self.label, error) for error in errors)
        for row in self.rows:
            yield from ((self.id, self.label, error) for error in row.errors)
            for field in row.fields:
                yield from field.problems()


@attrs.frozen
class Form:
    """The fields of a declared class. ``errors`` are those that belong to no field."""

    fields: Sequence[Field]
    language: str
    errors: Sequence[str] = ()

    def word(self, name: str) -> str:
        """A word of the form itself, such as ``add``."""
        return said(WORDS[name], self.language)

    def problems(self) -> Sequence[tuple[str, str, str]]:
        """Everything that is wrong, by the place where it is shown; the place is empty for the whole form."""
        return [("", "", error) for error in self.errors] + [one for f in self.fields for one in f.problems()]


def said(label: Label, language: str) -> str:
    """A label in a language; English unless it is German."""
    return label.de if language.startswith("de") else label.en
