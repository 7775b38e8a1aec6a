"""Flow files: YAML for people and version control on one side, a flow as a value on the other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

import attrs

from ..documents.marked import parse
from ..documents.marks import FileProblem, MarkedText
from ..errors import FlowError, near_match
from ..schema import SettingsRefused
from .flow import HANG_UP, POINT_ID, Flow, Point
from .module import Module
from .registry import ModuleRegistry, UnknownModule
from .writing import flow_hash, update_text, write_flow

__all__ = [
    "FileProblem",
    "FlowDocument",
    "FlowRefused",
    "flow_hash",
    "read_document",
    "read_flow",
    "update_text",
    "write_flow",
]

MAX_TEXT: Final = 2000
FAR: Final = 1_000_000
FLOW_KEYS: Final = ("flow", "label", "description", "language", "start", "last_resort", "points")
POINT_KEYS: Final = ("module", "label", "cost_centre", "position", "settings", "exits")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?")
_EXIT: Final = re.compile(r"[a-z0-9][a-z0-9_:*#+-]{0,39}")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_PARTS: Final = {"settings": "the module's settings", "exits": "exit names and where they lead"}


class FlowRefused(FlowError):
    """A flow file that cannot become a flow; ``problems`` names everything that is wrong with it, in file order."""

    code = "flow_refused"

    def __init__(self, problems: Iterable[FileProblem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda p: (p.line, p.column, p.path)))
        super().__init__("\n".join(map(str, self.problems)), problems=self.problems)


@attrs.frozen
class FlowDocument:
    """A flow together with the text it was read from."""

    flow: Flow
    file: str
    marked: MarkedText

    def problem(self, path: str, message: str) -> FileProblem:
        """A problem at a path of the flow, with its place in the text."""
        return _problem(self.file, self.marked, path, message)


def read_flow(text: str, registry: ModuleRegistry, file: str = "flow.yaml") -> Flow:
    """The flow written in ``text``; ``file`` is only named in problems. Raises :class:`FlowRefused`.

    What the flow does is not judged here but by the linter: a flow that is read
    may still lack exits or lead nowhere.
    """
    return read_document(text, registry, file).flow


def read_document(text: str, registry: ModuleRegistry, file: str = "flow.yaml") -> FlowDocument:
    """Like :func:`read_flow`, and keeps the places of everything for findings of the linter."""
    marked = parse(text)
    return read_with(Reader(file, marked, registry))


def read_with(reader: Reader) -> FlowDocument:
    """The flow as ``reader`` reads it; raises :class:`FlowRefused` with the problems it gathered."""
    marked, file = reader.marked, reader.file
    reader.problems += [FileProblem(file, p.mark.line, p.mark.column, p.path, p.message) for p in marked.problems]
    broken = bool(marked.problems) and marked.value is None
    flow = None if broken else reader.flow(marked.value)
    if flow is None or reader.problems:
        raise FlowRefused(reader.problems)
    return FlowDocument(flow, file, marked)


def _problem(file: str, marked: MarkedText, path: str, message: str) -> FileProblem:
    mark = marked.locate(path)
    return FileProblem(file, mark.line, mark.column, path, message)


@attrs.define
class Reader:
    """Turns the plain values of a file into a flow, and gathers what is wrong on the way."""

    file: str
    marked: MarkedText
    registry: ModuleRegistry
    problems: list[FileProblem] = attrs.field(factory=list)

    def wrong(self, path: str, message: str) -> None:
        self.problems.append(_problem(self.file, self.marked, path, message))

    def flow(self, value: object) -> Flow | None:
        if not isinstance(value, dict) or not value:
            self.wrong("", "is no flow; it begins with 'flow: ID' and holds 'start' and 'points'")
            return None
        self._unknown_keys(value, FLOW_KEYS, "")
        for key in ("flow", "start", "points"):
            if key not in value:
                self.wrong(key, "is missing")
        return Flow(
            id=self._id(value, "flow", ""),
            label=self._text(value, "label", ""),
            start=self._id(value, "start", ""),
            points=self._points(value.get("points", {})),
            language=self._language(value),
            last_resort=self._target(value["last_resort"], "last_resort") if value.get("last_resort") else "",
            description=self._text(value, "description", ""),
        )

    def _unknown_keys(self, value: Mapping[str, object], known: tuple[str, ...], path: str) -> None:
        for key in value:
            if key not in known:
                self.wrong(_join(path, key), f"unknown key{near_match(key, known)}; known are {', '.join(known)}")

    def _text(self, value: Mapping[str, object], key: str, path: str, default: str = "") -> str:
        text = value.get(key, default)
        where = _join(path, key)
        if not isinstance(text, str):
            quoted = f'; write "{text}" in quotes' if isinstance(text, int | float) else ""
            self.wrong(where, f"must be a text, not {_shown(text)}{quoted}")
            return default
        if len(text) > MAX_TEXT:
            self.wrong(where, f"is {len(text)} characters long, at most {MAX_TEXT} are allowed")
        if _CONTROL.search(text):
            self.wrong(where, "holds control characters such as tabs; leave them out")
        return text

    def _id(self, value: Mapping[str, object], key: str, path: str) -> str:
        found = self._text(value, key, path)
        if key in value and not POINT_ID.fullmatch(found) and isinstance(value[key], str):
            self.wrong(_join(path, key), f"{_shown(found)} is no id; {_ID_SHAPE}")
        return found

    def _language(self, value: Mapping[str, object]) -> str:
        found = self._text(value, "language", "", "de")
        if not _LANGUAGE.fullmatch(found):
            self.wrong("language", f"{_shown(found)} is no language; write it like de or en")
        return found

    def _target(self, value: object, path: str) -> str:
        if isinstance(value, str) and (value == HANG_UP or POINT_ID.fullmatch(value.removeprefix("flow:"))):
            return value
        quoted = f'; write "{value}" in quotes' if isinstance(value, int) else ""
        self.wrong(path, f"must be the id of a point, flow:ID or {HANG_UP}, not {_shown(value)}{quoted}")
        return ""

    def _points(self, value: object) -> dict[str, Point]:
        if not isinstance(value, dict):
            self.wrong("points", f"must hold points by their ids, not {_shown(value)}")
            return {}
        found = {}
        for id, entry in value.items():  # noqa: A001 - the domain's own word
            path = f"points.{id}"
            if not POINT_ID.fullmatch(id) or id == HANG_UP:
                reserved = f"; {HANG_UP} means the end of the call" if id == HANG_UP else f"; {_ID_SHAPE}"
                self.wrong(path, f"{_shown(id)} is no id for a point{reserved}")
            if not isinstance(entry, dict):
                self.wrong(path, f"must hold a module with its settings and exits, not {_shown(entry)}")
            elif (point := self._point(id, entry, path)) is not None:
                found[id] = point
        return found

    def _point(self, id: str, entry: dict[str, object], path: str) -> Point | None:  # noqa: A002
        self._unknown_keys(entry, POINT_KEYS, path)
        settings = self._part(entry, "settings", path)
        exits = self._part(entry, "exits", path)
        for name in exits:
            if not _EXIT.fullmatch(name):
                self.wrong(f"{path}.exits.{name}", f"{_shown(name)} cannot be the name of an exit")
        module = self._module(entry, settings, path)
        label, cost_centre = self._text(entry, "label", path), self._text(entry, "cost_centre", path)
        leads = {name: self._target(target, f"{path}.exits.{name}") for name, target in exits.items()}
        position = self._position(entry.get("position"), f"{path}.position")
        return Point(id, module, label, leads, cost_centre, position) if module is not None else None

    def _position(self, value: object, path: str) -> tuple[int, int] | None:
        if value is None or value == []:
            return None
        if isinstance(value, list) and len(value) == 2 and all(type(one) is int and abs(one) < FAR for one in value):
            return value[0], value[1]
        self.wrong(path, f"must be two whole numbers such as [240, 80], not {_shown(value)}")
        return None

    def _part(self, entry: Mapping[str, object], key: str, path: str) -> dict[str, object]:
        value = entry.get(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.wrong(f"{path}.{key}", f"must hold {_PARTS[key]}, not {_shown(value)}")
            return {}
        return value

    def _module(self, entry: Mapping[str, object], settings: Mapping[str, object], path: str) -> Module | None:
        kind = entry.get("module")
        if not isinstance(kind, str):
            wrong = "is missing" if kind is None else f"must be the kind of a module, not {_shown(kind)}"
            self.wrong(f"{path}.module", wrong)
            return None
        try:
            return self.registry.make(kind, settings, f"{path}.settings")
        except UnknownModule as unknown:
            self.wrong(f"{path}.module", str(unknown))
        except SettingsRefused as refused:
            for problem in refused.problems:
                self.wrong(problem.path, problem.message)
        return None


_ID_SHAPE: Final = "ids hold a-z, 0-9, - and _, begin with a letter or digit and have at most 40 characters"


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _shown(value: object) -> str:
    kind = {dict: "a mapping", list: "a list", type(None): "nothing"}.get(type(value))
    text = repr(value)
    return kind or (text if len(text) <= 60 else f"{text[:57]}...")
