"""Expressions over what is known of a call: a small language of its own. Nothing in it runs code, loops or waits.

An expression is read into a tree once; :func:`read` says where a text is wrong.
Values are texts, numbers and truths. ``and``, ``or``, ``not``; ``= != < <= > >=``;
``in (...)``; ``contains``, ``starts``, ``ends``; ``+ - * /``; ``length(...)``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

import attrs

from switchhook import SwitchhookError

Value = str | float | bool
LONGEST: Final = 500
DEEPEST: Final = 30
LONGEST_TEXT: Final = 200
LARGEST: Final = 1e15
_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>\d{1,15}(?:\.\d{1,6})?(?![\w.]))"
    r"|(?P<text>\"[^\"]*\"|'[^']*')"
    r"|(?P<word>[a-z][a-z0-9_]*(?:\.[a-z]+)?)"
    r"|(?P<sign>!=|<=|>=|[=<>()+*/,-]))"
)
_WORDS: Final = ("and", "or", "not", "in", "contains", "starts", "ends", "true", "false", "length")
_COMPARING: Final = ("=", "!=", "<", "<=", ">", ">=", "in", "contains", "starts", "ends")


class ExpressionRefused(SwitchhookError):
    """A text that is no expression; ``position`` counts characters from 1."""

    code = "expression"

    def __init__(self, position: int, expected: str) -> None:
        super().__init__(f"at character {position}: {expected}", position=position)
        self.position = position


@attrs.frozen
class Constant:
    """A value that is written out."""

    value: Value

    def of(self, known: Mapping[str, Value]) -> Value:
        """The value."""
        return self.value


@attrs.frozen
class Name:
    """Something known of the call, or a variable; what is not set is an empty text."""

    name: str

    def of(self, known: Mapping[str, Value]) -> Value:
        """The value."""
        return known.get(self.name, "")


@attrs.frozen
class Applied:
    """An operation on one or more values."""

    operation: str
    on: tuple[Tree, ...]

    def of(self, known: Mapping[str, Value]) -> Value:
        """The value; ``and`` and ``or`` look no further than they must."""
        if self.operation == "and":
            return all(truth(one.of(known)) for one in self.on)
        if self.operation == "or":
            return any(truth(one.of(known)) for one in self.on)
        return _OPERATIONS[self.operation](*(one.of(known) for one in self.on))


Tree = Constant | Name | Applied


def truth(value: Value) -> bool:
    """What a value means where a truth is asked for: an empty text, ``0``, ``no`` and ``false`` are none."""
    if isinstance(value, str):
        return value.strip().lower() not in ("", "0", "no", "false", "nein")
    return bool(value)


def shown(value: Value) -> str:
    """A value as a variable keeps it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return value[:LONGEST_TEXT]


def _number(value: Value) -> float | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        return float(value) if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,6})?", value) else None
    return value


def _held(value: float) -> float:
    return max(-LARGEST, min(LARGEST, value))


def _compare(a: Value, b: Value) -> int:
    """Numbers as numbers where both are, otherwise texts; -1, 0 or 1."""
    first, second = _number(a), _number(b)
    if first is not None and second is not None:
        return (first > second) - (first < second)
    one, other = shown(a).casefold(), shown(b).casefold()
    return (one > other) - (one < other)


def _reckon(how: Callable[[float, float], float]) -> Callable[[Value, Value], Value]:
    def operation(a: Value, b: Value) -> Value:
        first, second = _number(a), _number(b)
        return "" if first is None or second is None else _held(how(first, second))

    return operation


def _plus(a: Value, b: Value) -> Value:
    first, second = _number(a), _number(b)
    if first is not None and second is not None:
        return _held(first + second)
    return (shown(a) + shown(b))[:LONGEST_TEXT]


_OPERATIONS: Final[Mapping[str, Callable[..., Value]]] = {
    "not": lambda a: not truth(a),
    "minus": lambda a: "" if _number(a) is None else -(_number(a) or 0.0),
    "length": lambda a: float(len(shown(a))),
    "=": lambda a, b: _compare(a, b) == 0,
    "!=": lambda a, b: _compare(a, b) != 0,
    "<": lambda a, b: _compare(a, b) < 0,
    "<=": lambda a, b: _compare(a, b) <= 0,
    ">": lambda a, b: _compare(a, b) > 0,
    ">=": lambda a, b: _compare(a, b) >= 0,
    "in": lambda a, *among: any(_compare(a, one) == 0 for one in among),
    "contains": lambda a, b: shown(b).casefold() in shown(a).casefold(),
    "starts": lambda a, b: shown(a).casefold().startswith(shown(b).casefold()),
    "ends": lambda a, b: shown(a).casefold().endswith(shown(b).casefold()),
    "+": _plus,
    "-": _reckon(lambda a, b: a - b),
    "*": _reckon(lambda a, b: a * b),
    "/": lambda a, b: "" if not _number(b) else _reckon(lambda x, y: x / y)(a, b),
}


