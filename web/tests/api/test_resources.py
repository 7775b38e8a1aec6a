"""What a program does with resources over the API."""

from __future__ import annotations

import asyncio
import json

NEW = {"fields": {"name": "Jörg Müller", "number": "0221 123-45", "pin": "4711"}}


async def test_a_record_is_made_read_changed_and_brought_back(api):
    made = await api.post("/resources/contact", NEW)
    assert (made.status, made.headers["ETag"]) == (201, '"1"')
    assert made.headers["Location"] == "/api/v1/tenants/acme/resources/contact/joerg-mueller"
    assert made.body["fields"]["number"] == "+4922112345"
    assert made.body["secrets"] == ["pin"]
    assert "4711" not in made.text
    at = "/resources/contact/joerg-mueller"
    assert (await api.get(at)).body == made.body

    changed = await api.ask("PATCH", at, {"fields": {"age": 40}}, If_Match='"1"')
    assert (changed.status, changed.body["version"], changed.body["fields"]["age"]) == (200, 2, 40)
    assert (changed.body["fields"]["name"], changed.body["secrets"]) == ("Jörg Müller", ["pin"])
    back = await api.ask("PATCH", at, {"fields": {"age": None}}, If_Match='"2"')
    assert back.body["fields"]["age"] == 0
    put = await api.ask("PUT", at, {"fields": {"name": "Kim"}}, If_Match=back.headers["ETag"])
    assert (put.body["fields"]["number"], put.body["secrets"]) == ("", ["pin"])

    gone = await api.ask("DELETE", at, If_Match=put.headers["ETag"])
    assert gone.body["deleted"] is not None
    assert (await api.get("/resources/contact")).body == {"items": [], "next": None}
    trash = await api.get("/resources/contact?state=deleted")
    assert [one["id"] for one in trash.body["items"]] == ["joerg-mueller"]
    restored = await api.post(f"{at}/restore")
    assert (restored.status, restored.body["deleted"], restored.body["version"]) == (200, None, 6)
    history = (await api.get(f"{at}/history")).body["items"]
    assert [one["action"] for one in history] == ["restore", "delete", "change", "change", "change", "create"]
    assert {one["actor"] for one in history} == {"kim"}


REFUSED = [
    ({"fields": {"nmae": "x", "age": -1}}, ["fields.nmae", "fields.name", "fields.age"]),
    ({"fields": {"name": "x"}, "version": 7}, ["version"]),
    ({"fields": {"name": "x"}, "author": "boss", "tenant": "other"}, ["author", "tenant"]),
    ({"fields": {"name": "x", "lines": [{"number": "1"}]}}, ["fields.lines[0].number"]),
    ({"fields": {"name": "x", "team": "none"}}, ["fields.team"]),
    ({"id": "Not an id", "fields": {"name": "x"}}, ["id"]),
    ({"id": 3, "fields": []}, ["fields", "id"]),
    ([], [""]),
]


async def test_every_problem_is_named_at_its_place_and_nothing_else_can_be_set(api):
    for body, paths in REFUSED:
        refused = await api.post("/resources/contact", body)
        assert (refused.status, refused.headers["Content-Type"]) == (422, "application/problem+json")
        assert (refused.body["code"], [one["path"] for one in refused.body["problems"]]) == ("settings", paths)
    assert (await api.get("/resources/contact")).body["items"] == []


async def test_a_change_needs_the_version_and_a_stale_one_shows_both_sides(api):
    await api.post("/resources/contact", {"fields": {"name": "Kim", "age": 1}})
    at = "/resources/contact/kim"
    without = await api.ask("PUT", at, {"fields": {"name": "Kim"}})
    assert (without.status, without.body["code"]) == (428, "no_precondition")
    assert (await api.ask("DELETE", at)).status == 428
    odd = await api.ask("PUT", at, {"fields": {"name": "Kim"}}, If_Match="*")
    assert (odd.status, odd.body["code"]) == (400, "bad_request")
    await api.ask("PATCH", at, {"fields": {"age": 2}}, If_Match='"1"')
    stale = await api.ask("PATCH", at, {"fields": {"age": 3}}, If_Match='"1"')
    assert (stale.status, stale.body["code"]) == (412, "stale")
    assert stale.body["current"]["version"] == 2
    assert (stale.body["current"]["fields"]["age"], stale.body["base"]["age"]) == (2, 1)
    assert (await api.ask("DELETE", at, If_Match='"1"')).status == 412


async def test_of_many_changes_at_once_each_version_takes_one(api):
    await api.post("/resources/contact", {"fields": {"name": "Kim"}})
    answers = await asyncio.gather(
        *(api.ask("PATCH", "/resources/contact/kim", {"fields": {"age": age}}, If_Match='"1"') for age in range(1, 6))
    )
    assert sorted(one.status for one in answers) == [200, 412, 412, 412, 412]
    kept = await api.get("/resources/contact/kim")
    assert kept.body["fields"]["age"] in [one.body["fields"]["age"] for one in answers if one.status == 200]
    assert kept.body["version"] == 2


async def test_a_repeated_request_takes_effect_once(api):
    key = {"Idempotency_Key": "order-1"}
    first, second = [await api.post("/resources/contact", NEW, **key) for _ in range(2)]
    assert (first.status, second.status, first.body) == (201, 201, second.body)
    other = await api.post("/resources/contact", {"fields": {"name": "Lee"}}, **key)
    assert (other.status, other.body["code"]) == (422, "repeated_differently")
    assert len((await api.get("/resources/contact")).body["items"]) == 1
    assert (await api.post("/resources/contact", NEW, Idempotency_Key="a b")).status == 400


