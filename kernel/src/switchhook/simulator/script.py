"""What a simulated caller and the parties called will do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Literal

import attrs

from ..calls.port import DialStatus, PhoneState
from ..calls.room import RoomState
from ..errors import SwitchhookError

ActionKind = Literal["keys", "wait", "hang_up", "say"]
_KEYS: Final = re.compile(r"[0-9*#]{1,64}")
_SAID: Final = re.compile(r"say:([0-9]{1,4}(?:\.[0-9]{1,3})?)([*#]?)")
_SECONDS: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,3})?")


class ScriptRefused(SwitchhookError):
    """A script that cannot be read; the message names the part and what is allowed."""

    code = "script"


@attrs.frozen
class Action:
    """What the caller does the next time the flow listens: press keys, press nothing, speak, or hang up.

    One who speaks does so for ``seconds`` and then presses ``keys``, or hangs up if that comes next.
    """

    kind: ActionKind
    keys: str = ""
    seconds: float = 0.0


@attrs.frozen
class Press:
    """What the served party presses during the talk, ``after`` seconds of it: a code, and the keys that follow."""

    after: float
    keys: str


@attrs.frozen
class Party:
    """How one dialled leg goes: it ends with ``status`` after ``ring_seconds``; if answered, the
    conversation lasts ``talk_seconds`` unless the caller hangs up in it. ``by`` names the target
    that answers, empty for the first one. Whoever is asked for a key presses the one that takes
    the call; with the status ``declined_by_key`` the one that declines it. Asked whether the talk may be
    recorded, whoever answers agrees unless ``refuses_recording``.
    ``presses`` are the codes the party presses in the talk, ``answers`` the keys each time it is asked for some by an
    in-call feature, ``wait`` for none.
    """

    status: DialStatus = "answered"
    ring_seconds: float = 2.0
    talk_seconds: float = 10.0
    cause: int = 16
    caller_hangs_up: bool = False
    by: str = ""
    presses: tuple[Press, ...] = ()
    answers: tuple[str, ...] = ()
    refuses_recording: bool = False


@attrs.frozen
class Script:
    """Actions for each time the flow listens, in order, and parties for each dialled leg, in order.

    After the last action the caller presses nothing more; after the last party
    every further leg is answered. ``phones`` tells of those that are not free, ``rooms`` of those by the id of their
    owner that are not empty.
    """

    actions: tuple[Action, ...] = ()
    parties: tuple[Party, ...] = ()
    phones: Mapping[str, PhoneState] = attrs.field(factory=dict)
    rooms: Mapping[str, RoomState] = attrs.field(factory=dict)


def read_script(text: str) -> tuple[Action, ...]:
    """Actions from a text such as ``"1,wait,2#,say:12,hangup"``; raises :class:`ScriptRefused`."""
    return tuple(_action(word.strip()) for word in text.split(",") if word.strip())


def _action(word: str) -> Action:
    if word in {"wait", "-"}:
        return Action("wait")
    if word in {"hangup", "hang-up"}:
        return Action("hang_up")
    if _KEYS.fullmatch(word):
        return Action("keys", word)
    if said := _SAID.fullmatch(word):
        return Action("say", said[2], float(said[1]))
    raise ScriptRefused(f"{word!r} is no action: use keys such as 12#, wait, say:12, say:12#, or hangup", word=word)


_CAUSES: Final[dict[str, int]] = {
    "answered": 16,
    "busy": 17,
    "no_answer": 19,
    "unreachable": 20,
    "rejected": 21,
    "declined_by_key": 16,
    "failed": 38,
}


def read_parties(text: str) -> tuple[Party, ...]:
    """Parties from a text such as ``"busy,answered:12,answered:5@anna,answered:20/3:*207/=1"``.

    Behind an answer are the seconds of talk and who answers, then what that party does in the talk: ``/3:*207``
    presses *207 after 3 s of it, ``/=1`` presses 1 when it is asked for keys (``/=wait`` none).
    """
    return tuple(_party(word.strip()) for word in text.split(",") if word.strip())


def _party(word: str) -> Party:
    word, *acts = word.split("/")
    rest, _, by = word.partition("@")
    status, colon, seconds = rest.partition(":")
    if status not in _CAUSES or (colon and (status != "answered" or not _SECONDS.fullmatch(seconds))):
        raise ScriptRefused(
            f"{word!r} is no way for a leg to go: use one of {', '.join(_CAUSES)}, with answered:SECONDS@WHO", word=word
        )
    talk = float(seconds) if seconds else 10.0
    ring = 0.0 if status in {"unreachable", "failed"} else 1e6 if status == "no_answer" else 2.0
    presses = tuple(_press(act) for act in acts if not act.startswith("="))
    answers = tuple(_answer(act) for act in acts if act.startswith("="))
    return Party(status, ring, talk, _CAUSES[status], by=by, presses=presses, answers=answers)  # type: ignore[arg-type]


def _press(act: str) -> Press:
    seconds, _, keys = act.partition(":")
    if not _SECONDS.fullmatch(seconds) or not _KEYS.fullmatch(keys):
        raise ScriptRefused(f"{act!r} is nothing that can be pressed in a talk: use SECONDS:KEYS or =KEYS", word=act)
    return Press(float(seconds), keys)


def _answer(act: str) -> str:
    keys = act.removeprefix("=")
    if keys != "wait" and not _KEYS.fullmatch(keys):
        raise ScriptRefused(f"{act!r} is no answer: use =KEYS such as =1, or =wait", word=act)
    return keys
