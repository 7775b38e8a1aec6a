"""What other sites, other programs and broken requests get (SEC05, SEC34)."""

from __future__ import annotations

import json
import re

import attrs
import pytest
from web_people import ORIGIN, build, post, routes

from switchhook.schema import Problem, SettingsRefused
from switchhook_web.access import access_of, signed_in

OURS = {"Host": "127.0.0.1:8080", "Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:8081"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": ORIGIN, "Sec-Fetch-Site": "cross-site"},
    {},
]


def changing(portal):
    """Every route that changes something, with its path."""
    for rule, path, method in routes(portal):
        if method in rule.methods and method not in ("GET", "HEAD", "OPTIONS"):
            yield rule, path, method


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_another_site_changes_nothing(portal, headers):
    token = {"X-CSRF-Token": "csrf-of-operator", "Host": "127.0.0.1:8080"}
    paths = list(changing(portal))
    assert paths
    for _, path, method in paths:
        response = await portal.client("operator").open(path, method=method, headers={**token, **headers})
        assert response.status_code == 403, (method, path)


@pytest.mark.parametrize("token", ["", "csrf-of-user", "csrf-of-operator "])
async def test_without_the_sessions_token_nothing_changes(portal, token):
    for rule, path, method in changing(portal):
        if access_of(portal.app, rule.endpoint).who == "all" and rule.rule != "/preferences":
            continue
        for body in (
            {"form": {"csrf": token}},
            {"json": {"csrf": "csrf-of-operator"}},
            {"data": b"csrf=csrf-of-operator"},
        ):
            response = await portal.client("operator").open(path, method=method, headers=OURS, **body)
            assert response.status_code == 403, (method, path, body)


async def test_reading_is_never_a_change(portal):
    """No route both reads and changes, so that a link or a picture can do nothing; the API's operations have one method each."""
    for rule in portal.app.url_map.iter_rules():
        assert rule.endpoint == "api.answer" or not {"GET", "POST"} <= rule.methods, rule.rule


async def test_pages_forbid_what_they_do_not_need_and_hold_nothing_inline(portal):
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
    portal.app.extensions["streams"].end()  # their answers would not end by themselves
    for role in ("", "operator", "admin", "nobody"):
        for _, path, method in routes(portal):
            if method != "GET":
                continue
            response = await portal.client(role).get(path, headers={"Host": "127.0.0.1:8080"})
            csp = response.headers["Content-Security-Policy"]
            assert "default-src 'self'" in csp, path
            assert "frame-ancestors 'none'" in csp
            assert "unsafe" not in csp
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Referrer-Policy"] == "same-origin"
            assert "Strict-Transport-Security" not in response.headers
            if response.content_type and response.content_type.startswith("text/html"):
                found = inline.search(await response.get_data(as_text=True))
                assert found is None, (path, found)


async def test_by_https_the_cookie_is_the_hosts_own_and_stays_https(tmp_path):
    portal = await build(tmp_path, lambda s: attrs.evolve(s, web=attrs.evolve(s.web, public_url="https://p.example/")))
    headers = {"Host": "p.example", "Origin": "https://p.example"}
    response = await post(portal.client(), "/sign-in", {"username": "adam", "password": "adam"}, headers=headers)
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-switchhook-8080=")
    assert {part.strip() for part in cookie.split(";")[1:]} == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
    assert response.headers["Strict-Transport-Security"].startswith("max-age=")
    await portal.administration.store.close()


