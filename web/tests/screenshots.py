"""Pictures of every main page for people to look at: ``./dev screenshots`` writes them into ``build/screenshots``."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import attrs
from hypercorn.asyncio import serve
from hypercorn.config import Config
from playwright.async_api import Browser, async_playwright

HERE: Final = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "tests")]

from filled import FLOW, fill  # noqa: E402 - lies beside this file
from flows.browser import FLAGS, free_port  # noqa: E402
from flows.hotline import with_sounds  # noqa: E402
from seeded import with_its_own_door  # noqa: E402
from settled import SETTLED  # noqa: E402
from web_people import Portal, build  # noqa: E402

from switchhook.config import Settings  # noqa: E402

OUT: Final = HERE.parents[1] / "build" / "screenshots"
T: Final = "/t/acme"
PAGES: Final = {
    "": {"sign-in": "/sign-in", "forgot": "/forgot"},
    "adam": {
        "dashboard": T,
        "numbers": f"{T}/numbers",
        "number": f"{T}/numbers/+4922155501",
        "number-groups": f"{T}/r/number-group",
        "number-group": f"{T}/r/number-group/sales",
        "permissions": f"{T}/r/outbound-permission",
        "permission": f"{T}/r/outbound-permission/germany",
        "call-rates": f"{T}/r/call-rate",
        "spending": f"{T}/spending",
        "flows": f"{T}/flows",
        "flow-new": f"{T}/flows/new",
        "flow-picture": f"{T}/flows/{FLOW}",
        "flow-list": f"{T}/flows/{FLOW}/list",
        "flow-point": f"{T}/flows/{FLOW}/list/menu",
        "flow-try": f"{T}/flows/{FLOW}/try?go=1&keys=1",
        "flow-history": f"{T}/flows/{FLOW}/history",
        "flow-publish": f"{T}/flows/{FLOW}/publish",
        "calls": f"{T}/calls",
        "call": f"{T}/calls/c-1",
        "people": f"{T}/people",
        "person": f"{T}/people/uwe",
        "person-new": f"{T}/people/_new",
        "password-policy": f"{T}/password-policy",
        "audit": f"{T}/audit",
        "trash": f"{T}/trash",
        "alerts": f"{T}/alerts",
        "mails": f"{T}/mail",
        "files": f"{T}/storage",
        "webhooks": f"{T}/webhooks",
        "export": f"{T}/file",
        "account": "/account",
    },
    "olga": {
        "operator": "/operator",
        "tenants": "/operator/tenants",
        "tenant": "/operator/tenants/acme",
        "tenant-new": "/operator/tenants/_new",
        "free-numbers": "/operator/numbers",
        "plugins": "/operator/plugins",
        "permission-new": f"{T}/r/outbound-permission/_new",
        "call-rate-new": f"{T}/r/call-rate/_new",
        "spend-limit-new": f"{T}/r/spend-limit/_new",
    },
}
"""What is looked at, by who looks: his name is his password."""
WIDTHS: Final = (1440, 360)


@asynccontextmanager
async def served(home: Path) -> AsyncIterator[str]:
    """A portal with something in it; gives its address."""
    port, end = free_port(), asyncio.Event()

    def configure(settings: Settings) -> Settings:
        return with_sounds(attrs.evolve(settings, web=attrs.evolve(settings.web, port=port)))

    portal: Portal = await with_its_own_door(await build(home, configure))
    await fill(portal)
    config = Config()
    config.bind, config.errorlog, config.graceful_timeout = [f"127.0.0.1:{port}"], None, 1
    server = asyncio.create_task(serve(portal.app, config, shutdown_trigger=end.wait))  # type: ignore[arg-type]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        end.set()
        await asyncio.wait_for(server, 20)
        await portal.administration.store.close()


async def take(browser: Browser, url: str, who: str, theme: str, wanted: list[str]) -> list[str]:
    """Pictures of the pages of one person; gives those that did not answer with 200."""
    context = await browser.new_context(
        base_url=url,
        locale="en-GB",
        color_scheme="dark" if theme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = await context.new_page()
    if who:
        await page.goto("/sign-in")
        await page.get_by_label("User name").fill(who)
        await page.get_by_label("Password").fill(who)
        await page.get_by_role("button", name="Sign in").click()
        await page.locator("#menu").wait_for(state="attached")
    wrong = []
    for name, path in PAGES[who].items():
        if wanted and name not in wanted:
            continue
        for width in WIDTHS:
            await page.set_viewport_size({"width": width, "height": 900})
            answer = await page.goto(path)
            await page.wait_for_load_state("load")
            await page.wait_for_function(SETTLED)
            if answer is None or answer.status != 200:
                wrong.append(f"{path}: {answer and answer.status}")
            await page.screenshot(path=OUT / f"{name}-{theme}-{width}.png", full_page=True)
    await context.close()
    return wrong


async def main(wanted: list[str]) -> int:
    """All of them, or those named."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        async with served(Path(home)) as url, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
            wrong = [
                line
                for theme in ("light", "dark")
                for who in PAGES
                for line in await take(browser, url, who, theme, wanted)
            ]
            await browser.close()
    print(f"{len(list(OUT.glob('*.png')))} pictures in {OUT}", *wrong, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
