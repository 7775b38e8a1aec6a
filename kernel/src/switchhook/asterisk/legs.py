"""Outbound legs in the dialplan's words, and what the dialplan says of them."""

from __future__ import annotations

from math import ceil
from typing import Final

from ..calls.in_call import InCallPressed
from ..calls.port import DialPlan, DialResult, DialStatus, LegSounds, PhoneState, Target
from ..calls.talk import TalkNotice
from .dial_target import DialTarget, dial_string, dial_target, endpoint_target

ASKING: Final = 20
"""Seconds whoever answers has for keys, and may be asked a little longer: each leg ends by itself, before that."""
CONSENTING: Final = 7
"""Seconds for the key that agrees, and for writing it down."""
TIMES: Final = 3
"""How often whoever answers hears the question."""
MOST_LATER: Final = 333
"""Legs of their own: the dialplan knows places up to 999, three for each."""
LIMIT_SLACK: Final = 0.2
"""Seconds by which Asterisk may end a conversation before its limit as measured outside the bridge."""
BUSY: Final = 17  # Q.850 user busy
REJECTED: Final = 21  # Q.850 call rejected
REDIRECTED: Final = 23  # Q.850 redirection to new destination

_STATUS: Final[dict[str, DialStatus]] = {
    "ANSWER": "answered",
    "BUSY": "busy",
    "NOANSWER": "no_answer",
    "CANCEL": "no_answer",
    "CHANUNAVAIL": "unreachable",
    "CONGESTION": "failed",
    "DECLINED": "declined_by_key",
}
_ENGAGED: Final = frozenset({"INUSE", "BUSY", "RINGING", "RINGINUSE", "ONHOLD"})
_OFFLINE: Final = frozenset({"UNAVAILABLE", "INVALID"})


def leg_words(plan: DialPlan, sounds: LegSounds, talk: TalkNotice | None = None) -> tuple[str, str, int]:
    """What to dial, the legs of ``sh-later`` it needs, and the seconds beyond the ringing that asking may take."""
    targets = [encoded(target) for target in plan.targets]
    if not plan.confirm and sounds.whisper is None and not any(plan.delays) and talk is None:
        return dial_string(targets), "", 0
    spoken = sum(prompt.seconds for prompt in (sounds.confirm, sounds.whisper) if prompt is not None)
    delays = plan.delays or (0,) * len(targets)
    legs = [
        f"{delay}#{plan.ring_seconds - delay}#{target}"
        for delay, target in zip(delays, targets[:MOST_LATER], strict=False)
    ]
    local = [f"Local/{3 * place + 1}@sh-later" for place in range(len(legs))]
    return "&".join(local), "#".join(legs), ceil(TIMES * spoken) + ASKING + _consenting(talk)


def _consenting(talk: TalkNotice | None) -> int:
    """Seconds whoever answers may be asked whether the talk is recorded."""
    return ceil(2 * (talk.sound.seconds + CONSENTING)) if talk is not None else 0


def encoded(target: Target) -> DialTarget:
    """A target in Asterisk's spelling; raises ``UnsafeText`` for what cannot be one."""
    return endpoint_target(target.address) if target.kind == "phone" else dial_target(target.address, "trunk")


def phone_state(told: str) -> PhoneState:
    """What a phone does, from Asterisk's word for the state of a device."""
    return "engaged" if told in _ENGAGED else "offline" if told in _OFFLINE else "free"


def dialled(result: str, plan: DialPlan) -> DialResult:
    """Read ``DIALSTATUS:HANGUPCAUSE:taken:ended:channel``."""
    word, cause_word, taken, ended, channel = [*result.split(":", 4), "", "", "", ""][:5]
    if word == "CODE":
        feature, _, keys = cause_word.rpartition("/")
        told = InCallPressed(feature, keys)
        return DialResult(
            "answered", 16, seconds_between(taken, ended), taken_by(channel, plan), False, told, taken, channel
        )
    cause = int(cause_word) if cause_word.isdigit() else 0
    status = _STATUS.get(word, "failed")
    if _redirected(word, cause, len(plan.targets)):
        return DialResult("rejected", REDIRECTED)
    if status in {"failed", "busy", "unreachable"} and cause == REJECTED:
        status = "rejected"
    if status != "answered":
        return DialResult(status, cause)
    seconds = seconds_between(taken, ended)
    limited = plan.limit_seconds > 0 and seconds >= plan.limit_seconds - LIMIT_SLACK
    return DialResult("answered", cause, seconds, taken_by(channel, plan), limited)


def _redirected(word: str, cause: int, targets: int) -> bool:
    """Whether the called party redirected the call. Asterisk says BUSY and tells the cause of an earlier leg, or 0.

    Where several rang together one of them may have been busy and another cause be told: that stays busy. A leg of
    its own says so by the cause.
    """
    if word in ("CHANUNAVAIL", "CONGESTION"):
        return cause == REDIRECTED
    return word == "BUSY" and (cause == 0 or (targets == 1 and cause != BUSY))


def seconds_between(earlier: str, later: str) -> float:
    """The seconds between two moments as the dialplan writes them; 0 when one of them was never reached."""
    try:
        return max(0.0, round(float(later) - float(earlier), 3))
    except ValueError:
        return 0.0


def taken_by(channel: str, plan: DialPlan) -> str:
    """The target behind a channel such as ``PJSIP/anna-00000003``, ``PJSIP/trunk-00000004`` or ``Local/4@sh-later-0;1``."""
    technology, _, rest = channel.partition("/")
    place = rest.partition("@")[0]
    if technology == "Local" and place.isdecimal() and int(place) <= 3 * len(plan.targets):
        return plan.targets[int(place) // 3].address
    endpoint = rest.rpartition("-")[0]
    for target in plan.targets:
        if target.kind == "phone" and target.address == endpoint:
            return target.address
    numbers = [target.address for target in plan.targets if target.kind == "number"]
    return numbers[0] if len(numbers) == 1 else endpoint
