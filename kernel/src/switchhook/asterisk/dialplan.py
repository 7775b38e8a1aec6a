"""The static dialplan: what Asterisk does with a call by itself, and how it asks the portal.

Written once per node. It evaluates no text a caller can choose: the called number is digits because only
fixed-length digit patterns let a call in, and everything the portal says is a state word ([A-Za-z0-9_.:/+-]).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from switchhook.asterisk.conf_text import file_text, section
from switchhook.asterisk.fallback import NumberFallback, safe_sound
from switchhook.asterisk.incall import BACK, KEY, SERVED
from switchhook.asterisk.lamps import HINTS, LAMP, hints
from switchhook.asterisk.placed import NOBODY_CALLED, PLACED, PLACED_LEG
from switchhook.asterisk.rooms import LAST_MODERATOR, ROOM_KEYS
from switchhook.asterisk.steps import NOW
from switchhook.asterisk.subroutines import ASKED, LATER, LEG, SUBROUTINES, TAKEN, recorded
from switchhook.config import Settings

PATIENCE: Final = 4
"""Seconds a caller may be without anybody in charge; then comes the fallback."""
TOO_LITTLE: Final = 0.1
"""Seconds of them with which nobody is asked any more: pauses of half a second must not make it longer."""
DEAD_MAN: Final = 3
"""Seconds the portal may take for anything while it is in charge of a call; fewer when the caller has waited before."""
LEAST: Final = 0.5
"""Seconds whoever is asked last gets all the same."""
MOST_SESSIONS: Final = 200
"""AGI sessions of one call. A call that makes each worker die after its first prompt ends in the fallback."""
FALLBACK_LIMIT: Final = 2 * 60 * 60 * 1000
"""Milliseconds a call may last that the fallback has put through: nobody is there to count its cost."""

_LONGEST_NUMBER: Final = 15  # E.164
_HISTORY: Final = "${BASE64_ENCODE(h${PJSIP_HEADER(read,History-Info):0:400})}"
"""Where the call was before, as the header says it; behind an h, since of nothing nothing can be encoded."""
_EMERGENCY: Final = ("110", "112")

Steps = Iterable[str]


def extensions_conf(settings: Settings, numbers: Sequence[NumberFallback], apology: str) -> str:
    """The text of extensions.conf. ``apology`` is the sound for numbers without a fallback of their own."""
    safe_sound(apology, "the apology")
    return file_text(
        section("general", [("static", "yes"), ("writeprotect", "yes"), ("clearglobalvars", "yes")]),
        section("globals", [("SH_SECRET", settings.agi.secret.reveal())]),
        context("from-trunk", _entries("trunk")),
        context("from-phone", [*_emergency(settings), *_entries("phone"), *_codes()]),
        context("placed", PLACED),
        context("call", _call(settings)),
        context("fallback", _fallbacks(numbers, apology)),
        context("sh", SUBROUTINES),
        context("sh-taken", TAKEN),
        context("sh-key", KEY),
        context("sh-served", SERVED),
        context("sh-later", LATER),
        context("sh-asked", ASKED),
        context("sh-record", recorded(_agi(settings))),
        context("sh-leg", LEG),
        context("sh-placed", PLACED_LEG),
        context("sh-lamp", LAMP),
        context("sh-room", ROOM_KEYS),
        context(HINTS, ()) + "".join(hints(one.number for one in numbers)),
    )


def context(name: str, extensions: Iterable[tuple[str, Steps]]) -> str:
    """One context: extensions (or patterns) with their steps. ``label|App(...)`` names a step."""
    return section(name, ()) + "".join(line for exten, steps in extensions for line in _lines(exten, steps))


def _lines(exten: str, steps: Steps) -> Iterator[str]:
    for position, step in enumerate(steps):
        label, bar, application = step.partition("|")
        if not bar or not label.isalpha():  # an expression may hold one as well
            label, application = "", step
        head = f"exten => {exten}," if position == 0 else " same => "
        priority = "1" if position == 0 else "n"
        yield f"{head}{priority}{f'({label})' if label else ''},{application}\n"


def _entries(origin: str) -> Iterator[tuple[str, Steps]]:
    """Every number of 1 to 15 digits, with or without + before it. Nothing else exists: Asterisk answers 404."""
    # Numbers from outside may hold any byte, a line end too (%0a), and AGI tells them as they are.
    clean = "".join(f",CALLERID({of})=${{FILTER(0-9a-zA-Z+,${{CALLERID({of})}})}}" for of in ("num", "rdnis"))
    more = clean + f",SH_HISTORY={_HISTORY}" if origin == "trunk" else ""
    for length in range(1, _LONGEST_NUMBER + 1):
        for plus in ("", "+"):
            yield (
                f"_{plus}{'X' * length}",
                (f"MSet(SH_ORIGIN={origin},SH_NUMBER=${{EXTEN}}{more})", "Goto(call,${EXTEN},1)"),
            )


def _codes() -> Iterator[tuple[str, Steps]]:
    """Every star code of 1 to 15 digits, such as that of a key: only phones of the house dial them."""
    for length in range(1, _LONGEST_NUMBER + 1):
        yield f"_*{'X' * length}", ("MSet(SH_ORIGIN=phone,SH_NUMBER=${EXTEN})", "Goto(call,${EXTEN},1)")


def _emergency(settings: Settings) -> Iterator[tuple[str, Steps]]:
    """Emergency calls: to the carrier at once, with a number to call back shown, whatever state the portal is in.

    Also with the country's code before them, which phones put there that complete each number they dial.
    """
    for code, number in itertools.product(("", "+49", "0049"), _EMERGENCY):
        if settings.trunk is None:
            yield f"{code}{number}", ("Congestion(10)",)
        else:
            yield (
                f"{code}{number}",
                (
                    "Set(CALLERID(num)=${SH_OUTSIDE})",
                    "Set(CALLERID(pres)=allowed_not_screened)",
                    f"Dial(PJSIP/{number}@trunk,,i)",
                    "Hangup()",
                ),
            )


def _agi(settings: Settings) -> str:
    """Any worker, for what each of them can do."""
    workers = settings.agi.workers
    port = str(settings.agi.port) if workers == 1 else f"$[{settings.agi.port} + ${{RAND(0,{workers - 1})}}]"
    return f"agi://{_host(settings)}:{port}"


def _host(settings: Settings) -> str:
    return f"[{settings.agi.host}]" if ":" in settings.agi.host else settings.agi.host


def _call(settings: Settings) -> Iterator[tuple[str, Steps]]:
    """The ask loop. T is where Asterisk goes when the dead-man timer fires: the worker in charge hung."""
    workers = settings.agi.workers
    first = "0" if workers == 1 else f"${{RAND(0,{workers - 1})}}"
    # The port is the only thing computed, from numbers of our own.
    port = str(settings.agi.port) if workers == 1 else f"$[{settings.agi.port} + ${{SH_WORKER}}]"
    host = _host(settings)
    yield (
        "_[0-9+*p]!",
        (
            # Nearly every call is asked for once: that way is the shortest, for each step costs every call.
            f"MSet(AGIEXITONHANGUP=yes,SH_TRIES=0,SH_SESSION=1,SH_SECONDS={DEAD_MAN},"
            f"SH_WORKER={first},TIMEOUT(absolute)={DEAD_MAN})",
            f"agi|AGI(agi://{host}:{port}/call,${{SH_SECRET}},${{SH_SESSION}},${{SH_NUMBER}},${{SH_ORIGIN}},${{SH_STATE}},${{SH_SECONDS}},${{SH_HISTORY}})",
            'GotoIf($["${SH_DONE}" = "1"]?done)',
            'GotoIf($["${SH_DONE}" = "0"]?lost)',  # the portal wants the fallback, and at once
            f"MSet(SH_WORKER=$[(${{SH_WORKER}} + 1) % {workers}],SH_TRIES=$[${{SH_TRIES}} + 1],"
            "SH_LEFT=${TIMEOUT(absolute)},TIMEOUT(absolute)=0)",
            "GotoIf($[${SH_TRIES} > 1]?pause)",
            # What is left of the timer tells how long the caller has waited for the worker that failed.
            f"Set(SH_SINCE=$[{NOW} - ${{IF($[${{SH_LEFT}} < {DEAD_MAN}]?$[{DEAD_MAN} - ${{SH_LEFT}}]:0)}}])",
            f"pause|GotoIf($[${{SH_TRIES}} % {workers} != 0]?ask)",
            "Wait(0.5)",
            f"ask|GotoIf($[${{SH_SESSION}} >= {MOST_SESSIONS}]?lost)",
            # A portal that fails each time after a while, or hangs, must not use up the caller's patience once a round.
            f"Set(SH_LEFT=$[{PATIENCE} - {NOW} + ${{SH_SINCE}}])",
            f"GotoIf($[${{SH_LEFT}} < {TOO_LITTLE}]?lost)",
            f"MSet(SH_SESSION=$[${{SH_SESSION}} + 1],SH_SECONDS=${{IF($[${{SH_LEFT}} > {DEAD_MAN}]?{DEAD_MAN}"
            f":${{IF($[${{SH_LEFT}} < {LEAST}]?{LEAST}:${{SH_LEFT}})}})}})",
            "Set(TIMEOUT(absolute)=${SH_SECONDS})",
            "Goto(agi)",
            "done|Hangup(${SH_CAUSE})",
            *BACK,
            "alone|Goto(fallback,${SH_NUMBER},1)",
        ),
    )
    # A caller who left during a leg: only here can be told whether there was a conversation, and how long.
    yield (
        "h",
        (
            *LAST_MODERATOR,
            'GotoIf($["${SH_SERVED}" = ""]?alone)',
            "SoftHangup(${SH_SERVED})",
            'alone|GotoIf($["${SH_DIALLING}" != "1"]?end)',
            # Whoever is still being asked whether to take the call would hear the question to its end.
            'asking|GotoIf($["${SH_ASKING}" = ""]?leg)',
            "SoftHangup(${CUT(SH_ASKING,&,1)})",
            "Set(SH_ASKING=${CUT(SH_ASKING,&,2-)})",
            "Goto(asking)",
            f"leg|AGI(agi://{host}:{port}/farewell,${{SH_SECRET}},${{SH_ANSWERED}},{NOW},${{DIALEDPEERNAME}})",
            "end|NoOp()",
        ),
    )
    yield (
        "T",
        (
            "GotoIf($[${SH_TRIES} > 0]?again)",
            f"Set(SH_SINCE=$[{NOW} - {DEAD_MAN}])",
            f"again|MSet(SH_WORKER=$[(${{SH_WORKER}} + 1) % {workers}],SH_TRIES=$[${{SH_TRIES}} + 1])",
            "Goto(call,${SH_NUMBER},ask)",
        ),
    )


def _fallbacks(numbers: Sequence[NumberFallback], apology: str) -> Iterator[tuple[str, Steps]]:
    yield NOBODY_CALLED, ("Hangup()",)
    for number in numbers:
        yield number.number, (*_FALLBACK_START, *_fallback(number, number.sound or apology))
    yield "_[0-9+*]!", (*_FALLBACK_START, *_announce(apology))


_FALLBACK_START: Final = ("Set(TIMEOUT(absolute)=0)", "CELGenUserEvent(SH_FALLBACK)")


def _announce(sound: str) -> Steps:
    return ("Answer()", f"Playback({sound})", "Hangup()")


def _fallback(number: NumberFallback, sound: str) -> Steps:
    if number.kind == "hangup":
        return ("Hangup()",)
    if number.kind == "announce":
        return _announce(sound)
    limit = min(FALLBACK_LIMIT, 1000 * number.limit_seconds or FALLBACK_LIMIT)
    return (
        f"Dial({number.target},{number.ring_seconds},giL({limit}))",
        'GotoIf($["${DIALSTATUS}" = "ANSWER"]?over)',
        *_announce(sound),
        "over|Hangup()",
    )
