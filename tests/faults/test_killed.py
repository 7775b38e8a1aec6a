"""No message and no mail is lost or doubled, whatever is killed in recording, storing or mailing it (S37, REL17, I31)."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import sqlite3
import time
from array import array
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Literal

import attrs
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from journeys.sink import Sink, sink
from lab import Lab, apply
from phones import CALLERS, Desk, PhoneCall, Phones, tone
from sqlalchemy import select, update

from switchhook.media.files import TAPED, TAPED_RATE
from switchhook.portal.media import media_files
from switchhook.speech.audio import TELEPHONE_RATE, Sound, read_wav
from switchhook.store.tables_media import media as table
from switchhook.store.tables_orders import work_order
from switchhook.store.tables_post import mail as mail_table
from switchhook_mailbox.messages import MESSAGE

from .site import LONG
from .test_recordings import STARTING, UNWRITTEN, VOICE, voice_in

AT_ONCE = 3
MOMENTS = 51 if LONG else 9
SPOKEN = 1.6
TAPED_TIMES = TAPED_RATE // TELEPHONE_RATE
HEARD = 0.15
"""Seconds from which on something was said, and no click."""
LEAST = 0.3
"""Seconds of a caller who spoke to the end that are there however late the telephones are on a busy machine."""
ANSWERED_AFTER = 0.6
"""Seconds for which the mail server has a mail and has not said so."""
pytestmark = [pytest.mark.asterisk, pytest.mark.alone, pytest.mark.timeout(120 + 8 * MOMENTS)]

PROMPTS = ("stock/mailbox-greeting", "stock/beep")
NUMBER = "+4922155500"
FLOW = """flow: night
label: night
language: en
start: start
points:
  start:
    module: mailbox
    settings: {mailbox: office}
    exits: {recorded: hang-up, empty: hang-up, full: hang-up}
