"""E02: from an empty installation to a hotline with hours, holidays, menu and mailbox that takes calls.

An operator, the customer's superadmin and a user of his do it all in the browser.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from lab import PASSWORD, public_home
from phones import Desk
from playwright.async_api import Page, expect

from .house import PROMPTS, House, house, menu, set_password
from .sink import link_of, text_of

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio, pytest.mark.timeout(240)]

HOTLINE, OTHER = "+4922155501", "+4922155502"
DIALLED = "0221 55501"
"""The hotline as people read it."""
OPEN, HOLIDAY = datetime(2026, 3, 3, 9, tzinfo=UTC), datetime(2026, 4, 3, 9, tzinfo=UTC)
"""10:00 on a Tuesday in Berlin, and 11:00 on Good Friday."""
CLOSED = ("stock/nobody-available", "stock/mailbox-greeting", "stock/beep")
CLICKS = """addEventListener('click', clicked => {
  if (clicked.detail) sessionStorage.clicks = Number(sessionStorage.clicks ?? 0) + 1;
}, true)"""
"""Counts what is clicked with the mouse, over pages; keys that press a button are none."""


async def test_a_customer_gets_a_hotline_that_takes_calls(desk: Desk, store_url: str) -> None:
    with public_home() as home:
        async with house(home, desk, store_url, prompts=(*PROMPTS, *CLOSED), at=OPEN) as here:
            operator, superadmin = await here.person(), await here.person()
            await the_operator_makes_a_customer(here, operator)
            await the_superadmin_follows_the_invitation(here, superadmin)
            await numbers_are_given(operator, superadmin)
            user = await here.person("de-DE")
            await a_user_is_invited(here, superadmin, user)
            await hours_and_a_mailbox_are_made(superadmin)
            await a_hotline_is_built_in_three_clicks(superadmin)
            await it_is_tried(superadmin)
            await it_is_published_and_called(here, superadmin)
            await it_is_changed_and_rolled_back(here, superadmin)
            await the_user_sees_his_part_alone(user)
            await what_is_in_use_stays_and_what_is_deleted_comes_back(superadmin)
            await other_flows_take_three_clicks_as_well(superadmin)
            await the_portal_is_german_and_dark(superadmin)
            assert here.complaints == []
            await on_a_holiday_callers_come_to_the_mailbox(here)


async def the_operator_makes_a_customer(here: House, page: Page) -> None:
    said = await here.command("people", "add-operator", "olga", "--email", "olga@example.org", "--language", "en")
    await set_password(page, link_of(said), "olga")
    await menu(page, "Tenants")
    await page.get_by_role("link", name="New tenant").first.click()
    for label, value in {
        "Name": "Nordwind",
        "Id": "nordwind",
        "Name of the first superadmin": "Sue Winter",
        "E-mail address of the first superadmin": "sue@nordwind.example",
    }.items():
        await page.get_by_label(label, exact=True).fill(value)
    await page.get_by_role("group", name="Callers' language").get_by_label("en").check()
    await page.get_by_role("button", name="Make the tenant").click()
    await expect(page.get_by_role("heading", name="Nordwind")).to_be_visible()


async def the_superadmin_follows_the_invitation(here: House, page: Page) -> None:
    mail = await here.mail.to("sue@nordwind.example")
    text = text_of(mail)
    assert "Sue Winter" in text
    assert re.search(r"\bpassword\b", text), text
    assert link_of(text).startswith(here.url)
    await set_password(page, link_of(text), "sue@nordwind.example")
    assert (await page.request.get(link_of(text))).status == 410, "an invitation is good once"


async def numbers_are_given(operator: Page, superadmin: Page) -> None:
    await menu(operator, "Free numbers")
    await operator.get_by_label("Add numbers, one a line").fill(f"{HOTLINE}\n{OTHER}")
    await operator.get_by_role("button", name="Add numbers").click()
    for number in (HOTLINE, OTHER):
        await operator.goto("/operator/numbers")
        row = operator.get_by_role("row").filter(has_text=number[-5:])
        await row.get_by_role("combobox").select_option("nordwind")
        await row.get_by_role("button", name="Give").click()
        await expect(operator).to_have_url(re.compile(number[1:]))
    await superadmin.goto("/t/nordwind/r/number-group/_new")
    await superadmin.get_by_label("Name", exact=True).fill("Sales")
    await superadmin.get_by_text(re.compile(HOTLINE[-5:])).click()
    await superadmin.get_by_role("button", name="Save").click()
    await expect(superadmin.get_by_role("link", name="Sales")).to_be_visible()


async def a_user_is_invited(here: House, page: Page, user: Page) -> None:
    await menu(page, "People")
    await page.get_by_role("link", name="Invite somebody").click()
    await page.get_by_label("Name", exact=True).fill("Uwe Amsel")
    await page.get_by_label("E-mail address").fill("uwe@nordwind.example")
    await page.get_by_role("group", name="Language").get_by_label("German").check()
    for place, right in enumerate(("number.view", "flow.view")):
        await page.get_by_role("button", name=re.compile("Add.*Rights")).click()
        row = page.locator("fieldset.form-row").nth(place)
        await row.get_by_label("Right", exact=True).select_option(right)
        await row.get_by_role("radio", name=re.compile("group", re.IGNORECASE)).check()
        await row.get_by_text("Sales", exact=True).click()
    await page.get_by_role("button", name="Invite", exact=True).click()
    mail = await here.mail.to("uwe@nordwind.example")
    assert "Passwort" in text_of(mail)
    assert "Nordwind" in text_of(mail)
    await set_password(user, link_of(text_of(mail)), "uwe@nordwind.example")


async def hours_and_a_mailbox_are_made(page: Page) -> None:
    """The form of the template leads to what it lacks."""
    await page.goto("/t/nordwind/flows/new?begin=hours-hotline")
    await page.get_by_role("link", name="There is none yet: make one").first.click()
    await page.get_by_label("Name", exact=True).fill("Office")
    await page.get_by_role("button", name=re.compile("Add.*The week")).click()
    await page.get_by_label("From", exact=True).fill("08:00")
    await page.get_by_label("To", exact=True).fill("18:00")
    await page.get_by_label("Public holidays of").fill("DE-NW")
    await page.get_by_role("button", name="Save").click()
    await page.goto("/t/nordwind/r/mailbox/_new")
    await page.get_by_label("Name", exact=True).fill("Night")
    await page.get_by_label("Mail to").fill("night@nordwind.example")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("link", name="Night")).to_be_visible()


async def begins(page: Page, template: str) -> None:
    """From the list of flows to the form of a template: two clicks."""
    await menu(page, "Call flows")
    await expect(page.get_by_role("heading", name="Call flows", level=1)).to_be_visible()
    await page.evaluate("sessionStorage.clicks = 0")
    await page.get_by_role("link", name="New flow").first.click()
    await page.get_by_role("link", name=re.compile(template)).click()


async def is_made(page: Page, point: str) -> None:
    """The third click, and the flow is there."""
    await page.get_by_role("button", name="Create").click()
    await expect(page.locator(f'.react-flow__node[data-id="{point}"]')).to_be_visible()
    assert await page.evaluate("Number(sessionStorage.clicks)") == 3


async def a_hotline_is_built_in_three_clicks(page: Page) -> None:
    await page.add_init_script(CLICKS)
    await begins(page, "Hotline with hours and menu")
    await page.get_by_label("Name", exact=True).fill("Hotline")
    await page.get_by_label("Prompt of the menu").fill("welcome")
    await page.get_by_label("Key", exact=True).fill("1")
    await page.get_by_label("Target", exact=True).fill("anna")
    await is_made(page, "mailbox")


async def other_flows_take_three_clicks_as_well(page: Page) -> None:
    await begins(page, "Mailbox only")
    await is_made(page, "mailbox")
    await begins(page, "Simple forward")
    await page.get_by_label("Targets 1").fill("anna")
    await is_made(page, "forward")


async def it_is_tried(page: Page) -> None:
    """Now, on a Sunday, and on Good Friday: each time the way a call takes, and why."""
    steps = page.locator("#steps")
    await page.get_by_role("link", name="Try it").click()
    await page.get_by_label("Keys").fill("1")
    await page.get_by_label("Called parties").fill("busy")
    await page.get_by_role("button", name="Try it").click()
    await expect(steps).to_contain_text("welcome")
    await expect(steps.get_by_role("listitem")).to_have_count(4)
    await expect(page.locator('.react-flow__node[data-id="sorry"] .point-passed')).to_be_visible()
    for day, way, why in (
        ("2026-03-08", "closed", "outside the hours of the week"),
        ("2026-04-03", "holiday", "the public holiday Good Friday"),
    ):
        await page.get_by_label("Date and time").fill(f"{day}T11:00")
        await page.get_by_role("button", name="Try it").click()
        await expect(steps).to_contain_text(why)
        await expect(steps.get_by_role("listitem")).to_have_count(3)
        for point in ("hours", way, "mailbox"):
            await expect(page.locator(f'.react-flow__node[data-id="{point}"] .point-passed')).to_be_visible()


async def on_a_holiday_callers_come_to_the_mailbox(here: House) -> None:
    here.set_clock(HOLIDAY)
    call = await here.phones.call(here.lab.sip(HOTLINE), number="+4930777")
    await call.wait_for_tones([here.lab.tones[prompt] for prompt in CLOSED], 20)
    await call.hang_up()


async def publish(page: Page, message: str) -> None:
    await page.get_by_role("link", name="Publish", exact=True).click()
    await page.get_by_label("Message for the history").fill(message)
    seen = page.get_by_label("I have seen the warnings")
    if await seen.count():
        await seen.check()
    await page.get_by_role("button", name="Publish").click()
    await expect(page.get_by_text(message).first).to_be_visible()


async def it_is_published_and_called(here: House, page: Page) -> None:
    anna = await here.phones.register("anna", PASSWORD, here.lab.where)
    await publish(page, "The first one")
    await page.get_by_role("link", name="Numbers", exact=True).click()
    await page.get_by_label("Number", exact=True).select_option(HOTLINE)
    await page.get_by_role("button", name="Assign").click()
    await expect(page.get_by_role("listitem").filter(has_text=DIALLED)).to_be_visible()
    await here.hears(HOTLINE, "welcome")
    call = await here.phones.call(here.lab.sip(HOTLINE), number="+4930777")
    await call.wait_for_tone(here.lab.tones["welcome"], 15)
    await call.press("1")
    talk = await anna.answers()
    await call.listen(1)
    await call.hang_up()
    await talk.ended()
    await menu(page, "Calls")
    await page.get_by_label("Search").fill("30777")
    await expect(page.locator("#list tbody tr")).to_have_count(1)
    await expect(page.locator("#list tbody")).to_contain_text("Spoke with somebody")
    await page.locator("#list tbody td:first-child a").click()
    course = page.get_by_role("region", name="Course of the call")
    await expect(course).to_contain_text("the caller pressed 1")
    await expect(course).to_contain_text("anna")


async def it_is_changed_and_rolled_back(here: House, page: Page) -> None:
    await page.goto("/t/nordwind/flows/hotline")
    await page.locator('.react-flow__node[data-id="menu"]').click()
    # Nobody waits for the draft to be saved before going on to publish it.
    await page.locator(".panel").get_by_label("Prompts 1").fill("evening")
    await publish(page, "Evening")
    await here.hears(HOTLINE, "evening")
    await page.get_by_role("link", name="History").click()
    await page.get_by_role("button", name="Roll back to this").click()
    await page.locator("#confirm").get_by_role("button", name=re.compile("Roll back")).click()
    await expect(page.get_by_text("Version 1 is live", exact=True)).to_be_visible()
    await here.hears(HOTLINE, "welcome")


async def the_user_sees_his_part_alone(page: Page) -> None:
    await menu(page, "Rufnummern & Dienste")
    rows = page.locator("#list tbody tr")
    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text("Hotline")
    await menu(page, "Abläufe")
    await expect(page.locator("#list tbody tr")).to_have_count(1)
    await expect(page.locator("#list tbody")).to_contain_text("Hotline")
    await expect(page.locator("#menu").get_by_role("link", name="Benutzer")).to_have_count(0)
    answer = await page.request.get(f"/t/nordwind/numbers/{OTHER}")
    assert answer.status == 404
    assert (await page.request.get("/t/nordwind/people")).status == 403


async def what_is_in_use_stays_and_what_is_deleted_comes_back(page: Page) -> None:
    await menu(page, "Numbers & services")
    await page.get_by_role("link", name="Number groups", exact=True).click()
    await page.get_by_role("link", name="Sales").click()
    await page.get_by_role("link", name="Delete").click()
    await expect(page.locator("main")).to_contain_text("It is used in")
    await expect(page.locator("main")).to_contain_text("Uwe Amsel")
    await page.goto("/t/nordwind/r/number-group/_new")
    await page.get_by_label("Name", exact=True).fill("Old ones")
    await page.get_by_role("button", name="Save").click()
    for way in ("Undo", "Restore"):
        await page.goto("/t/nordwind/r/number-group")
        await page.get_by_role("link", name="Old ones").click()
        await page.get_by_role("link", name="Delete").click()
        await page.get_by_role("button", name="Delete").click()
        if way == "Restore":
            await menu(page, "Trash")
        await page.get_by_role("button", name=way).click()
        await page.goto("/t/nordwind/r/number-group")
        await expect(page.get_by_role("link", name="Old ones")).to_be_visible()


async def the_portal_is_german_and_dark(page: Page) -> None:
    await page.goto("/t/nordwind/calls")
    await page.get_by_label("Language and looks").click()
    await page.get_by_label("Language", exact=True).select_option("de")
    await expect(page.get_by_role("heading", name="Anrufe")).to_be_visible()
    await page.get_by_label("Sprache und Aussehen").click()
    await page.locator("#theme").select_option("dark")
    await expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("lang", "de")
    await expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
