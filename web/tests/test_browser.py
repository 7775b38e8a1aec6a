"""Every page in a real browser: nothing refused, nothing reported, readable by everybody, no wider than a phone."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import threading
from collections import Counter
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import attrs
import pytest
from filled import fill
from flows.hotline import with_sounds
from hypercorn.asyncio import serve
from hypercorn.config import Config
from playwright.sync_api import Browser, Page, expect, sync_playwright
from seeded import put_call, with_its_own_door
from settled import SETTLED
from web_people import ACTORS, Portal, build
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RoutingException

from switchhook import Label
from switchhook.dispatch.loader import Source, installed_plugins
from switchhook_web.streams import Streams

SAMPLE = Path(__file__).parents[2] / "tests" / "sample_plugin" / "src"
CHROMIUM = "/usr/bin/chromium"
CALM = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-dev-shm-usage",
)
AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
REPORT = (
    "document.addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.blockedURI))"
)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
TWICE = {"/t/<tenant>/flows/<flow>": 2, "/t/<tenant>/flows/<flow>/list": 2, "/t/<tenant>/people/<id>": 3}
"""Routes of which several things are looked at, for they look different: drafts and what is live, roles."""
OF_EACH_KIND = {"/t/<tenant>/r/<kind>/_new"}
"""Routes whose page is looked at for each kind of resource: it is made from what the kind declares."""
LOOKED = {"admin": 40, "operator": 12, "user": 6}
"""How many pages there are at least, by who looks."""
UNLINKED = {
    "/forgot": 200,
    "/set-password/no-such-link": 410,
    "/t/acme/no-such-page": 404,
    "/t/acme/people/no-such-person": 404,
    "/t/acme/r/number-group/sales/delete": 200,
}
"""Pages that no page leads to, with their status for an administrator."""
EXPECTED = re.compile(r"Failed to load resource: the server responded with a status of 4(0[1349]|10|22)")


@attrs.frozen
class Served:
    """A portal that listens."""

    url: str
    portal: Portal
    loop: asyncio.AbstractEventLoop

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        """Let something happen in the portal."""
        asyncio.run_coroutine_threadsafe(work, self.loop).result(30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A portal with something of everything in it, a third party's plugin as well, served in a thread of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SAMPLE))
        from switchhook_sample.plugin import Sample

        sources = [*installed_plugins(), Source("sample", Sample)]
        yield from serving(tmp_path_factory.mktemp("served"), sources)


def serving(home: Path, sources: list[Source]) -> Iterator[Served]:
    """A portal with some plugins."""
    port, ready, loop = free_port(), threading.Event(), asyncio.new_event_loop()
    stop, found = asyncio.Event(), []

    async def run() -> None:
        portal = await build(
            home,
            lambda s: with_sounds(attrs.evolve(s, web=attrs.evolve(s.web, port=port))),
            sources=sources,
        )
        for n in range(60):
            await put_call(portal, f"k-{n}", f"+49301{n:02}", ago=60 * n, outcome="busy" if n % 2 else "human")
        portal = await with_its_own_door(portal)
        await fill(portal)
        config = Config()
        config.bind = [f"127.0.0.1:{port}"]
        found.append(portal)
        ready.set()
        await serve(portal.app, config, shutdown_trigger=stop.wait)
        await portal.administration.store.close()

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()), daemon=True)
    thread.start()
    assert ready.wait(60)
    yield Served(f"http://127.0.0.1:{port}", found[0], loop)
    loop.call_soon_threadsafe(stop.set)
    thread.join(30)
    assert not thread.is_alive()
    loop.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert os.access(CHROMIUM, os.X_OK), "Chromium is missing: apt-get install chromium"
    assert AXE.exists(), "npm's packages are missing: uv sync --reinstall-package switchhook-web"
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CALM))
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    """A page that fails the test for whatever its console reports."""
    context = browser.new_context(base_url=served.url, locale="en-GB", viewport=DESK, reduced_motion="reduce")
    context.add_init_script(REPORT)
    page = context.new_page()
    reports: list[str] = []
    page.on("console", lambda said: reports.append(f"{page.url}: {said.text}") if said.type == "error" else None)
    page.on("pageerror", lambda error: reports.append(f"{page.url}: {error}"))
    page.on("dialog", lambda dialog: (reports.append(f"{page.url} says {dialog.message}"), dialog.dismiss()))
    yield page
    context.close()
    assert [one for one in reports if not EXPECTED.search(one)] == []


def sign_in(page: Page, name: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password").fill(name)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Menu", exact=True)).to_be_visible()


@attrs.define
class Looked:
    """What was looked at: pages of one route look alike, whatever thing of a kind they show."""

    portal: Portal
    _paths: set[str] = attrs.field(factory=set)
    _of_route: Counter[tuple[str, str]] = attrs.field(factory=Counter)

    def enough(self, path: str, *, linked: bool = True) -> bool:
        """Whether this page, or those like it, were looked at before; it is counted."""
        if path in self._paths:
            return True
        self._paths.add(path)
        try:
            route, given = self.portal.app.url_map.bind("localhost").match(path, return_rule=True)
        except (HTTPException, RoutingException):
            return False
        alike = (route.rule, str(given.get("kind", "")) if route.rule in OF_EACH_KIND else "")
        self._of_route[alike] += linked
        return self._of_route[alike] > TWICE.get(route.rule, 1)


def crawl(page: Page, looked: Looked, start: str, *unlinked: str, beside: str = "") -> Iterator[tuple[str, int]]:
    """Every page that can be reached by links, some of each route; those ``beside`` are somebody else's to look at."""
    waiting = [*unlinked, start]
    while waiting:
        path = waiting.pop(0)
        if looked.enough(path, linked=path not in unlinked):
            continue
        answer = page.request.get(path)
        if answer.ok and not answer.headers["content-type"].startswith("text/html"):
            continue  # a file
        page.goto(path)
        page.wait_for_load_state("load")
        page.wait_for_function(SETTLED)
        yield path, answer.status
        hrefs = page.eval_on_selector_all("a[href]", "all => all.filter(a => !a.download).map(a => a.href)")
        origin = page.evaluate("location.origin")
        ours = [urlsplit(href).path for href in hrefs if href.startswith(origin)]
        left = ("/static/", beside) if beside else ("/static/",)
        waiting += [one for one in ours if not one.startswith(left)]


