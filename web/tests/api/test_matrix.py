"""Who may do what: made from the operations, so that those of plugins are in it without anybody's work (SEC15)."""

from __future__ import annotations

import pytest

from .site import Client

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # the database makes no difference

BODIES = {"application/json": "{}", "application/yaml": "{}", "text/csv": "id\n", "application/pdf": "%PDF-"}


def at(operation, tenant: str = "acme") -> str:
    path = operation.path.replace("{tenant}", tenant)
    for name in operation.names:
        path = path.replace(f"{{{name}}}", "7")
    return f"/api/v1{path}"


async def asked(api: Client, token: str, operation, tenant: str = "acme"):
    headers = {"If_Match": '"1"'} if operation.versioned else {}
    body = None
    if operation.body is not None:
        headers["Content_Type"] = operation.body.media[0]
        body = BODIES[operation.body.media[0]]
    answer = await api.of(token).ask(operation.method, at(operation, tenant), body, **headers)
    return answer.status, answer.body.get("code", "") if isinstance(answer.body, dict) else ""


async def test_nobody_without_a_token_gets_anything(api, operations):
    found = {one.id: await asked(api, "", one) for one in operations}
    assert {one: said for one, said in found.items() if said[0] != 401} == {}
    found = {one.id: await asked(api, "a-token-of-nobody", one) for one in operations}
    assert {one: said for one, said in found.items() if said[0] != 401} == {}


async def test_another_tenant_is_not_there(api, operations):
    found = {one.id: await asked(api, "lee", one) for one in operations if one.of_tenant}
    assert {one: said for one, said in found.items() if said != (404, "not_found")} == {}
    assert len(found) > 20


async def test_the_operator_is_told_of_a_tenant_that_is_not_there(api, operations):
    found = {one.id: await asked(api, "operator", one, "nope") for one in operations if one.of_tenant}
    assert {one: said for one, said in found.items() if said != (404, "not_found")} == {}


async def test_without_the_right_there_is_nothing_to_be_had(api, operations):
    found = {one.id: await asked(api, "nobody", one) for one in operations if one.right or one.above}
    assert {one: said for one, said in found.items() if said != (403, "forbidden")} == {}


async def test_what_is_above_tenants_is_for_the_operator_alone(api, operations):
    found = {one.id: await asked(api, "kim", one) for one in operations if one.above}
    assert {one: said for one, said in found.items() if said != (403, "forbidden")} == {}


async def test_a_password_that_has_expired_lets_nothing_through(api, operations):
    found = {one.id: await asked(api, "late", one) for one in operations}
    assert {one: said for one, said in found.items() if said != (403, "password_expired")} == {}


async def test_a_right_to_see_is_none_to_change(api, operations):
    seeing = {one.id for one in operations if one.right == "contact.view"}
    found = {one.id: await asked(api, "viewer", one) for one in operations if one.id.startswith("contact.")}
    assert {one for one, said in found.items() if said[1] == "forbidden"} == set(found) - seeing


CANNOT_BE = [
    ("GET", "/nothing", {}, (404, "not_found")),
    ("GET", "/resources/contcat", {}, (404, "not_found")),
    ("GET", "/resources/contact/", {}, (404, "not_found")),
    ("GET", "//resources/contact", {}, (404, "not_found")),
    ("GET", "/resources/contact/%00", {}, (404, "not_found")),
    ("PUT", "/resources/contact", {}, (405, "method")),
    ("GET", "/resources/contact", {"Accept": "text/html"}, (406, "not_acceptable")),
    ("POST", "/resources/contact", {"Content_Type": "text/plain"}, (415, "media_type")),
    ("POST", "/resources/contact", {"Content_Type": "application/json"}, (400, "bad_request")),
    ("GET", "/resources/contact", {"X_HTTP_Method_Override": "DELETE"}, (200, "")),
]


async def test_what_cannot_be_is_told_with_its_code(api):
    for method, path, headers, said in CANNOT_BE:
        answer = await api.ask(method, path, "{broken" if method == "POST" else None, **headers)
        assert (answer.status, answer.body.get("code", "")) == said, path
        assert answer.status != 405 or answer.headers["Allow"] == "GET, HEAD, POST"


async def test_a_body_that_is_too_large_is_refused_unread(api):
    refused = await api.post("/resources/contact", '"' + "x" * (1 << 20) + '"', Content_Type="application/json")
    assert (refused.status, refused.body["code"]) == (413, "too_large")


async def test_sentences_are_in_the_language_of_who_asks(api):
    german = await api.get("/nothing", Accept_Language="de-AT")
    assert german.body["title"] == "Nicht gefunden"
    assert (await api.get("/nothing", Accept_Language="fr, en;q=0.3")).body["title"] == "Not found"
