"""In-call keys: codes that only whoever took a call can press during the talk.

Asterisk itself listens for them, on the channel of the served party and on no other (DYNAMIC_FEATURES is set there
alone), so the same keys of the caller mean nothing. ``features.conf`` holds every code there can be; which of them
are on in a talk, and what each stands for, is on the caller's channel: ``SH_KEY_<name>`` is the most keys that
follow the code, a colon, and the feature's word. Whoever presses one leaves the talk for ``sh-key``, where the keys
that follow are read before anybody is asked, and then waits in ``sh-served``. The caller's Dial is over meanwhile: the
step ends with the status CODE, and the portal says what becomes of both, by these subroutines:

==========  ========================================================================================================
``served``  what the served party does (``read`` or ``play``), sounds joined by &, most keys, seconds for each,
            option of Read for the closing key, state, n. The caller hears the class ``default`` meanwhile.
            Result: ``done:READSTATUS:digits``, of ``play`` ``done:OK:``, or ``done:GONE:``
``letgo``   state, n: hangs up on the served party. Result: ``done:``
``back``    when the call was taken, channel that took it, state, n: connects both again. Result: like that of ``dial``
==========  ========================================================================================================

Without a portal the dialplan itself connects both again (:data:`BACK`), before the number's fallback would answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ..calls.in_call import InCallKey
from ..calls.port import Keys, Listen
from .conf_text import file_text, section
from .steps import CUT, NOW, end, start, unless_whole

PEER: Final = "${IMPORT(${SH_PEER},CHANNEL(name))}"
"""The channel of whoever talks to the caller, on the caller's; nothing once it is hung up."""
HERE: Final = "${IMPORT(${SH_SERVED},CHANNEL(name))}"
"""The served party's channel, on the caller's; nothing when that party has left."""
CALLER: Final = "${MASTER_CHANNEL(CHANNEL(name))}"
PAUSE: Final = "0.1"
"""Seconds between two looks at whether the served party is done."""

KEYS_ON: Final = (
    'GotoIf($["${MASTER_CHANNEL(SH_FEATURES)}" = ""]?keyless)',
    "MSet(DYNAMIC_FEATURES=${MASTER_CHANNEL(SH_FEATURES)},MASTER_CHANNEL(SH_PEER)=${CHANNEL(name)})",
    "keyless|NoOp()",
)
"""On the channel of whoever is about to talk to the caller."""
KEYS_ON_TAKEN: Final = (
    # The other end of a leg of its own has them already.
    'GotoIf($["${MASTER_CHANNEL(SH_PEER)}" != ""]?keyless)',
    *KEYS_ON,
)
RELEASE: Final = (
    'GotoIf($["${MASTER_CHANNEL(SH_SERVED)}" = ""]?alone)',
    "SoftHangup(${MASTER_CHANNEL(SH_SERVED)})",
    "Set(MASTER_CHANNEL(SH_SERVED)=)",
    "alone|NoOp()",
)
"""On the channel of whoever takes a call: the party that gave it away is let go."""

TALK: Final = ("SH_CODE=", "SH_PEER=", "SH_LONGEST=${ARG3}")
"""What a talk begins with that may be left by an in-call key; the third argument is its limit in milliseconds."""
KEY_LEFT: Final = (
    # A talk that is over may be over by a key: then the other party lives, and says so at once.
    'left|GotoIf($["${SH_FEATURES}" = "" | "${DIALSTATUS}" != "ANSWER"]?known)',
    "Set(SH_COUNT=0)",
    f'look|GotoIf($["{PEER}" = "" | ("${{SH_CODE}}" != "" & "${{SH_CODE}}" != "wait")]?known)',
    f"Wait({PAUSE})",
    'Set(SH_COUNT=$[${SH_COUNT} + ${IF($["${SH_CODE}" = ""]?1:0)}])',
    "GotoIf($[${SH_COUNT} < 20]?look)",
    'known|GotoIf($["${SH_CODE}" != "wait"]?settled)',
    "Set(SH_CODE=)",
    "settled|NoOp()",
)
"""On the caller's channel, after a talk."""
_AGAIN: Final = (
    "MSet(SH_PEER=${SH_SERVED},SH_SERVED=,SH_FEATURES=1)",
    "Bridge(${SH_PEER},xL(${SH_LEFT}))",
    *KEY_LEFT,
    "Set(SH_DIALLING=)",
)
_LET_GO: Final = (
    'GotoIf($["${SH_SERVED}" = ""]?nobody)',
    "SoftHangup(${SH_SERVED})",
    "Set(SH_SERVED=)",
    "nobody|NoOp()",
)


