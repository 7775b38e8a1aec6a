"""The pages of the web itself: calls, plugins, dashboard, lists."""

from __future__ import annotations

import re
from types import SimpleNamespace
from unittest.mock import patch

import attrs
import pytest
from seeded import put_call
from web_people import ACTORS, HOST, build, post

from switchhook import Label, hookimpl, setting
from switchhook.access.actor import EVERYTHING, Actor
from switchhook.dispatch.loader import Source


async def text(portal, role, path, **headers):
    response = await portal.client(role).get(path, headers=headers)
    return response.status_code, await response.get_data(as_text=True)


async def test_calls_are_those_of_the_tenant_and_of_the_numbers_in_reach(portal):
    await put_call(portal, "c-1", "+4930100", ago=10)
    await put_call(portal, "c-2", "+4930200", ago=20, outcome="busy")
    await put_call(portal, "c-3", "+4930100", tenant="other", ago=30)
    seen = {role: (await text(portal, role, "/t/acme/calls"))[1] for role in ("admin", "user", "operator")}
    assert {role: ("calls/c-1" in page, "calls/c-2" in page, "calls/c-3" in page) for role, page in seen.items()} == {
        "admin": (True, True, False),
        "user": (True, False, False),
        "operator": (True, True, False),
    }
    assert "&lt;b&gt;Anna" in seen["admin"]
    status = {one: (await text(portal, "user", f"/t/acme/calls/{one}"))[0] for one in ("c-1", "c-2", "c-3", "c-9")}
    assert status == {"c-1": 200, "c-2": 404, "c-3": 404, "c-9": 404}


async def test_the_course_of_a_call_tells_each_step_with_its_reason(portal):
    await put_call(portal, "c-1", "+4930100")
    portal_client = portal.client("admin")
    await post(portal_client, "/preferences", {"language": "de"})
    page = await (await portal_client.get("/t/acme/calls/c-1")).get_data(as_text=True)
    for words in (
        "Hauptmenü (menu)",
        "Tasten 1 wurden gedrückt",
        "Ruf 1 beendet: angenommen, 12 s Gespräch",
        "sample.odd fact=7",
    ):
        assert words in page
    assert "key 1 was pressed: &lt;script&gt;" in page
    assert "<script>alert" not in page


async def test_a_list_is_searched_filtered_and_read_page_by_page(portal):
    for n in range(60):
        await put_call(portal, f"c-{n:02}", f"+49301{n:02}", ago=n, outcome="busy" if n % 2 else "human")
    first = (await text(portal, "admin", "/t/acme/calls"))[1]
    assert first.count("/t/acme/calls/c-") == 50
    further = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert (await text(portal, "admin", further))[1].count("/t/acme/calls/c-") == 10
    assert (await text(portal, "admin", "/t/acme/calls?outcome=busy&search=301"))[1].count("calls/c-") == 30
    assert (await text(portal, "admin", "/t/acme/calls?search=%25"))[1].count("calls/c-") == 0
    assert (await text(portal, "admin", "/t/acme/calls?after=nonsense"))[0] == 400
    part = (await text(portal, "admin", "/t/acme/calls", **{"HX-Request": "true", "HX-Request-Type": "partial"}))[1]
    assert part.lstrip().startswith('<div class="card" id="list">')


async def test_calls_that_an_old_number_diverts_here_say_so_and_are_found_by_it(portal):
    await put_call(portal, "c-1", "+4930100", diverted_from="+493099887")
    await put_call(portal, "c-2", "+4930100")
    page = (await text(portal, "admin", "/t/acme/calls"))[1]
    assert page.count("via 030 99887") == 1
    found = (await text(portal, "admin", "/t/acme/calls?via=%2B493099887"))[1]
    assert ("calls/c-1" in found, "calls/c-2" in found) == (True, False)
    assert '<option value="+493099887" selected>030 99887</option>' in found
    searched = (await text(portal, "admin", "/t/acme/calls?search=030+99887"))[1]
    assert ("calls/c-1" in searched, "calls/c-2" in searched) == (True, False)
    assert "/t/acme/calls?via=%2B493099887" in (await text(portal, "admin", "/t/acme/calls/c-1"))[1]
    assert "via=" not in (await text(portal, "admin", "/t/acme/calls/c-2"))[1]


