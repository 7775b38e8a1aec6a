"""Mails with audio: files are read when a mail goes out, and whoever asked learns what became of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import attrs
import pytest

from switchhook.access.actor import ALL_RIGHTS, Actor
from switchhook.clock import SetClock
from switchhook.errors import StoreError
from switchhook.post import attachment
from switchhook.post.attachment import Attachment, Content
from switchhook.post.mail import Mail
from switchhook.post.outbox import Post, Settled
from switchhook.post.sending import Sending

from .mail_server import MailServer, mail_server

KIM = Actor("kim", ALL_RIGHTS, "admin")
BOTH = (Attachment("first", "Nachricht von Jürgen\nBcc: eve.wav"), Attachment("second", "b.wav"))


@attrs.define
class Library:
    """Files by tenant and id; a text is an error."""

    files: dict[tuple[str, str], bytes | str]

    async def __call__(self, tenant: str, media: str, most: int) -> Content | None:
        held = self.files.get((tenant, media))
        if isinstance(held, str):
            raise StoreError(held)
        return Content(held, "audio/wav") if held is not None and len(held) <= most else None


@attrs.define
class Site:
    post: Post
    clock: SetClock
    server: MailServer
    told: list[tuple[str, dict[str, object], str]] = attrs.field(factory=list)

    async def nothing(self, *_: object) -> None:
        """Nobody listens."""

    async def order(self, _: object, mail: Mail, settled: Settled) -> None:
        self.told.append((settled.order, dict(settled.payload), mail.state))

    async def send(self, to: str = "kim@example.org") -> None:
        async with self.post.store.write() as conn:
            await self.post.send(
                conn,
                tenant="acme",
                to=to,
                template="alert",
                values={"text": "1"},
                language="de",
                attachments=BOTH,
                settled=Settled("mailbox.mailed", {"message": 7}),
            )
        await self.go()

    async def go(self) -> None:
        sending = Sending(self.post, self.server.settings, self.nothing, self.nothing, self.order)
        while await sending.once():
            pass

    def files(self, number: int = 0) -> dict[str, bytes]:
        _, message = self.server.received[number]
        return {part.get_filename(): part.get_content() for part in message.iter_attachments()}


@pytest.fixture
def library() -> Library:
    return Library({("acme", "first"): b"RIFF1", ("acme", "second"): b"RIFF2", ("other", "first"): b"foreign"})


@pytest.fixture
async def site(post: Post, clock: SetClock, library: Library) -> AsyncIterator[Site]:
    async with mail_server() as server:
        yield Site(attrs.evolve(post, library=library), clock, server)


async def test_files_go_with_the_mail_and_a_name_forges_no_header(site: Site) -> None:
    await site.send()
    assert site.files() == {"Nachricht von Jürgen Bcc: eve.wav": b"RIFF1", "b.wav": b"RIFF2"}
    ((_, message),) = site.server.received
    assert message["Bcc"] is None
    assert message.get_body(("plain",)) is not None
    assert site.told == [("mailbox.mailed", {"message": 7}, "sent")]


async def test_what_was_deleted_or_is_too_large_stays_away_and_the_mail_goes_out(
    site: Site, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachment, "MOST_BYTES", 9)
    await site.send()
    library.files = {("other", "first"): b"foreign"}
    await site.send()
    assert [list(site.files(number)) for number in (0, 1)] == [["Nachricht von Jürgen Bcc: eve.wav"], []]


async def test_a_library_that_is_away_is_waited_for(site: Site, library: Library) -> None:
    files, library.files = library.files, {("acme", "first"): "the disk is away"}
    await site.send()
    (kept,) = (await site.post.of("acme", KIM).page()).mails
    assert (kept.state, kept.reply) == ("deferred", "its files cannot be read: the disk is away")
    assert site.told == []
    library.files = files
    site.clock.advance(60)
    await site.go()
    assert len(site.files()) == 2


async def test_whoever_asked_learns_of_a_refusal_and_of_a_second_try(site: Site) -> None:
    site.server.answers = {"kim@example.org": "550 5.1.1 no such user"}
    await site.send()
    site.server.answers.clear()
    (kept,) = (await site.post.of("acme", KIM).page()).mails
    await site.post.of("acme", KIM).resend(kept.id)
    await site.go()
    assert [state for _, _, state in site.told] == ["bounced", "sent"]
    assert len(site.files()) == 2  # what it brings is kept as long as it is not out
