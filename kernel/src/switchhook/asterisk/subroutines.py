r"""The subroutines the portal calls by AGI (``GOSUB sh read 1 "..."``): one round trip for a whole step of a call.

Each one switches the dead-man timer off, does its work, remembers the call's state, and switches the timer on again:
the timer runs exactly while the portal is in charge. The result goes into the variable SH_R<n>, where n, the number
of the step within the call, is the last argument: a portal that takes the call up again finds what was done before.

Arguments are state words, joined by commas; the last one of a step is ``.``, without which nothing is done at all:

==========  ========================================================================================================
``read``    sounds joined by & (empty: just listen), most digits, seconds to the first key, seconds between keys,
            state, option of Read for the closing key (``t(#)``, ``t()`` for none), 1 to answer or 0 for early media,
            n. Result: ``done:READSTATUS:digits``, where OK means the closing key or the last digit came, and
            ERROR that no sound could be played
``play``    sounds joined by &, state, keys that interrupt (empty: none), 1 to answer or 0 for early media, n.
            Result: ``done:`` and the key, or nothing
``answer``  state, n. Result: ``done:``
``wait``    seconds, state, n: silence. Result: ``done:``
``dial``    target, ring seconds, limit in ms (0: none), state, number to show (empty: the caller's own,
            ``anonymous``: none), option for the wait (``r``, or ``m(class)`` for music), legs for ``sh-later``
            (empty: none), confirm sound (empty: no confirmation; one that cannot be played: a dial tone instead),
            whisper sound (empty: none), key that takes the call, key that declines it (empty: none),
            in-call keys (see ``incall``; empty: none), sound that asks whether the talk may be recorded (empty: it is
            not to be), key that agrees (empty: staying does), n.
            Result: ``done:DIALSTATUS:HANGUPCAUSE:when it was taken:now:channel that took the call``, times in
            seconds since 1970 with milliseconds. ANSWEREDTIME would count from when the caller was answered.
            NOANSWER has no cause; a call that was taken but not confirmed is NOANSWER too, one that somebody
            declined by the key and nobody took is DECLINED; where the called party pressed an in-call key it is
            CODE, with the key's feature and what was pressed after it for the cause. Where the called
            party redirects the call nobody else is dialled (``i``), and Asterisk calls it BUSY
``record``  name of the file, seconds of silence before anything is said, seconds of silence after it, most seconds,
            state, option of Record for the closing key (empty for #, ``t`` for \*, ``x`` for none), n.
            Result: ``done:DTMF``, ``SILENCE``, ``TIMEOUT`` or ``ERROR``. The file is raw sound (signed, 16 bits,
            48 kHz), which is whole wherever it is cut off
``room``    room, ``m`` for a moderator or ``p``, letters (``w`` waits for a moderator, ``e`` ends with the last one,
            ``q`` without sounds for who joins and leaves, ``s`` muted at first, ``n`` none of them), most members (0:
            any number), longest stay in s, class of music, sounds of the room joined by & (see ``rooms.py``), those of
            the digits 0 to 9, keys that lead back to the portal, state, n.
            Result: ``done:how it ended:key:when it was joined:now``
``served``  see :mod:`switchhook.asterisk.incall`, and so of ``back``
``arm``     seconds, state: only gives the portal more time
==========  ========================================================================================================
"""

from __future__ import annotations

from typing import Final

from ..calls.room import ROOM_SOUNDS
from .incall import INCALL, KEY_LEFT, KEYS_ON, KEYS_ON_TAKEN, RELEASE, TALK, pressed
from .rooms import room_steps
from .steps import CUT, NOW, WHOLE, end, start, unless_whole

