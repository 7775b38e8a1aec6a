"""Signing in, passwords and one's own account in the browser, with the real door (S05, S08, S11-S13, SEC23, SEC35, SEC36)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import attrs
import pyotp
import pytest
from browser_form import form_in
from quart import Quart
from quart.testing import QuartClient
from web_people import NOW, ORIGIN, build

from switchhook.access.account import Account
from switchhook.access.actor import SYSTEM
from switchhook.access.tenant import Tenant
from switchhook.clock import SetClock
from switchhook.dispatch.faults import Fault
from switchhook.people import accounts, credentials
from switchhook.people.passwords import Cost
from switchhook.portal.administration import Administration, administration_of
from switchhook.store.audit import entries
from switchhook.store.directory import Directory
from switchhook.store.tables_people import account
from switchhook_web.app import create_app

PASSWORD = "Kaffee trinken um 9"
NEW = "Ein neuer Kaffee um 10"
COOKIE = "switchhook-8080"
KIM = Account("a1", "acme", "kim", "kim@acme.example", "Kim Özil", "superadmin", "active", NOW, NOW, language="en")
LEE = attrs.evolve(KIM, id="a2", username="lee", email="lee@acme.example", name="Lee", role="user")


@attrs.define
class Browser:
    """A browser with its cookies, which sends forms as pages do."""

    client: QuartClient
    page: str = ""
    status: int = 0
    where: str = ""

    async def open(self, path: str, **headers: str) -> str:
        return await self._take(await self.client.get(path, headers={"Host": "127.0.0.1:8080", **headers}))

    async def send(self, path: str, form: dict[str, Any] | None = None, **headers: str) -> str:
        token = re.search(r'name="csrf" value="([0-9a-f]+)"', self.page)
        body = {"csrf": token[1] if token else "", **(form or {})}
        headers = {"Host": "127.0.0.1:8080", "Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", **headers}
        return await self._take(await self.client.post(path, form=body, headers=headers))

    async def enter(self, username: str = "kim", password: str = PASSWORD, then: str = "/account") -> str:
        await self.send("/sign-in", {"username": username, "password": password, "then": then})
        return await self.open(self.where) if self.status == 303 else self.page

    async def _take(self, response: Any) -> str:
        self.status, self.where = response.status_code, response.headers.get("Location", "")
        self.page = (await response.get_data()).decode()
        return self.page

    @property
    def token(self) -> str:
        return next((one.value for one in self.client.cookie_jar if one.name == COOKIE), "")

    @token.setter
    def token(self, value: str) -> None:
        self.client.set_cookie("127.0.0.1", COOKIE, value)


@attrs.define
class Real:
    app: Quart
    administration: Administration
    clock: SetClock
    faults: list[Fault]

    async def put(self, one: Account) -> None:
        """An account with the usual password."""
        hashed = await self.administration.door.passwords.hash(PASSWORD)
        async with self.administration.store.write() as conn:
            await accounts.put(conn, one, new=True)
            entrant = await credentials.find_entrant(conn, account.c.id == one.id)
            assert entrant is not None
            await credentials.put_password(conn, entrant, hashed, NOW)

    def browser(self) -> Browser:
        return Browser(self.app.test_client())

    async def mails(self) -> list[str]:
        """What the mails say, the newest last."""
        post = self.administration.door.post
        mails = (await post.of("acme", SYSTEM).page()).mails
        return [await self._text(one.id) for one in reversed(mails)]

    async def _text(self, id: int) -> str:  # noqa: A002
        from sqlalchemy import select

        from switchhook.store.tables_post import mail

        async with self.administration.store.read() as conn:
            sealed = (await conn.execute(select(mail.c.sealed).where(mail.c.id == id))).scalar_one()
        return self.administration.door.post.letter(sealed).text

    async def link(self) -> str:
        """The path of the link in the newest mail that has one."""
        found = re.findall(r"http://127\.0\.0\.1:8080(/set-password/\S+)", "\n".join(await self.mails()))
        return found[-1]

    async def policy(self, **values: object) -> None:
        policy = self.administration.policies.of("acme", SYSTEM)
        await policy.change((await policy.get()).version, values)


@pytest.fixture
async def real(tmp_path: Path) -> AsyncIterator[Real]:
    home = await build(tmp_path)
    made = home.administration
    store, clock = made.store, made.clock
    assert isinstance(clock, SetClock)
    cheap = Cost(time=1, memory=8, parallelism=1)
    administration = administration_of(made.settings, store, clock, made.plugged, made.live, cost=cheap)
    whole = Real(await create_app(administration), administration, clock, home.faults)
    for one in (KIM, LEE):
        await whole.put(one)
    yield whole
    await store.close()
    assert [one.trace for one in home.faults] == []


async def test_signing_in_gives_a_new_token_and_signing_out_ends_it_on_the_server(real: Real) -> None:
    kim = real.browser()
    kim.token = planted = "planted-by-somebody"
    assert "My account" in await kim.enter()
    assert kim.token not in ("", planted)
    held = kim.token
    await kim.enter()  # again: the session before ends
    thief = real.browser()
    thief.token = held
    await thief.open("/account")
    assert thief.status == 401
    held = kim.token
    await kim.open("/account")
    await kim.send("/sign-out")
    assert kim.token == ""
    thief.token = held
    await thief.open("/account")
    assert thief.status == 401


async def test_known_and_unknown_names_are_answered_alike(real: Real) -> None:
    pages = {}
    for name in ("kim", "nobody"):
        browser = real.browser()
        await browser.send("/sign-in", {"username": name, "password": "wrong"})
        pages[name] = (browser.status, browser.page.replace(name, "NAME"))
        await browser.send("/forgot", {"username": name})
        pages[name] += (browser.status, browser.page)
    assert pages["kim"] == pages["nobody"]
    assert pages["kim"][0] == 401
    assert "If there is such an account" in pages["kim"][3]


async def test_a_forgotten_password_by_mail_whatever_host_asked(real: Real) -> None:
    before = real.browser()
    await before.enter()
    somebody = real.browser()
    poisoned = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "Origin": "http://evil.example"}
    await somebody.send("/forgot", {"username": "kim"}, **poisoned)
    await real.administration.forgetting.answer()
    (mail,) = await real.mails()
    assert "evil.example" not in mail
    path = await real.link()
    page = await somebody.open(path)
    assert "kim" in page
    assert "at least 10 characters" in page
    await somebody.send(path, {"password": "kurz", "again": "kurz"})
    assert (somebody.status, re.findall(r'data-rule="(\w+)"[^>]* data-broken', somebody.page)) == (
        422,
        ["length"],
    )
    await somebody.send(path, {"password": NEW, "again": NEW + "!"})
    assert "The two are not the same" in somebody.page
    await somebody.send(path, {"password": NEW, "again": NEW})
    assert (somebody.status, somebody.where) == (303, "/sign-in")
    assert "Your password is set" in await somebody.open("/sign-in")
    await before.open("/account")
    assert before.status == 401
    await somebody.send(path, {"password": PASSWORD, "again": PASSWORD})
    assert somebody.status == 410
    assert "My account" in await somebody.enter(password=NEW)


async def test_an_expired_invitation_offers_another_and_a_made_password_works_without_a_script(real: Real) -> None:
    people = real.administration.people.of("acme", SYSTEM)
    await people.create({"name": "Mia", "email": "mia@acme.example", "username": "mia", "language": "en"})
    old = await real.link()
    real.clock.advance(73 * 3600)
    mia = real.browser()
    assert "This link has expired" in await mia.open(old)
    assert mia.status == 410
    await mia.send(old, {"renew": "yes"})
    fresh = await real.link()
    assert fresh != old
    await mia.open(fresh)
    page = await mia.send(fresh, {"generate": "yes"})
    made = re.search(r'name="password" type="text" value="([^"]+)"', page)
    assert made is not None
    await mia.send(fresh, {"password": made[1]})
    assert "My account" in await mia.enter("mia", made[1])


async def test_everybody_changes_the_own_password_which_ends_all_other_sessions(real: Real) -> None:
    lee, elsewhere = real.browser(), real.browser()
    await elsewhere.enter("lee")
    await lee.enter("lee")
    held = lee.token
    await lee.open("/account/password")
    await lee.send("/account/password", {"current": "wrong", "password": NEW, "again": NEW})
    assert (lee.status, "The present password is not right" in lee.page) == (422, True)
    await lee.send("/account/password", {"current": PASSWORD, "password": NEW, "again": NEW})
    assert lee.status == 303
    assert lee.token != held
    assert "My account" in await lee.open("/account")
    await elsewhere.open("/account")
    assert elsewhere.status == 401


async def test_when_the_change_is_due_every_page_leads_there_and_the_api_says_so(real: Real) -> None:
    await real.policy(days=30)
    kim = real.browser()
    real.clock.advance(22 * 86_400)
    assert "Your password must be changed" not in await kim.enter()
    token = re.search(r'id="token">([\w-]+)<', await _new_token(kim))
    assert token is not None
    real.clock.advance(86_400)
    assert "Your password must be changed within 7 days" in await kim.enter()
    real.clock.advance(7 * 86_400)
    await kim.enter()
    for path in ("/account", "/t/acme", "/t/acme/password-policy", "/account/tokens/new"):
        await kim.open(path)
        assert (kim.status, kim.where) == (303, "/account/password")
    assert real.administration is not None
    seat = await real.administration.door.bearer(token[1])
    assert seat is not None
    assert seat.must == "change_password"
    await kim.open("/account/password")
    assert "due to be changed" in kim.page
    await kim.send("/account/password", {"current": PASSWORD, "password": NEW, "again": NEW})
    await kim.open("/account")
    assert kim.status == 200


async def _new_token(browser: Browser) -> str:
    await browser.open("/account/tokens/new")
    return await browser.send("/account/tokens", {"name": "backup", "all": "yes", "lasting": "365"})


async def test_a_second_factor_is_set_up_asked_for_and_can_be_demanded(real: Real) -> None:
    await real.policy(second_factor=True)
    kim = real.browser()
    await kim.enter()
    await kim.open("/account")
    assert kim.where == "/account/factor"
    await kim.open("/account/factor")
    page = await kim.send("/account/factor")
    secret = re.search(r'id="secret">([A-Z2-7]+)<', page)
    assert secret is not None
    assert "<svg" in page
    assert "style=" not in page
    clock = pyotp.TOTP(secret[1])
    wrong = await kim.send("/account/factor/confirm", {"code": "12345"})
    assert secret[1] in wrong
    page = await kim.send("/account/factor/confirm", {"code": clock.at(real.clock.now())})
    codes = re.findall(r"<li>([a-z2-9-]{17})</li>", page)
    assert len(codes) == 10
    await kim.open("/account")
    assert kim.status == 200
    again = real.browser()
    page = await again.enter()
    assert PASSWORD not in page
    challenge = re.search(r'name="challenge" value="([^"]+)"', page)
    assert challenge is not None
    assert again.token == ""
    await again.send("/sign-in", {"challenge": challenge[1], "code": "000000", "then": "/account"})
    assert again.status == 401
    await again.send("/sign-in", {"challenge": challenge[1], "code": codes[0], "then": "/account"})
    assert "9 recovery codes left" in await again.open(again.where)


async def test_sessions_and_tokens_are_seen_and_ended(real: Real) -> None:
    kim, other = real.browser(), real.browser()
    await other.enter()
    page = await kim.enter()
    ids = re.findall(r'action="/account/sessions/([\w-]+)/end"', page)
    assert len(ids) == 1
    await kim.send(f"/account/sessions/{ids[0]}/end")
    await other.open("/account")
    assert other.status == 401
    text = re.search(r'id="token">([\w-]+)<', await _new_token(kim))
    assert text is not None
    lasting = await kim.send("/account/tokens", {"name": "ci", "right": "number.view", "lasting": ""})
    assert 'id="token"' in lasting
    page = await kim.open("/account")
    assert text[1] not in page
    assert re.search(r"ci</td>\s*<td[^>]*>See numbers</td>\s*<td>until it is revoked</td>", page)
    token, *_ = re.findall(r'backup</td>.*?action="/account/tokens/([\w-]+)/revoke"', page, re.DOTALL)
    assert await real.administration.door.bearer(text[1]) is not None
    await kim.send(f"/account/tokens/{token}/revoke")
    assert await real.administration.door.bearer(text[1]) is None


async def test_the_policy_shows_the_rules_of_every_level_and_is_only_raised(real: Real) -> None:
    kim, lee = real.browser(), real.browser()
    page = await kim.enter(then="/t/acme/password-policy")
    assert list(re.findall(r'data-level="(\d)"', page)) == ["1", "2", "3", "4"]
    assert "none of the last 10 passwords" in page
    await kim.send("/t/acme/password-policy", {":version": "0", "level": "3", "days": "90"})
    assert kim.status == 303
    assert 'min="3"' in await kim.open("/t/acme/password-policy")
    await kim.send("/t/acme/password-policy", {":version": "1", "level": "2", "days": "90"})
    assert (kim.status, "can only be raised" in kim.page) == (422, True)
    await kim.send("/t/acme/password-policy", {":version": "0", "level": "4", "days": "0"})
    assert kim.status == 409
    await lee.enter("lee", then="/t/acme/password-policy")
    assert lee.status == 403


async def test_the_profile_keeps_language_and_appearance(real: Real) -> None:
    kim = real.browser()
    page = await kim.enter()
    version = re.search(r'name=":version" value="(\d+)"', page)
    assert version is not None
    form = {":version": version[1], "name": "Kim Ö.", "language": "de", "theme": "dark"}
    await kim.send("/account", form)
    page = await kim.open("/account")
    assert "Mein Konto" in page
    assert 'data-bs-theme="dark"' in page
    await kim.send("/account", {**form, "name": "Another", "theme": "auto"})
    assert (kim.status, re.findall(r'data-side="(\w+)"', kim.page)) == (409, ["name", "theme"])
    carried = {name: value for name, value in form_in(kim.page).pairs if name not in ("csrf", "then")}
    assert [(name, value) for name, value in carried.items() if "pick" in name] == [(":pick:theme", "theirs")]
    await kim.send("/account", {**carried, ":pick:name": "mine"})
    assert kim.status == 303
    assert 'value="Another"' in await kim.open("/account")
    fresh = real.browser()
    assert "Mein Konto" in await fresh.enter()


async def test_an_operator_finds_a_user_name_with_a_note_and_nobody_else_does(real: Real) -> None:
    await Directory(real.administration.store, real.clock).put_tenant(Tenant("operator", "Operator", NOW))
    root = attrs.evolve(KIM, id="o1", tenant="operator", username="root", email="root@portal.example", role="operator")
    await real.put(root)
    kim, olga = real.browser(), real.browser()
    await kim.enter()
    await kim.send("/operator/user-names", {"email": "lee@acme.example", "note": "called back"})
    assert kim.status == 403
    await olga.enter("root", then="/operator/user-names")
    await olga.send("/operator/user-names", {"email": "lee@acme.example", "note": " "})
    assert (olga.status, "<code" in olga.page) == (422, False)
    await olga.send("/operator/user-names", {"email": "LEE@acme.example", "note": "called back"})
    assert re.findall(r"<code[^>]*>(\w+)</code>", olga.page) == ["lee"]
    (told,) = await entries(real.administration.store, "acme", kind="account", id="a2")
    assert (told.actor, told.action, told.after) == ("root", "username_told", {"note": "called back"})
