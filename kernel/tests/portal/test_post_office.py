"""What happens to alerts and mail while the portal runs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest
from administered import HANDLES, administered, person

from switchhook import Alert, Label, hookimpl
from switchhook.access.actor import ALL_RIGHTS, Actor
from switchhook.clock import SetClock
from switchhook.portal.administration import Administration
from switchhook.portal.post_office import PostOffice
from switchhook.post.mail import Mail
from switchhook.store.engine import Store

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
KIM = Actor("kim", ALL_RIGHTS, "admin", "kim")
SAID = Label("Ein Punkt fehlt", "A point is missing")


@attrs.define
class Office:
    """The post office of a portal, its clock, and what a plugin heard."""

    admin: Administration
    clock: SetClock
    heard: list[Alert]

    async def look(self) -> int:
        return await PostOffice(self.admin).telling().once()

    async def mails(self, tenant: str = "acme") -> Sequence[Mail]:
        return (await self.admin.post.of(tenant, KIM).page()).mails

    async def raise_(self, tenant: str = "acme", rule: str = "missing_point", key: str = "hotline/menu") -> None:
        await self.admin.alerts.raise_(tenant, rule, key, SAID, label="Hotline")


@pytest.fixture
async def office(store: Store, tmp_path: Path) -> Office:
    clock, heard = SetClock(NOW), []

    @hookimpl
    def alert_raised(alert: Alert) -> None:
        heard.append(alert)

    admin = await administered(store, clock, tmp_path, alert_raised=alert_raised)
    return Office(admin, clock, heard)


async def test_those_who_handle_alerts_get_one_mail_an_hour_in_their_language(office: Office, store: Store) -> None:
    await person(store, office.clock, "kim", language="de")
    await person(store, office.clock, "lee", role="user", language="en", grants=HANDLES)
    await person(store, office.clock, "jo", role="user")
    await person(store, office.clock, "max", tenant="other")
    await office.raise_()
    await office.look()
    office.clock.advance(60)
    await office.raise_()
    await office.look()
    mails = await office.mails()
    assert {(one.recipient, one.language, one.label) for one in mails} == {
        ("kim@example.org", "de", "Hotline"),
        ("lee@example.org", "en", "Hotline"),
    }
    assert len(mails) == 2
    assert [(one.rule, one.count) for one in office.heard] == [("missing_point", 1)]

    office.clock.advance(3600)
    assert await office.look() == 1  # it happened again meanwhile
    assert await office.look() == 0
    assert len(await office.mails()) == 4
    assert [one.count for one in office.heard] == [1, 2]
    office.clock.advance(36000)
    assert await office.look() == 0


async def test_who_wants_no_mail_gets_none_and_what_somebody_takes_care_of_makes_no_more(
    office: Office, store: Store
) -> None:
    await person(store, office.clock, "kim")
    await person(store, office.clock, "lee")
    inbox = office.admin.alerts.of("acme", KIM)
    await inbox.want_mail(wanted=False)
    assert not await inbox.has_mail()
    await office.raise_()
    await office.look()
    assert [one.recipient for one in await office.mails()] == ["lee@example.org"]
    await inbox.acknowledge(office.heard[0].id)
    office.clock.advance(7200)
    await office.raise_()
    assert await office.look() == 0
    await inbox.want_mail(wanted=True)
    assert await inbox.has_mail()


async def test_a_mail_that_came_back_is_told_but_never_to_its_own_address(office: Office, store: Store) -> None:
    await person(store, office.clock, "kim")
    await person(store, office.clock, "lee")
    desk = PostOffice(office.admin)
    async with store.write() as conn:
        for template in ("invitation", "alert"):
            number = await office.admin.post.send(
                conn, tenant="acme", to="kim@example.org", template=template, values={}, language="de"
            )
            sent = attrs.evolve(await mail_in(conn, office, number), state="bounced", reply="550 no such user")
            await desk.lost(conn, sent)
    await office.look()
    new = [one.recipient for one in await office.mails() if one.template == "alert"]
    assert new == ["lee@example.org", "kim@example.org"]  # of the invitation; the second is the lost alert itself
    told = {one.rule: one.text.en for one in office.heard}
    assert told["mail.bounced"] == "Mail to kim@example.org was refused: 550 no such user"
    assert set(told) == {"mail.bounced", "mail.alert_lost"}


async def mail_in(conn: object, office: Office, number: int) -> Mail:
    from switchhook.post.outbox import mail_of

    return mail_of(await office.admin.post.of("acme", KIM)._row(conn, number))


async def test_mail_that_no_settings_let_out_and_a_server_in_trouble_are_told_to_the_operator(office: Office) -> None:
    inbox = office.admin.alerts.of("operator", KIM)
    desk = PostOffice(office.admin)
    assert await desk.outbox_is_shut() == 0
    async with office.admin.store.write() as conn:
        await office.admin.post.send(conn, tenant="acme", to="a@b.de", template="test", values={}, language="de")
    assert await desk.outbox_is_shut() == 1
    await desk.server("535 wrong password")
    await desk.server("535 wrong password")
    assert {(one.rule, one.state, one.count) for one in (await inbox.page()).alerts} == {
        ("mail.off", "open", 1),
        ("mail.server", "open", 1),
    }
    await desk.server("")
    assert {one.rule: one.state for one in (await inbox.page()).alerts}["mail.server"] == "closed"