RECORDINGS: Final = "recordings"
"""The directory of recordings in the making, in Asterisk's spool."""
PACKETS: Final = "${CHANNEL(rtcp,rxcount)}"
"""How many packets of sound the caller's telephone has sent."""
CALLER: Final = "${MASTER_CHANNEL(CHANNEL(name))}"
CALLER_LEFT_BY: Final = "${MASTER_CHANNEL(CHANNEL(hangupsource))}"
"""On the channel of whoever took the call: the caller's, and whose end ended that one, if one did."""


def _shown(number: str) -> str:
    """The option of Dial that has whoever is called see another number; nothing for the caller's own."""
    which = f'${{IF($["{number}" = "anonymous"]?anonymous:number)}}'
    return f'${{IF($["{number}" = ""]?:b(sh-leg^{which}^1({number})))}}'


SUBROUTINES: Final = (
    (
        "read",
        (
            f'GotoIf($["${{ARG7}}${{ARG9}}" != "1{WHOLE}"]?other)',
            start(5, "TIMEOUT(response)=${ARG3}", "TIMEOUT(digit)=${ARG4}"),
            "Read(SH_KEYS,${ARG1},${ARG2},${ARG6})",
            *end(8, "${READSTATUS}:${SH_KEYS}", "end|"),
            unless_whole(9, "other|"),
            start(5, "TIMEOUT(response)=${ARG3}", "TIMEOUT(digit)=${ARG4}"),
            "Progress()",
            "Read(SH_KEYS,${ARG1},${ARG2},n${ARG6})",
            "Goto(end)",
            CUT,
        ),
    ),
    (
        "play",
        (
            # Most prompts are played to callers who are answered, and to their end: Playback answers by itself.
            f'GotoIf($["${{ARG4}}:${{ARG3}}:${{ARG6}}" != "1::{WHOLE}"]?other)',
            start(2, "SH_RESULT="),
            "Playback(${ARG1})",
            *end(5, "${SH_RESULT}", "end|"),
            unless_whole(6, "other|"),
            start(2, "SH_RESULT="),
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
            "Goto(end)",
            CUT,
        ),
    ),
    ("answer", (unless_whole(3), start(1), "Answer()", *end(2, ""), CUT)),
    ("wait", (unless_whole(4), start(2), "Wait(${ARG1})", *end(3, ""), CUT)),
    (
        "dial",
        (
            unless_whole(16),
            start(4, "SH_ASKED=", "SH_ASKING=", "SH_ANSWERED=", "SH_DIALLING=1", "SH_FEATURES=${ARG12}", *TALK),
            'GotoIf($["${ARG7}" = ""]?plain)',
            # Legs of their own must find these: with __ all channels called from here have them.
            "MSet(__SH_LATER=${ARG7},__SH_SHOWN=${ARG5},__SH_CONFIRM=${ARG8},__SH_WHISPER=${ARG9}"
            ",__SH_ACCEPT=${ARG10},__SH_DECLINE=${ARG11},__SH_NOTICE=${ARG13},__SH_AGREE=${ARG14}"
            ",__SH_CALL=${UNIQUEID},__SH_STEP=${ARG15})",
            'plain|Set(SH_LIMIT=${IF($["${ARG3}" = "0"]?:L(${ARG3}))})',
            f'Set(SH_LEG=${{IF($["${{ARG7}}" != ""]?:{_shown("${ARG5}")})}})',
            'GotoIf($["${ARG6}" = "r"]?ring)',
            "Progress()",  # music before the answer is early media, and nobody hears it without this
            "ring|Dial(${ARG1},${ARG2},gi${ARG6}${SH_LIMIT}U(sh-taken)${SH_LEG})",
            # Whoever took the call and was asked in vain counts, where nobody else was connected.
            'Set(SH_DIALED=${IF($["${DIALSTATUS}" = "ANSWER" | "${SH_ASKED}" = ""]?${DIALSTATUS}:${SH_ASKED})})',
            *KEY_LEFT,
            "MSet(SH_DIALLING=,SH_ASKING=)",
            'GotoIf($["${SH_CODE}" != ""]?code)',
            # Nobody hung up where nobody answered: HANGUPCAUSE would be that of an earlier attempt.
            *end(
                15,
                '${SH_DIALED}:${IF($["${SH_DIALED}" = "NOANSWER"]?:${HANGUPCAUSE})}'
                f":${{SH_ANSWERED}}:{NOW}:${{DIALEDPEERNAME}}",
            ),
            *pressed(15, "${DIALEDPEERNAME}", "code|"),
            CUT,
        ),
    ),
    (
        "record",
        (
            unless_whole(8),
            start(5, "SH_SPOKE=0", "SH_QUIET=0", f"SH_BEGAN={NOW}"),
            "Answer()",
            # Record knows one silence alone, and this needs two: so it listens in rounds, each added to the file (a),
            # that end after one second of silence, or after two, and after four once somebody speaks: where a round ends
            # in the middle of a word the change of rate loses 5 ms of it.
            # What is there when the caller hangs up is kept (k). Between rounds nothing is lost: the channel is read on.
            f"next|MSet(SH_ROUND={NOW},SH_PACKETS={PACKETS},SH_LEFT=$[${{ARG4}} - {NOW} + ${{SH_BEGAN}}])",
            "GotoIf($[${SH_LEFT} < 0.5]?full)",
            "Set(SH_LASTS=${IF($[${SH_LEFT} < 2]?1:${IF($[${SH_SPOKE} = 1 & ${SH_LEFT} >= 4]?4:2)})})",
            f"Record(${{ASTSPOOLDIR}}/{RECORDINGS}/${{ARG1}}.sln48,1,${{SH_LASTS}},akq${{ARG6}})",
            "Set(SH_RESULT=${RECORD_STATUS})",
            # Record calls it a hang-up, too, when not a single packet came; after a real one nothing more is done here.
            'GotoIf($["${SH_RESULT}" = "TIMEOUT" | "${SH_RESULT}" = "HANGUP"]?still)',
            'GotoIf($["${SH_RESULT}" != "SILENCE"]?end)',
            # A round that took little longer than its second of silence holds nothing else.
            f"GotoIf($[{NOW} - ${{SH_ROUND}} < 1.3]?quiet)",
            "MSet(SH_SPOKE=1,SH_QUIET=0)",
            "quiet|Set(SH_QUIET=$[${SH_QUIET} + 1])",
            "GotoIf($[${SH_QUIET} < ${IF($[${SH_SPOKE} = 1]?${ARG3}:${ARG2})}]?next)",
            "Goto(end)",
            # A telephone that sends nothing while nobody speaks lets a round last: that was silence as well.
            f'still|GotoIf($["{PACKETS}" != "${{SH_PACKETS}}"]?spoke)',
            "Set(SH_QUIET=$[${SH_QUIET} + ${SH_LASTS} - 1])",
            "Set(SH_RESULT=SILENCE)",
            "Goto(quiet)",
            "spoke|MSet(SH_SPOKE=1,SH_QUIET=0)",
            "Goto(next)",
            "full|Set(SH_RESULT=TIMEOUT)",
            *end(7, "${SH_RESULT}", "end|"),
            CUT,
        ),
    ),
    (
        "room",
        room_steps(
            start(
                10,
                "SH_ROOM=${ARG1}",
                "SH_ROOM_KEY=",
                'SH_ENDING=${IF($["${FILTER(e,${ARG3})}" = "e"]?1:0)}',
                'SH_ENDS=${IF($["${ARG2}${FILTER(e,${ARG3})}" = "me"]?1:0)}',
                f"SH_COUNTED=${{CUT(ARG7,&,{len(ROOM_SOUNDS)})}}",
                "SH_DIGITS=${ARG8}",
            ),
            unless_whole(12),
            CUT,
            NOW,
            tuple(end(11, f"${{SH_RESULT}}:${{SH_ROOM_KEY}}:${{SH_JOINED}}:{NOW}")),
        ),
    ),
    *INCALL,
    ("arm", (start(2, "TIMEOUT(absolute)=${ARG1}"), "Return()")),
    # The timer fired in the moment a subroutine began: the caller goes where the timer always leads.
    ("T", ("Goto(call,T,1)",)),
)