"""
BOX = "mailbox:\n  office: {name: Office, mail_to: [office@example.org], first_silence: 5, last_silence: 4}\n"
Phase = Literal["recording", "storing", "mailing"]
PHASES: tuple[Phase, ...] = ("recording", "storing", "mailing")
SHORT: tuple[tuple[Phase, str], ...] = (("recording", "asterisk"), ("storing", "portal"), ("mailing", "portal"))


@attrs.define
class SlowSink(Sink):
    """A mail server that takes its time to say that it has a mail."""

    holding: int = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        taken = await Sink.handle_DATA(self, server, session, envelope)
        self.holding += 1
        try:
            await asyncio.sleep(ANSWERED_AFTER)
        finally:
            self.holding -= 1
        return taken


@attrs.define
class Office:
    """A mailbox that is called again and again."""

    lab: Lab
    phones: Phones
    mail: SlowSink
    least: dict[str, float] = attrs.field(factory=dict)
    """By caller, the seconds of a voice that must be there at the end."""
    taped: dict[str, float] = attrs.field(factory=dict)
    """By recording, the seconds of a voice that were on the disk when something was killed."""

    async def speaks(self, after: float) -> PhoneCall:
        """A caller who has heard the tone, and speaks."""
        await asyncio.sleep(after)
        number = f"+4930{len(self.least):04}"
        self.least[number] = 0.0
        call = await (await self.phones.call(self.lab.sip(), number=number)).answered(15)
        await call.wait_for_tone(self.lab.tones["stock/beep"], 15)
        await call.say(tone(VOICE, SPOKEN) + bytes(16000 * 60))
        call.headers["from"] = number
        return call

    async def kill(self, victim: str) -> None:
        """Kill with -9; what is on the disk at this moment must stay."""
        for path in media_files(self.lab.settings).spool.glob(f"*{TAPED}"):
            self.taped[path.stem] = voice_in(Sound(array("h", _whole(path.read_bytes()))[::TAPED_TIMES]))
        if victim == "portal":
            await self.lab.portals[-1].kill()
            return
        pid = self.lab.asterisk.status_now().pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)

    async def again(self, victim: str) -> None:
        """Start what was killed."""
        await (self.lab.portal() if victim == "portal" else self.lab.asterisk.start())

    async def stored_not_noted(self, calls: Sequence[PhoneCall], victim: str, after: float) -> None:
        """Kill once a file is on the disk and its row does not say so, for the database is busy for so long."""
        kept = set(media_files(self.lab.settings).directory.glob("*/*.wav"))
        file = self.lab.settings.data_dir / "switchhook.db"
        with closing(sqlite3.connect(file, timeout=10, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            for call in calls:
                await call.press("#")
            found = media_files(self.lab.settings).directory
            await self.lab.until(lambda: set(found.glob("*/*.wav")) - kept, "a message that is stored")
            await asyncio.sleep(after)
            await self.kill(victim)
            other.execute("ROLLBACK")

    async def leases_run_out(self) -> None:
        """Let the minutes pass for which a portal that was killed has orders for itself."""
        past = datetime.now(UTC) - timedelta(seconds=1)
        async with self.lab.store.write() as conn:
            await conn.execute(update(work_order).where(work_order.c.leased.is_not(None)).values(leased=past))

    async def through(self) -> bool:
        """Whether nothing is in the making any more."""
        async with self.lab.store.read() as conn:
            going = [
                select(table.c.id).where(table.c.state == "recording"),
                select(work_order.c.id).where(work_order.c.state == "open"),
                select(mail_table.c.id).where(mail_table.c.state.in_(("queued", "deferred"))),
            ]
            return not any([(await conn.execute(each)).first() for each in going])

    async def messages(self) -> list[Mapping[str, object]]:
        async with self.lab.store.read() as conn:
            return [dict(row) for row in (await conn.execute(select(MESSAGE).order_by(MESSAGE.c.id))).mappings()]


def _whole(raw: bytes) -> bytes:
    return raw[: len(raw) // 2 * 2]


@pytest.fixture
async def office(tmp_path: Path, desk: Desk, phones: Phones) -> AsyncIterator[Office]:
    mail = SlowSink()
    async with sink(mail):
        more = f'\n[mail]\nhost = "127.0.0.1"\nport = {mail.port}\ntls = "none"\nsender = "portal@example.org"\n'
        trunk = [desk.where, CALLERS]
        lab = await Lab.make(tmp_path / "lab", {NUMBER: FLOW}, PROMPTS, trunk_matches=trunk, seconds=0.3, more=more)
        async with lab:
            await apply(lab, BOX)
            await lab.portal()
            yield Office(lab, phones, mail)


async def test_no_message_or_mail_is_lost_or_doubled_whatever_is_killed(office: Office, chance: Random) -> None:
    kills = list(itertools.product(PHASES, ("portal", "asterisk")))
    for number in range(MOMENTS // AT_ONCE):
        phase, victim = kills[number % len(kills)] if LONG else SHORT[number]
        calls = await asyncio.gather(*(office.speaks(chance.uniform(0, 1)) for _ in range(AT_ONCE)))
        after = chance.uniform(0, SPOKEN + 1 if phase == "recording" else ANSWERED_AFTER)
        least = await killed_in(office, phase, victim, calls, after)
        print(
            f"{number}: {victim} killed in {phase}, {after:.2f} s after it began: at least {least:.2f} s of each caller"
        )
        for call in calls:
            office.least[call.headers["from"]] = least
        await office.again(victim)
        for call in calls:
            if victim == "portal":
                await call.ended(30)
            elif call.end is None:  # whom an Asterisk that is gone tells nothing
                await call.hang_up()
        await office.leases_run_out()
    await all_there(office)


async def killed_in(office: Office, phase: Phase, victim: str, calls: Sequence[PhoneCall], after: float) -> float:
    """Kill while callers speak, or what they said is stored or mailed; the seconds that must be left of each caller."""
    since = time.monotonic()
    if phase == "recording":
        await asyncio.sleep(after)
        spoken = min(SPOKEN, time.monotonic() - since)
        await office.kill(victim)
        return LEAST if victim == "portal" else max(0.0, min(LEAST, spoken - UNWRITTEN - STARTING))
    await asyncio.sleep(SPOKEN + 0.3)
    if phase == "storing":
        await office.stored_not_noted(calls, victim, after / 4)
        return LEAST
    for call in calls:
        await call.press("#")
    await office.lab.until(lambda: office.mail.holding, "a mail on the wire", 20)
    await asyncio.sleep(after)
    await office.kill(victim)
    return LEAST


async def all_there(office: Office) -> None:
    """Each caller's voice is in one message, of which there is one mail, however often it was sent."""
    await office.lab.until(office.through, "everything to be stored and mailed", 60)
    found = await office.messages()
    files = {path.stem: path for path in media_files(office.lab.settings).directory.glob("*/*.wav")}
    assert max(Counter(one["caller"] for one in found).values()) == 1, "a message was doubled"
    assert sorted(files) == sorted(str(one["media"]) for one in found), "a file without a message, or the other way"
    voices = {media: voice_in(read_wav(path)) for media, path in files.items()}
    callers = {str(one["caller"]): voices[str(one["media"])] for one in found}
    lost = [caller for caller, least in office.least.items() if callers.get(caller, 0) < least]
    lost += [media for media, least in office.taped.items() if least > HEARD and voices.get(media, 0) < least - 0.05]
    assert not lost
    assert {one["mail"] for one in found} == {"sent"}
    mails = {str(mail["Message-ID"]): mail for mail in office.mail.mails}
    sounds = Counter(next(mail.iter_attachments()).get_content() for mail in mails.values())
    assert sounds == Counter(path.read_bytes() for path in files.values()), "a mail for each message, and no other"
    print(
        f"{len(found)} messages of {len(office.least)} callers, {len(office.mail.mails)} mails under {len(mails)} names"
    )
