"""What happened in a call, in the words of whoever reads it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import attrs

from switchhook import Event
from switchhook.administration import written

from .sentences import told
from .texts import gettext as _

Data = Mapping[str, object]


@attrs.frozen
class Step:
    """One line of a call's course: ``why`` is the recorded reason, ``icon`` one of the sprite."""

    words: str
    why: str = ""
    icon: str = "point"
    begins: bool = False
    """Whether a point of the flow begins here."""


def step(event: Event) -> Step:
    """An event as a line; one of a plugin's own kind by its name and facts."""
    words = _WORDS.get(event.kind)
    data = event.data
    said = words(event, data) if words is not None else " ".join([event.kind, *_facts(data)])
    why = told(data.get("why") or data.get("error") or "")
    kind = "call.placed" if event.kind == "call.started" and data.get("origin") == "placed" else event.kind
    return Step(said, why, _ICONS.get(kind, "circle-dot"), event.kind == "point.entered")


def _plain(value: object) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(written(str(each)) for each in value)
    return written(str(value if value is not None else ""))


def _facts(data: Data) -> Sequence[str]:
    return [f"{name}={_plain(value)}" for name, value in data.items() if name != "why" and value not in ("", None)]


def _entered(event: Event, data: Data) -> str:
    name = str(data.get("label") or event.point)
    return _("%(point)s (%(module)s)", point=name, module=data["module"]) if data.get("module") else name


def _left(event: Event, data: Data) -> str:
    if data.get("to"):
        return _("Left by the exit %(exit)s, to %(to)s", exit=data.get("exit", ""), to=data["to"])
    return _("Left by the exit %(exit)s, which leads nowhere", exit=data.get("exit", ""))


def _started(event: Event, data: Data) -> str:
    if data.get("origin") == "placed":
        return _("The portal places this call")
    if data.get("origin") == "simulator":
        return _("A made-up call to %(number)s, played through by the simulator", number=_plain(data.get("number", "")))
    return _("The call arrives at %(number)s", number=_plain(data.get("number", "")))


def _dials(event: Event, data: Data) -> str:
    targets = _plain(data.get("targets"))
    if data.get("leg") == 0:
        return _("The portal dials %(targets)s", targets=targets)
    return _("Leg %(leg)s dials %(targets)s", leg=data.get("leg", ""), targets=targets)


def _keys(event: Event, data: Data) -> str:
    if "keys" not in data:
        return _("%(count)s secret keys were pressed", count=data.get("count", ""))
    if not data["keys"]:
        return _("No key was pressed")
    return _("Keys %(keys)s were pressed", keys=data["keys"])


def _played(event: Event, data: Data) -> str:
    prompts = _plain(data.get("prompts"))
    if data.get("interrupted"):
        return _("Played %(prompts)s, cut off by a key", prompts=prompts)
    return _("Played %(prompts)s", prompts=prompts)


def _recorded(event: Event, data: Data) -> str:
    if not data.get("media"):
        return _("Nothing was said, and nothing is kept")
    return _("Recorded and kept: %(seconds)s s", seconds=round(float(str(data.get("seconds") or 0))))


def _pin(event: Event, data: Data) -> str:
    if data.get("verdict") == "locked":
        return _("A PIN was refused: it is locked after too many wrong ones")
    return _("A PIN was right") if data.get("verdict") == "ok" else _("A PIN was wrong")


def _in_call_key(event: Event, data: Data) -> str:
    feature, keys = str(data.get("feature", "")), str(data.get("keys", ""))
    if not keys:
        return _("The served party presses the code of %(feature)s", feature=feature)
    return _("The served party presses the code of %(feature)s and %(keys)s", feature=feature, keys=keys)


def _room_joined(event: Event, data: Data) -> str:
    if data.get("moderator"):
        return _("Joins the room %(room)s as its moderator", room=data.get("room", ""))
    return _("Joins the room %(room)s", room=data.get("room", ""))


def _room_left(event: Event, data: Data) -> str:
    known = {
        "left": _("Left the room %(room)s", room=data.get("room", "")),
        "hangup": _("Hung up in the room %(room)s", room=data.get("room", "")),
        "removed": _("Was removed from the room %(room)s", room=data.get("room", "")),
        "ended": _("The conference in the room %(room)s was ended", room=data.get("room", "")),
        "time_up": _("Was in the room %(room)s for as long as one may be", room=data.get("room", "")),
        "key": _(
            "Left the room %(room)s for a moment by key %(key)s", room=data.get("room", ""), key=data.get("key", "")
        ),
    }
    ended = str(data.get("ended_by", ""))
    return known.get(ended) or _room_refused(event, {**data, "why": ended})


def _room_refused(event: Event, data: Data) -> str:
    if data.get("why") == "full":
        return _("Not let into the room %(room)s: it is full", room=data.get("room", ""))
    return _("Not let into the room %(room)s: it is locked", room=data.get("room", ""))


def _consent(event: Event, data: Data) -> str:
    caller, given = data.get("party") == "caller", event.kind == "consent.given"
    if given:
        return _("The caller agrees to be recorded") if caller else _("Whoever was called agrees to be recorded")
    return _("The caller refuses to be recorded") if caller else _("Whoever was called refuses to be recorded")