TAKEN: Final = (("s", (f"Set(MASTER_CHANNEL(SH_ANSWERED)={NOW})", *KEYS_ON_TAKEN, *RELEASE, "Return()")),)
"""Run on the channel the caller is about to be connected with."""

LATER: Final = tuple(
    (
        pattern,
        (
            "Wait(${CUT(SH_LATER,#,${EXTEN})})",
            "MSet(SH_SECONDS=$[${EXTEN} + 1],SH_TARGET=$[${EXTEN} + 2])",
            f"Set(SH_LEG={_shown('${SH_SHOWN}')})",
            "Dial(${CUT(SH_LATER,#,${SH_TARGET})},${CUT(SH_LATER,#,${SH_SECONDS})},gi${SH_LEG}U(sh-asked))",
            # The caller's own Dial learns by the cause how this ended.
            'GotoIf($["${DIALSTATUS}" = "BUSY"]?busy)',
            'GotoIf($["${DIALSTATUS}" = "ANSWER" | "${DIALSTATUS}" = "NOANSWER"]?silent)',
            'GotoIf($["${HANGUPCAUSE}" = "21"]?rejected)',
            'Hangup(${IF($["${DIALSTATUS}" = "CONGESTION"]?34:20)})',
            'busy|Hangup(${IF($["${HANGUPCAUSE}" = "17"]?17:23)})',  # whoever redirects is BUSY as well
            "silent|Hangup(19)",
            "rejected|Hangup(21)",
        ),
    )
    for pattern in ("_X", "_XX", "_XXX")
)
"""A leg of its own, dialled as ``Local/PLACE@sh-later``, that rings later than others, or asks whoever answers before
the call counts as taken, so that until then the others go on ringing and the caller is listened to.

``SH_LATER`` holds three words for each, joined by ``#``: seconds to wait, seconds to ring, target. PLACE is the
place of the first of them, beginning with 1."""