def pressed(result: int, channel: str, label: str = "") -> Iterator[str]:
    """End a step in which an in-call key was pressed; where it was is kept for :data:`BACK`."""
    yield f"{label}MSet(SH_AT=${{ARG{result}}},SH_WAS=${{SH_STATE}},SH_WITH={channel})"
    yield from end(result, f"CODE:${{SH_CODE}}:${{SH_ANSWERED}}:{NOW}:{channel}")


INCALL: Final = (
    (
        "served",
        (
            unless_whole(8),
            start(6, "SH_SAID=", "SH_SOUNDS=${ARG2}", "SH_MOST=${ARG3}", "SH_FOR=${ARG4}", "SH_CLOSING=${ARG5}"),
            f'GotoIf($["{HERE}" = ""]?gone)',
            "ChannelRedirect(${SH_SERVED},sh-served,${ARG1},1)",
            "StartMusicOnHold()",
            f"wait|Wait({PAUSE})",
            'GotoIf($["${SH_SAID}" != ""]?said)',
            f'GotoIf($["{HERE}" != ""]?wait)',
            "Set(SH_SAID=GONE:)",
            "said|StopMusicOnHold()",
            *end(7, "${SH_SAID}"),
            *end(7, "GONE:", "gone|"),
            CUT,
        ),
    ),
    ("letgo", (unless_whole(3), start(1), *_LET_GO, *end(2, ""), CUT)),
    (
        "back",
        (
            unless_whole(5),
            # The limit is the one the talk began with, whatever a portal that takes the call up again believes.
            start(3, "SH_CODE=", "SH_ANSWERED=${ARG1}", "SH_LONGEST=$[(${SH_UNTIL} - ${ARG1}) * 1000]"),
            f"Set(SH_LEFT=$[(${{SH_UNTIL}} - {NOW}) * 1000])",
            f'GotoIf($["{HERE}" = "" | ${{SH_LEFT}} < 500]?over)',
            "MSet(SH_DIALLING=1,DIALSTATUS=ANSWER,DIALEDPEERNAME=${ARG2})",
            *_AGAIN,
            'GotoIf($["${SH_CODE}" != ""]?code)',
            *end(4, f"ANSWER:16:${{ARG1}}:{NOW}:${{ARG2}}", "over|"),
            *pressed(4, "${ARG2}", "code|"),
            CUT,
        ),
    ),
)

BACK: Final = (
    # What the portal began with the key is undone: the step ends as if the talk had simply gone on.
    'lost|GotoIf($["${SH_SERVED}" = ""]?alone)',
    f"MSet(TIMEOUT(absolute)=0,SH_STATE=${{SH_WAS}},SH_CODE=,SH_ANSWERED=${{SH_TALK}},SH_LEFT=$[(${{SH_UNTIL}} - {NOW}) * 1000])",
    "MSet(SH_DIALLING=1,DIALSTATUS=ANSWER,SH_LONGEST=$[(${SH_UNTIL} - ${SH_TALK}) * 1000])",
    *_AGAIN,
    'Set(SH_SAID=${IF($["${SH_CODE}" = ""]?16:${SH_CODE})})',
    'Set(SH_RESULT=${IF($["${SH_CODE}" = ""]?ANSWER:CODE)})',
    f"MSet(SH_R${{SH_AT}}=done:${{SH_RESULT}}:${{SH_SAID}}:${{SH_TALK}}:{NOW}:${{SH_WITH}},SH_SINCE={NOW},SH_TRIES=0,SH_DONE=)",
    "Goto(call,${SH_NUMBER},ask)",
)
"""Nobody is in charge of a caller whose talk an in-call key has interrupted: the talk goes on, and then it is asked again."""

