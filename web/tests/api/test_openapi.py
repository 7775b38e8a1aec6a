"""The description is true OpenAPI 3.1, and says what is there: no more and no less."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator
from schemathesis.openapi import from_dict

from switchhook_web.api.openapi import codes
from switchhook_web.kinds_of_errors import KINDS

from .site import Client

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # the database makes no difference


async def described(api: Client, language: str = "en"):
    answer = await api.get("/api/v1/openapi.json", Accept_Language=language)
    assert answer.status == 200
    return answer.body


async def test_it_is_openapi_with_schemas_that_are_schemas(api):
    document = await described(api)
    assert document["openapi"] == "3.1.0"
    cookie = api.app.extensions["session_cookie"].name
    assert document["components"]["securitySchemes"]["session"]["name"] == cookie
    for name, schema in document["components"]["schemas"].items():
        assert schema, name
        Draft202012Validator.check_schema(schema)
    referred = {part.partition('"')[0] for part in json.dumps(document).split('"#/components/schemas/')[1:]}
    assert referred <= set(document["components"]["schemas"])
    ids = [one["operationId"] for path in document["paths"].values() for one in path.values()]
    assert len(ids) == len(set(ids))
    found = list(from_dict(document).get_all_operations())
    assert len(found) == len(ids)
    assert all(hasattr(one, "ok") for one in found)  # schemathesis could read each


async def test_every_operation_tells_its_errors_and_each_has_a_place_in_http(operations):
    for one in operations:
        assert [code for code in codes(one) if code not in KINDS] == [], one.id
        assert one.right or one.above or one.id in FOR_EVERYBODY, one.id


FOR_EVERYBODY = {
    "kinds.list",
    "live",
    "support.get",
    "tenants.limits",
    "trash.list",
    "export",
    "plan",
    "apply",
    "rights.list",
    "policy.get",
} | {f"account.{name}" for name in ("get", "patch", "sessions", "end_session", "tokens", "make_token", "revoke_token")}
"""What everybody who is signed in may ask; the services say how much is told."""


async def test_fields_of_plugins_are_described_in_both_languages(api):
    english, german = await described(api), await described(api, "de-DE, en;q=0.5")
    at = ("paths", "/tenants/{tenant}/resources/contact", "post", "requestBody", "content", "application/json")
    texts = []
    for document in (english, german):
        for part in at:
            document = document[part]
        fields = document["schema"]["properties"]["fields"]
        assert fields["required"] == ["name"]
        assert fields["properties"]["pin"]["writeOnly"] is True
        assert fields["properties"]["team"]["x-switchhook-to"] == "team"
        texts.append(fields["properties"]["age"]["title"])
    assert texts == ["Age", "Alter"]
    assert "pin" not in english["components"]["schemas"]["ContactFields"]["properties"]


async def test_the_page_for_people_tells_every_operation(api):
    page = await api.get("/api/docs", Cookie="s=kim", token="")
    document = await described(api)
    for path, methods in document["paths"].items():
        for one in methods.values():
            assert f'id="{one["operationId"]}"' in page.text, path
    assert "<script>" not in page.text
    assert " style=" not in page.text