ASKED: Final = (
    (
        "s",
        (
            # However this ends but by its last step, CONTINUE lets Dial hang up on who took the call.
            "MSet(GOSUB_RESULT=CONTINUE,SH_COUNT=0"
            ",MASTER_CHANNEL(SH_ASKING)=${MASTER_CHANNEL(SH_ASKING)}${CHANNEL(name)}&)",
            f'GotoIf($["{CALLER_LEFT_BY}" = "{CALLER}"]?refused)',
            'GotoIf($["${SH_CONFIRM}" != ""]?confirm)',
            'GotoIf($["${SH_WHISPER}" = ""]?connect)',
            "Playback(${SH_WHISPER},noanswer)",
            "Goto(connect)",
            # Who took the call hears the sound up to three times; only one key connects. A mailbox presses none.
            "confirm|Set(MASTER_CHANNEL(SH_ASKED)=NOANSWER)",
            "ask|Read(SH_KEY,${SH_CONFIRM},1,t(),1,1)",
            # Without a sound the key is asked for all the same, by a dial tone.
            'GotoIf($["${READSTATUS}" != "ERROR"]?heard)',
            "Read(SH_KEY,dial,1,it(),1,1)",
            # A key must not connect with one who has left, or with one who talks to somebody else by now. (Who hangs
            # up ends the sound as well, by what is done in [call] on h.)
            f'heard|GotoIf($["{CALLER_LEFT_BY}" = "{CALLER}"]?refused)',
            'GotoIf($["${MASTER_CHANNEL(SH_ANSWERED)}" != ""]?refused)',
            'GotoIf($["${SH_KEY}" = "${SH_ACCEPT}"]?connect)',
            "Set(SH_COUNT=$[${SH_COUNT} + 1])",
            'GotoIf($["${SH_KEY}" != ""]?key)',
            "GotoIf($[${SH_COUNT} >= 12]?refused)",
            "GotoIf($[${SH_COUNT} % 4 = 0]?ask)",
            "Read(SH_KEY,,1,t(),1,1)",
            "Goto(heard)",
            'key|GotoIf($["${SH_KEY}" != "${SH_DECLINE}"]?refused)',
            "Set(MASTER_CHANNEL(SH_ASKED)=DECLINED)",
            "refused|Return()",
            f'connect|GotoIf($["{CALLER_LEFT_BY}" = "{CALLER}"]?refused)',
            'GotoIf($["${SH_NOTICE}" = ""]?through)',
            "Gosub(sh-record,s,1)",
            f'GotoIf($["{CALLER_LEFT_BY}" = "{CALLER}"]?refused)',
            "through|Set(GOSUB_RESULT=)",
            *KEYS_ON,
            "Return()",
        ),
    ),
)
"""Run on the channel of whoever took a leg of its own."""