async def test_calls_are_those_of_days_in_the_portals_zone_and_sorted(portal):
    hours = {"c-1": 13.5, "c-2": 12.5, "c-3": 1.0}  # in Berlin on the 26th at 23:30, on the 27th at 0:30 and at 12:00
    for number, (name, ago) in enumerate(hours.items()):
        await put_call(portal, name, f"+493010{number}", ago=ago * 3600)

    async def seen(query: str) -> list[str]:
        return re.findall(r"calls/(c-\d)", (await text(portal, "admin", f"/t/acme/calls?{query}"))[1])

    assert await seen("since=2026-11-27") == ["c-3", "c-2"]
    assert await seen("until=2026-11-26") == ["c-1"]
    assert await seen("since=2026-11-27&until=2026-11-27&sort=arrived") == ["c-2", "c-3"]
    assert await seen("sort=-number") == ["c-3", "c-2", "c-1"]
    assert await seen("since=nonsense&until=9999-12-31") == ["c-3", "c-2", "c-1"]
    assert (await text(portal, "admin", "/t/acme/calls?sort=colour"))[0] == 400
    page = (await text(portal, "admin", "/t/acme/calls?since=2026-11-27&sort=number"))[1]
    assert 'type="date" id="filter-since" name="since" value="2026-11-27"' in page
    assert 'href="/t/acme/calls?since=2026-11-27&amp;sort=-number"' in page


async def test_a_number_reads_the_same_wherever_it_stands(portal):
    await put_call(portal, "c-1", "+4922155502")
    await put_call(portal, "c-2", "+4930100")
    shown = '<span class="numeric text-nowrap" title="+4922155502">0221 55502</span>'
    calls = (await text(portal, "admin", "/t/acme/calls"))[1]
    assert (shown in calls, 'title="+491711234567">0171 1234567</span> (&lt;b&gt;Anna' in calls) == (True, True)
    assert ">+49" not in calls
    course = (await text(portal, "admin", "/t/acme/calls/c-1"))[1]
    assert (shown in course, "The call arrives at 0221 55502" in course, ">+49" in course) == (True, True, False)
    for spelled in ("0221 555", "0221/555-02", "0049 221 55502", "%2B49221", "22155502"):
        found = (await text(portal, "admin", f"/t/acme/calls?search={spelled}"))[1]
        assert re.findall(r"calls/(c-\d)", found) == ["c-1"], spelled


async def test_the_callers_language_is_said_in_words(portal):
    page = (await text(portal, "operator", "/operator/tenants/acme"))[1]
    assert re.search(r'value="de"[^>]*>\s*(?:<[^>]+>\s*)*German', page)


async def test_the_dashboard_has_the_cards_one_may_see(portal):
    await put_call(portal, "c-1", "+4930100")
    await put_call(portal, "c-2", "+4930100", outcome="")
    await put_call(portal, "c-3", "+4930999", outcome="")
    pages = {role: (await text(portal, role, "/t/acme"))[1] for role in ("admin", "user", "nobody")}
    assert {role: ("/cards/live" in page, "/cards/today" in page) for role, page in pages.items()} == {
        "admin": (True, True),
        "user": (False, True),
        "nobody": (False, False),
    }
    assert "nothing for you to see" in pages["nobody"]
    assert "2 calls at this moment" not in (await text(portal, "admin", "/t/acme/cards/live"))[1]
    assert "no connection to Asterisk" in (await text(portal, "admin", "/t/acme/cards/live"))[1]
    portal.administration.live.stale = ""
    assert "0 calls at this moment" in (await text(portal, "admin", "/t/acme/cards/live"))[1]
    today = (await text(portal, "user", "/t/acme/cards/today"))[1]
    assert "Spoke with somebody" in today


@attrs.frozen
class Sample:
    word: str = setting("text", "Wort", "Word", default="hunter2", secret=True)
    hour: int = setting("integer", "Stunde", "Hour", default=7)

    @hookimpl
    def call_arrives(self, call):
        raise RuntimeError("always")


@pytest.fixture
async def faulty(tmp_path):
    made = await build(tmp_path, sources=[Source("sample", lambda: Sample, "switchhook-sample", "1.2"), web()])
    yield made
    await made.administration.store.close()


def web() -> Source:
    from switchhook_web import plugin

    return Source("web", lambda: plugin, "switchhook-web", "0.1")


