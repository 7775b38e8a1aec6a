from __future__ import annotations

import pytest
from sqlalchemy import select

from switchhook import NotFound
from switchhook.access.actor import ALL_RIGHTS, Actor, Forbidden, Reach
from switchhook.post.mail import AddressRefused
from switchhook.post.outbox import Post
from switchhook.post.template import UnknownTemplate
from switchhook.store.engine import Store
from switchhook.store.tables_post import mail

KIM = Actor("kim", ALL_RIGHTS, "admin")
LINK = "https://portal.example/set-password/tokentoken"


async def send(post: Post, to: str = "kim@example.org", tenant: str = "acme", template: str = "password_reset") -> int:
    async with post.store.write() as conn:
        values = {"name": "Kim", "username": "kim", "link": LINK}
        return await post.send(conn, tenant=tenant, to=to, template=template, values=values, language="de")


async def test_a_mail_waits_with_its_text_sealed(post: Post, store: Store) -> None:
    number = await send(post, " kim@example.org ")
    found = await post.of("acme", KIM).mail(number)
    assert (found.recipient, found.state, found.tries, found.template) == (
        "kim@example.org",
        "queued",
        0,
        "password_reset",
    )
    async with store.read() as conn:
        row = (await conn.execute(select(mail))).mappings().one()
    assert "tokentoken" not in str(dict(row))
    letter = post.letter(row["sealed"])
    assert letter.subject == "Neues Passwort für das Telefonportal"
    assert LINK in letter.text
    assert f'<a href="{LINK}">' in letter.html


async def test_a_mail_that_was_not_committed_was_never_there(post: Post, store: Store) -> None:
    async def fail() -> None:
        async with store.write() as conn:
            await post.send(conn, tenant="acme", to="a@b.de", template="test", values={}, language="de")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert (await post.of("acme", KIM).page()).mails == []


@pytest.mark.parametrize("to", ["", "kim", "a@b.de\r\nBcc: x@y.de", "a@b.de, c@d.de", "Kim <a@b.de>", "a@" + "b" * 300])
async def test_what_is_no_address_is_refused(post: Post, to: str) -> None:
    with pytest.raises(AddressRefused):
        await send(post, to)


async def test_a_template_that_is_not_there_is_named_with_the_nearest(post: Post) -> None:
    with pytest.raises(UnknownTemplate, match="did you mean 'password_reset'"):
        await send(post, template="password_rest")


async def test_nobody_sees_mail_that_is_not_his(post: Post) -> None:
    number = await send(post)
    foreign = post.of("other", KIM)
    assert (await foreign.page()).mails == []
    for ask in (foreign.mail, foreign.resend):
        with pytest.raises(NotFound):
            await ask(number)
    with pytest.raises(Forbidden):
        await post.of("acme", Actor("lee", {"mail.view": Reach(own=True)})).page()
    with pytest.raises(Forbidden):
        await post.of("acme", Actor("lee", {"mail.view": Reach(everything=True)})).resend(number)
