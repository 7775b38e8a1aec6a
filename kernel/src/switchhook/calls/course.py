"""The course of a call: everything that happened in it, as a value, as text and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

import attrs

from .call import Call, Direction, Leg
from .event import Event
from .outcome import KeptOutcome

AFTERWARDS: Final = 1_000_000
"""The session of events that no portal saw and Asterisk's own record tells of: after all others."""


@attrs.frozen
class Course:
    """A call with its events in order, its legs, and how it ended.

    ``ended`` and ``outcome`` are None while the call goes on; ``ended_by`` is
    ``portal`` or ``asterisk`` (its own record closed the call).
    """

    call: Call
    events: tuple[Event, ...]
    legs: tuple[Leg, ...] = ()
    ended: datetime | None = None
    outcome: KeptOutcome | None = None
    ended_by: str = ""

    @property
    def seconds(self) -> float | None:
        """How long the call took, or None while it goes on."""
        return None if self.ended is None else (self.ended - self.call.arrived).total_seconds()


@attrs.frozen
class CallLine:
    """A call in a list."""

    id: str
    tenant: str
    number: str
    caller: str
    arrived: datetime
    ended: datetime | None
    outcome: KeptOutcome | None
    direction: Direction = "inbound"
    diverted_from: str = ""


def as_json(course: Course) -> dict[str, object]:
    """The course as JSON values; times are ISO 8601 in UTC, ``offset`` is seconds from the arrival."""
    call = course.call
    return {
        "id": call.id,
        "tenant": call.tenant,
        "number": call.number,
        "origin": call.origin,
        "direction": call.direction,
        "language": call.language,
        "caller": attrs.asdict(call.caller),
        "diverted_from": call.diverted_from,
        "arrived": call.arrived.isoformat(),
        "ended": course.ended.isoformat() if course.ended else None,
        "ended_by": course.ended_by,
        "seconds": course.seconds,
        "outcome": str(course.outcome) if course.outcome else None,
        "legs": [attrs.asdict(leg) for leg in course.legs],
        "events": [
            {
                "session": event.session,
                "seq": event.seq,
                "at": event.at.isoformat(),
                "offset": round(_offset(course, event), 6),
                "kind": event.kind,
                "point": event.point,
                "data": dict(event.data),
            }
            for event in course.events
        ],
    }


def as_text(course: Course) -> str:
    """The course for people: a line for each thing that happened, with its time since the arrival."""
    call = course.call
    lines = [
        f"Call {call.id} to {call.number or 'an unknown number'} from {caller_words(call)}",
        f"arrived {call.arrived:%Y-%m-%d %H:%M:%S} UTC",
        "",
    ]
    for event in course.events:
        place = "" if event.kind.startswith("point.") or not event.point else "    "
        lines.append(f"{_offset(course, event):9.3f}  {place}{line_of(event)}")
    lines += ["", _end(course)]
    return "\n".join(lines)


def caller_words(call: Call) -> str:
    """The caller as they may be shown: number and name, or a pseudonym that stays the same for the same caller."""
    caller = call.caller
    if caller.number:
        return f"{caller.number} ({caller.name})" if caller.name else caller.number
    return f"an anonymous caller {caller.key[:8]}" if caller.key else "an anonymous caller"


def _offset(course: Course, event: Event) -> float:
    return (event.at - course.call.arrived).total_seconds()


def _end(course: Course) -> str:
    if course.ended is None or course.outcome is None:
        return "The call goes on."
    by = ", as Asterisk's own record tells" if course.ended_by == "asterisk" else ""
    return f"Outcome: {str(course.outcome).replace('_', ' ')}, after {course.seconds:.1f} s{by}"


Data = Mapping[str, object]


def line_of(event: Event) -> str:
    """One event in words."""
    words = _WORDS.get(event.kind)
    if words is not None:
        return words(event, event.data)
    return " ".join([event.kind, *_facts(event.data)])


def _facts(data: Data, *but: str) -> Iterator[str]:
    return (f"{name}={_plain(value)}" for name, value in data.items() if name not in but and value not in ("", None))


