"""Flows as YAML text: written anew, or an existing text changed only where the flow changed."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from typing import Any, Final

import attrs
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, SingleQuotedScalarString

from ..documents.marked import parse
from ..documents.marks import MarkedText, Span
from ..schema import plain_settings, settings_of
from .flow import Flow, Point

Plain = dict[str, Any]
_MARKS: Final = tuple("?-:,[]{}#&*!|>%@`'\"")


def plain_flow(flow: Flow) -> Plain:
    """The flow as plain values in the order of a file, without what is at its default."""
    plain: Plain = {"flow": flow.id}
    plain |= {"label": flow.label} if flow.label else {}
    plain |= {"description": flow.description} if flow.description else {}
    plain |= {"language": flow.language, "start": flow.start}
    plain |= {"last_resort": flow.last_resort} if flow.last_resort else {}
    return plain | {"points": {name: plain_point(point) for name, point in flow.points.items()}}


def plain_point(point: Point) -> Plain:
    """A point as plain values in the order of a file, without what is at its default."""
    plain: Plain = {"module": point.module.kind}
    plain |= {"label": point.label} if point.label else {}
    plain |= {"cost_centre": point.cost_centre} if point.cost_centre else {}
    plain |= {"position": list(point.position)} if point.position else {}
    settings = plain_settings(point.module)
    plain |= {"settings": settings} if settings else {}
    return plain | ({"exits": dict(point.exits)} if point.exits else {})


def flow_hash(flow: Flow) -> str:
    """The flow's canonical hash, 64 hex digits: the same for equal flows, whatever order, comments or
    layout their files have, and different for flows that differ.
    """
    canonical = json.dumps(_whole(plain_flow(flow)), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def write_flow(flow: Flow) -> str:
    """The flow as YAML in its canonical form; ``read_flow`` gives an equal flow back."""
    return write_plain(plain_flow(flow))


def write_plain(plain: Mapping[str, Any]) -> str:
    """Plain values in the order of a file as YAML in its canonical form."""
    document = CommentedMap({key: _inline(value) for key, value in plain.items() if key != "points"})
    document["points"] = CommentedMap({name: _block(point) for name, point in plain["points"].items()})
    return _dump(document)


def update_text(text: str, flow: Flow) -> str:
    """``text`` with what differs from ``flow`` changed, and every other character as it was.

    Comments, order and layout of unchanged parts stay. A text that cannot be
    changed in place, such as one that is no flow at all, is written anew.
    """
    marked = parse(text)
    if not marked.problems and isinstance(marked.value, dict) and marked.value:
        edits = _Edits(text, marked)
        edits.mapping("", marked.value, _full(flow), _needed(flow))
        changed = edits.apply()
        if _says(changed, flow):
            return changed
    return write_flow(flow)


def update_plain(text: str, plain: Plain) -> str:
    """``text`` with what differs from the whole plain values ``plain`` changed, and every other character as it was.

    For flows that are not finished: their settings are taken as they are, and
    need not fit any module. A text in the canonical form stays in it.
    """
    marked, short = parse(text), _short_plain(plain)
    old = marked.value if isinstance(marked.value, dict) and not marked.problems else {}
    if isinstance(old.get("points"), dict) and old["points"] and text != write_plain(old):
        needed = {name: value for name, value in short.items() if name in old or (name, value) != ("language", "de")}
        edits = _Edits(text, marked)
        edits.mapping("", old, plain, needed)
        changed = edits.apply()
        again = parse(changed)
        if not again.problems and _covers(again.value, needed, plain):
            return changed
    return write_plain(short)


def _short_plain(plain: Plain) -> Plain:
    """Without what is empty and need not be said."""
    short = {name: value for name, value in plain.items() if value or name in ("flow", "language", "start", "points")}
    points = {
        name: {key: value for key, value in point.items() if value or key == "module"}
        for name, point in plain["points"].items()
    }
    return short | {"points": points}


@attrs.define
class _Edits:
    """Replacements gathered while the old values are compared with the new ones."""

    text: str
    marked: MarkedText
    _edits: list[tuple[int, int, str]] = attrs.field(factory=list)

    def apply(self) -> str:
        text = self.text
        for start, end, replacement in sorted(self._edits, reverse=True):
            text = text[:start] + replacement + text[end:]
        return text

    def mapping(self, path: str, old: Plain, full: Plain, short: Plain) -> None:
        """Bring a mapping from ``old`` to ``full``; ``short`` is ``full`` without defaults."""
        gone = [key for key in old if key not in full or _emptied(key, old, full, short)]
        new = [key for key in short if key not in old]
        if (gone or new) and (self.marked.spans[path].style != "block" or len(gone) == len(old)):
            keep = {key: full[key] for key in old if key not in gone}
            self._replace(path, short | keep)
            return
        for key, value in old.items():
            where = f"{path}.{key}" if path else key
            if key in gone:
                self._delete(self.marked.spans[where])
            elif not _same(value, full[key]):
                self._change(where, value, full[key], short.get(key, full[key]))
        if new:
            self._insert(self.marked.spans[path], {key: short[key] for key in new}, points=path == "points")

    def _change(self, path: str, old: object, full: object, short: object) -> None:
        if isinstance(old, dict) and old and isinstance(full, dict):
            self.mapping(path, old, full, short if isinstance(short, dict) else {})
        else:
            self._replace(path, short)

    def _replace(self, path: str, value: object) -> None:
        span = self.marked.spans[path]
        if span.key_end < 0:
            self._edits.append((span.start, span.end, _one_line(value)))
        elif span.style == "block" or span.start == span.end:
            self._edits.append((span.key_end, span.end, f": {_one_line(value)}"))
        else:
            self._edits.append((span.start, span.end, _one_line(value)))

    def _delete(self, span: Span) -> None:
        start = self.text.rfind("\n", 0, span.key) + 1
        self._edits.append((start, self._line_end(span.end), ""))

    def _insert(self, into: Span, values: Plain, *, points: bool) -> None:
        made = CommentedMap({key: _block(value) if points else _inline(value) for key, value in values.items()})
        lines = "".join(" " * into.column + line + "\n" for line in _dump(made).splitlines())
        at = self._line_end(into.end)
        missing_newline = "" if self.text[:at].endswith("\n") else "\n"
        self._edits.append((at, at, missing_newline + lines))

    def _line_end(self, at: int) -> int:
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end + 1


def _full(flow: Flow) -> Plain:
    """Like :func:`plain_flow`, with everything at its default spelled out as well."""
    points = {
        name: {
            "module": point.module.kind,
            "label": point.label,
            "cost_centre": point.cost_centre,
            "position": list(point.position or ()),
            "settings": {key: _listed(getattr(point.module, key)) for key in settings_of(type(point.module))},
            "exits": dict(point.exits),
        }
        for name, point in flow.points.items()
    }
    top = {key: getattr(flow, key) for key in ("label", "description", "language", "start", "last_resort")}
    return {"flow": flow.id, **top, "points": points}


def _needed(flow: Flow) -> Plain:
    """What a text must say about a flow, the language only when it is not the default."""
    return {key: value for key, value in plain_flow(flow).items() if key != "language" or value != "de"}


def _says(text: str, flow: Flow) -> bool:
    """Whether a text says exactly what the flow is, defaults written or not."""
    marked = parse(text)
    return not marked.problems and _covers(marked.value, _needed(flow), _full(flow))


def _covers(value: object, short: object, full: object) -> bool:
    if not isinstance(full, dict):
        return _same(value, full)
    needed = short if isinstance(short, dict) else {}
    given = {} if value is None else value
    if not isinstance(given, dict) or any(key not in given for key in needed) or any(key not in full for key in given):
        return False
    return all(_covers(entry, needed.get(key), full[key]) for key, entry in given.items())


def _emptied(key: str, old: Plain, full: Plain, short: Plain) -> bool:
    return key not in short and full[key] in ("", {}, []) and not _same(old[key], full[key])


def _same(old: object, new: object) -> bool:
    if old is None and new == {}:
        return True
    if isinstance(old, list | tuple) and isinstance(new, list | tuple):
        return len(old) == len(new) and all(map(_same, old, new))
    return isinstance(old, bool) == isinstance(new, bool) and old == new


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _whole(value: object) -> object:
    """Numbers in one form: 5.0 and 5 are the same setting."""
    if isinstance(value, dict):
        return {key: _whole(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(entry) for entry in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _block(point: Mapping[str, object]) -> CommentedMap:
    return CommentedMap({key: _inline(value) for key, value in point.items()})


def _inline(value: object) -> object:
    if isinstance(value, dict):
        mapping = CommentedMap({key: _inline(entry) for key, entry in value.items()})
        mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, list | tuple):
        sequence = CommentedSeq(_inline(entry) for entry in value)
        sequence.fa.set_flow_style()
        return sequence
    if isinstance(value, str) and not value.isprintable():
        return DoubleQuotedScalarString(value)
    # ruamel.yaml leaves a text such as "?0" bare between braces, and cannot read that itself.
    return SingleQuotedScalarString(value) if isinstance(value, str) and value[:1] in _MARKS else value


def _one_line(value: object) -> str:
    # As a value inside braces, so that it is quoted for any place and never over several lines.
    return _dump(_inline({"x": value})).strip().removeprefix("{x: ").removesuffix("}")


def _dump(document: object) -> str:
    yaml = YAML(typ="rt", pure=True)
    yaml.width = 1_000_000
    stream = io.StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()
