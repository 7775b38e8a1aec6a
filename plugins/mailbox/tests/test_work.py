"""What follows when a message was left: mails with its sound (S40, S43), and calls until somebody heard it (S39, I22)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from switchhook import NotFound
from switchhook.access.actor import ALL_RIGHTS, Actor
from switchhook.placing import rows as placed
from switchhook.store.tables_lamps import lamp
from switchhook.store.tables_post import mail
from switchhook_mailbox import ringing
from switchhook_mailbox.inbox import Inbox
from switchhook_mailbox.messages import Rows

BOSS = Actor("boss", ALL_RIGHTS, "superadmin", "p1")
BOTH = ("kim@example.org", "lee@example.org")


async def lamps(house) -> dict[str, tuple[int, int]]:
    async with house.admin.store.read() as conn:
        return {row.name: (row.new, row.old) for row in await conn.execute(select(lamp))}


async def there(house, media: str) -> bool:
    try:
        await house.admin.media.belonging("acme", ("mailbox", "office")).get(media)
    except NotFound:
        return False
    return True


async def test_a_recording_becomes_one_message_and_a_mail_with_label_and_sound_to_each(house):
    await house.box(mail_to=BOTH)
    media = await house.leaves()
    (message,) = await house.messages()
    assert (message.media, message.caller, message.label, message.mail) == (
        media,
        "+4930123456",
        "Leitweg Köln",
        "queued",
    )
    mails = (await house.admin.post.of("acme", BOSS).page()).mails
    assert sorted(one.recipient for one in mails) == list(BOTH)
    async with house.admin.store.read() as conn:
        rows = await conn.execute(select(mail).order_by(mail.c.id))
    for row in rows:
        letter = house.admin.post.letter(row.sealed)
        assert letter.subject == "Leitweg Köln: neue Nachricht von +4930123456"
        assert [one.media for one in letter.attachments] == [media]
        assert row.label == "Leitweg Köln"


@pytest.mark.parametrize(
    ("states", "stays"), [(("sent", "sent"), False), (("sent", "bounced"), True), (("dead", "sent"), True)]
)
async def test_it_is_deleted_after_the_mail_only_when_each_was_taken(house, states, stays):
    await house.box(mail_to=BOTH, after_mail="delete")
    media = await house.leaves()
    await house.settle(*states)
    assert [one.media for one in await house.messages()] == ([media] if stays else [])
    assert await there(house, media) is stays


async def test_it_stays_after_the_mail_where_the_mailbox_keeps_it(house):
    await house.box(mail_to=BOTH)
    media = await house.leaves()
    await house.settle("sent", "sent")
    assert [(one.media, one.mail) for one in await house.messages()] == [(media, "sent")]
    assert await there(house, media)


async def test_an_address_no_mail_can_be_sent_to_loses_no_message(house):
    await house.box(mail_to=("kim@exa_mple.org", "lee@example.org"))
    await house.leaves()
    assert [one.mail for one in await house.messages()] == ["queued"]
    assert await house.alerts() == ["mailbox.mail"]


async def test_a_message_in_a_deleted_mailbox_is_kept_and_nobody_is_told(house):
    await house.leaves()
    assert len(await house.messages()) == 1
    assert await house.open_rings() == []


async def test_it_rings_in_rounds_one_at_a_time_and_then_says_so_by_mail(house):
    await house.box(call_targets=("anna", "+491711234567"), call_tries=2, call_pause=5, mail_to=BOTH[:1])
    began = house.clock.now()
    await house.leaves()
    await house.leaves()  # the attempt that is open is about this one too
    rung = []
    for status in ("no_answer", "busy", "answered", "no_answer"):
        (one,) = await house.open_rings()
        rung.append((str(one.target), (one.due - began) / timedelta(minutes=1)))
        await house.ring_ends(status)
    assert rung == [("anna", 0), ("+491711234567", 0), ("anna", 5), ("+491711234567", 5)]
    assert await house.open_rings() == []
    kinds = [one.template for one in (await house.admin.post.of("acme", BOSS).page()).mails]
    assert kinds.count("mailbox_not_reached") == 1
    assert kinds.count("mailbox_message") == 2


async def test_without_a_mail_recipient_an_alert_says_that_nobody_was_reached(house):
    await house.box(call_targets=("anna",), call_tries=1)
    await house.leaves()
    await house.ring_ends("no_answer")
    assert await house.alerts() == ["mailbox.not_reached"]


async def test_heard_anywhere_it_rings_no_more(house):
    await house.box(call_targets=("anna",))
    await house.leaves()
    (one,) = await house.open_rings()
    assert await ringing.wanted(house.admin, one) == ""
    await house.hears()
    assert await ringing.wanted(house.admin, one) == "the messages were heard"
    assert await house.open_rings() == []


async def test_who_heard_it_in_the_call_is_not_rung_again_but_for_what_came_meanwhile(house):
    await house.box(call_targets=("anna",))
    await house.leaves()
    await house.ring_ends("answered", "heard")
    assert await house.open_rings() == []
    house.clock.advance(60)
    await house.leaves()
    (one,) = await house.open_rings()
    async with house.admin.store.write() as conn:
        await placed.claim(conn, one.id, house.clock.now())
    house.clock.advance(5)
    await house.leaves()  # while the call goes on
    async with house.admin.store.write() as conn:
        await placed.finish(conn, one.id, house.clock.now(), "answered", exit="heard")
    await ringing.ended(house.admin, await house.admin.placing.find("acme", one.id))
    assert [order.settings["attempt"] for order in await house.open_rings()] == [1]


async def test_out_of_its_hours_it_waits_and_is_not_counted(house):
    await house.box(call_targets=("anna",), call_from="08:00", call_until="20:00")
    await house.leaves()
    (one,) = await house.open_rings()
    assert f"{one.due:%d. %H:%M}" == "03. 07:00"  # 8 o'clock in Berlin
    assert await ringing.wanted(house.admin, one) == "the mailbox does not ring at this time of day"
    await house.ring_ends("withdrawn")
    assert [order.settings["attempt"] for order in await house.open_rings()] == [1]


async def test_a_phone_that_is_gone_loses_no_message(house):
    await house.box(call_targets=("nobody",))
    await house.leaves()
    assert len(await house.messages()) == 1
    assert await house.alerts() == ["mailbox.ring"]


async def test_the_lamp_counts_all_mailboxes_of_a_phone_until_they_were_heard(house):
    await house.box(lamps=("anna", "gone"))
    await house.box("sales", lamps=("anna", "bert"))
    await house.leaves()
    await house.leaves(name="sales")
    assert await lamps(house) == {"anna": (2, 0), "bert": (1, 0)}
    await house.hears()
    assert await lamps(house) == {"anna": (1, 1), "bert": (1, 0)}


async def test_what_was_deleted_by_telephone_is_taken_from_the_library(house):
    await house.box()
    media = await house.leaves()
    async with house.admin.store.write() as conn:
        (one,) = (await Rows(conn, "acme").page("office")).messages
        await Rows(conn, "acme").delete("office", one.id, house.clock.now(), "telephone")
    await house.admin.orders.give("acme", "mailbox.changed", {"mailbox": "office"})
    await house.work()
    assert not await there(house, media)


async def test_heard_or_deleted_in_the_browser_it_rings_no_more(house):
    await house.box(call_targets=("anna",))
    for change in ("hear", "delete"):
        media = await house.leaves()
        assert len(await house.open_rings()) == 1
        inbox, (message, *_) = Inbox(house.admin, "acme", BOSS), await house.messages()
        await (inbox.hear([message.id], heard=True) if change == "hear" else inbox.delete([message.id]))
        assert await house.open_rings() == []
        assert await there(house, media) is (change == "hear")