CONSENTED_LONGEST: Final = 3
"""Seconds the portal has to write down who agreed. One that hangs must not keep two people waiting: nothing is recorded
then."""


def recorded(agi: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Ask whoever took the call whether the talk may be recorded, and record it if so; ``agi`` is where the portal is.

    The sound is heard to its end, whatever is pressed meanwhile, then one key
    agrees. Nothing is recorded before the portal has written down who agreed
    and given the file a name: with none of both, as when it died, there is
    just no recording. Sounds are written only while the two are connected.
    """
    return (
        (
            "s",
            (
                "MSet(SH_COUNT=0,SH_TAPE=,SH_KEY=)",
                "ask|Playback(${SH_NOTICE},noanswer)",
                'GotoIf($["${PLAYBACKSTATUS}" != "SUCCESS"]?none)',
                'GotoIf($["${SH_AGREE}" = ""]?stayed)',
                "Read(SH_KEY,,1,t(),1,5)",
                'GotoIf($["${SH_KEY}" = "${SH_AGREE}"]?stayed)',
                'GotoIf($["${SH_KEY}" != ""]?refused)',
                "Set(SH_COUNT=$[${SH_COUNT} + 1])",
                "GotoIf($[${SH_COUNT} < 2]?ask)",
                "refused|Set(SH_VERDICT=refused)",
                "Goto(tell)",
                "stayed|Set(SH_VERDICT=granted)",
                f'tell|GotoIf($["{CALLER_LEFT_BY}" = "{CALLER}"]?none)',
                f"MSet(AGIEXITONHANGUP=yes,TIMEOUT(absolute)={CONSENTED_LONGEST})",
                f"AGI({agi}/consent,${{SH_SECRET}},${{SH_CALL}},${{SH_STEP}},${{SH_VERDICT}},${{SH_KEY}})",
                "Set(TIMEOUT(absolute)=0)",
                'GotoIf($["${SH_TAPE}" = ""]?none)',
                'GotoIf($["${CUT(SH_TAPE,.,2)}" = "raw"]?both)',
                f"MixMonitor(,br(${{ASTSPOOLDIR}}/{RECORDINGS}/${{SH_TAPE}}))",
                "Goto(none)",
                f"both|MixMonitor(${{ASTSPOOLDIR}}/{RECORDINGS}/${{SH_TAPE}},bD)",
                "none|Return()",
            ),
        ),
    )


LEG: Final = (
    ("number", ("Set(CONNECTEDLINE(num,i)=${ARG1})", "Set(CONNECTEDLINE(pres,i)=allowed_not_screened)", "Return()")),
    ("anonymous", ("Set(CONNECTEDLINE(pres,i)=prohib_not_screened)", "Return()")),
)
"""Run on each channel called, before it is called: the number shown is that leg's alone, the caller keeps his own."""
