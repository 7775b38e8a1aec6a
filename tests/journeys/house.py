"""What a journey goes through: a portal as it is installed, its mail server, telephones, and browsers of several people."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import attrs
from lab import Lab
from phones import CALLERS, Desk, Phones
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from .sink import Sink, sink

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
    """``complaints`` is all that any browser reported on the way."""

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
        )
        said, errors = await asyncio.wait_for(process.communicate(), 30)
        assert process.returncode == 0, errors.decode()
        return said.decode()

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


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@asynccontextmanager
async def house(home: Path, desk: Desk, store_url: str) -> AsyncIterator[House]:
    """A running one on this database, with a browser."""
    expect.set_options(timeout=15_000)
    async with sink() as mail, Phones(desk) as phones:
        section = f'\n[mail]\nhost = "127.0.0.1"\nport = {mail.port}\ntls = "none"\nsender = "portal@example.org"\n'
        trunk = [desk.where, CALLERS]
        lab = await Lab.make(home, {}, PROMPTS, trunk_matches=trunk, store_url=store_url, web=True, more=section)
        async with lab, async_playwright() as playwright:
            await lab.portal()
            await lab.until(lambda: _listens(lab.settings.web.port), "the portal's pages", 30)
            browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
            made = House(lab, mail, phones, browser)
            try:
                yield made
            except BaseException as failure:
                failure.add_note("\n".join([await made.shows(), *made.complaints, lab.logged()[-2000:]]))
                raise
            finally:
                await browser.close()