@lru_cache(maxsize=512)
def read(text: str) -> Tree:
    """The tree of a text of at most 500 characters; raises :class:`ExpressionRefused` with the place and what is expected."""
    if len(text) > LONGEST:
        raise ExpressionRefused(LONGEST + 1, f"an expression has at most {LONGEST} characters")
    return _Reader(_tokens(text), len(text)).whole()


@attrs.frozen
class _Token:
    kind: str
    text: str
    position: int


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            raise ExpressionRefused(start + 1, f"{text[start]!r} is not understood")
        found.append(_Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup) + 1))
        at = match.end()
    return found


@attrs.define
class _Reader:
    tokens: list[_Token]
    length: int
    at: int = 0
    depth: int = 0

    def whole(self) -> Tree:
        tree = self._either()
        if self.at < len(self.tokens):
            raise ExpressionRefused(self._position(), "the expression should end here")
        return tree

    def _either(self) -> Tree:
        return self._row("or", self._both)

    def _both(self) -> Tree:
        return self._row("and", self._negated)

    def _row(self, word: str, part: Callable[[], Tree]) -> Tree:
        parts = [part()]
        while self._take(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Applied(word, tuple(parts))

    def _negated(self) -> Tree:
        if self._take("not"):
            return self._deeper(lambda: Applied("not", (self._negated(),)))
        return self._compared()

    def _compared(self) -> Tree:
        left = self._sum()
        for word in _COMPARING:
            if self._take(word):
                return Applied(word, (left, *self._list())) if word == "in" else Applied(word, (left, self._sum()))
        return left

    def _list(self) -> tuple[Tree, ...]:
        self._must("(")
        found = [self._sum()]
        while self._take(","):
            found.append(self._sum())
        self._must(")")
        return tuple(found)

    def _sum(self) -> Tree:
        return self._chain(("+", "-"), lambda: self._chain(("*", "/"), self._single))

    def _chain(self, signs: tuple[str, ...], part: Callable[[], Tree]) -> Tree:
        tree = part()
        count = 0
        while sign := next((one for one in signs if self._take(one)), ""):
            count += 1
            if count > DEEPEST:
                raise ExpressionRefused(self._position(), "too much is nested here")
            tree = Applied(sign, (tree, part()))
        return tree

    def _single(self) -> Tree:
        if self._take("-"):
            return self._deeper(lambda: Applied("minus", (self._single(),)))
        if self._take("length"):
            self._must("(")
            return self._closed(lambda inner: Applied("length", (inner,)))
        if self._take("("):
            return self._closed(lambda inner: inner)
        if self.at >= len(self.tokens):
            raise ExpressionRefused(self.length + 1, "something is missing here")
        token = self.tokens[self.at]
        if token.kind == "sign" or (token.text in _WORDS and token.text not in ("true", "false")):
            raise ExpressionRefused(token.position, f"a value is expected here, not {token.text!r}")
        self.at += 1
        return _value(token)

    def _closed(self, made: Callable[[Tree], Tree]) -> Tree:
        tree = made(self._deeper(self._either))
        self._must(")")
        return tree

    def _deeper(self, part: Callable[[], Tree]) -> Tree:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ExpressionRefused(self._position(), "too much is nested here")
        tree = part()
        self.depth -= 1
        return tree

    def _take(self, text: str) -> bool:
        if self.at < len(self.tokens) and self.tokens[self.at].kind != "text" and self.tokens[self.at].text == text:
            self.at += 1
            return True
        return False

    def _must(self, text: str) -> None:
        if not self._take(text):
            raise ExpressionRefused(self._position(), f"{text!r} is expected here")

    def _position(self) -> int:
        return self.tokens[self.at].position if self.at < len(self.tokens) else self.length + 1


def _value(token: _Token) -> Tree:
    if token.kind == "number":
        return Constant(float(token.text))
    if token.kind == "text":
        return Constant(token.text[1:-1])
    return Constant(token.text == "true") if token.text in ("true", "false") else Name(token.text)
