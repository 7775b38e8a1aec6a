"""Flows in a real browser, as people build them: by mouse, by keyboard, two at once."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from switchhook.access.actor import SYSTEM

from .browser import Site, site

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def portal(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with site(tmp_path_factory.mktemp("site")) as made:
        yield made


def node(page: Page, point: str) -> Locator:
    return page.locator(f'.react-flow__node[data-id="{point}"]')


def handle(page: Page, point: str, exit_name: str) -> Locator:
    return node(page, point).locator(f'.react-flow__handle[data-handleid="{exit_name}"]')


def edge(page: Page, point: str, exit_name: str) -> Locator:
    return page.locator(f'.react-flow__edge[data-id="{point}|{exit_name}"]')


async def saved(page: Page) -> None:
    await expect(page.locator(".editor")).to_have_attribute("data-saving", "saved")


async def drag(page: Page, begin: Locator, to: tuple[float, float]) -> None:
    await begin.hover()
    await page.mouse.down()
    await page.mouse.move(*to, steps=6)
    await page.mouse.up()


async def drawing(portal: Site, flow: str) -> dict[str, Any]:
    draft = await portal.portal.administration.publishing.of("acme", SYSTEM).draft(flow)
    return {"start": draft.drawing["start"], **{one["id"]: one for one in draft.drawing["points"]}}


async def test_a_hotline_is_built_by_mouse(portal: Site):
    page = await portal.page()
    await page.goto("/t/acme/flows")
    await page.get_by_role("link", name="New flow").click()
    await page.get_by_role("link", name="Empty").click()
    await page.get_by_label("Name").fill("By mouse")
    await page.get_by_role("button", name="Create").click()
    await page.get_by_role("button", name="Add a point").click()
    await page.get_by_role("option", name="Menu").click()
    panel = page.locator(".panel")
    await panel.get_by_label("Prompts 1").fill("demo/menu")
    await panel.get_by_label("Keys 1").fill("1")
    await expect(handle(page, "menu", "key:1")).to_be_visible()
    picture = await page.locator(".editor-picture").bounding_box()
    assert picture is not None
    await drag(page, handle(page, "menu", "key:1"), (picture["x"] + picture["width"] - 260, picture["y"] + 120))
    await page.get_by_role("option", name="Announcement Plays").click()
    await panel.get_by_label("Prompts 1").fill("demo/info")
    await expect(edge(page, "menu", "key:1")).to_have_count(1)
    target = await node(page, "announcement").bounding_box()
    assert target is not None
    await page.get_by_role("button", name="Show everything").click()
    for name in ("timeout", "invalid"):
        target = await node(page, "announcement").bounding_box()
        assert target is not None
        await drag(page, handle(page, "menu", name), (target["x"] + 6, target["y"] + target["height"] / 2))
        await expect(edge(page, "menu", name)).to_have_count(1)
    findings = page.locator(".findings-list")
    await expect(findings.get_by_text("exit 'next' is open")).to_be_visible()
    await node(page, "announcement").click()
    await panel.get_by_label("Next").select_option("hang-up")
    await panel.get_by_text("More", exact=True).click()
    await panel.get_by_role("button", name="Last resort").click()
    await expect(findings.get_by_text("is open")).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await page.get_by_role("button", name="Undo").click()
    await expect(findings.get_by_text("exit 'next' is open")).to_be_visible()
    await page.get_by_role("button", name="Redo").click()
    await page.get_by_role("button", name="Redo").click()
    await expect(findings.locator(".finding-error")).to_have_count(0)
    await saved(page)
    found = await drawing(portal, "by-mouse")
    assert found["menu"]["exits"] == dict.fromkeys(("key:1", "timeout", "invalid"), "announcement")
    assert found["menu"]["settings"] == {"prompts": ["demo/menu"], "keys": ["1"]}
    await publish_try_and_go_back(page)
    assert portal.complaints == []


async def test_circles_and_targets_that_are_not_there_are_drawn(portal: Site):
    say = {"module": "announcement", "settings": {"prompts": ["demo/info"]}, "label": ""}
    points = [
        {"id": "one", **say, "exits": {"next": "two"}},
        {"id": "two", **say, "exits": {"next": "one"}},
        {"id": "three", **say, "exits": {"next": "nowhere"}},
    ]
    drawn = {"id": "broken", "label": "Broken", "language": "en", "start": "one", "points": points}
    await portal.portal.administration.publishing.of("acme", SYSTEM).create("Broken", id="broken", drawing=drawn)
    page = await portal.page()
    await page.goto("/t/acme/flows/broken")
    await expect(page.locator(".ghost")).to_have_text(re.compile("nowhere"))
    await expect(page.locator(".way-label-error")).to_have_count(3)
    for point in ("one", "three"):
        await expect(node(page, point).locator(".point-error, .point-warning")).to_have_count(1)
    findings = page.locator(".findings-list")
    await expect(findings.get_by_text(re.compile("goes round without the caller"))).not_to_have_count(0)
    assert portal.complaints == []


async def publish_try_and_go_back(page: Page) -> None:
    await page.get_by_role("link", name="Try it").click()
    await page.get_by_label("Keys").fill("1")
    await page.get_by_role("button", name="Try it").click()
    await expect(node(page, "announcement").locator(".point-passed")).to_be_visible()
    await page.locator("[data-show-point=announcement]").click()
    await expect(node(page, "announcement").locator(".point-looked")).to_be_visible()
    await page.get_by_role("button", name="Keep", exact=True).click()
    await expect(page.get_by_text("green", exact=True)).to_be_visible()
    for message, last in (("First", False), ("Second", True)):
        if last:
            await page.get_by_role("link", name="Picture").click()
            await node(page, "menu").click()
            await page.locator(".panel").get_by_label("No entry").select_option("hang-up")
            await saved(page)
        await page.get_by_role("link", name="Publish").click()
        await page.get_by_label("I have seen the warnings").check()
        await page.get_by_label("Message for the history").fill(message)
        await page.get_by_role("button", name="Publish").click()
    await expect(page.locator("#difference")).to_contain_text(
        re.compile("no entry.*Menu|Menu.*no entry", re.IGNORECASE)
    )
    await page.get_by_role("button", name="Roll back to this").click()
    await page.locator("#confirm").get_by_role("button", name=re.compile("Roll back")).click()
    await expect(page.get_by_text("Version 1 is live", exact=True)).to_be_visible()


async def test_a_hotline_is_built_by_keyboard(portal: Site):
    page = await portal.page()
    await portal.portal.administration.publishing.of("acme", SYSTEM).create("Keys", id="keys", language="en")
    await page.goto("/t/acme/flows/keys")
    keyboard = page.keyboard
    await page.get_by_role("button", name="Add a point").focus()
    await keyboard.press("Enter")
    await keyboard.type("menu")
    await keyboard.press("Enter")
    await expect(page.locator(".panel [data-first]")).to_be_focused()
    await expect(page.get_by_label("Prompts 1")).to_be_visible()
    await keyboard.press("Control+A")
    await keyboard.type("Choice")
    await keyboard.press("Tab")
    await keyboard.type("demo/menu")
    await page.get_by_label("Keys 1").focus()
    await keyboard.type("1")
    await keyboard.press("Enter")
    await expect(page.get_by_label("Keys 2")).to_be_focused()
    await keyboard.type("2")
    await expect(page.locator('[data-exit="key:2"]')).to_be_visible()
    await page.locator('[data-exit="key:2"]').focus()
    await keyboard.press("End")  # a new point
    await expect(page.get_by_role("combobox", name="Search modules")).to_be_focused()
    await keyboard.type("ann")
    await expect(page.locator(".palette .active")).to_contain_text("Plays one or several prompts")
    await keyboard.press("Enter")
    await expect(edge(page, "menu", "key:2")).to_have_count(1)
    await keyboard.press("Escape")
    await expect(node(page, "announcement")).to_be_focused()
    await keyboard.press("Delete")
    await expect(node(page, "announcement")).to_have_count(0)
    await keyboard.press("Control+Z")
    await expect(edge(page, "menu", "key:2")).to_have_count(1)
    await keyboard.press("Control+Y")
    await expect(node(page, "announcement")).to_have_count(0)
    await keyboard.press("Control+Z")
    await node(page, "menu").focus()
    await keyboard.press("Enter")
    await expect(page.locator(".panel [data-first]")).to_have_value("Choice")
    await saved(page)
    found = await drawing(portal, "keys")
    assert found["menu"]["settings"] == {"prompts": ["demo/menu"], "keys": ["1", "2"]}
    assert (found["menu"]["label"], found["menu"]["exits"]["key:2"]) == ("Choice", "announcement")
    assert portal.complaints == []


async def test_two_browsers_edit_one_flow_and_nothing_is_lost(portal: Site):
    adam, sue = await portal.page("admin"), await portal.page("superadmin")
    for page in (adam, sue):
        await page.goto("/t/acme/flows/hotline")
        await expect(node(page, "menu")).to_be_visible()
    await sue.route("**/draft*", lambda route: route.abort())
    await relabel(sue, "info", "By Sue")
    await expect(sue.locator(".editor")).to_have_attribute("data-saving", "away")
    await relabel(adam, "sorry", "By Adam")
    await saved(adam)
    await relabel(adam, "menu", "Adam's menu")
    await saved(adam)
    await relabel(sue, "menu", "Sue's menu")
    portal.complaints[:] = [one for one in portal.complaints if "ERR_FAILED" not in one]
    await sue.unroute("**/draft*")
    await sue.close()  # what was never saved is in her browser, and comes when she is back
    sue = await sue.context.new_page()
    await sue.goto("/t/acme/flows/hotline")
    conflict = sue.get_by_role("dialog", name="Both of you changed the same")
    await expect(conflict).to_contain_text("Adam's menu")
    await conflict.get_by_label("Mine").check()
    await conflict.get_by_role("button", name="Take over").click()
    await saved(sue)
    found = await drawing(portal, "hotline")
    labels = {name: found[name]["label"] for name in ("menu", "info", "sorry")}
    assert labels == {"menu": "Sue's menu", "info": "By Sue", "sorry": "By Adam"}
    await adam.evaluate("window.dispatchEvent(new Event('focus'))")
    await expect(node(adam, "info")).to_contain_text("By Sue")
    assert portal.complaints == []


async def relabel(page: Page, point: str, label: str) -> None:
    await node(page, point).click()
    await page.locator(".panel [data-first]").fill(label)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_is_sound_for_screen_readers_and_narrow_ones(portal: Site, scheme: str):
    page = await portal.page(width=360, scheme=scheme)
    base = "/t/acme/flows/hotline"
    paths = ("", "/list", "/list/menu", "/try?go=1&keys=1,hangup", "/expectations", "/history", "/publish", "/numbers")
    wrong = []
    for path in (
        "/t/acme/flows",
        "/t/acme/flows/new",
        "/t/acme/flows/new?begin=hotline",
        *(base + one for one in paths),
    ):
        await page.goto(path)
        if path == base or "/try" in path:
            await expect(node(page, "menu")).to_be_visible()
        wrong += [f"{path}: {one}" for one in await portal.violations(page)]
        if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{path}: scrolls sideways")
    assert wrong == [], "\n".join(wrong)
    assert portal.complaints == []