async def test_what_is_used_says_where_and_can_be_replaced_everywhere(api):
    for name in ("Sales", "Service"):
        await api.post("/resources/team", {"fields": {"name": name}})
    await api.post("/resources/contact", {"fields": {"name": "Kim", "team": "sales"}})
    kept = await api.ask("DELETE", "/resources/team/sales", If_Match='"1"')
    use = {"kind": "contact", "id": "kim", "title": "Kim", "path": "team"}
    assert (kept.status, kept.body["code"], kept.body["uses"]) == (409, "in_use", [use])
    replaced = await api.post("/resources/team/sales/replace", {"instead": "service"})
    assert (replaced.status, replaced.body["items"]) == (200, [use])
    assert (await api.get("/resources/contact/kim")).body["fields"]["team"] == "service"
    assert (await api.get("/resources/team/sales/uses")).body["items"] == []
    assert (await api.ask("DELETE", "/resources/team/sales", If_Match='"1"')).status == 200


NONE = [
    ("lmit=3", "did you mean 'limit'"),
    ("order=nmae", "did you mean 'name'"),
    ("order=lines", "has no column 'lines'"),
    ("where.pin=4711", "where.pin: is no parameter"),
    ("where.age=old", "compared with numbers"),
    ("where.nmae=x", "did you mean 'where.name'"),
    ("limit=0", "must lie between 1 and 200"),
    ("limit=x", "must be a whole number"),
    ("limit=1&limit=2", "limit: is there twice"),
    ("search=%00", "stands nowhere"),
    ("state=gone", "must be one of"),
    ("after=x", "not one this list gave"),
    ("after=NQ==", "not one this list gave"),
]


async def test_a_parameter_that_is_none_is_refused_with_the_way_out(api):
    for query, said in NONE:
        refused = await api.get(f"/resources/contact?{query}")
        assert refused.status == 400, query
        assert said in refused.body["detail"]


async def test_lists_are_searched_filtered_and_sorted(api):
    for age, name in enumerate(["Anna", "Berta", "Cäsar"]):
        await api.post("/resources/contact", {"fields": {"name": name, "age": age, "active": age != 1}})

    async def ids(query):
        return [one["id"] for one in (await api.get(f"/resources/contact?{query}")).body["items"]]

    assert await ids("search=C%C3%84S") == ["caesar"]
    assert await ids("order=-age") == ["caesar", "berta", "anna"]
    assert await ids("where.active=false") == ["berta"]
    assert await ids("where.age=2&where.active=true") == ["caesar"]


async def test_pages_hold_every_record_once_while_others_come_and_go(api):
    for no in range(9):
        await api.post("/resources/contact", {"fields": {"name": f"Person {no}"}})
    found, at, rounds = [], "", 0
    while True:
        page = (await api.get(f"/resources/contact?limit=2&order=name{at}")).body
        found += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        at, rounds = f"&after={page['next']}", rounds + 1
        await api.post("/resources/contact", {"fields": {"name": f"A new one {rounds}"}})  # before the place reached
        await api.ask("DELETE", f"/resources/contact/{found[-1]}", If_Match='"1"')
    assert found == [f"person-{no}" for no in range(9)]


async def test_everything_goes_out_as_yaml_and_comes_in_again(api):
    await api.post("/resources/team", {"fields": {"name": "Sales"}})
    await api.post("/resources/contact", {"fields": {"name": "Kim", "team": "sales"}})
    file = await api.get("/export")
    assert (file.status, file.headers["Content-Type"]) == (200, "application/yaml; charset=utf-8")
    again = {"Content_Type": "application/yaml"}
    assert (await api.post("/plan", file.text, **again)).body == {"items": []}
    edited = file.text.replace("name: Kim", "name: Kim Lee")
    plan = (await api.post("/plan", edited, **again)).body["items"]
    assert [(one["action"], one["differences"][0]["after"]) for one in plan] == [("change", "Kim Lee")]
    assert (await api.get("/resources/contact/kim")).body["version"] == 1
    assert (await api.post("/apply", edited, **again)).body["items"] == plan
    assert (await api.get("/resources/contact/kim")).body["fields"]["name"] == "Kim Lee"
    broken = await api.post("/apply", "contact:\n  kim:\n    age: old\n", **again)
    assert (broken.status, broken.body["code"]) == (422, "resource_file")
    assert "contact.kim.age" in json.dumps(broken.body["problems"])


async def test_a_table_is_looked_at_before_it_is_taken_over(api):
    csv = {"Content_Type": "text/csv"}
    table = "id,name,age\nkim,Kim,3\nlee,Lee,old\n"
    plan = (await api.post("/tables/contact/plan", table, **csv)).body
    assert [(row["no"], [one["path"] for one in row["problems"]]) for row in plan["rows"]] == [(2, []), (3, ["age"])]
    refused = await api.post("/tables/contact/apply", table, **csv)
    assert (refused.status, refused.body["code"]) == (422, "table")
    taken = await api.post("/tables/contact/apply", table.replace("old", "4"), **csv)
    assert [one["action"] for one in taken.body["items"]] == ["create", "create"]
    back = await api.get("/tables/contact")
    assert back.text.splitlines()[1].startswith("kim,Kim,,3,true")
