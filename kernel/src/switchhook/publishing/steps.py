"""From the events of a tried call to its points, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

import attrs

from ..calls.event import Event
from ..errors import NotFound
from ..prompts.catalogue import stock_texts
from .values import Heard, Leg, Step

Data = Mapping[str, object]


def steps_of(events: Iterable[Event], arrived: datetime, language: str) -> tuple[Step, ...]:
    """Each point a call came to, with what happened there."""
    steps: list[Step] = []
    detour = ""
    for event in events:
        at, data = (event.at - arrived).total_seconds(), event.data
        if event.kind == "point.entered":
            flow, module, label = (str(data.get(name, "")) for name in ("version", "module", "label"))
            steps.append(Step(flow, event.point, module, label, at, at, detour=detour))
            detour = ""
        elif event.kind == "last_resort.used":
            detour = _text(data, "why")
        elif steps:
            steps[-1] = attrs.evolve(steps[-1], ends=at, **_what(event.kind, data, steps[-1], language))
    return tuple(steps)


def targets_of(events: Iterable[Event]) -> tuple[str, ...]:
    """Everybody who was dialled, in order."""
    return tuple(target for event in events if event.kind == "leg.created" for target in _list(event.data, "targets"))


def _what(kind: str, data: Data, step: Step, language: str) -> dict[str, Any]:
    """The fields of a step that an event changes."""
    change = _CHANGES.get(kind)
    return change(data, step, language) if change is not None else {}


def _heard(data: Data, step: Step, language: str) -> dict[str, Any]:
    heard = [Heard(prompt, _said(language).get(prompt, "")) for prompt in _list(data, "prompts")]
    return {"heard": (*step.heard, *heard)}


def _missing(data: Data, step: Step, language: str) -> dict[str, Any]:
    return {"heard": (*step.heard, Heard(_text(data, "prompt"), missing=True))}


def _keys(data: Data, step: Step, language: str) -> dict[str, Any]:
    pressed = _text(data, "keys") if "keys" in data else "*" * int(str(data.get("count", 0)))
    return {"keys": (*step.keys, pressed)} if pressed else {}


def _leg(data: Data, step: Step, language: str) -> dict[str, Any]:
    status, talk = _text(data, "status") or "refused", float(str(data.get("talk_seconds", 0.0)))
    return {"legs": (*step.legs, Leg(_list(data, "targets"), status, talk, _text(data, "why")))}


_CHANGES: Final[Mapping[str, Callable[[Data, Step, str], dict[str, Any]]]] = {
    "prompt.started": _heard,
    "prompt.missing": _missing,
    "keys": _keys,
    "in_call.done": lambda data, step, _: {"notes": (*step.notes, _text(data, "why"))} if data.get("why") else {},
    "note": lambda data, step, _: {"notes": (*step.notes, _text(data, "text"))},
    "leg.refused": _leg,
    "leg.ended": _leg,
    "plugin.fault": lambda data, *_: {"fault": _text(data, "error")},
    "call.failed": lambda data, *_: {"fault": _text(data, "why")},
    "point.left": lambda data, *_: {name: _text(data, name) for name in ("exit", "why", "to")},
}


@cache
def _said(language: str) -> Mapping[str, str]:
    """The texts of the prompts that are spoken from a catalogue."""
    try:
        return stock_texts(language.partition("-")[0])
    except NotFound:
        return {}


def _text(data: Data, name: str) -> str:
    return str(data.get(name, ""))


def _list(data: Data, name: str) -> tuple[str, ...]:
    value = data.get(name, ())
    return tuple(map(str, value)) if isinstance(value, Sequence) and not isinstance(value, str) else (str(value),)
