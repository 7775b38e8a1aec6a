"""A real browser before a real server of a portal's pages."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import attrs
from hypercorn.asyncio import serve
from hypercorn.config import Config
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect
from web_people import Portal

from switchhook.config import Settings

from .hotline import portal_with_hotline, with_sounds

FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
AXE: Final = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES: Final = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
WATCH: Final = "document.addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective))"
EXPECTED: Final = ("409", "429")
"""What the browser says of answers that are part of the conversation: a stale save, and more tabs than hear news."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@attrs.define
class Site:
    """The portal, its address, and everything that browsers complained about."""

    portal: Portal
    port: int
    browser: Browser
    complaints: list[str] = attrs.field(factory=list)
    contexts: list[BrowserContext] = attrs.field(factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def page(self, role: str = "admin", width: int = 1440, *, scheme: str = "light") -> Page:
        """A browser of its own for one who is signed in."""
        context = await self.browser.new_context(
            viewport={"width": width, "height": 1000}, color_scheme=scheme, base_url=self.url, locale="en"
        )
        context.set_default_timeout(20_000)
        cookies = {f"switchhook-{self.port}": role, "switchhook-language": "en"}
        await context.add_cookies([{"name": name, "value": value, "url": self.url} for name, value in cookies.items()])
        await context.add_init_script(WATCH)
        page = await context.new_page()
        page.on("console", lambda message: self._heard(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.contexts.append(context)
        return page

    def _heard(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not any(known in text for known in EXPECTED):
            self.complaints.append(text)

    async def violations(self, page: Page) -> list[str]:
        """What axe finds wrong in a page."""
        await page.evaluate(AXE.read_text(encoding="utf-8"))
        found = await page.evaluate("rules => axe.run(document, rules).then(r => r.violations)", RULES)
        return [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]


@asynccontextmanager
async def site(home: Path) -> AsyncIterator[Site]:
    """A portal with a hotline, served, and a browser."""
    port = free_port()
    expect.set_options(timeout=20_000)  # each change is saved and examined, one after the other

    def configure(settings: Settings) -> Settings:
        return with_sounds(attrs.evolve(settings, web=attrs.evolve(settings.web, port=port)))

    portal = await portal_with_hotline(home, configure)
    config, end = Config(), asyncio.Event()
    config.bind, config.errorlog, config.graceful_timeout = [f"127.0.0.1:{port}"], None, 1
    server = asyncio.create_task(serve(portal.app, config, shutdown_trigger=end.wait))  # type: ignore[arg-type]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        found = Site(portal, port, browser)
        yield found
        for context in found.contexts:
            await context.close()
        await browser.close()
    end.set()
    await asyncio.wait_for(server, 20)
    await portal.administration.store.close()
