"""The calls that are measured, as flows and as dialplan."""

from __future__ import annotations

from . import peer as peer_routes

NATIVE, BARE, SWITCHHOOK = "native", "panoramisk", "switchhook"
WAYS = (NATIVE, BARE, SWITCHHOOK)
KEY = "1"
PATIENCE = 10
"""Seconds the call waits for its key: more than a caller stays, so that a lost key is a failed call."""
LONG = 120
"""Seconds the waiting call waits."""
PROMPT = 0.3

NUMBERS = {NATIVE: "4922155501", BARE: "4922155502", SWITCHHOOK: "4922155503"}
LEAVERS = {NATIVE: "4922155507", SWITCHHOOK: "4922155508"}
MEETERS = {NATIVE: "4922155511", SWITCHHOOK: "4922155512"}
COUNTED = {NUMBERS[SWITCHHOOK]: "4922155509", LEAVERS[SWITCHHOOK]: "4922155510"}
"""Switchhook's calls by way of a proxy that counts."""
WAITERS = {NATIVE: "4922155504", BARE: "4922155505", SWITCHHOOK: "4922155506"}

CALL = f"""\
flow: bench
label: The call that is measured
language: en
start: ask
points:
  ask:
    module: menu
    settings:
      prompts: [bench/first]
      keys: ["{KEY}"]
      wait: {PATIENCE}
      tries: 1
    exits:
      "key:{KEY}": remember
      timeout: wrong
      invalid: wrong
  remember:
    module: bench-variables
    exits:
      next: second
  second:
    module: announcement
    settings:
      prompts: [bench/second]
    exits:
      next: hang-up
  wrong:
    module: announcement
    settings:
      prompts: [bench/wrong]
    exits:
      next: hang-up
"""

WAITING = f"""\
flow: waiting
label: A caller who waits
language: en
start: ask
points:
  ask:
    module: menu
    settings:
      prompts: [bench/first]
      keys: ["{KEY}"]
      wait: 60
      tries: 2
      timeout_prompt: bench/first
    exits:
      "key:{KEY}": hang-up
      timeout: hang-up
      invalid: hang-up
"""

ROOM = "bench"
"""The name of the room, in both."""
ROOMS = f"conference-room:\n  {ROOM}:\n    name: Bench\n    most: 500\n    tones: false\n"
MEETING = f"""\
flow: meeting
label: A caller who joins a room
language: en
start: meet
points:
  meet:
    module: conference
    settings:
      room: {ROOM}
    exits:
      left: hang-up
      denied: hang-up
      full: hang-up
"""

_DIALPLAN = """
[from-trunk]
exten => {native},1,Answer()
 same => n,Read(KEY,{first},1,,1,{patience})
 same => n,GotoIf($["${{KEY}}" = "{key}"]?right)
 same => n,Playback({wrong},noanswer)
 same => n,Hangup()
 same => n(right),Set(CUSTOMER=4711)
 same => n,Set(LANGUAGE_CHOSEN=en)
 same => n,Set(PRIORITY=high)
 same => n,Playback({second},noanswer)
 same => n,Hangup()
exten => {bare},1,AGI(agi://127.0.0.1:{peer}/{route},{first},{second},{wrong})
 same => n,Hangup()
exten => {native_waiting},1,Answer()
 same => n,Read(KEY,{first},1,,1,{long})
 same => n,Hangup()
exten => {bare_waiting},1,AGI(agi://127.0.0.1:{peer}/{waiting},{first})
 same => n,Hangup()
exten => {meeting},1,Answer()
 same => n,Set(CONFBRIDGE(user,template)=switchhook_user)
 same => n,Set(CONFBRIDGE(user,quiet)=yes)
 same => n,ConfBridge({room})
 same => n,Hangup()
exten => {leaving},1,Answer()
 same => n,VoiceMail({box},ust({beep}))
 same => n,Hangup()
"""
_COUNTED = """\
exten => {counted},1,Set(SH_ORIGIN=trunk)
 same => n,Set(SH_NUMBER={number})
 same => n,Goto(counted,{number},1)
"""

BOX = "bench"
"""The name of the mailbox, in both."""
BOXES = f"mailbox:\n  {BOX}:\n    name: Bench\n    greeting: bench/first\n"
"""Switchhook's mailbox, and all else of it as it is without settings, which is how Asterisk's is set below."""
LEAVING = f"""\
flow: leaving
label: A caller who leaves a message
language: en
start: leave
points:
  leave:
    module: mailbox
    settings:
      mailbox: {BOX}
    exits:
      recorded: hang-up
      empty: hang-up
      full: hang-up
"""
VOICEMAIL = f"""\
[general]
format = wav
attach = no
mailcmd = /bin/false
pollmailboxes = no
maxmsg = 9999
maxsecs = 180
minsecs = 0
maxsilence = 4
silencethreshold = 256

[{BOX}]
{BOX} => 2807,Bench
"""
"""Asterisk's voicemail.conf. No address, so no mail."""
VOICEMAIL_MODULE = "app_voicemail.so"


def dialplan(first: str, second: str, wrong: str, beep: str, peer: int) -> str:
    """What is put beside Switchhook's own extensions.conf; sounds as Asterisk names them."""
    counted = "".join(_COUNTED.format(counted=extra, number=number) for number, extra in COUNTED.items())
    return (
        _DIALPLAN.format(
            native=NUMBERS[NATIVE],
            bare=NUMBERS[BARE],
            native_waiting=WAITERS[NATIVE],
            bare_waiting=WAITERS[BARE],
            meeting=MEETERS[NATIVE],
            room=ROOM,
            leaving=LEAVERS[NATIVE],
            box=f"{BOX}@{BOX}",
            first=first,
            second=second,
            wrong=wrong,
            beep=beep,
            key=KEY,
            patience=PATIENCE,
            long=LONG,
            peer=peer,
            route=peer_routes.ROUTE,
            waiting=peer_routes.WAITING,
        )
        + counted
    )
