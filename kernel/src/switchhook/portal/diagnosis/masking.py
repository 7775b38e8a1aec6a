"""What may be told of a value in a bundle for support, by what kind of value it is; what is of no known kind is not told."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import attrs

from ...calls.numbers import NumberRefused, classify
from ...schema import Setting, settings_of

SECRET: Final = "***"  # noqa: S105 - it stands in for one
"""Stands for a secret that is there."""
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z_.:/ -]{0,79}|")
_EXIT: Final = re.compile(r"[a-z_-]{1,30}(:[0-9*#])?")
_CODE: Final = re.compile(r"\d{3}(?: \d\.\d{1,3}\.\d{1,3})?(?=[ -]|$)")
_MOMENT: Final = re.compile(r"[0-9:.T -]{0,32}(Z|[+-]\d\d:\d\d)?")
_MANY: Final = 1_000_000
"""A whole number from here on might be one to call."""


@attrs.frozen
class Masker:
    """Tells of values what helps and nothing that is somebody's.

    The same value gets the same mark within one bundle, so that a number, a
    flow or a point is recognised wherever it stands. The key is kept nowhere:
    no mark of one bundle says anything about another's, or about the value.
    """

    _key: bytes = attrs.field(factory=lambda: secrets.token_bytes(32), repr=False)

    def name(self, sort: str, value: object) -> str:
        """Something that has a name or an id, as its sort and a mark: ``flow#3f2a1c``."""
        return f"{sort}#{self._mark(sort, str(value))}" if value not in ("", None) else ""

    def number(self, value: object) -> str:
        """A number as what it is and a mark, however it is written: ``e164 mobile DE#3f2a1c``."""
        text = str(value or "")
        if not text:
            return ""
        try:
            found = classify(text)
        except NumberRefused:
            return self.name("number", text)
        words = " ".join(word for word in (found.kind, found.number_type, found.country) if word not in ("", "none"))
        return f"{words}#{self._mark('number', found.canonical)}"

    def target(self, value: object) -> str:
        """A phone or number that is dialled."""
        text = str(value or "")
        return self.number(text) if re.search(r"\d{3}", text) else self.name("phone", text)

    def text(self, value: object) -> str:
        """A text of people, as its length alone."""
        text = str(value or "")
        return f"({len(text)} characters)" if text else ""

    def word(self, value: object) -> str:
        """A word of the program's own, such as a state; anything with a digit or an @ is a text after all."""
        text = str(value or "")
        return text if _WORD.fullmatch(text) else self.text(text)

    def way(self, value: object) -> str:
        """The name of an exit: that of a module or a single key."""
        text = str(value or "")
        return text if _EXIT.fullmatch(text) else self.name("exit", text)

    def leads(self, value: object) -> str:
        """Where an exit leads: to a point, another flow, or the end."""
        text = str(value or "")
        if text in ("", "hang-up"):
            return text
        flow = text.removeprefix("flow:")
        return self.name("point", text) if flow == text else self.name("flow", flow)

    def keys(self, value: object) -> str:
        """Keys that were pressed: one alone as it is, as a menu has it; several might be a number or a PIN."""
        text = str(value or "")
        return text if len(text) <= 1 else f"({len(text)} keys)"

    def reply(self, value: object) -> str:
        """What a mail server answered: its codes alone."""
        text = str(value or "")
        found = _CODE.match(text)
        return found[0] if found else self.text(text)

    def amount(self, value: object) -> object:
        """A truth or a quantity; a whole number that could be dialled is none."""
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int | float) and abs(value) < _MANY:
            return value
        return self.text(value)

    def secret(self, value: object) -> str:
        """Whether there is one."""
        return "" if value in ("", None) else SECRET

    def declared(self, meta: Setting, value: object) -> object:
        """The value of a declared setting, by its kind."""
        if meta.secret:
            return self.secret(value)
        if meta.kind == "rows":
            return [self.fields(meta.row, row) for row in _several(value)] if meta.row is not None else SECRET
        if meta.kind == "choice":
            return value if value in meta.choices else self.text(value)
        told = self._kinds[meta.kind]
        return [told(one) for one in _several(value)] if meta.kind in _LISTS else told(value)

    def fields(self, declared: type, values: object) -> Mapping[str, object]:
        """All declared settings of a class that are there; of others it says how many there are."""
        known = settings_of(declared)
        given = values if isinstance(values, Mapping) else {name: getattr(values, name, None) for name in known}
        told = {name: self.declared(meta, given[name]) for name, (meta, _) in known.items() if name in given}
        unknown = len(given.keys() - known.keys())
        return {**told, "(not declared)": unknown} if unknown else told

    @property
    def _kinds(self) -> Mapping[str, Callable[[Any], object]]:
        return {
            "text": self.text,
            "integer": self.amount,
            "seconds": self.amount,
            "boolean": self.amount,
            "prompt": lambda value: self.name("prompt", value),
            "prompts": lambda value: self.name("prompt", value),
            "keys": self.keys,
            "words": self.text,
            "target": self.target,
            "targets": self.target,
            "number": self.number,
            "time": self._moment,
            "date": self.text,
            "money": self.text,
            "reference": lambda value: self.name("record", value),
            "references": lambda value: self.name("record", value),
        }

    def _moment(self, value: object) -> str:
        text = str(value or "")
        return text if len(text) <= 5 and _MOMENT.fullmatch(text) else self.text(text)

    def _mark(self, sort: str, text: str) -> str:
        return hmac.new(self._key, f"{sort}\0{text}".encode(), hashlib.sha256).hexdigest()[:6]


_LISTS: Final = ("prompts", "keys", "words", "targets", "references")


def _several(value: object) -> Sequence[object]:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return value
    return () if value in ("", None) else (value,)
