"""Everything that is kept has its pages, without one of its own: here those of a third party's plugin."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from browser_form import form_in
from quart.testing import QuartClient
from web_people import ACTORS, ORIGIN, Portal, build, post
from werkzeug.datastructures import FileStorage

from switchhook.dispatch.loader import Source
from switchhook_web import plugin

SAMPLE = Path(__file__).parents[2] / "tests" / "sample_plugin" / "src"
R = "/t/acme/r/weather-station"


@pytest.fixture
async def portal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Portal]:
    monkeypatch.syspath_prepend(str(SAMPLE))
    from switchhook_sample.plugin import Sample

    made = await build(tmp_path, sources=[Source("web", lambda: plugin), Source("sample", Sample)])
    yield made
    await made.administration.store.close()
    assert [one.message for one in made.faults] == []


async def page(client: QuartClient, path: str, status: int = 200) -> str:
    answer = await client.get(path)
    text = await answer.get_data(as_text=True)
    assert answer.status_code == status, text
    return text


def linked(html: str) -> list[str]:
    """The records a list shows."""
    return re.findall(r'<td class="text-wrap-anywhere"><a href="[^"]+">([^<]+)</a>', html)


def typed(html: str, **values: str) -> dict[str, str]:
    """The form of a page as a person fills it in."""
    pairs = {name: value for name, value in form_in(html).pairs if name not in ("language", "theme", "then", "search")}
    return {**pairs, **values}


async def made(portal: Portal, *names: str, **fields: object) -> list[Any]:
    kept = portal.administration.keeping.of("acme", ACTORS["admin"][1])
    return [await kept.create("weather-station", {"name": name, **fields}) for name in names]


async def test_a_record_is_made_listed_changed_and_has_a_history(portal: Portal) -> None:
    admin = portal.client("admin")
    assert "There is nothing here yet" in await page(admin, R)
    new = typed(await page(admin, f"{R}/_new"), name="Hill", keeper="0221 47100")
    assert (await post(admin, f"{R}/_new", new)).status_code == 303
    assert (await post(admin, f"{R}/_new", new)).status_code == 303  # a double click
    listed = await page(admin, R)
    assert listed.count('/t/acme/r/weather-station/hill"') == 1
    assert "0221 47100" in listed
    wrong = typed(await page(admin, f"{R}/hill"), closes="00:00")
    refused = await post(admin, f"{R}/hill", wrong)
    text = await refused.get_data(as_text=True)
    assert (refused.status_code, "must be later than 00:00" in text) == (422, True)
    assert 'aria-describedby="f-closes-error"' in text
    right = typed(text, closes="20:00")
    assert (await post(admin, f"{R}/hill", right)).status_code == 303
    history = await page(admin, f"{R}/hill/history")
    assert re.search(r"<del>24:00</del> → <ins>20:00</ins>", history)
    assert history.count("list-group-item") == 2


async def test_lists_search_sort_filter_and_page(portal: Portal) -> None:
    await made(portal, *(f"Station {n:03}" for n in range(60)))
    admin = portal.client("admin")
    first = await page(admin, R)
    onward = re.search(r'rel="next" href="([^"]+)"', first)
    assert onward
    second = await page(admin, onward[1].replace("&amp;", "&"))
    seen = [set(linked(text)) for text in (first, second)]
    assert [len(one) for one in seen] == [50, 10]
    assert not seen[0] & seen[1]
    assert "Station 059" in linked(await page(admin, f"{R}?sort=-title"))[0]
    assert linked(await page(admin, f"{R}?search=station+007")) == ["Station 007"]
    await page(admin, f"{R}?sort=nonsense", 400)


async def test_two_tabs_lose_nothing(portal: Portal) -> None:
    await made(portal, "Hill", opens="06:00")
    one, two = portal.client("admin"), portal.client("superadmin")
    mine, theirs = await page(one, f"{R}/hill"), await page(two, f"{R}/hill")
    kept = await post(two, f"{R}/hill", typed(theirs, name="Mountain", opens="07:00"), role="superadmin")
    assert kept.status_code == 303
    stale = await post(one, f"{R}/hill", typed(mine, name="Peak", keeper="0221 47100"))
    text = await stale.get_data(as_text=True)
    assert stale.status_code == 409
    choices = form_in(text)
    assert set(re.findall(r'data-side="(\w+)"', text)) == {"name", "keeper", "opens"}
    picks = {name: value for name, value in choices.pairs if name.startswith(":pick:")}
    assert picks == {":pick:keeper": "mine", ":pick:opens": "theirs"}  # the name is for a person to decide
    assert (await post(one, f"{R}/hill", typed(text))).status_code == 409
    merged = await post(one, f"{R}/hill", typed(text, **{":pick:name": "mine"}))
    assert merged.status_code == 303
    record = await portal.administration.keeping.of("acme", ACTORS["admin"][1]).get("weather-station", "hill")
    value = record.value
    assert (value.name, value.keeper, value.opens, record.version) == ("Peak", "+4922147100", "07:00", 3)


async def test_what_is_used_is_replaced_everywhere_deleted_and_comes_back(portal: Portal) -> None:
    await made(portal, "Old", "New")
    await made(portal, "User 1", "User 2", neighbour="old")
    admin = portal.client("admin")
    asked = await page(admin, f"{R}/old/delete")
    assert "It is used in 2 places" in asked
    assert (await post(admin, f"{R}/old/delete", {"version": "1"})).status_code == 409
    gone = await post(admin, f"{R}/old/delete", {"version": "1", "replacement": "new"})
    assert gone.status_code == 303
    after = await page(admin, R)
    undo = re.search(r'<form method="post" action="([^"]+/restore)"', after)
    assert undo
    assert "Old" in await page(admin, "/t/acme/trash")
    assert (await post(admin, undo[1])).status_code == 303
    kept = portal.administration.keeping.of("acme", ACTORS["admin"][1])
    assert [(await kept.get("weather-station", f"user-{n}")).value.neighbour for n in (1, 2)] == ["new", "new"]
    assert (await kept.get("weather-station", "old")).deleted is None


async def test_many_are_deleted_at_once_and_come_back(portal: Portal) -> None:
    await made(portal, "One", "Two", "Three")
    await made(portal, "Four", neighbour="three")
    admin = portal.client("admin")
    ticked = "csrf=csrf-of-admin&" + "&".join(f"record={one}" for one in ("one:1", "two:1", "three:1", "four:9"))
    headers = {"Origin": ORIGIN, "Host": "127.0.0.1:8080", "Content-Type": "application/x-www-form-urlencoded"}
    assert (await admin.post(f"{R}/_delete", data=ticked, headers=headers)).status_code == 303
    after = await page(admin, R)
    assert linked(after) == ["Four", "Three"]
    undo = re.search(r'action="([^"]+_restore[^"]+)"', after)
    assert undo
    await post(admin, undo[1].replace("&amp;", "&"))
    assert linked(await page(admin, R)) == ["Four", "One", "Three", "Two"]


def upload(text: str | bytes, name: str = "stations.csv") -> dict[str, FileStorage]:
    content = text.encode() if isinstance(text, str) else text
    return {"file": FileStorage(io.BytesIO(content), name, "file")}


async def test_a_table_is_looked_at_before_anything_is_kept(portal: Portal) -> None:
    await made(portal, "Hill")
    admin = portal.client("admin")
    table = 'id;name;opens\nhill;Hill;07:00\n;Sea;soon\n;"Two\nlines";08:00\n'
    answer = await post(admin, f"{R}/_import", files=upload(table))
    preview = await answer.get_data(as_text=True)
    assert (answer.status_code, "1 row would be refused" in preview, "2 records would be kept" in preview) == (
        200,
        True,
        True,
    )
    assert "Row 3" in preview
    kept = portal.administration.keeping.of("acme", ACTORS["admin"][1])
    assert (await kept.get("weather-station", "hill")).value.opens == "00:00"
    assert (await post(admin, f"{R}/_import", typed(preview, agreed="1"))).status_code == 303
    assert (await kept.get("weather-station", "hill")).value.opens == "07:00"
    assert (await kept.get("weather-station", "two-lines")).value.name == "Two\nlines"
    saved = await page(admin, f"{R}/_table")
    assert saved.startswith("\ufeffid,name,keeper")


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"PK\x03\x04" + b"x" * 50, 422), (b"id,nonsense\n1,2\n", 422), (b"x" * 700_000, 413), (b"x" * 3_000_000, 413)],
)
async def test_uploads_are_refused_by_their_size_and_sort(portal: Portal, content: bytes, status: int) -> None:
    answer = await post(portal.client("admin"), f"{R}/_import", files=upload(content))
    assert answer.status_code == status


async def test_a_file_shows_its_plan_first_and_is_the_same_again(portal: Portal) -> None:
    await made(portal, "Hill", "Sea")
    admin = portal.client("admin")
    saved = await page(admin, "/t/acme/file/resources.yaml")
    same = await (await post(admin, "/t/acme/file", files=upload(saved, "all.yaml"))).get_data(as_text=True)
    assert "Everything is so already" in same
    changed = saved.replace("name: Sea", "name: Ocean")
    plan = await (await post(admin, "/t/acme/file", files=upload(changed, "all.yaml"))).get_data(as_text=True)
    assert "<del>Sea</del> → <ins>Ocean</ins>" in plan
    kept = portal.administration.keeping.of("acme", ACTORS["admin"][1])
    assert (await kept.get("weather-station", "sea")).title == "Sea"
    await post(admin, "/t/acme/file", typed(plan, agreed="1"))
    assert (await kept.get("weather-station", "sea")).title == "Ocean"
    refused = await post(admin, "/t/acme/file", files=upload("weather-station:\n  x: {opens: soon}\n"))
    assert refused.status_code == 422


async def test_what_one_may_not_do_is_not_shown_and_refused(portal: Portal) -> None:
    await made(portal, "Hill")
    nobody = portal.client("nobody")
    for path in (R, f"{R}/hill", f"{R}/_new", f"{R}/_table", f"{R}/hill/delete", f"{R}/hill/history"):
        await page(nobody, path, 403)
    assert "/x/sample/outlook" not in await page(nobody, "/t/acme")
    admin = portal.client("admin")
    assert "/x/sample/outlook" in await page(admin, "/t/acme"), "the entry that has the list as a tab"
    assert f'href="{R}"' in await page(admin, "/t/acme/x/sample/outlook")


async def test_choices_are_searched_for_and_those_chosen_stay(portal: Portal) -> None:
    await made(portal, *(f"Station {n:03}" for n in range(70)))
    admin = portal.client("admin")
    form = await page(admin, f"{R}/_new")
    assert 'hx-get="/t/acme/choices/weather-station"' in form
    query = "field=neighbour&as=pick&neighbour=station-001&neighbour:search=station+06"
    options = await page(admin, f"/t/acme/choices/weather-station?{query}")
    assert re.search(r'value="station-001" selected', options)
    assert options.count('value="station-06') == 10


async def test_no_tenant_reaches_what_is_another_ones(portal: Portal) -> None:
    """Generated from the routes and from all kinds there are, so that plugins are covered without work (SEC15, I01)."""
    await made(portal, "Hill")
    stranger, tried = portal.client("stranger"), 0
    for rule in portal.app.url_map.iter_rules():
        if "kind" not in rule.arguments or "tenant" not in rule.arguments:
            continue
        for kind in portal.administration.keeping.kinds:
            for tenant in ("acme", "other"):
                path = rule.rule.replace("<tenant>", tenant).replace("<kind>", kind).replace("<id>", "hill")
                for method in rule.methods & {"GET", "POST"}:
                    answer = await (
                        stranger.get(path) if method == "GET" else post(stranger, path, {"version": "1"}, "stranger")
                    )
                    text = await answer.get_data(as_text=True)
                    foreign = tenant == "acme" or "<id>" in rule.rule
                    assert answer.status_code == 404 if foreign else answer.status_code < 500, (method, path)
                    assert "Hill" not in text
                    tried += 1
    assert tried > 40
    kept = portal.administration.keeping.of("acme", ACTORS["admin"][1])
    assert (await kept.get("weather-station", "hill")).version == 1


def test_the_sample_takes_less_than_forty_lines() -> None:
    assert len((SAMPLE / "switchhook_sample" / "station.py").read_text().splitlines()) < 40


async def test_the_samples_page_and_operation_say_how_the_weather_is(portal: Portal) -> None:
    client = portal.client("admin")
    assert "The weather is fine." in await page(client, "/t/acme/x/sample/outlook")
    german = await client.get("/t/acme/x/sample/outlook", headers={"Accept-Language": "de"})
    assert "Das Wetter ist schön." in await german.get_data(as_text=True)
    told = await client.get("/api/v1/tenants/acme/weather-outlook")
    assert await told.get_json() == {"weather": "fine", "hour": 12}
    assert (await portal.client("nobody").get("/api/v1/tenants/acme/weather-outlook")).status_code == 403