async def test_the_operator_sees_plugins_with_settings_but_no_secrets(faulty):
    status, page = await text(faulty, "operator", "/operator/plugins")
    assert (status, "switchhook-sample 1.2" in page, "active" in page) == (200, True, True)
    page = (await text(faulty, "operator", "/operator/plugins/sample"))[1]
    assert "Hour" in page
    assert "<code>7</code>" in page
    assert "hunter2" not in page
    assert "SWITCHHOOK_PLUGIN_SAMPLE_HOUR" in page
    assert (await text(faulty, "operator", "/operator/plugins/none"))[0] == 404
    for role in ("superadmin", "admin"):
        assert (await text(faulty, role, "/operator/plugins"))[0] == 403
        assert "/operator/plugins" not in (await text(faulty, role, "/t/acme"))[1]


async def test_a_suspended_plugin_is_shown_and_takes_part_again(faulty):
    breaker = faulty.administration.plugged.breaker
    for _ in range(breaker.limit):
        breaker.report("sample", "call_arrives", "raised", "always")
    assert "suspended" in (await text(faulty, "operator", "/operator/plugins"))[1]
    client = faulty.client("operator")
    answer = await post(client, "/operator/plugins/sample/reset", role="operator")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/operator/plugins/sample")
    page = await (await client.get("/operator/plugins/sample", headers=HOST)).get_data(as_text=True)
    assert "sample takes part again within seconds" in page
    again = await (await client.get("/operator/plugins/sample", headers=HOST)).get_data(as_text=True)
    assert "takes part again within seconds" not in again


async def test_the_menu_says_which_entries_are_the_customers_and_which_the_operators(portal):
    group = re.compile(
        r'id="(menu-heading-\d)">([^<]+)</p>\s*<ul class="[^"]+" aria-labelledby="\1">(.*?)</ul>', re.DOTALL
    )
    page = (await text(portal, "operator", "/t/acme"))[1]
    found = {name: re.findall(r'href="([^"]+)"', lines) for _, name, lines in group.findall(page)}
    assert list(found) == ["acme", "Telephony", "Administration", "Operation", "Help"]
    assert {name: [path for path in paths if path.endswith(("/alerts", "/mail"))] for name, paths in found.items()} == {
        "acme": ["/t/acme/alerts"],
        "Telephony": [],
        "Administration": ["/t/acme/mail"],
        "Operation": ["/operator/alerts", "/operator/mail"],
        "Help": [],
    }
    mine = (await text(portal, "admin", "/t/acme"))[1]
    assert [name for _, name, _ in group.findall(mine)] == ["Telephony", "Administration", "Help"]
    assert "menu-heading" not in (await text(portal, "user", "/t/acme"))[1], "few lines need no headings"
    assert "menu-heading" not in (await text(portal, "operator", "/operator/tenants"))[1]


async def test_the_menu_leads_nobody_to_what_holds_nothing_for_him(portal):
    paths = ("/t/acme/trash", "/t/acme/file", "/t/acme/r/mail-template")
    assert {
        role: [path for path in paths if f'href="{path}"' in (await text(portal, role, "/t/acme"))[1]]
        for role in ("admin", "nobody")
    } == {"admin": ["/t/acme/trash", "/t/acme/file"], "nobody": []}


def lines_of(page, name):
    """The lines of a menu or of tabs, and which of them is the page."""
    part = re.search(rf'<nav aria-label="{name}".*?</nav>', page, re.DOTALL)
    found = re.findall(r'<a [^>]*href="([^"]+)"( aria-current="page")?', part[0]) if part else []
    return [path for path, _ in found], [path for path, here in found if here]


async def test_an_entry_leads_to_the_pages_beside_it_by_tabs(portal):
    page = (await text(portal, "admin", "/t/acme/r/mailbox"))[1]
    messages = "/t/acme/x/mailbox/messages"
    assert lines_of(page, "Mailbox") == ([messages, "/t/acme/r/mailbox"], ["/t/acme/r/mailbox"])
    paths, here = lines_of(page, "Menu")
    assert here == [messages]
    assert "/t/acme/r/mailbox" not in paths
    beside = ("announcement", "calendar", "switch", "follow-me", "web-service", "number-group", "price-list")
    assert not {f"/t/acme/r/{kind}" for kind in beside} & set(paths)
    assert lines_of((await text(portal, "admin", "/t/acme/r/mailbox/_new"))[1], "Mailbox") == ([], [])
    library = (await text(portal, "admin", "/t/acme/x/announcements/"))[1]
    assert lines_of(library, "Announcements")[1] == ["/t/acme/x/announcements"]
    keeper = Actor("uwe", {"mailbox.view": EVERYTHING}, "user", "uwe")
    with patch.dict(ACTORS, {"user": ("acme", keeper)}):
        page = (await text(portal, "user", "/t/acme/r/mailbox"))[1]
    assert lines_of(page, "Mailbox") == ([], []), "who may see one page alone needs no tabs"
    assert lines_of(page, "Menu")[1] == ["/t/acme/r/mailbox"]


