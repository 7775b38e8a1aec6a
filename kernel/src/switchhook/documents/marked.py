"""YAML as plain values, each with the line and column it stands at; nothing is ever constructed or executed.

Only the parser's events are used, so depth and size are bounded before
anything is built, and a tag such as ``!!python/object`` is a problem, not a
constructor. Numbers written with a leading zero or plus sign are texts here:
``+4922112345`` and ``01`` are meant to be dialled and pressed, not added up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, Literal

import attrs
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StringMark, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from .marks import TOP, Mark, MarkedProblem, MarkedText, Span

MAX_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 20
MAX_VALUES: Final = 50_000

_NULL: Final = re.compile(r"~|null|Null|NULL|")
_TRUTH: Final = re.compile(r"true|True|TRUE|false|False|FALSE")
_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]{0,17}")
_REAL: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,18}(?:[eE][-+]?[0-9]{1,2})?|[eE][-+]?[0-9]{1,2})")
_STANDARD: Final = "tag:yaml.org,2002:"


def parse(text: str) -> MarkedText:
    """The values of ``text`` with their places. Never raises; what is wrong is in ``problems``.

    A flow of 500 points takes a second, the largest text ten: an event loop calls it in a thread.
    """
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        message = f"is larger than {MAX_BYTES // 1_000_000} MB; split it into several"
        return MarkedText(None, {}, (MarkedProblem(TOP, "", message),))
    reading = _Reading(text)
    try:
        reading.feed(YAML(typ="rt", pure=True).parse(text))
    except _TooMuch as limit:
        reading.problem(limit.mark, limit.path, str(limit))
        return MarkedText(None, reading.marks, tuple(reading.problems))
    except YAMLError as error:
        reading.problem(_mark_of(error, text), "", f"is not YAML: {_reason(error)}")
        return MarkedText(None, reading.marks, tuple(reading.problems))
    except (ValueError, OverflowError):  # ruamel.yaml lets chr() fail on "\\UFFFFFFFF"
        reading.problem(reading.last, "", "holds an escape such as \\U that is no character")
        return MarkedText(None, reading.marks, tuple(reading.problems))
    return MarkedText(reading.value, reading.marks, tuple(reading.problems), reading.spans)


class _TooMuch(Exception):  # never leaves this file
    def __init__(self, mark: Mark, path: str, message: str) -> None:
        super().__init__(message)
        self.mark, self.path = mark, path


@attrs.define
class _Open:
    """A mapping or list whose end is not read yet; ``key`` is the mapping key awaiting its value."""

    path: str
    into: dict[str, object] | list[object]
    start: Any = None
    key: str | None = None
    key_start: int = -1
    key_end: int = -1
    skipping: bool = False  # the value of a key that cannot be used is read and dropped
    as_key: bool = False  # this mapping or list itself stands where a key should

    def next_path(self) -> str:
        if isinstance(self.into, list):
            return f"{self.path}[{len(self.into)}]"
        return f"{self.path}.{self.key}" if self.path else str(self.key)


@attrs.define
class _Reading:
    text: str
    value: object = None
    marks: dict[str, Mark] = attrs.field(factory=dict)
    problems: list[MarkedProblem] = attrs.field(factory=list)
    spans: dict[str, Span] = attrs.field(factory=dict)
    _end: int = 0
    _stack: list[_Open] = attrs.field(factory=list)
    last: Mark = TOP
    _documents: int = 0
    _values: int = 0

    def problem(self, mark: Mark, path: str, message: str) -> None:
        self.problems.append(MarkedProblem(mark, path, message))

    def feed(self, events: Iterator[Any]) -> None:
        for event in events:
            mark = Mark(event.start_mark.line + 1, event.start_mark.column + 1)
            self.last = mark
            match event:
                case DocumentStartEvent():
                    self._document(event, mark)
                case MappingStartEvent() | SequenceStartEvent():
                    self._open(event, mark)
                case MappingEndEvent() | SequenceEndEvent():
                    self._close(event)
                case ScalarEvent() | AliasEvent():
                    self._scalar(event, mark)

    def _document(self, event: DocumentStartEvent, mark: Mark) -> None:
        self._documents += 1
        if self._documents > 1:
            raise _TooMuch(mark, "", "holds a second document; a file is one")
        if event.version not in (None, (1, 2)):
            self.problem(mark, "", "is declared as another YAML than 1.2; leave the %YAML line out")

    def _open(self, event: Any, mark: Mark) -> None:
        self._count(mark)
        if len(self._stack) >= MAX_DEPTH:
            raise _TooMuch(mark, self._stack[-1].path, f"is nested deeper than {MAX_DEPTH} levels")
        as_key = self._awaits_key()
        if as_key:
            self.problem(mark, self._stack[-1].path, "a list or mapping cannot be a key; keys are texts")
        self._check_tag(event, mark, ("map", "seq"))
        path = self._stack[-1].path if as_key else self._place(mark)
        self._stack.append(_Open(path, {} if isinstance(event, MappingStartEvent) else [], event, as_key=as_key))

    def _close(self, event: Any) -> None:
        done = self._stack.pop()
        if done.start.flow_style:
            self._end = event.end_mark.index
        self._span(done.path, done.start, "flow" if done.start.flow_style else "block")
        if done.as_key:
            self._stack[-1].key, self._stack[-1].skipping = "", True
        else:
            self._put(done.into)

    def _scalar(self, event: Any, mark: Mark) -> None:
        self._count(mark)
        if isinstance(event, AliasEvent):
            self._alias(event, mark)
            return
        plain = bool(event.implicit[0])
        value = _resolve(event.value) if plain and event.style is None else event.value
        if self._awaits_key():
            self._key(event, value, mark)
            return
        self._check_tag(event, mark, ("str",))
        path = self._place(mark)
        self._end = event.start_mark.index + len(self.text[event.start_mark.index : event.end_mark.index].rstrip())
        self._span(path, event, "scalar")
        self._put(value)

    def _span(self, path: str, event: Any, style: Literal["scalar", "flow", "block"]) -> None:
        start, key, key_end = event.start_mark.index, -1, -1
        if self._stack:
            key, key_end = self._stack[-1].key_start, self._stack[-1].key_end
        if key_end >= 0 and style == "scalar" and self._end == start:  # nothing written: it stands after the colon
            start = self._end = self.text.index(":", key_end) + 1
        self.spans[path] = Span(start, self._end, key, key_end, event.start_mark.column, style)

    def _alias(self, event: AliasEvent, mark: Mark) -> None:
        # Shared parts would make an edit of one point change another, and are the stuff of YAML bombs.
        message = f"*{event.anchor} repeats another part; write it out, each point keeps its own values"
        if self._awaits_key():
            self._use_key(None, mark, message)
            return
        self.problem(mark, self._place(mark), message)
        self._put(None)

    def _key(self, event: ScalarEvent, value: object, mark: Mark) -> None:
        self._stack[-1].key_start, self._stack[-1].key_end = event.start_mark.index, event.end_mark.index
        if event.value == "<<" and event.style is None:
            self._use_key(None, mark, "<< is not supported; write the values out")
        elif not isinstance(value, str):
            self._use_key(event.value, mark, f'the key {event.value} is not a text; write "{event.value}" in quotes')
        else:
            self._use_key(value, mark)

    def _use_key(self, key: str | None, mark: Mark, wrong: str = "") -> None:
        top = self._stack[-1]
        top.key = key or ""
        top.skipping = False
        path = top.next_path() if key is not None else top.path
        if isinstance(top.into, dict) and key is not None and key in top.into and not wrong:
            wrong = f"is there twice; the first is in line {self.marks[path].line}"
        if wrong:
            self.problem(mark, path, wrong)
            top.skipping = True
        else:
            self.marks[path] = mark

    def _awaits_key(self) -> bool:
        return bool(self._stack) and isinstance(self._stack[-1].into, dict) and self._stack[-1].key is None

    def _place(self, mark: Mark) -> str:
        if not self._stack:
            return ""
        path = self._stack[-1].next_path()
        self.marks.setdefault(path, mark)
        return path

    def _put(self, value: object) -> None:
        if not self._stack:
            self.value = value
            return
        top = self._stack[-1]
        if isinstance(top.into, list):
            top.into.append(value)
            return
        if not top.skipping and top.key is not None:
            top.into[top.key] = value
        top.key, top.skipping = None, False

    def _count(self, mark: Mark) -> None:
        self._values += 1
        if self._values > MAX_VALUES:
            raise _TooMuch(mark, "", f"holds more than {MAX_VALUES} values; split it into several")

    def _check_tag(self, event: Any, mark: Mark, allowed: tuple[str, ...]) -> None:
        tag = str(event.tag or "").replace(_STANDARD, "!!")
        if tag and tag not in ("!", *("!!" + name for name in allowed)):
            path = self._stack[-1].next_path() if self._stack else ""
            self.problem(mark, path, f"the tag {tag} is not allowed; leave it out")


def _resolve(written: str) -> object:
    if _NULL.fullmatch(written):
        return None
    if _TRUTH.fullmatch(written):
        return written.lower() == "true"
    if _WHOLE.fullmatch(written):
        return int(written)
    if _REAL.fullmatch(written):
        return float(written)
    return written


def _mark_of(error: YAMLError, text: str) -> Mark:
    if isinstance(error, ReaderError):
        before = text[: error.position]
        return Mark(before.count("\n") + 1, len(before) - before.rfind("\n"))
    mark = error.problem_mark or error.context_mark if isinstance(error, MarkedYAMLError) else None
    return Mark(mark.line + 1, mark.column + 1) if isinstance(mark, StringMark) else TOP


def _reason(error: YAMLError) -> str:
    if isinstance(error, ReaderError):
        return f"the character U+{int(error.character):04X} must not stand in a file"
    if isinstance(error, MarkedYAMLError):
        return " ".join(part for part in (error.problem, error.context) if part)
    return str(error).splitlines()[0]