def _plain(value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(str(each) for each in value)
    return str(value)


def _why(data: Data) -> str:
    return f": {data['why']}" if data.get("why") else ""


def _entered(event: Event, data: Data) -> str:
    label, module = data.get("label"), data.get("module")
    return f"> {event.point}" + (f" “{label}”" if label else "") + (f" [{module}]" if module else "")


def _left(event: Event, data: Data) -> str:
    to = f", to {data['to']}" if data.get("to") else ", which leads nowhere"
    return f"< {event.point} by exit {data.get('exit')!r}{to}{_why(data)}"


def _keys(event: Event, data: Data) -> str:
    pressed = f"{data.get('count')} secret keys" if "keys" not in data else f"keys {data['keys'] or 'none'}"
    how = data.get("ended_by")
    return pressed + (f" (ended by {how})" if how else "")


def _room_left(event: Event, data: Mapping[str, object]) -> str:
    ended = str(data.get("ended_by", "")).replace("_", " ")
    lasted = f" after {data['seconds']} s" if data.get("seconds") else ""
    key = f" {data['key']}" if data.get("key") else ""
    return f"out of the room {data.get('room')}{lasted} ({ended}{key})"


def _recorded(event: Event, data: Data) -> str:
    how = f" (ended by {data.get('ended_by')})"
    return (
        f"recorded {data.get('seconds', 0):.1f} s as {data['media']}{how}"
        if data.get("media")
        else f"nothing was said{how}"
    )


def _by_key(data: Data) -> str:
    return f" (key {data['keys']})" if data.get("keys") else ""


def _prompts(verb: str) -> Callable[[Event, Data], str]:
    def words(event: Event, data: Data) -> str:
        cut = " (cut off by a key)" if data.get("interrupted") else ""
        return f"{verb} {_plain(data.get('prompts', ''))}{cut}"

    return words


def _leg_created(event: Event, data: Data) -> str:
    heard = "".join(f", {what} {data[what]}" for what in ("waiting", "whisper", "confirm") if data.get(what))
    return f"leg {data.get('leg', '')}: dials {_plain(data.get('targets', ''))}{heard}"


def _leg_ended(event: Event, data: Data) -> str:
    talk = data.get("talk_seconds")
    by = f" by {data['answered_by']}" if data.get("answered_by") else ""
    length = f", {talk:.1f} s of talk" if isinstance(talk, int | float) and talk else ""
    limit = ", cut at its limit" if data.get("limit_reached") else ""
    return f"leg {data.get('leg', '')}: {data.get('status')}{by}{length}{limit}"


_WORDS: Final[Mapping[str, Callable[[Event, Data], str]]] = {
    "call.started": lambda e, d: f"call to {d.get('number', '')} arrives",
    "call.resumed": lambda e, d: f"taken up again at {e.point or d.get('point', '')}",
    "call.answered": lambda e, d: "answered",
    "call.refused": lambda e, d: f"refused{_why(d)}",
    "caller.denied": lambda e, d: f"the caller is denied{_why(d)}",
    "call.failed": lambda e, d: f"failed{_why(d)}",
    "call.taken": lambda e, d: f"taken away from this worker{_why(d)}",
    "call.ended": lambda e, d: f"ended by {d['by']}" if d.get("by") else "ended",
    "number.resolved": lambda e, d: f"number leads to flow {d.get('flow')!r}",
    "flow.chosen": lambda e, d: f"flow {d.get('flow')!r}, version {d.get('version')}{_why(d)}",
    "point.entered": _entered,
    "point.left": _left,
    "prompt.started": _prompts("plays"),
    "prompt.finished": _prompts("played"),
    "prompt.missing": lambda e, d: f"prompt {d.get('prompt')} has no sound{_why(d)}",
    "keys": _keys,
    "recording.started": lambda e, d: (
        f"recorded the talk as {d.get('media')}" if "leg" in d else f"records a {d.get('of', 'voice')}"
    ),
    "recording.ended": _recorded,
    "recording.refused": lambda e, d: f"may not record a {d.get('of', 'voice')}{_why(d)}",
    "consent.given": lambda e, d: f"the {d.get('party', 'party')} agrees to be recorded{_by_key(d)}",
    "consent.refused": lambda e, d: f"the {d.get('party', 'party')} does not agree to be recorded{_by_key(d)}",
    "leg.created": _leg_created,
    "leg.answered": lambda e, d: " ".join([f"leg {d.get('leg', '')}: answered", *_facts(d, "leg")]),
    "leg.ended": _leg_ended,
    "leg.refused": lambda e, d: f"may not dial {_plain(d.get('targets', ''))}{_why(d)}",
    "in_call.key": lambda e, d: f"key for {d.get('feature')}{' ' if d.get('keys') else ''}{d.get('keys', '')}",
    "served.heard": lambda e, d: f"the served party hears {_plain(d.get('prompts', ''))}",
    "served.keys": lambda e, d: f"the served party: {_keys(e, d)}",
    "in_call.done": lambda e, d: f"{'the talk goes on' if d.get('goes_on') else 'the talk is over'}{_why(d)}",
    "room.joined": lambda e, d: f"joins the room {d.get('room')}{' as its moderator' if d.get('moderator') else ''}",
    "room.left": _room_left,
    "room.refused": lambda e, d: f"is not let into the room {d.get('room')}{_why(d)}",
    "last_resort.used": lambda e, d: f"last resort{_why(d)}",
    "fallback.used": lambda e, d: f"the number's own fallback answers{_why(d)}",
    "plugin.fault": lambda e, d: f"fault in module {d.get('module')}: {d.get('error')}",
    "order.given": lambda e, d: f"ordered {d.get('order', '')}",
    "pin.checked": lambda e, d: f"PIN for {d.get('purpose')} {d.get('subject')}: {d.get('verdict')}",
    "resource.changed": lambda e, d: f"changed {d.get('resource', '')} {d.get('id', '')}",
    "note": lambda e, d: str(d.get("text") or "a note"),
}
