"""The installation all fault tests use: one hotline with everything a fault can hit, and a loop that callers wait in."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import attrs
from lab import NUMBER, Lab, Portal
from phones import CALLERS, RATE, TONES, Carrier, Desk, PhoneCall

from switchhook.calls.course import Course

LONG: Final = bool(os.environ.get("SWITCHHOOK_TEST_LONG"))
"""Whether the long form of these tests is wanted."""
PATIENCE: Final = 4.0
"""The promise: after so many seconds without a portal the fallback answers."""
LATE: Final = 1.5
"""What a machine under other load may add to it."""
DURABLE_SECONDS: Final = 1.0
"""What is recorded is in the database after so long: what happens later outlives the portal."""
WAIT_SECONDS: Final = 0.8
"""What the menu of those who wait waits for a key; without trouble nothing is quiet for longer."""
PROMPT_SECONDS: Final = 0.4
LONGEST_SILENCE: Final = WAIT_SECONDS + PATIENCE + LATE

HOTLINE: Final = NUMBER
LOOP: Final = "+4922155501"
BRIDGE: Final = "+4922155502"
THROUGH: Final = "+4922155503"
INNER: Final = "+4922155504"
OUTSIDE: Final = "+4930555000"

PROMPTS: Final = (
    "a/hello",
    "a/menu",
    "a/first",
    "a/second",
    "a/bye",
    "a/sorry",
    "a/loop",
    "stock/invalid",
    "stock/no-entry",
)

FLOWS: Final = {
    HOTLINE: """
flow: hotline
label: Hotline
language: en
start: hello
points:
  hello:
    module: announcement
    settings: {prompts: [a/hello]}
    exits: {next: menu}
  menu:
    module: menu
    settings: {prompts: [a/menu], keys: ["1", "2"], wait: 12, tries: 1}
    exits: {"key:1": first, "key:2": colleague, timeout: sorry, invalid: sorry}
  first:
    module: entry
    settings: {prompts: [a/first], variable: one, minimum: 3, maximum: 3, wait: 12}
    exits: {ok: second, invalid: sorry, timeout: sorry}
  second:
    module: entry
    settings: {prompts: [a/second], variable: two, minimum: 2, maximum: 2, wait: 12}
    exits: {ok: colleague, invalid: sorry, timeout: sorry}
  colleague:
    module: forward
    settings: {targets: [anna], ring: 20}
    exits: {answered_end: bye, busy: sorry, no_answer: sorry, unreachable: sorry, rejected: sorry}
  bye:
    module: announcement
    settings: {prompts: [a/bye]}
    exits: {next: hang-up}
  sorry:
    module: announcement
    settings: {prompts: [a/sorry]}
    exits: {next: hang-up}
""",
    THROUGH: """
flow: through
label: Goes through another
language: en
start: sub
points:
  sub:
    module: sub-flow
    settings: {flow: inner, returns: [gold]}
    exits: {"returned:gold": bye, returned: sorry}
  bye:
    module: announcement
    settings: {prompts: [a/bye]}
    exits: {next: hang-up}
  sorry:
    module: announcement
    settings: {prompts: [a/sorry]}
    exits: {next: hang-up}
""",
    INNER: """
flow: inner
label: Gone through
language: en
start: ask
points:
  ask:
    module: menu
    settings: {prompts: [a/menu], keys: ["1"], wait: 12, tries: 1}
    exits: {"key:1": back, timeout: back, invalid: back}
  back:
    module: return
    settings: {name: gold}
""",
    LOOP: f"""
flow: loop
label: Callers who wait
language: en
start: wait
points:
  wait:
    module: menu
    settings: {{prompts: [a/loop], keys: ["1"], wait: {WAIT_SECONDS}, tries: 20, timeout_prompt: a/loop}}
    exits: {{"key:1": done, timeout: wait, invalid: wait}}
  done:
    module: announcement
    settings: {{prompts: [a/bye]}}
    exits: {{next: hang-up}}
""",
    BRIDGE: f"""
flow: bridge
label: Callers who talk
language: en
start: talk
points:
  talk:
    module: forward
    settings: {{targets: ["{OUTSIDE}"], ring: 20}}
    exits: {{answered_end: bye, busy: bye, no_answer: bye, unreachable: bye, rejected: bye}}
  bye:
    module: announcement
    settings: {{prompts: [a/bye]}}
    exits: {{next: hang-up}}
""",
}


async def make(
    home: Path, desk: Desk, carrier: Carrier | None = None, *, workers: int = 1, seconds: float = PROMPT_SECONDS
) -> Lab:
    """A lab with the flows above; each prompt is a tone of ``seconds``."""
    return await Lab.make(
        home,
        FLOWS,
        PROMPTS,
        trunk_port=carrier.port if carrier else int(desk.where.rpartition(":")[2]),
        trunk_matches=(desk.where, CALLERS),
        seconds=seconds,
        agi_workers=workers,
    )


@attrs.frozen
class Logged:
    """A line of a portal's log."""

    at: float
    event: str


def log_of(portal: Portal) -> list[Logged]:
    """What a portal has logged so far, with seconds since the epoch."""
    from datetime import datetime

    lines = [json.loads(line) for line in portal.log.read_text().splitlines() if line.startswith("{")]
    return [Logged(datetime.fromisoformat(line["timestamp"]).timestamp(), line["event"]) for line in lines]


def ready_at(portal: Portal) -> float:
    """When the portal took calls, in seconds since the epoch."""
    return next(line.at for line in log_of(portal) if line.event == "worker takes calls")


def gapless(course: Course) -> None:
    """Assert that the events of each session count from 0 without a gap, and that time never runs back within one."""
    by_session: dict[int, list[int]] = {}
    for event in course.events:
        by_session.setdefault(event.session, []).append(event.seq)
    for session, numbers in by_session.items():
        assert numbers == list(range(len(numbers))), f"session {session} of {course.call.id}: {numbers}"


def time_of(course: Course, kind: str) -> float:
    """When the last event of a kind happened, in seconds since the epoch."""
    return max(event.at.timestamp() for event in course.events if event.kind == kind)


def closed_once(course: Course) -> None:
    """Assert that a call is closed, with one outcome, and whole."""
    assert course.outcome is not None
    assert course.ended is not None
    assert course.ended > course.call.arrived
    kinds = [event.kind for event in course.events]
    assert kinds.count("call.ended") == 1
    assert kinds.count("fallback.used") <= 1
    gapless(course)


def longest_silence(call: PhoneCall, tones: Sequence[int] = TONES) -> float:
    """The longest time without one of the tones from the first one on; there must have been one."""
    sounds = [(one.start, one.start + one.seconds) for one in call.heard(tones)]
    over = len(call.recorded) / (2 * RATE)
    return max(later[0] - earlier[1] for earlier, later in itertools.pairwise([*sounds, (over, over)]))