KEY: Final = (
    *(
        (
            pattern,
            (
                "Set(SH_KEY=${MASTER_CHANNEL(SH_KEY_${EXTEN})})",
                'GotoIf($["${SH_KEY}" = ""]?away)',
                "MSet(MASTER_CHANNEL(SH_CODE)=wait,SH_PRESSED=,SH_MOST=${CUT(SH_KEY,:,1)})",
                'GotoIf($["${SH_MOST}" = "0"]?leave)',
                "Read(SH_PRESSED,,${SH_MOST},t(#),1,3)",
                "leave|Set(SH_UNTIL=$[${MASTER_CHANNEL(SH_ANSWERED)} + ${MASTER_CHANNEL(SH_LONGEST)} / 1000])",
                "MSet(MASTER_CHANNEL(SH_SERVED)=${CHANNEL(name)},MASTER_CHANNEL(SH_TALK)=${MASTER_CHANNEL(SH_ANSWERED)}"
                ",MASTER_CHANNEL(SH_UNTIL)=${SH_UNTIL},MASTER_CHANNEL(SH_CODE)=${CUT(SH_KEY,:,2)}/${SH_PRESSED})",
                "Goto(sh-served,s,1)",
                "away|Hangup()",
            ),
        )
        for pattern in ("_1X", "_1XX", "_2X", "_2XX")
    ),
)
"""Where the served party goes that pressed a code, by its name."""

SERVED: Final = (
    (
        "s",
        (
            # Whoever is held costs money as well: as long as the talk may be, and no longer.
            f"Set(TIMEOUT(absolute)=${{IF($[${{SH_UNTIL}} - {NOW} > 1]?$[${{SH_UNTIL}} - {NOW}]:1)}})",
            "Wait(1)",
            "StartMusicOnHold()",
            f'look|GotoIf($["{CALLER}" = ""]?over)',
            "Wait(0.5)",
            "Goto(look)",
            "over|Hangup()",
        ),
    ),
    (
        "read",
        (
            "StopMusicOnHold()",
            "Read(SH_PRESSED,${MASTER_CHANNEL(SH_SOUNDS)},${MASTER_CHANNEL(SH_MOST)},${MASTER_CHANNEL(SH_CLOSING)},1"
            ",${MASTER_CHANNEL(SH_FOR)})",
            "Set(MASTER_CHANNEL(SH_SAID)=${READSTATUS}:${SH_PRESSED})",
            "Goto(s,1)",
        ),
    ),
    (
        "play",
        (
            "StopMusicOnHold()",
            "Playback(${MASTER_CHANNEL(SH_SOUNDS)})",
            "Set(MASTER_CHANNEL(SH_SAID)=OK:)",
            "Goto(s,1)",
        ),
    ),
    ("T", ("Hangup()",)),
)
"""Where the served party is while the portal thinks, acts on the caller, or asks for something."""


def code_name(code: str) -> str:
    """The name of a code in Asterisk's words, digits alone: ``12`` for ``*2``, ``207`` for ``#07``."""
    return ("1" if code[0] == "*" else "2") + code[1:]


def key_words(keys: Sequence[InCallKey]) -> str:
    """What each code stands for, for an MSet on the caller's channel."""
    return ",".join(f"SH_KEY_{code_name(key.code)}={key.after}:{key.feature}" for key in keys)


def features_words(keys: Sequence[InCallKey]) -> str:
    """The codes that are on, in the words of DYNAMIC_FEATURES."""
    return "#".join(code_name(key.code) for key in keys)


def asked(result: str, listen: Listen) -> Keys | None:
    """Read what ``served`` leaves."""
    status, _, keys = result.partition(":")
    if status in ("GONE", "HANGUP"):
        return None
    if status == "TIMEOUT":
        return Keys(keys, "timeout")
    return Keys(keys, "full" if len(keys) >= listen.max_keys else "terminator")


def features_conf() -> str:
    """The text of features.conf: every code there can be, each of which does nothing where it is not on."""
    return file_text(
        section("general", [("featuredigittimeout", "1500")]),
        section("featuremap", []),
        section("applicationmap", list(_codes())),
    )


def _codes() -> Iterator[tuple[str, str]]:
    tails = [*(str(one) for one in range(10)), *(f"{two:02}" for two in range(100))]
    for sign in "*#":
        for tail in tails:
            name = code_name(sign + tail)
            yield name, f'{sign}{tail},self,ChannelRedirect,"${{CHANNEL(name)}},sh-key,{name},1"'
