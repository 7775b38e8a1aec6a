"""Rooms in Asterisk's words: what the portal says when a caller joins one, the dialplan for it, and its answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..calls.room import ROOM_SOUNDS, RoomEnd, RoomPlan, Stay
from ..errors import AsteriskError
from .conf_text import file_text, section
from .legs import seconds_between

_SAID: Final = {
    "joined": "join",
    "left": "leave",
    "muted": "muted",
    "unmuted": "unmuted",
    "all_muted": "participants_muted",
    "all_unmuted": "participants_unmuted",
    "locked": "locked_now",
    "unlocked": "unlocked_now",
    "waits": "wait_for_leader",
    "begins": "begin",
    "moderator_left": "leader_has_left",
    "removed": "kicked",
}
"""What ConfBridge calls the sounds of a room; how many there are is said by the dialplan."""
MOST_SAID: Final = 2900
"""Characters that the names of sounds may take in a command of 4096."""
_ENDS: Final[Mapping[str, RoomEnd]] = {
    "DTMF": "left",
    "HANGUP": "left",
    "KICKED": "removed",
    "ENDED": "ended",
    "TIMEOUT": "time_up",
    "FULL": "full",
    "LOCKED": "locked",
    "KEY": "key",
}


def confbridge_conf() -> str:
    """The text of confbridge.conf: what all rooms have alike. The rest is set for each caller by the dialplan."""
    common = [
        ("1", "toggle_mute"),
        ("2", "dialplan_exec(sh-room,count,1)"),
    ]
    moderators = [
        ("4", "admin_toggle_conference_lock"),
        ("5", "admin_toggle_mute_participants"),
        ("0", "dialplan_exec(sh-room,end,1)"),
    ]
    return file_text(
        section("general", []),
        section("switchhook", [("type", "bridge"), ("video_mode", "none")]),
        section(
            "switchhook_user",
            [("type", "user"), ("announce_only_user", "no"), ("dtmf_passthrough", "no"), ("dsp_drop_silence", "yes")],
        ),
        section("switchhook_member", [("type", "menu"), *common]),
        section("switchhook_moderator", [("type", "menu"), *common, *moderators]),
    )


def room_words(plan: RoomPlan, sounds: Mapping[str, str], digits: str, music: str) -> tuple[str, ...]:
    """The arguments of the subroutine ``room`` behind the room's name; ``sounds`` are Asterisk's names of them."""
    letters = {"w": plan.waits and not plan.moderator, "e": plan.ends, "q": not plan.tones, "s": plan.muted}
    said = "&".join(sounds.get(one, "") for one in ROOM_SOUNDS)
    if len(said) + len(digits) > MOST_SAID:
        said, digits = ("&" * (len(ROOM_SOUNDS) - 1), "") if len(said) > MOST_SAID else (said, "")
    return (
        "m" if plan.moderator else "p",
        "".join(letter for letter, holds in letters.items() if holds) or "n",
        str(plan.most),
        str(plan.longest),
        music,
        said,
        digits,
        plan.keys,
    )


def stayed(result: str) -> Stay:
    """Read ``CONFBRIDGE_RESULT:key:joined:left``; raises ``AsteriskError`` where Asterisk has no such room to give."""
    word, key, joined, left = [*result.split(":", 3), "", "", ""][:4]
    if word not in _ENDS:
        raise AsteriskError(f"Asterisk could not let the caller join a room ({word})")
    return Stay(_ENDS[word], seconds_between(joined, left), key)


def _info(of: str) -> str:
    """A number ConfBridge tells of the room; 0 where there is none."""
    return f"0${{CONFBRIDGE_INFO({of},${{ARG1}})}}"


def room_steps(start: str, whole: str, cut: str, now: str, end: tuple[str, ...]) -> tuple[str, ...]:
    """The subroutine ``room``; what it has in common with the others is given."""
    user, bridge, menu = (f"Set(CONFBRIDGE({kind}," for kind in ("user", "bridge", "menu"))

    def yes(letter: str) -> str:
        return f'${{IF($["${{FILTER({letter},${{ARG3}})}}" = "{letter}"]?yes:no)}}'

    moderator = '${IF($["${ARG2}" = "m"]?yes:no)}'
    sounds = (
        f"{bridge}sound_{_SAID[told]})=${{CUT(ARG7,&,{place})}})"
        for place, told in enumerate(ROOM_SOUNDS, 1)
        if told in _SAID
    )
    keys = (
        step
        for key in "6789"
        for step in (
            f'GotoIf($["${{FILTER({key},${{ARG9}})}}" = ""]?no{"abcd"["6789".index(key)]})',
            f"{menu}{key})=dialplan_exec(sh-room,{key},1),leave_conference)",
            f"no{'abcd'['6789'.index(key)]}|NoOp()",
        )
    )
    return (
        whole,
        start,
        "Answer()",
        'GotoIf($["${ARG2}" = "m"]?enter)',
        f"GotoIf($[{_info('locked')} > 0]?locked)",
        f"GotoIf($[${{ARG4}} > 0 & {_info('parties')} >= ${{ARG4}}]?full)",
        f"enter|{bridge}template)=switchhook)",
        f"{bridge}max_members)=${{ARG4}})",
        f"{bridge}language)=${{CHANNEL(language)}})",
        *sounds,
        f"{user}template)=switchhook_user)",
        f"{user}admin)={moderator})",
        f"{user}marked)={moderator})",
        f"{user}wait_marked)={yes('w')})",
        f"{user}startmuted)={yes('s')})",
        f"{user}quiet)={yes('q')})",
        f"{user}timeout)=${{ARG5}})",
        f"{user}music_on_hold_when_empty)={yes('w')})",
        f"{user}music_on_hold_class)=${{ARG6}})",
        f'{menu}template)=switchhook_${{IF($["${{ARG2}}" = "m"]?moderator:member)}})',
        f"{menu}#)=leave_conference)",  # in the file it would begin a directive
        *keys,
        f"Set(SH_JOINED={now})",
        "ConfBridge(${ARG1})",
        "Set(SH_RESULT=${CONFBRIDGE_RESULT})",
        'GotoIf($["${SH_ROOM_KEY}" != ""]?key)',
        'GotoIf($["${SH_ENDS}" = "1"]?last)',
        # All others are removed by the last moderator; to be removed while one is there is meant for one.
        f'GotoIf($["${{SH_RESULT}}:${{SH_ENDING}}" = "KICKED:1" & {_info("marked")} = 0]?ended)',
        'GotoIf($["${SH_RESULT}" != "FAILED"]?over)',
        f"GotoIf($[{_info('locked')} > 0]?locked)",
        f"GotoIf($[${{ARG4}} > 0 & {_info('parties')} >= ${{ARG4}}]?full:over)",
        f"last|GotoIf($[{_info('marked')} > 0]?over)",
        "ConfKick(${ARG1},all)",
        'GotoIf($["${SH_RESULT}" != "KICKED"]?over)',
        "ended|Set(SH_RESULT=ENDED)",
        "Goto(over)",
        "key|Set(SH_RESULT=KEY)",
        "Goto(keep)",
        "locked|MSet(SH_RESULT=LOCKED,SH_JOINED=)",
        "Goto(over)",
        "full|MSet(SH_RESULT=FULL,SH_JOINED=)",
        # From here on its end is nothing to the room any more.
        "over|MSet(SH_ROOM=,SH_ENDS=)",
        "keep|NoOp()",
        *end,
        cut,
    )


ROOM_KEYS: Final = (
    *((key, (f"Set(SH_ROOM_KEY={key})",)) for key in "6789"),
    (
        "count",
        (
            "Set(SH_COUNT=${CONFBRIDGE_INFO(parties,${SH_ROOM})})",
            'GotoIf($["${SH_COUNTED}" = ""]?number)',
            "Playback(${SH_COUNTED})",
            'number|GotoIf($["${SH_DIGITS}" = ""]?say)',
            "digit|Playback(${CUT(SH_DIGITS,&,$[${SH_COUNT:0:1} + 1])})",
            "Set(SH_COUNT=${SH_COUNT:1})",
            'GotoIf($["${SH_COUNT}" != ""]?digit)',
            "Goto(said)",
            "say|SayNumber(${SH_COUNT})",
            "said|NoOp()",
        ),
    ),
    ("end", ("ConfKick(${SH_ROOM},all)",)),
)
"""What a key of a room does on the channel of whoever pressed it."""

LAST_MODERATOR: Final = (
    'room|GotoIf($["${SH_ENDS}" != "1"]?noroom)',
    "GotoIf($[0${CONFBRIDGE_INFO(marked,${SH_ROOM})} > 0]?noroom)",
    "ConfKick(${SH_ROOM},all)",
    "noroom|NoOp()",
)
"""What a moderator who hangs up leaves behind, in a room that ends with the last one."""
