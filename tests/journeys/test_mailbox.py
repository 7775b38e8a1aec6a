"""E04: a message left at night becomes a mail and a call; heard by phone stops the rest. And many callers leave one at once."""

from __future__ import annotations

import asyncio
import io
import sys
import wave
from collections.abc import AsyncIterator

import attrs
import pytest
import pytest_asyncio
from lab import PASSWORD, Lab, exits, public_home
from phones import CALLERS, RATE, TONES, Callers, Desk, Phone, PhoneCall, Phones, heard, tone
from phones import Media as Voice
from sqlalchemy import func, select

from switchhook.store.tables_placed import placed
from switchhook_mailbox.messages import MESSAGE

from .sink import Sink, sink, text_of

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]

NUMBER, ACCESS, CROWD = "+4922155501", "+4922155502", "+4922155503"
CALLER, PIN = "+4930123456", "2807"
SAID = TONES[20]
PROMPTS = tuple(
    f"stock/{name}" for name in ("mailbox-greeting", "beep", "mailbox-notice", "mailbox-pin", "mailbox-menu", "goodbye")
)
POINT = """flow: {flow}
label: {flow}
language: en
start: start
points:
  start:
    module: {module}
    label: "{label}"
    settings: {{mailbox: {box}}}
    exits: {{{exits}}}
"""
LEAVE = "recorded: hang-up, empty: hang-up, full: hang-up"
BOXES = f"""mailbox:
  office:
    name: Büro
    pin: "{PIN}"
    mail_to: [office@example.org]
    call_targets: [anna]
    first_silence: 2
    last_silence: 2
  crowd:
    name: Crowd
"""


@attrs.define
class House:
    """A portal with a mail server, and the phone of the mailbox's owner."""

    lab: Lab
    mail: Sink
    phones: Phones
    anna: Phone

    def tone(self, name: str) -> int:
        return self.lab.tones[f"stock/{name}"]

    async def leaves_a_message(self) -> None:
        """A caller speaks for two seconds and hangs up without a key."""
        call = await self.phones.call(self.lab.sip(NUMBER), number=CALLER)
        await call.wait_for_tone(self.tone("beep"), 15)
        await asyncio.sleep(0.4)
        await call.say(tone(SAID, 2.0))
        await asyncio.sleep(2.2)
        await call.hang_up()

    async def rings(self) -> PhoneCall:
        """The owner's phone rings, and whoever answers is told of a message."""
        call = await self.anna.answers(deadline=30)
        await call.wait_for_tone(self.tone("mailbox-notice"), 15)
        return call

    async def value(self, query) -> int:
        async with self.lab.store.read() as conn:
            return int((await conn.execute(query)).scalar_one())

    async def unheard(self) -> int:
        return await self.value(select(func.count()).where(MESSAGE.c.mailbox == "office", MESSAGE.c.heard.is_(None)))

    async def open_rings(self) -> int:
        return await self.value(select(func.count()).select_from(placed).where(placed.c.ended.is_(None)))


async def command(lab: Lab, *arguments: str) -> None:
    """Run a ``switchhook`` command."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "switchhook.cli", "--config", str(lab.home / "switchhook.toml"), *arguments),
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await asyncio.wait_for(process.communicate(), 40)
    assert process.returncode == 0, errors.decode()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house(desk: Desk) -> AsyncIterator[House]:
    flows = {
        NUMBER: POINT.format(flow="night", module="mailbox", label="Leitweg Köln", box="office", exits=LEAVE),
        ACCESS: POINT.format(
            flow="access",
            module="mailbox-access",
            label="Access",
            box="office",
            exits="done: hang-up, refused: hang-up",
        ),
        CROWD: POINT.format(flow="crowd", module="mailbox", label="Crowd", box="crowd", exits=LEAVE),
    }
    with public_home() as home:
        async with sink() as mail, Phones(desk) as phones:
            section = f'\n[mail]\nhost = "127.0.0.1"\nport = {mail.port}\ntls = "none"\nsender = "portal@example.org"\n'
            trunk = [desk.where, CALLERS]
            lab = await Lab.make(home, flows, PROMPTS, trunk_matches=trunk, seconds=0.3, more=section)
            async with lab:
                (home / "boxes.yaml").write_text(BOXES, encoding="utf-8")
                await command(lab, "resources", "apply", str(home / "boxes.yaml"), "--tenant", "acme")
                await lab.portal()
                yield House(lab, mail, phones, await phones.register("anna", PASSWORD, lab.where))


async def test_a_message_left_at_night_is_mailed_and_rung_about_until_it_was_heard(house: House) -> None:
    await house.leaves_a_message()

    mail = await house.mail.to("office@example.org", 40)
    assert mail["Subject"] == f"Leitweg Köln: neue Nachricht von {CALLER}"
    assert mail["X-Switchhook-Routing"] == "Leitweg Köln"
    assert "Bezeichnung: Leitweg Köln" in text_of(mail)
    (file,) = mail.iter_attachments()
    with wave.open(io.BytesIO(file.get_content())) as sound:
        pcm = sound.readframes(sound.getnframes())
    assert [one.freq for one in heard(pcm, RATE, TONES)] == [SAID]

    first = await house.rings()  # somebody else's mailbox answers, and confirms nothing
    await first.hang_up()
    assert await house.unheard() == 1

    owner = await house.phones.call(house.lab.sip(ACCESS), number="+491711234567")
    await owner.wait_for_tone(house.tone("mailbox-pin"), 15)
    await owner.press(f"{PIN}#")
    await owner.wait_for_tone(SAID, 20)
    await owner.wait_for_tone(house.tone("mailbox-menu"), 15)
    await owner.press("*")
    await owner.ended()

    async def over() -> bool:
        return await house.unheard() == 0 and await house.open_rings() == 0

    await house.lab.until(over, "the calls to end, since the message was heard", 20)

    await house.leaves_a_message()
    second = await house.rings()
    await second.press("1")
    await second.wait_for_tone(SAID, 20)
    await second.hang_up()
    await house.lab.until(over, "the calls to end, since the message was heard", 20)


async def test_silence_leaves_no_message_and_ends_the_call(house: House) -> None:
    before = await house.value(select(func.count()).select_from(MESSAGE))
    call = await house.phones.call(house.lab.sip(NUMBER), number=CALLER)
    await call.wait_for_tone(house.tone("beep"), 15)
    await call.ended(12)

    async def way() -> list[tuple[str, str]]:
        return exits((await house.lab.courses())[-1])

    assert await house.lab.until(way, "the call to leave the mailbox") == [("start", "empty")]
    assert await house.value(select(func.count()).select_from(MESSAGE)) == before


@pytest.mark.alone
async def test_fifty_callers_leave_a_message_at_the_same_time(house: House) -> None:
    callers = Callers(
        house.lab.home / "crowd", house.lab.where, CROWD, calls=50, rate=10, media=Voice(seconds=8.0, freq=SAID)
    )
    done = await callers.run()
    assert len(done) == 50

    async def all_there() -> bool:
        query = select(func.count()).where(MESSAGE.c.mailbox == "crowd", MESSAGE.c.seconds > 1)
        return await house.value(query) == 50

    await house.lab.until(all_there, "fifty messages", 60)