def violations(page: Page, rules: dict[str, Any]) -> list[str]:
    """What axe finds."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, rules)", rules)
    return [
        f"{page.url}: {one['id']}: {one['help']}: {node['html'][:200]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def overflow(page: Page) -> list[str]:
    """What is wider than the window."""
    return page.evaluate(
        """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
        [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > window.innerWidth + 1)
        .slice(0, 5).map(e => location.pathname + ': ' + e.outerHTML.slice(0, 150))"""
    )


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("role", "language"), [("admin", "en"), ("operator", "de"), ("user", "en")])
def test_every_page_is_sound_in_a_real_browser(page, served, role, language):
    """axe finds nothing, light or dark, nothing scrolls sideways on a phone, and the console gets no report."""
    sign_in(page, ACTORS[role][1].name)
    page.get_by_label("Language and looks").click()
    page.locator("#language").select_option(language)
    expect(page.locator("html")).to_have_attribute("lang", language)
    wrong, looked = [], []
    start, unlinked = urlsplit(page.url).path, UNLINKED if role == "admin" else {}
    beside = "/t/acme/" if role == "operator" else ""
    for path, status in crawl(page, Looked(served.portal), start, *unlinked, beside=beside):
        looked.append(path)
        wrong += [] if status == unlinked.get(path, 200) else [f"{path}: it is linked to and answers {status}"]
        if role == "user":
            continue  # they are the admin's pages with less on them
        wrong += violations(page, RULES)
        page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
        wrong += violations(page, CONTRAST)
        page.set_viewport_size(PHONE)
        wrong += overflow(page)
        page.set_viewport_size(DESK)
    assert not wrong, "\n".join(wrong)
    assert len(looked) >= LOOKED[role], looked
    assert ("/t/acme/x/sample/outlook" in looked) == (role == "admin"), "the page of a third party"


def test_signing_in_navigating_and_out(page):
    page.goto("/t/acme/calls")
    page.get_by_label("User name").fill("adam")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert").filter(has_text="do not fit")).to_be_visible()
    page.get_by_label("Password").fill("adam")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Calls")).to_be_visible()
    expect(page.get_by_role("link", name="Calls", exact=True).first).to_have_attribute("aria-current", "page")
    page.get_by_label("Search").fill("30107")
    expect(page.locator("#list tbody tr")).to_have_count(1)
    assert "search=30107" in page.url
    page.locator("#list tbody td:first-child a").click()
    expect(page.get_by_text("key 1 was pressed: <script>")).to_be_visible()
    page.get_by_label("Language and looks").click()
    page.get_by_label("Language", exact=True).select_option("de")
    expect(page.get_by_role("heading", name="Gesprächsverlauf")).to_be_visible()
    page.get_by_text("Adam", exact=True).click()
    expect(page.get_by_text("Angemeldet als adam")).to_be_visible()
    page.get_by_role("button", name="Abmelden").click()
    expect(page.get_by_role("heading", name="Anmelden")).to_be_visible()
    page.goto("/t/acme/calls")
    expect(page.get_by_role("heading", name="Anmelden")).to_be_visible()


def test_the_keyboard_reaches_the_content_first(page):
    sign_in(page, "adam")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_the_dashboard_fills_itself_and_menus_open_on_a_phone(page):
    sign_in(page, "adam")
    expect(page.get_by_text("Spoke with somebody")).to_be_visible()
    page.set_viewport_size(PHONE)
    expect(page.get_by_role("link", name="Calls", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Open or close the menu").click()
    expect(page.get_by_role("link", name="Calls", exact=True)).to_be_visible()


def test_without_script_pages_work(browser, served):
    context = browser.new_context(base_url=served.url, java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    sign_in(page, "adam")
    page.get_by_role("link", name="Calls", exact=True).click()
    page.get_by_label("Search").fill("30107")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("#list tbody tr")).to_have_count(1)
    page.get_by_label("Language and looks").click()
    page.get_by_label("Language", exact=True).select_option("de")
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_role("heading", name="Anrufe")).to_be_visible()
    context.close()


def test_a_person_who_is_edited_in_two_tabs_loses_nothing(page):
    """S16: what one of them changed is taken over, what both changed is for a person to decide."""
    sign_in(page, "adam")
    page.goto("/t/acme/people/nora")
    second = page.context.new_page()
    second.goto("/t/acme/people/nora")
    second.get_by_label("Name", exact=True).fill("Nora Theirs")
    second.get_by_label("E-mail address").fill("theirs@example.org")
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_text("Nora Theirs is kept.")).to_be_visible()
    second.close()
    page.get_by_label("Name", exact=True).fill("Nora Mine")
    page.get_by_label("Admin: everything but handling superadmins").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Nora Theirs")).to_be_visible()
    expect(page.get_by_label("Theirs: theirs@example.org")).to_be_checked()
    expect(page.get_by_label("Mine: Admin: everything but handling superadmins")).to_be_checked()
    mine, theirs = page.get_by_label("Mine: Nora Mine"), page.get_by_label("Theirs: Nora Theirs")
    expect(mine).not_to_be_checked()
    expect(theirs).not_to_be_checked()
    assert violations(page, RULES) == []
    page.set_viewport_size(PHONE)
    assert overflow(page) == []
    page.set_viewport_size(DESK)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Nora Theirs")).to_be_visible()  # the browser asks for a choice first
    mine.check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Nora Mine is kept.")).to_be_visible()
    expect(page.get_by_label("E-mail address")).to_have_value("theirs@example.org")
    expect(page.get_by_label("Admin: everything but handling superadmins")).to_be_checked()


def test_the_slider_tells_each_levels_rules_and_they_count_for_new_passwords_alone(page):
    """S13."""
    sign_in(page, "sten")
    page.goto("/t/other/password-policy")
    slider = page.get_by_label("Strength of new passwords, in four levels")
    told = {"1": "at least 10 characters", "2": "at least 3 of four kinds", "3": "none of the last 5 passwords"}
    told |= {"4": "hard to guess, even for computers"}
    for level, rule in told.items():
        slider.fill(level)
        expect(page.locator("[data-level]:visible")).to_have_count(1)
        expect(page.locator("[data-level]:visible")).to_contain_text(f"Level {level} of 4")
        expect(page.locator("[data-level]:visible")).to_contain_text(rule)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The password policy is saved")).to_be_visible()
    expect(slider).to_have_attribute("min", "4")
    page.get_by_text("Sten", exact=True).click()
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, "sten")  # a password of four letters, from before
    page.goto("/account/password")
    page.get_by_label("Present password").fill("sten")
    for field in ("New password", "New password, once more"):
        page.get_by_label(field, exact=True).fill("Password1!")
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_text("The password does not keep every rule")).to_be_visible()
    broken = page.locator("[data-broken]")
    expect(broken.filter(has_text="at least 16 characters")).to_be_visible()
    expect(broken.filter(has_text="hard to guess")).to_be_visible()
    expect(page.locator("[data-rule=classes]")).not_to_have_attribute("data-broken", "")


def test_what_happens_appears_by_itself_and_takes_neither_focus_nor_text(page, served):
    sign_in(page, "adam")
    today = page.get_by_role("region", name="Calls today")
    expect(today.get_by_text("Busy")).to_be_visible()
    expect(today.get_by_text("Rejected")).to_have_count(0)
    all_alerts = page.get_by_role("link", name="All alerts")
    all_alerts.focus()
    page.evaluate("window.stays = true")
    served.do(put_call(served.portal, "live-1", "+4930100", ago=1, outcome="rejected"))
    expect(today.get_by_text("Rejected")).to_be_visible(timeout=20_000)
    said = Label("Etwas ist geschehen", "Something happened")
    served.do(served.portal.administration.alerts.raise_("acme", "sample", "live", said))
    expect(page.get_by_text("Something happened")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("link", name="2 open alerts")).to_be_visible(timeout=20_000)
    expect(all_alerts).to_be_focused()
    assert page.evaluate("window.stays")

    page.goto("/t/acme/calls")
    first = page.locator("#list tbody a").first
    page.evaluate("window.stays = true")
    search = page.get_by_label("Search")
    search.evaluate("field => { field.value = 'typed, not sent'; }")
    first.focus()
    focused = first.get_attribute("href")
    served.do(put_call(served.portal, "live-2", "+4930999", ago=0, outcome="rejected"))
    expect(page.locator("#list tbody").get_by_title("+4930999")).to_be_visible(timeout=20_000)
    assert page.evaluate("document.activeElement.getAttribute('href')") == focused
    expect(page.locator("#list tbody a").first).to_have_attribute("href", "/t/acme/calls/live-2")
    expect(search).to_have_value("typed, not sent")
    assert page.evaluate("window.stays")


def test_a_stream_that_breaks_is_taken_up_again_with_what_happened_meanwhile(page, served):
    sign_in(page, "adam")
    page.goto("/t/acme/alerts")
    streams = served.portal.app.extensions["streams"]
    with page.expect_request(lambda request: "/live?" in request.url and "last-event-id" in request.headers):
        said = Label("Vor der Unterbrechung", "Before the break")
        served.do(served.portal.administration.alerts.raise_("acme", "sample", "before", said))
        expect(page.get_by_text("Before the break")).to_be_visible(timeout=20_000)
        served.do(cut(streams))
        said = Label("In der Unterbrechung", "During the break")
        served.do(served.portal.administration.alerts.raise_("acme", "sample", "during", said))
    expect(page.get_by_text("During the break")).to_be_visible(timeout=20_000)


async def cut(streams: Streams) -> None:
    """End every stream, as a portal that starts again does."""
    for stream in list(streams._open):
        streams._let_go(stream)


def test_a_kept_sound_is_played_and_sought_with_waveform_and_keys(page):
    """S34: the waveform comes with the page, the sound when it is played, and from any place in it."""
    sign_in(page, "adam")
    page.goto("/t/acme/storage")
    page.get_by_role("link", name="Message", exact=True).first.click()
    parts = []
    page.on("response", lambda answer: parts.append(answer.status) if answer.url.endswith("/sound") else None)
    place, sound = page.get_by_role("slider", name="Place in the sound"), page.locator("audio")
    expect(place.locator("canvas").first).to_be_attached()
    assert page.evaluate("getComputedStyle(document.querySelector('[data-wave]').firstElementChild.shadowRoot.querySelector('.wrapper')).position") == "relative"  # fmt: skip
    assert parts == [], "nothing is loaded before somebody wants to hear it"
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.wait_for_function("() => document.querySelector('audio').currentTime > 0.2")
    page.get_by_role("button", name="Pause").click()
    place.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('audio').currentTime === 5")
    expect(place).to_have_attribute("aria-valuetext", "0:05 / 0:12")
    box = place.bounding_box()
    place.click(position={"x": box["width"] * 0.75, "y": box["height"] / 2})
    page.wait_for_function("() => Math.abs(document.querySelector('audio').currentTime - 9) < 0.5")
    page.get_by_label("Speed").select_option("1.5")
    assert sound.evaluate("audio => audio.playbackRate") == 1.5
    assert set(parts) == {206}
    page.set_viewport_size(PHONE)
    assert overflow(page) == []