async def test_a_tab_that_leads_nowhere_is_a_fault_of_its_plugin(tmp_path):
    from switchhook import MenuEntry

    entry = MenuEntry(Label("Wetter", "Weather"), "/weather", tabs=("/r/rights-template", "/r/station"))
    plugin = SimpleNamespace(menu_entries=hookimpl(lambda: [entry]))
    made = await build(tmp_path, sources=[Source("sample", lambda: plugin), web()])
    assert [(one.plugin, one.hook, one.message) for one in made.faults] == [
        ("sample", "menu_entries", "the menu entry 'Weather' has a tab '/r/station', which no entry has")
    ]
    await made.administration.store.close()


async def test_menu_entries_and_cards_of_plugins_are_shown(tmp_path):
    from switchhook import Card, MenuEntry

    plugin = SimpleNamespace(
        menu_entries=hookimpl(lambda: [MenuEntry(Label("Wetter", "Weather"), "/weather", "weather.view", "cloud")]),
        cards=hookimpl(lambda: [Card(Label("Sonne", "Sun"), "/x/sample/sun", "weather.view")]),
    )
    made = await build(tmp_path, sources=[Source("sample", lambda: plugin), web()])
    admin, user = (await text(made, "admin", "/t/acme"))[1], (await text(made, "user", "/t/acme"))[1]
    assert ('href="/t/acme/weather"' in admin, "Weather" in admin, 'hx-get="/t/acme/x/sample/sun"' in admin) == (
        True,
    ) * 3
    assert "Weather" not in user
    assert "Sun" not in user
    await made.administration.store.close()


async def test_calls_another_version_ended_are_shown_as_they_are(portal):
    """After going back to an older version there may be outcomes and kinds of events it does not know."""
    await put_call(portal, "c-new", "+4930100", outcome="teleported")
    client = portal.client("admin")
    for path, said in [
        ("/t/acme/calls", "Unknown: teleported"),
        ("/t/acme/cards/today", "Unknown: teleported"),
        ("/t/acme/calls/c-new", "Unknown: teleported"),
        ("/t/acme/calls/c-new", "sample.odd fact=7"),
    ]:
        answer = await client.get(path)
        assert (answer.status_code, said in await answer.get_data(as_text=True)) == (200, True), (path, said)
    listed = await (await client.get("/api/v1/tenants/acme/calls")).get_json()
    assert [one["outcome"] for one in listed["items"]] == ["teleported"]
    course = await (await client.get("/api/v1/tenants/acme/calls/c-new")).get_json()
    assert (course["outcome"], course["events"][-1]["kind"]) == ("teleported", "sample.odd")
    sums = await (await client.get("/api/v1/tenants/acme/call-sums")).get_json()
    assert sums["outcomes"] == {"teleported": 1}


async def test_calls_are_sorted_by_caller_length_and_outcome(portal):
    for n, outcome in enumerate(("human", "busy", "failed")):
        await put_call(portal, f"c-{n}", "+4930100", outcome=outcome, ago=n)
    for by in ("caller", "length", "outcome"):
        assert f"sort={by}" in (await text(portal, "admin", "/t/acme/calls"))[1]
    listed = (await text(portal, "admin", "/t/acme/calls?sort=outcome"))[1]
    assert re.findall(r"/calls/(c-\d)", listed) == ["c-1", "c-2", "c-0"]


async def test_a_call_the_portal_placed_is_told_from_one_that_arrived(portal):
    await put_call(portal, "c-1", "+4930100")
    await put_call(portal, "c-2", "+4930100", origin="placed")
    listed = (await text(portal, "admin", "/t/acme/calls"))[1]
    assert listed.count("Placed by the portal:") == 1
    course = (await text(portal, "admin", "/t/acme/calls/c-2"))[1]
    assert "Call placed to 0171 1234567" in course
    assert "On behalf of" in course
    assert "The portal places this call" in course
    assert "Diverted from" not in course, "it was not diverted"
    main = course[course.index("<main") :]
    assert "#phone-incoming" not in main
    assert main.count("Call placed to 0171 1234567") == 2, "its title and its place"
    assert "Call placed" not in (await text(portal, "admin", "/t/acme/calls/c-1"))[1]
