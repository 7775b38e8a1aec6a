"""The latest calls with what happened in them: ways, lengths and outcomes, and nobody's number, name or words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from ...calls.call import Leg
from ...calls.course import Course
from ...calls.event import KINDS, Event
from ...errors import NotFound
from ...store.engine import Store
from ...store.history import History
from .masking import Masker

_CALLS: Final = 50
_EVENTS: Final = 300
Told = Callable[[Masker, object], object]


async def told_calls(store: Store, mask: Masker) -> list[Mapping[str, object]]:
    """The 50 latest calls of all tenants."""
    history, told = History(store), []
    for line in await history.list_calls(limit=_CALLS):
        try:
            told.append(_call(await history.course(line.id), mask))
        except NotFound:  # its time to be kept has just run out
            continue
    return told


def _call(course: Course, mask: Masker) -> Mapping[str, object]:
    call = course.call
    return {
        "id": call.id,
        "tenant": call.tenant,
        "number": mask.number(call.number),
        "origin": call.origin,
        "language": mask.word(call.language),
        "caller": {
            "number": mask.number(call.caller.number),
            "presentation": call.caller.presentation,
            "kind": call.caller.kind,
        },
        "diverted_from": mask.number(call.diverted_from),
        "arrived": call.arrived.isoformat(),
        "seconds": course.seconds,
        "outcome": str(course.outcome) if course.outcome else None,
        "ended_by": mask.word(course.ended_by),
        "legs": [_leg(leg, mask) for leg in course.legs],
        "events": [_event(course, event, mask) for event in course.events[:_EVENTS]],
        "events_left_out": max(0, len(course.events) - _EVENTS),
    }


def _leg(leg: Leg, mask: Masker) -> Mapping[str, object]:
    return {
        "target": mask.target(leg.target),
        "status": leg.status,
        "ring_seconds": leg.ring_seconds,
        "talk_seconds": leg.talk_seconds,
        "cause": leg.cause,
    }


def _event(course: Course, event: Event, mask: Masker) -> Mapping[str, object]:
    return {
        "session": event.session,
        "seq": event.seq,
        "offset": round((event.at - course.call.arrived).total_seconds(), 3),
        "kind": event.kind if event.kind in KINDS else mask.word(event.kind),
        "point": mask.name("point", event.point),
        "data": {mask.word(key): _fact(key, value, mask) for key, value in event.data.items()},
    }


def _fact(key: str, value: object, mask: Masker) -> object:
    """One fact of an event by its name; one of no known name is told by its length, or as a small quantity."""
    known = _FACTS.get(key)
    if known is None:
        return mask.amount(value) if isinstance(value, bool | int | float) else mask.text(value)
    if isinstance(value, list | tuple):
        return [known(mask, one) for one in value]
    return known(mask, value)


def _named(sort: str) -> Told:
    return lambda mask, value: mask.name(sort, value)


_FACTS: Final[Mapping[str, Told]] = {
    "answered_by": Masker.target,
    "by": Masker.word,
    "cause": Masker.amount,
    "count": Masker.amount,
    "ended_by": Masker.word,
    "exit": Masker.way,
    "flow": _named("flow"),
    "keys": Masker.keys,
    "module": Masker.word,
    "number": Masker.number,
    "point": _named("point"),
    "prompt": _named("prompt"),
    "prompts": _named("prompt"),
    "status": Masker.word,
    "targets": Masker.target,
    "to": Masker.leads,
}
