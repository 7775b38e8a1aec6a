"""A short message left in Switchhook's mailbox, and the same by Asterisk's own VoiceMail on the same Asterisk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs
from phones import tone_wav
from sqlalchemy import func, select

from switchhook.asterisk.configured import asterisk_paths

from .figures import Cost, Summary, summaries
from .measure import Measure
from .sections import table
from .site import Site
from .ways import BOX, LEAVERS, NATIVE, PROMPT, SWITCHHOOK

STAYS = 2 * PROMPT + 2
"""Seconds from the answer until the caller hangs up: greeting, beep, and a message of two seconds."""
_NAMES = {NATIVE: "Asterisk's VoiceMail()", SWITCHHOOK: "Switchhook's mailbox"}


@attrs.frozen
class Left:
    """What messages cost, by way: one cost for each round; and the AGI commands of Switchhook's call.

    ``idle`` are the milliseconds of CPU the portal takes in a second without calls.
    """

    rounds: Sequence[Mapping[str, Cost]]
    trips: Sequence[str]
    rate: float
    idle: float

    @property
    def summaries(self) -> Mapping[str, Summary]:
        """Each way's medians."""
        return summaries(self.rounds, NATIVE)

    @property
    def ratios(self) -> Sequence[float]:
        """Switchhook's total against Asterisk's, in each round."""
        return [summaries([one], NATIVE)[SWITCHHOOK].ratio for one in self.rounds]


async def measure_mailbox(home: Path, rounds: int, rate: float, seconds: float) -> Left:
    """Have callers leave messages in both ways, ``rounds`` times, and see that each message is there."""
    site = await Site.make(home)
    try:
        measure = Measure(site, rate, seconds, held_seconds=0)
        trips = await measure.round_trips(LEAVERS[SWITCHHOOK], STAYS)
        idle = await measure.idle()
        found, calls = [], round(rate * seconds)
        for number in range(1, rounds + 1):
            _empty(site)
            there = await _messages(site) + calls

            async def kept(wanted: int = there) -> bool:
                return await _messages(site) >= wanted

            native = await measure.cost(NATIVE, LEAVERS, STAYS)
            assert _voicemails(site) == calls, f"Asterisk kept {_voicemails(site)} of {calls} messages"
            ours = await measure.cost(SWITCHHOOK, LEAVERS, STAYS, kept)
            found.append({NATIVE: native, SWITCHHOOK: ours})
            print(
                f"mailbox      round {number}: {Left(found[-1:], trips, rate, idle).ratios[0]:.2f} times native",
                flush=True,
            )
        return Left(found, trips, rate, idle)
    finally:
        await site.close()


def text(left: Left) -> str:
    """The section about messages."""
    head = ("", "Asterisk, ms CPU a call", "controller, ms CPU a call", "total against native")
    costs = left.summaries.items()
    rows = [(_NAMES[way], f"{one.asterisk:.2f}", f"{one.controller:.2f}", f"{one.ratio:.2f}") for way, one in costs]
    return (
        f"A caller leaves a message of two seconds in Switchhook's mailbox, and in Asterisk's own on the same Asterisk in the"
        " same run, one after the other in each round: the same greeting and beep, wav, no mail; then the caller hangs up."
        " Switchhook answers for more than Asterisk does here: the message is a row of the database, the call and all its"
        " events are in the journal.\n\n"
        f"{table(head, rows)}\n"
        f"Medians of {len(left.rounds)} rounds at {left.rate:g} calls a second; the rounds' ratios:"
        f" {', '.join(f'{ratio:.2f}' for ratio in left.ratios)}. All that follows a call until the message is in the mailbox"
        f" is counted, and so is what the portal does without calls, {left.idle:.0f} ms a second.\n\n"
        f"The AGI round trips of Switchhook's call: {', '.join(f'`{trip}`' for trip in left.trips)}.\n"
    )


def _box(site: Site) -> Path:
    return Path(asterisk_paths(site.lab.settings).spool) / "voicemail" / BOX / BOX


def _empty(site: Site) -> None:
    """Have Asterisk's mailbox with no message, and with the same greeting."""
    spool, box = Path(asterisk_paths(site.lab.settings).spool), _box(site)
    shutil.rmtree(spool / "voicemail", ignore_errors=True)
    box.mkdir(parents=True)
    tone_wav(300, PROMPT, box / "unavail.wav")
    owner = spool.stat()
    for path in (spool / "voicemail", *(spool / "voicemail").rglob("*")):
        os.chown(path, owner.st_uid, owner.st_gid)


def _voicemails(site: Site) -> int:
    return sum(file.with_suffix(".wav").stat().st_size > 16_000 for file in _box(site).glob("INBOX/msg*.txt"))


async def _messages(site: Site) -> int:
    from switchhook_mailbox.messages import MESSAGE

    async with site.lab.store.read() as conn:
        return int((await conn.execute(select(func.count()).select_from(MESSAGE))).scalar_one())
