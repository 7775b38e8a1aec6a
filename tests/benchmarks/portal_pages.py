"""The portal's list pages over a tenant with much to administer: how long each takes, how many a second, what memory."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles

import aiohttp
import attrs
import lab_settings

from switchhook.clock import SystemClock
from switchhook.config import Settings, default_toml, load_settings, make_secrets
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.store.migrations import migrate

from .much import PASSWORD, TENANT, USER, Much, fill
from .probe import memory

WANTED_MS = 150.0
EACH = 25
"""Times each page is asked for, one after the other."""
SECONDS = 8.0
AT_ONCE = 4
START = 60.0


@attrs.frozen
class Pages:
    """Milliseconds of each page (median and 95th percentile), pages a second, and bytes before and after."""

    much: Much
    took: Mapping[str, tuple[float, float]]
    a_second: float
    memory: tuple[int, int]


async def measure_pages(home: Path, much: Much = Much()) -> Pages:  # noqa: B008 - a value that never changes
    """Fill a portal of its own, start it, and ask it for every page of its menu."""
    settings = await asyncio.to_thread(_settings, home)
    store = Store(settings.store.url.reveal())
    try:
        await migrate(store)
        await fill(store, Directory(store, SystemClock()), much, datetime.now(UTC))
    finally:
        await store.close()
    async with _portal(home, settings) as (pid, url), aiohttp.ClientSession(url, cookie_jar=_jar()) as browser:
        first = await _sign_in(browser)
        before = memory(pid)
        took = {path: await _ask(browser, path) for path in _paths(first)}
        busiest = f"/t/{TENANT}/numbers"
        a_second = await _a_second(browser, busiest)
        return Pages(much, took, a_second, (before, memory(pid)))


def _jar() -> aiohttp.CookieJar:
    return aiohttp.CookieJar(unsafe=True)  # the host is an address


def _settings(home: Path) -> Settings:
    data = home / "pages"
    data.mkdir()
    make_secrets(data)
    ports = {
        "agi_port": lab_settings.tcp_port(),
        "ami_port": lab_settings.tcp_port(),
        "web_port": lab_settings.tcp_port(),
    }
    (data / "switchhook.toml").write_text(default_toml(data, **ports))
    return load_settings(data / "switchhook.toml", {})


@asynccontextmanager
async def _portal(home: Path, settings: Settings) -> AsyncIterator[tuple[int, str]]:
    log = home / "pages" / "portal.log"
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "switchhook.cli", "--config", str(home / "pages" / "switchhook.toml"), "run"),
            stdout=out,
            stderr=out,
            env=os.environ,
        )
    try:
        async with asyncio.timeout(START):
            while not await _listens(settings.web.port):
                if process.returncode is not None:
                    raise RuntimeError(log.read_text())
                await asyncio.sleep(0.1)
        yield process.pid, settings.web.url
    finally:
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), START)


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def _sign_in(browser: aiohttp.ClientSession) -> str:
    """Sign in as a browser does, and give the first page."""
    form = {"username": USER, "password": PASSWORD, "then": f"/t/{TENANT}"}
    origin = str(browser._base_url).rstrip("/")
    async with browser.post(
        "/sign-in", data=form, headers={"Origin": origin, "Sec-Fetch-Site": "same-origin"}
    ) as answer:
        page = await answer.text()
        if answer.status != 200 or "sign-out" not in page:
            raise RuntimeError(f"could not sign in: {answer.status} {answer.url}")
        return page


def _paths(page: str) -> Sequence[str]:
    """The pages the menu leads to, and the lists within them."""
    menu = re.findall(rf'<a class="nav-link" href="(/t/{TENANT}[^"]*)"', page)
    return list(dict.fromkeys([*menu, f"/t/{TENANT}/numbers?search=line+1"]))


async def _ask(browser: aiohttp.ClientSession, path: str) -> tuple[float, float]:
    times = []
    for _ in range(EACH):
        began = time.perf_counter()
        await _get(browser, path)
        times.append(1000 * (time.perf_counter() - began))
    return median(times), quantiles(times, n=20)[-1]


async def _get(browser: aiohttp.ClientSession, path: str) -> None:
    async with browser.get(path) as answer:
        text = await answer.text()
        if answer.status != 200 or "sign-out" not in text:
            raise RuntimeError(f"{path} answered {answer.status}")


async def _a_second(browser: aiohttp.ClientSession, path: str) -> float:
    """Pages a second that several browsers get at once."""
    done = 0
    until = time.monotonic() + SECONDS

    async def one() -> None:
        nonlocal done
        while time.monotonic() < until:
            await _get(browser, path)
            done += 1

    await asyncio.gather(*(one() for _ in range(AT_ONCE)))
    return done / SECONDS


def text(pages: Pages) -> str:
    """The section about pages."""
    much = pages.much
    rows = "\n".join(f"| `{path}` | {middle:.0f} | {high:.0f} |" for path, (middle, high) in sorted(pages.took.items()))
    slowest = max(middle for middle, _ in pages.took.values())
    before, after = (size / 2**20 for size in pages.memory)
    return (
        f"A tenant with {much.numbers:,} numbers, {much.people} users, {much.flows} flows and {much.audit:,} rows of audit,"
        " on SQLite; each page asked for over loopback by one browser, signed in, the whole answer read.\n\n"
        "| page | median ms | 95th percentile ms |\n| --- | --- | --- |\n"
        f"{rows}\n\n"
        f"The slowest median is {slowest:.0f} ms (wanted: at most {WANTED_MS:.0f},"
        f" {'reached' if slowest <= WANTED_MS else '**missed**'}). {AT_ONCE} browsers at once get"
        f" {pages.a_second:.0f} pages of numbers a second. The portal's process has {before:.0f} MiB of its own after"
        f" signing in, and {after:.0f} MiB after all this.\n"
    )
