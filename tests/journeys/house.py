"""What a journey goes through: a portal as it is installed, its mail server, telephones, and browsers of several people."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import attrs
from lab import Lab, apply
from phones import CALLERS, Desk, Phones
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from .sink import Sink, link_of, sink

CLOCK: Final = Path(__file__).with_name("clock")
SECRET: Final = "fourteen-Kettles-7-sing"

FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-dev-shm-usage",
)
REPORT: Final = (
    "document.addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.blockedURI))"
)
PROMPTS: Final = ("welcome", "evening", "stock/invalid", "stock/no-entry")


@attrs.define
class House:
    """``complaints`` is all that any browser reported on the way. The clock of portal and commands can be moved."""

    lab: Lab
    mail: Sink
    phones: Phones
    browser: Browser
    complaints: list[str] = attrs.field(factory=list)
    contexts: list[BrowserContext] = attrs.field(factory=list)

    @property
    def url(self) -> str:
        return self.lab.settings.web.url

    async def command(self, *arguments: str) -> str:
        """What a ``switchhook`` command prints."""
        config = str(self.lab.home / "switchhook.toml")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "switchhook.cli", "--config", config, *arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, **environment_of(self.lab)},
        )
        said, errors = await asyncio.wait_for(process.communicate(), 30)
        assert process.returncode == 0, errors.decode()
        return said.decode()

    def set_clock(self, moment: datetime) -> None:
        """Let it be another moment for the portal, from now on."""
        set_clock(self.lab, moment)

    async def operator(self, username: str = "olga") -> Page:
        """A browser in which an operator has signed in."""
        page, said = await asyncio.gather(
            self.person(),
            self.command("people", "add-operator", username, "--email", f"{username}@example.org", "--language", "en"),
        )
        await set_password(page, link_of(said), username)
        return page

    async def person(self, locale: str = "en-GB", scheme: str = "light") -> Page:
        """A browser of its own for somebody."""
        context = await self.browser.new_context(
            base_url=self.url,
            locale=locale,
            color_scheme=scheme,  # type: ignore[arg-type]
            viewport={"width": 1280, "height": 1000},
            reduced_motion="reduce",
        )
        context.set_default_timeout(15_000)
        await context.add_init_script(REPORT)
        page = await context.new_page()
        page.on("console", lambda said: self._heard(page, said.type, said.text))
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        self.contexts.append(context)
        return page

    async def shows(self) -> str:
        """What every browser has before it at this moment, for whoever reads of a failure."""
        pages = [page for context in self.contexts for page in context.pages]
        return "\n".join([f"{page.url}\n{await page.locator('body').aria_snapshot()}" for page in pages])

    def _heard(self, page: Page, kind: str, text: str) -> None:
        if kind == "error":
            self.complaints.append(f"{page.url}: {text}")

    async def hears(self, number: str, prompt: str, deadline: float = 20) -> None:
        """Call ``number`` until the first thing one hears is ``prompt``: workers look for what is new once a second."""

        async def heard() -> bool:
            call = await self.phones.call(self.lab.sip(number), number="+4930123456")
            await self.lab.until(lambda: call.end or call.tones(), "a sound, or a refusal", deadline)
            first = call.tones()[:1]
            await call.hang_up()
            return first == [self.lab.tones[prompt]]

        await self.lab.until(heard, f"a call to {number} to hear {prompt}", deadline)


async def set_password(page: Page, link: str, username: str) -> None:
    """Follow a link, set a password, and sign in with it."""
    await page.goto(link)
    await expect(page.get_by_text(username, exact=True)).to_be_visible()
    await page.locator("#password").fill(SECRET)
    await page.locator("#again").fill(SECRET)
    await page.locator("#again").press("Enter")
    await sign_in(page, username)


async def sign_in(page: Page, username: str) -> None:
    """Enter name and password at the page that asks for them."""
    await page.locator("#username").fill(username)
    await page.locator("#password").fill(SECRET)
    await page.locator("#password").press("Enter")
    await expect(page.locator("#menu")).to_be_visible()


async def menu(page: Page, name: str) -> None:
    """Choose in the menu."""
    await page.locator("#menu").get_by_role("link", name=name, exact=True).click()


def environment_of(lab: Lab) -> Mapping[str, str]:
    """What a process of the portal needs to go by the lab's clock."""
    return {"PYTHONPATH": str(CLOCK), "SWITCHHOOK_TEST_AHEAD": str(lab.home / "ahead")}


def set_clock(lab: Lab, moment: datetime) -> None:
    """Let it be another moment for the portal of a lab, from now on."""
    new = lab.home / "ahead.new"
    new.write_text(f"{(moment - datetime.now(UTC)).total_seconds():.0f}")
    new.replace(lab.home / "ahead")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@asynccontextmanager
async def house(
    home: Path,
    desk: Desk,
    store_url: str = "",
    *,
    flows: Mapping[str, str] | None = None,
    prompts: Sequence[str] = PROMPTS,
    kept: str = "",
    at: datetime | None = None,
    seconds: float = 0.4,
    trunk_port: int = 0,
) -> AsyncIterator[House]:
    """A running one on this database, with a browser; ``kept`` is what administrators keep, as YAML.

    Its clock begins ``at`` a moment, or goes as the computer's. Calls to the outside go to ``trunk_port``.
    """
    expect.set_options(timeout=15_000)
    async with sink() as mail, Phones(desk) as phones:
        section = f'\n[mail]\nhost = "127.0.0.1"\nport = {mail.port}\ntls = "none"\nsender = "portal@example.org"\n'
        lab = await Lab.make(
            home,
            flows or {},
            prompts,
            trunk_port=trunk_port,
            trunk_matches=[desk.where, CALLERS],
            seconds=seconds,
            store_url=store_url,
            web=True,
            more=section,
        )
        set_clock(lab, at or datetime.now(UTC))
        if kept:
            await apply(lab, kept)
        async with lab, async_playwright() as playwright:
            browser, _ = await asyncio.gather(
                playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS)),
                lab.portal(environment=environment_of(lab)),
            )
            await lab.until(lambda: _listens(lab.settings.web.port), "the portal's pages", 30)
            made = House(lab, mail, phones, browser)
            try:
                yield made
            except BaseException as failure:
                failure.add_note("\n".join([await made.shows(), *made.complaints, lab.logged()[-2000:]]))
                raise
            finally:
                await browser.close()