def _leg_ended(event: Event, data: Data) -> str:
    talk = data.get("talk_seconds")
    words = _("Leg %(leg)s ended: %(status)s", leg=data.get("leg", ""), status=leg_status(str(data.get("status", ""))))
    if isinstance(talk, int | float) and talk:
        words += ", " + _("%(seconds)s s of talk", seconds=round(talk))
    return words


def leg_status(status: str) -> str:
    """How a leg ended, as people say it."""
    known = {
        "answered": _("answered"),
        "busy": _("busy"),
        "no_answer": _("not answered"),
        "rejected": _("rejected"),
        "unreachable": _("unreachable"),
        "declined_by_key": _("declined by key"),
        "failed": _("failed"),
        "cancelled": _("cancelled"),
    }
    return known.get(status, status)


_WORDS: Final[Mapping[str, Callable[[Event, Data], str]]] = {
    "call.started": _started,
    "call.resumed": lambda e, d: _("Taken up again at %(point)s", point=e.point or d.get("point", "")),
    "call.answered": lambda e, d: _("Answered by the exchange"),
    "call.refused": lambda e, d: _("Refused on arrival"),
    "caller.denied": lambda e, d: _("The caller is denied"),
    "call.failed": lambda e, d: _("The call failed"),
    "call.taken": lambda e, d: _("Taken away from this worker"),
    "call.ended": lambda e, d: _("The call ended"),
    "number.resolved": lambda e, d: _("The number leads to the flow %(flow)s", flow=d.get("flow", "")),
    "flow.chosen": lambda e, d: _(
        "Flow %(flow)s, version %(version)s", flow=d.get("flow", ""), version=d.get("version", "")
    ),
    "point.entered": _entered,
    "point.left": _left,
    "prompt.started": lambda e, d: _("Plays %(prompts)s", prompts=_plain(d.get("prompts"))),
    "prompt.finished": _played,
    "prompt.missing": lambda e, d: _("The prompt %(prompt)s has no sound", prompt=d.get("prompt", "")),
    "keys": _keys,
    "recording.started": lambda e, d: _("The talk was recorded") if "leg" in d else _("The caller is recorded"),
    "recording.ended": _recorded,
    "recording.refused": lambda e, d: _("The caller cannot be recorded"),
    "consent.given": _consent,
    "consent.refused": _consent,
    "leg.created": _dials,
    "leg.answered": lambda e, d: _("Leg %(leg)s was answered", leg=d.get("leg", "")),
    "leg.ended": _leg_ended,
    "leg.refused": lambda e, d: _("May not dial %(targets)s", targets=_plain(d.get("targets"))),
    "in_call.key": _in_call_key,
    "served.heard": lambda e, d: _("The served party hears %(prompts)s", prompts=_plain(d.get("prompts"))),
    "served.keys": lambda e, d: _("The served party: %(keys)s", keys=_keys(e, d)),
    "in_call.done": lambda e, d: _("Both talk again") if d.get("goes_on") else _("The served party is let go"),
    "room.joined": _room_joined,
    "room.left": _room_left,
    "room.refused": _room_refused,
    "last_resort.used": lambda e, d: _("The last resort takes over"),
    "fallback.used": lambda e, d: _("The fallback of the number answers"),
    "plugin.fault": lambda e, d: _("Fault in the module %(module)s", module=d.get("module", "")),
    "order.given": lambda e, d: _("Ordered: %(order)s", order=d.get("order", "")),
    "pin.checked": _pin,
    "resource.changed": lambda e, d: _("Changed: %(thing)s", thing=f"{d.get('resource', '')} {d.get('id', '')}"),
    "note": lambda e, d: told(d.get("text") or ""),
}
_ICONS: Final = {
    "call.started": "phone-incoming",
    "call.placed": "phone-outgoing",
    "call.answered": "phone-check",
    "call.refused": "ban",
    "caller.denied": "ban",
    "call.failed": "alert-triangle",
    "call.ended": "phone-off",
    "point.entered": "route",
    "point.left": "arrow-right",
    "prompt.started": "player-play",
    "prompt.finished": "volume",
    "prompt.missing": "volume-off",
    "keys": "dialpad",
    "recording.started": "microphone",
    "recording.ended": "microphone",
    "recording.refused": "ban",
    "consent.given": "check",
    "consent.refused": "ban",
    "leg.created": "phone-outgoing",
    "leg.answered": "phone-calling",
    "leg.ended": "phone-x",
    "in_call.key": "dialpad",
    "served.heard": "player-play",
    "served.keys": "dialpad",
    "in_call.done": "phone-calling",
    "leg.refused": "ban",
    "room.joined": "users-group",
    "room.left": "logout",
    "room.refused": "ban",
    "last_resort.used": "lifebuoy",
    "fallback.used": "lifebuoy",
    "plugin.fault": "alert-triangle",
    "order.given": "clipboard",
    "pin.checked": "lock",
    "resource.changed": "edit",
    "note": "note",
}
