"""The subroutines the portal calls by AGI (``GOSUB sh read 1 "..."``): one round trip for a whole step of a call.

Each one switches the dead-man timer off, does its work, remembers the call's state, and switches the timer on again:
the timer runs exactly while the portal is in charge. The result is in SH_RESULT.

A subroutine runs to its end even when the portal dies meanwhile. SH_RESULT is then what came of the step that SH_STATE
names, and whoever takes the call up again goes on from there: nothing the caller did is lost.

Arguments are state words, joined by commas:

========  ==========================================================================================================
``read``  sounds joined by & (empty: just listen), most digits, seconds to the first key, seconds between keys,
          state, option of Read for the closing key (``t(#)``, ``t()`` for none), 1 to answer or 0 for early media.
          Result: READSTATUS:digits. OK only with the closing key or the last digit; TIMEOUT may have digits;
          ERROR when no sound could be played
``play``  sounds joined by &, state, keys that interrupt (empty: none), 1 to answer or 0 for early media.
          Result: the key, or nothing
``dial``  target, ring seconds, limit in ms (0: none), state, number to show (empty: the caller's own,
          ``anonymous``: none), confirm sound (empty: no confirmation), option for the wait (``r``, ``m``, or none).
          Result: DIALSTATUS:HANGUPCAUSE:seconds in conversation:channel that took the call.
          NOANSWER has no cause; a call that was taken but not confirmed is NOANSWER too
``arm``   seconds, state: only gives the portal more time
========  ==========================================================================================================
"""

from __future__ import annotations

from typing import Final

_START: Final = ("Set(TIMEOUT(absolute)=0)", "Set(SH_TRIES=0)", "Set(SH_HUNG=0)", "Set(SH_RESULT=)")
_END: Final = ("Set(TIMEOUT(absolute)=3)", "Return()")

SUBROUTINES: Final = (
    (
        "read",
        (
            *_START,
            "Set(SH_STATE=${ARG5})",
            "Set(TIMEOUT(response)=${ARG3})",
            "Set(TIMEOUT(digit)=${ARG4})",
            'GotoIf($["${ARG7}" != "0"]?listen)',
            "Progress()",
            'listen|Read(SH_KEYS,${ARG1},${ARG2},${ARG6}${IF($["${ARG7}" = "0"]?n:)})',
            "Set(SH_RESULT=${READSTATUS}:${SH_KEYS})",
            *_END,
        ),
    ),
    (
        "play",
        (
            *_START,
            "Set(SH_STATE=${ARG2})",
            'GotoIf($["${ARG4}" != "0"]?answer)',
            "Progress()",
            "Goto(play)",
            "answer|Answer()",
            'play|GotoIf($["${ARG3}" != ""]?keys)',
            "Playback(${ARG1},noanswer)",
            "Goto(end)",
            "keys|Set(SH_SOUNDS=${ARG1})",
            # ControlPlayback takes one sound, and would wind on # and back on * unless these are other "keys".
            "next|ControlPlayback(${CUT(SH_SOUNDS,&,1)},3000,none,none,${ARG3})",
            'GotoIf($["${CPLAYBACKSTATUS}" = "USERSTOPPED"]?stopped)',
            "Set(SH_SOUNDS=${CUT(SH_SOUNDS,&,2-)})",
            'GotoIf($["${SH_SOUNDS}" != ""]?next)',
            "Goto(end)",
            "stopped|Set(SH_RESULT=${CPLAYBACKSTOPKEY})",
            f"end|{_END[0]}",
            _END[1],
        ),
    ),
    (
        "dial",
        (
            *_START,
            "Set(SH_STATE=${ARG4})",
            "Set(SH_CONFIRMED=)",
            'Set(SH_LIMIT=${IF($["${ARG3}" = "0"]?:L(${ARG3}))})',
            'Set(SH_CONFIRM=${IF($["${ARG6}" = ""]?:U(sh-confirm^${ARG6}))})',
            'Set(SH_LEG=${IF($["${ARG5}" = ""]?:b(sh-leg^${IF($["${ARG5}" = "anonymous"]?anonymous:number)}^1(${ARG5})))})',
            "Dial(${ARG1},${ARG2},g${ARG7}${SH_LIMIT}${SH_CONFIRM}${SH_LEG})",
            'Set(SH_DIALED=${IF($["${SH_CONFIRMED}" = "0"]?NOANSWER:${DIALSTATUS})})',
            # Nobody hung up where nobody answered: HANGUPCAUSE would be that of an earlier attempt.
            'Set(SH_RESULT=${SH_DIALED}:${IF($["${SH_DIALED}" = "NOANSWER"]?:${HANGUPCAUSE})}:'
            "${ANSWEREDTIME}:${DIALEDPEERNAME})",
            *_END,
        ),
    ),
    ("arm", (*_START[1:], "Set(SH_STATE=${ARG2})", "Set(TIMEOUT(absolute)=${ARG1})", "Return()")),
    # The timer fired in the moment a subroutine began: the caller goes where the timer always leads.
    ("T", ("Goto(call,T,1)",)),
)

CONFIRM: Final = (
    (
        "s",
        (
            # Who took the call hears the sound up to three times; only the key 1 connects. A mailbox presses none.
            "Set(MASTER_CHANNEL(SH_CONFIRMED)=0)",
            "Read(SH_KEY,${ARG1},1,,3,4)",
            'GotoIf($["${SH_KEY}" = "1"]?yes)',
            "Set(GOSUB_RESULT=CONTINUE)",
            "Return()",
            "yes|Set(MASTER_CHANNEL(SH_CONFIRMED)=1)",
            "Return()",
        ),
    ),
)
"""Run on the channel of whoever took the call."""

LEG: Final = (
    ("number", ("Set(CONNECTEDLINE(num,i)=${ARG1})", "Set(CONNECTEDLINE(pres,i)=allowed_not_screened)", "Return()")),
    ("anonymous", ("Set(CONNECTEDLINE(pres,i)=prohib_not_screened)", "Return()")),
)
"""Run on each channel called, before it is called: the number shown is that leg's alone, the caller keeps his own."""
