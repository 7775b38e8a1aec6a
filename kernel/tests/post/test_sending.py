from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta

import attrs
import pytest
from sqlalchemy import select, update

from switchhook.access.actor import ALL_RIGHTS, Actor
from switchhook.clock import SetClock
from switchhook.post.mail import Mail, NotResent
from switchhook.post.outbox import Post
from switchhook.post.sending import Sending
from switchhook.store.tables_post import mail

from .mail_server import MailServer, mail_server

KIM = Actor("kim", ALL_RIGHTS, "admin")
HOUR = 3600


@attrs.define
class Site:
    """A post office with its server, and what it rang for."""

    post: Post
    clock: SetClock
    server: MailServer
    rung: list[tuple[str, str]] = attrs.field(factory=list)
    trouble: list[str] = attrs.field(factory=list)

    async def ring(self, _: object, about: Mail) -> None:
        self.rung.append((about.recipient, about.state))

    async def hear(self, trouble: str) -> None:
        self.trouble.append(trouble)

    def sending(self, node: str = "") -> Sending:
        return Sending(self.post, self.server.settings, self.ring, self.hear, node=node)

    async def send(self, to: str, text: str = "1", label: str = "") -> int:
        async with self.post.store.write() as conn:
            values = {"text": text, "name": "Kim", "link": "https://portal.example/"}
            return await self.post.send(
                conn, tenant="acme", to=to, template="alert", values=values, language="de", label=label
            )

    async def all_due(self) -> None:
        while await self.sending().once():
            pass

    async def states(self) -> dict[str, tuple[str, str]]:
        return {one.recipient: (one.state, one.reply) for one in (await self.post.of("acme", KIM).page()).mails}


@pytest.fixture
async def site(post: Post, clock: SetClock) -> AsyncIterator[Site]:
    async with mail_server() as server:
        yield Site(post, clock, server)


async def test_each_mail_arrives_once_and_is_then_forgotten(site: Site) -> None:
    first = await site.send("kim@example.org", label="Hotline Köln")
    await asyncio.gather(*(site.send(f"p{n}@example.org") for n in range(12)))
    await asyncio.gather(site.all_due(), site.all_due())
    assert sorted(site.server.to) == sorted(["kim@example.org", *(f"p{n}@example.org" for n in range(12))])
    assert {state for state, _ in (await site.states()).values()} == {"sent"}
    kept = await site.post.of("acme", KIM).mail(first)
    (message,) = [message for to, message in site.server.received if to == "kim@example.org"]
    assert message["Message-ID"] == kept.message_id
    assert message["X-Switchhook-Routing"] == "Hotline Köln"
    assert (kept.tries, kept.reply, kept.resendable) == (1, "2.0.0 Ok: queued as 4F2A", False)
    async with site.post.store.read() as conn:
        assert set((await conn.execute(select(mail.c.sealed))).scalars()) == {""}
    with pytest.raises(NotResent):
        await site.post.of("acme", KIM).resend(first)


async def test_what_one_server_says_of_one_mail_holds_up_no_other(site: Site) -> None:
    site.server.answers = {
        "never@example.org": "550 5.1.1 no such user",
        "later@example.org": "450 4.2.0 greylisted",
        "hang@example.org": "hang",
        "close@example.org": "close",
    }
    for to in (*site.server.answers, "good@example.org"):
        await site.send(to)
    await site.all_due()
    states = await site.states()
    assert states["never@example.org"] == ("bounced", "550 5.1.1 no such user")
    assert states["later@example.org"] == ("deferred", "450 4.2.0 greylisted")
    assert states["hang@example.org"][0] == states["close@example.org"][0] == "deferred"
    assert states["good@example.org"][0] == "sent"
    assert site.rung == [("never@example.org", "bounced")]

    site.server.answers.clear()
    await site.all_due()
    assert site.server.to == ["good@example.org"]  # not before a minute has passed
    site.clock.advance(60)
    await site.all_due()
    assert sorted(site.server.to) == ["close@example.org", "good@example.org", "hang@example.org", "later@example.org"]


async def test_mails_to_one_recipient_arrive_in_order(site: Site) -> None:
    site.server.answers = {"kim@example.org": "450 4.2.0 greylisted"}
    for text in "123":
        await site.send("kim@example.org", text)
    await site.all_due()
    site.server.answers.clear()
    for _ in range(3):
        site.clock.advance(HOUR)
        await site.all_due()
    assert [message["Subject"] for _, message in site.server.received] == ["Meldung: 1", "Meldung: 2", "Meldung: 3"]


async def test_a_server_that_is_down_is_tried_for_48_hours_and_then_no_more(site: Site) -> None:
    await site.send("kim@example.org")
    number = await site.send("lee@example.org")
    port, site.server.port = site.server.port, 1
    tries = 0
    while not site.rung and tries < 100:
        await site.all_due()
        tries += 1
        site.clock.advance(HOUR)
    assert sorted(site.rung) == [("kim@example.org", "dead"), ("lee@example.org", "dead")]
    assert tries == 49
    assert all(site.trouble)
    site.server.port = port
    await site.all_due()
    assert site.server.to == []
    await site.post.of("acme", KIM).resend(number)
    await site.all_due()
    assert site.server.to == ["lee@example.org"]
    assert site.trouble[-1] == ""


async def test_a_password_the_server_does_not_like_bounces_nothing(site: Site) -> None:
    site.server.answers = {"kim@example.org": "530 5.7.0 authentication required"}
    await site.send("kim@example.org")
    await site.all_due()
    assert (await site.states())["kim@example.org"][0] == "deferred"
    assert site.trouble == ["530 5.7.0 authentication required"]


async def test_what_a_process_that_died_had_taken_is_sent_by_another(site: Site) -> None:
    await site.send("kim@example.org")
    taken = await site.sending()._take("somebody who dies")
    assert len(taken) == 1
    assert await site.sending().once() == 0
    site.clock.advance(HOUR)
    assert await site.sending().once() == 1
    assert site.server.to == ["kim@example.org"]


async def test_a_process_that_starts_again_sends_at_once_what_it_had_taken_and_not_what_another_has(site: Site) -> None:
    await site.send("kim@example.org")
    await site.send("lee@example.org")
    first, second = site.sending("sh1"), site.sending("sh11")
    async with site.post.store.write() as conn:
        for lease, to in (("sh1.x", "kim@example.org"), ("sh11.x", "lee@example.org")):
            leased = {"lease": lease, "leased": site.clock.now() + timedelta(hours=1)}
            await conn.execute(update(mail).where(mail.c.recipient == to).values(leased))
    await first.take_back()
    assert (await first.once(), site.server.to) == (1, ["kim@example.org"])
    await second.take_back()
    assert (await second.once(), site.server.to) == (1, ["kim@example.org", "lee@example.org"])


async def test_stopping_lets_the_mail_on_the_wire_arrive_and_gives_back_the_rest(site: Site) -> None:
    site.server.answers = {"a@example.org": "hang"}
    await site.send("a@example.org")
    await site.send("b@example.org")
    task = asyncio.create_task(site.sending().run())
    await asyncio.wait_for(site.server.hung.wait(), 30)
    site.server.answers.clear()
    task.cancel()
    site.server.hanging.set()
    with suppress(asyncio.CancelledError):
        await task
    async with site.post.store.read() as conn:
        leased = (await conn.execute(select(mail.c.recipient).where(mail.c.lease != ""))).scalars().all()
    assert leased == []
    assert (await site.states())["b@example.org"] == ("queued", "")
    assert site.server.to == ["a@example.org"]
    await site.all_due()
    assert site.server.to == ["a@example.org", "b@example.org"]