async def test_signing_in_and_out(portal):
    client = portal.client()
    wrong = await post(client, "/sign-in", {"username": "adam", "password": "guess"})
    assert wrong.status_code == 401
    assert "do not fit" in await wrong.get_data(as_text=True)
    for then, goes in (
        ("/t/acme/cards/today", "/t/acme/cards/today"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
    ):
        entered = await post(portal.client(), "/sign-in", {"username": "adam", "password": "adam", "then": then})
        assert (entered.status_code, entered.headers["Location"]) == (303, goes)
        cookie = entered.headers["Set-Cookie"]
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    left = await post(portal.client("admin"), "/sign-out")
    assert left.status_code == 303
    assert "admin" in portal.door.out


async def test_one_whose_password_is_due_gets_nowhere_else(portal):
    portal.door.must = "change_password"
    response = await portal.client("admin").get("/t/acme")
    assert (response.status_code, response.headers["Location"]) == (303, "/account/password")


@pytest.mark.parametrize("path", ["/nope", "/api/v1/nope"])
async def test_what_is_not_there_is_told_without_our_insides(portal, path):
    response = await portal.client("admin").get(path)
    assert response.status_code == 404
    if path.startswith("/api"):
        assert response.content_type == "application/problem+json"
        assert json.loads(await response.get_data())["code"] == "not_found"


async def test_a_fault_of_ours_is_kept_and_told_by_its_number_alone(portal):
    async def broken() -> str:
        raise RuntimeError("the secret insides")

    async def refused() -> str:
        raise SettingsRefused([Problem("contact.name", "must be given")])

    for name, view in (("/api/v1/broken", broken), ("/broken", broken), ("/api/v1/refused", refused)):
        portal.app.add_url_rule(name, name, signed_in(view))
    client = portal.client("admin")
    told = json.loads(await (await client.get("/api/v1/broken")).get_data())
    page = await client.get("/broken")
    text = await page.get_data(as_text=True)
    assert (told["status"], page.status_code) == (500, 500)
    assert "insides" not in text + json.dumps(told)
    assert "Traceback" not in text
    kept = portal.faults[0]
    assert (kept.plugin, kept.kind) == ("web", "raised")
    assert told["id"] in kept.message
    assert "the secret insides" in kept.trace
    assert portal.faults[1].message[1:9] in text
    answer = await client.get("/api/v1/refused")
    assert answer.status_code == 422
    assert json.loads(await answer.get_data())["problems"] == [{"path": "contact.name", "message": "must be given"}]


async def test_a_method_that_is_none_and_bodies_that_are_too_large(portal):
    client = portal.client("admin")
    wrong = await client.open("/t/acme", method="DELETE", headers=OURS)
    assert wrong.status_code == 405
    assert "GET" in wrong.headers["Allow"]
    size = {"Content-Length": str((1 << 20) + 1)}
    large = await post(client, "/preferences", {"language": "de"}, headers=size)
    assert large.status_code == 413


async def test_language_and_looks_are_kept_by_the_browser(portal):
    client = portal.client("admin")
    assert 'lang="en"' in await (await client.get("/t/acme")).get_data(as_text=True)
    kept = await post(client, "/preferences", {"language": "de", "theme": "dark", "then": "/t/acme"})
    assert (kept.status_code, kept.headers["Location"]) == (303, "/t/acme")
    page = await (await client.get("/t/acme")).get_data(as_text=True)
    assert '<html lang="de" data-theme="dark" data-bs-theme="dark">' in page
    assert "Übersicht" in page
    await post(client, "/preferences", {"language": "fr", "theme": "pink"})
    assert '<html lang="de" data-theme="dark"' in await (await client.get("/t/acme")).get_data(as_text=True)


@pytest.mark.parametrize(
    ("agent", "old"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Trident/7.0; rv:11.0) like Gecko", True),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/90.0.1 Safari/537.36", True),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.1 Safari/537.36", False),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/14.1 Safari/605.1.15", True),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", False),
    ],
)
async def test_an_old_browser_is_told_and_gets_in(portal, agent, old):
    client = portal.client()
    page = await (await client.get("/sign-in", headers={"User-Agent": agent})).get_data(as_text=True)
    assert ("is-old" in page) is old
    form = {"username": "adam", "password": "adam"}
    assert (await post(client, "/sign-in", form, headers={"User-Agent": agent})).status_code == 303
