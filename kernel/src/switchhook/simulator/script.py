"""What a simulated caller and the parties called will do."""

from __future__ import annotations

import re
from typing import Final, Literal

import attrs

from ..calls.port import DialStatus
from ..errors import SwitchhookError

ActionKind = Literal["keys", "wait", "hang_up"]
_KEYS: Final = re.compile(r"[0-9*#]{1,64}")
_SECONDS: Final = re.compile(r"[0-9]{1,6}(\.[0-9]{1,3})?")


class ScriptRefused(SwitchhookError):
    """A script that cannot be read; the message names the part and what is allowed."""

    code = "script"


@attrs.frozen
class Action:
    """What the caller does the next time the flow listens: press keys, press nothing, or hang up."""

    kind: ActionKind
    keys: str = ""


@attrs.frozen
class Party:
    """How one dialled leg goes: it ends with ``status`` after ``ring_seconds``; if answered, the
    conversation lasts ``talk_seconds`` unless the caller hangs up in it.
    """

    status: DialStatus = "answered"
    ring_seconds: float = 2.0
    talk_seconds: float = 10.0
    cause: int = 16
    caller_hangs_up: bool = False


@attrs.frozen
class Script:
    """Actions for each time the flow listens, in order, and parties for each dialled leg, in order.

    After the last action the caller presses nothing more; after the last party
    every further leg is answered.
    """

    actions: tuple[Action, ...] = ()
    parties: tuple[Party, ...] = ()


def read_script(text: str) -> tuple[Action, ...]:
    """Actions from a text such as ``"1,wait,2#,hangup"``; raises :class:`ScriptRefused`."""
    return tuple(_action(word.strip()) for word in text.split(",") if word.strip())


def _action(word: str) -> Action:
    if word in {"wait", "-"}:
        return Action("wait")
    if word in {"hangup", "hang-up"}:
        return Action("hang_up")
    if _KEYS.fullmatch(word):
        return Action("keys", word)
    raise ScriptRefused(f"{word!r} is no action: use keys such as 12#, wait, or hangup", word=word)


_CAUSES: Final[dict[str, int]] = {
    "answered": 16,
    "busy": 17,
    "no_answer": 19,
    "unreachable": 20,
    "rejected": 21,
    "failed": 38,
}


def read_parties(text: str) -> tuple[Party, ...]:
    """Parties from a text such as ``"busy,answered:12,no_answer"`` (seconds of talk after the colon)."""
    return tuple(_party(word.strip()) for word in text.split(",") if word.strip())


def _party(word: str) -> Party:
    status, colon, seconds = word.partition(":")
    if status not in _CAUSES or (colon and (status != "answered" or not _SECONDS.fullmatch(seconds))):
        raise ScriptRefused(
            f"{word!r} is no way for a leg to go: use one of {', '.join(_CAUSES)}, with answered:SECONDS", word=word
        )
    talk = float(seconds) if seconds else 10.0
    ring = 0.0 if status in {"unreachable", "failed"} else 1e6 if status == "no_answer" else 2.0
    return Party(status, ring, talk, _CAUSES[status])  # type: ignore[arg-type]
