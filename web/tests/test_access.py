"""Nobody gets further than their rights: every route there is, for every sort of person (SEC01, SEC02)."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from quart import Blueprint
from web_people import ACTORS, Portal, build, post, routes

from switchhook import hookimpl
from switchhook.dispatch.loader import Source
from switchhook_web.access import OPEN, RouteRefused, access_of, check_routes, open_to_all, right

DENIED = {401, 403, 404}


async def answer(portal: Portal, role: str, method: str, path: str, token: str = "") -> int:
    headers = {"Host": "127.0.0.1:8080", "Origin": "http://127.0.0.1:8080", "Sec-Fetch-Site": "same-origin"}
    headers |= {"X-CSRF-Token": f"csrf-of-{role}"} if role else {}
    response = await portal.client(role).open(path, method=method, headers=headers)
    return response.status_code


async def test_without_signing_in_only_the_known_few_answer(portal):
    assert len(OPEN) <= 8
    let_in = set()
    for rule, path, method in routes(portal):
        if await answer(portal, "", method, path) not in DENIED:
            let_in.add(rule.rule)
    assert let_in <= OPEN


@pytest.mark.parametrize("role", ["nobody", "stranger", "user", "admin"])
async def test_each_sort_of_person_gets_what_the_route_says(portal, role):
    tenant, actor = ACTORS[role]
    for rule, path, method in routes(portal):
        access = access_of(portal.app, rule.endpoint)
        whose = (rule.defaults or {}).get("tenant", "acme")
        foreign = "tenant" in rule.arguments and tenant != whose
        lacking = access.who == "right" and not actor.may(access.right)
        beyond = access.who == "operator" and actor.role != "operator"
        if method in rule.methods and (foreign or lacking or beyond):
            status = await answer(portal, role, method, path)
            assert status == (404 if foreign else 403), (role, method, path)


async def test_a_route_that_says_nothing_stops_the_start(portal):
    async def naked() -> str:
        return "seen"

    portal.app.add_url_rule("/naked", "naked", naked)
    with pytest.raises(RouteRefused, match="'naked' does not say who may use it"):
        check_routes(portal.app)


async def test_a_route_may_not_open_itself_nor_ask_for_a_right_in_no_tenant(portal):
    portal.app.add_url_rule("/wide", "wide", open_to_all(lambda: "seen"))
    with pytest.raises(RouteRefused, match="'/wide' must not be open"):
        check_routes(portal.app)
    portal.app.view_functions["wide"] = right("call.view")(lambda: "seen")
    with pytest.raises(RouteRefused, match="names no tenant"):
        check_routes(portal.app)


async def test_pages_of_plugins_are_below_their_own_path_and_checked_like_all(tmp_path, monkeypatch):
    blueprint = Blueprint("sample", "sample")
    blueprint.get("/page")(right("sample.view")(lambda tenant: "seen"))
    monkeypatch.setitem(__import__("sys").modules, "sample_pages", SimpleNamespace(blueprint=blueprint))
    from switchhook import Pages

    brings = [Pages("sample_pages"), Pages("nowhere_at_all")]
    plugin = SimpleNamespace(pages=hookimpl(lambda: brings))
    portal = await build(tmp_path, sources=[Source("sample", lambda: plugin)])
    assert await answer(portal, "admin", "GET", "/t/acme/x/sample/page") == 200
    assert await answer(portal, "user", "GET", "/t/acme/x/sample/page") == 403
    assert await answer(portal, "stranger", "GET", "/t/acme/x/sample/page") == 404
    assert [(one.plugin, one.kind) for one in portal.faults] == [("sample", "import")]
    await portal.administration.store.close()


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer api-admin"},  # API tokens count for the API alone
        {"Authorization": "Basic YWRhbTphZGFt"},
        {"X-Forwarded-User": "adam", "Remote-User": "adam", "X-Remote-User": "adam"},
        {"X-Original-URL": "/sign-in", "X-Rewrite-URL": "/sign-in"},
        {"X-HTTP-Method-Override": "GET"},
        {"Cookie": "__Host-switchhook-8080=admin; switchhook-8081=admin"},
    ],
    ids=str,
)
async def test_no_header_lets_anybody_in(portal, headers):
    for path in ("/t/acme", "/t/acme/cards/live"):
        response = await portal.client().get(path, headers=headers)
        assert response.status_code == 401, path


@pytest.mark.parametrize(
    "path", ["//t/acme", "/t//acme", "/%2e/t/acme", "/static/../t/acme", "/t/acme;", "/t/acme/", "/T/acme"]
)
async def test_no_spelling_of_a_path_lets_anybody_in(portal, path):
    assert (await portal.client().get(path)).status_code in {401, 404}


@pytest.mark.parametrize(
    ("trusted", "forwarded", "seen"),
    [
        ((), "203.0.113.9", "<local>"),
        (("192.0.2.0/24",), "203.0.113.9", "<local>"),
        (("127.0.0.1", "192.0.2.0/24"), "198.51.100.7, 203.0.113.9, 192.0.2.1", "203.0.113.9"),
        (("127.0.0.1",), "nonsense, 203.0.113.9", "203.0.113.9"),
        (("127.0.0.1",), "203.0.113.9, nonsense", "127.0.0.1"),
    ],
)
async def test_who_asks_is_who_the_trusted_proxies_say(tmp_path, trusted, forwarded, seen):
    import attrs

    portal = await build(tmp_path, lambda s: attrs.evolve(s, web=attrs.evolve(s.web, trusted_proxies=trusted)))
    client = portal.client()
    headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https", "X-Real-IP": "1.2.3.4"}
    if "127.0.0.1" in trusted:
        headers["Origin"] = "https://127.0.0.1:8080"
    more = {} if "127.0.0.1" not in trusted else {"scope_base": {"client": ("127.0.0.1", 5)}}
    response = await post(client, "/sign-in", {"username": "adam", "password": "adam"}, headers=headers, **more)
    assert response.status_code == 303
    assert portal.door.addresses == [seen]
    await portal.administration.store.close()
