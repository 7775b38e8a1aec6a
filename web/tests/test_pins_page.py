"""Locked PINs as administrators see and unlock them: by page and by API."""

from __future__ import annotations

from test_post_pages import do, see
from web_people import NOW, Portal

from switchhook import Call, Caller
from switchhook.access.actor import SYSTEM
from switchhook.calls.pins import USUAL, PinAttempt
from switchhook.pins.book import StoredPins
from switchhook.store.audit import entries


async def lock(portal: Portal, subject: str) -> None:
    administration = portal.administration
    book = StoredPins(administration.store, administration.clock)
    for n in range(USUAL.per_subject):
        call = Call(f"{subject}-{n}", "acme", "+49221", Caller(key=f"{subject}{n}"), NOW)
        await book.judge(PinAttempt(call, 1, "mailbox", subject, USUAL), right=False)


async def test_a_locked_pin_is_seen_and_unlocked_and_the_audit_tells(portal: Portal) -> None:
    assert "No PIN is locked" in await see(portal, "/t/acme/pins")
    await lock(portal, "<b>office</b>")
    page = await see(portal, "/t/acme/pins", language="de")
    assert "&lt;b&gt;office&lt;/b&gt;" in page
    assert "Gesperrte PINs" in page
    wanted = {"purpose": "mailbox", "subject": "<b>office</b>"}
    assert (await do(portal, "/t/acme/pins/unlock", wanted, role="user"))[0] == 403
    assert (await do(portal, "/t/other/pins/unlock", wanted, role="stranger"))[0] == 404
    assert (await do(portal, "/t/acme/pins/unlock", wanted))[0] == 303
    assert (await do(portal, "/t/acme/pins/unlock", wanted))[0] == 404
    assert list(await portal.administration.pins.of("acme", SYSTEM).locked()) == []
    (told,) = await entries(portal.administration.store, "acme", kind="pin")
    assert told.action == "unlock"
    assert "PIN" in await see(portal, "/t/acme/audit")
