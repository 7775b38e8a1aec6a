"""The description is true OpenAPI 3.1, and says what is there: no more and no less."""

from __future__ import annotations

import json
import re
import shlex

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from schemathesis.openapi import from_dict

from switchhook.numbers.settings import NumberSettings
from switchhook.people.person import Person
from switchhook.people.tenants import TenantDetails
from switchhook.resources.number_group import NumberGroup
from switchhook.schema import settings_of
from switchhook.webhooks.webhook import Webhook
from switchhook_web.api.openapi import codes
from switchhook_web.api.operation import BINARY, STREAM
from switchhook_web.api.telling import curl
from switchhook_web.kinds_of_errors import KINDS
from switchhook_web.sentences import with_plugins

from .site import DIGITS, Client, Contact

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


async def test_it_is_what_the_official_schema_of_openapi_asks_for(api):
    document = await described(api)
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []
    broken = {**document, "info": {"version": "1"}, "paths": {}, "components": {}}
    assert [error.message for error in OpenAPIV31SpecValidator(broken).iter_errors()] != []


async def test_every_example_fits_the_schema_beside_it(api, operations):
    document = await described(api)
    registry = Registry().with_resource("urn:doc", Resource.from_contents(document, default_specification=DRAFT202012))

    def wrong(schema: object, example: object) -> list[str]:
        inside = json.loads(json.dumps(schema).replace('"#/components', '"urn:doc#/components'))
        checking = Draft202012Validator(inside, registry=registry, format_checker=FormatChecker())
        return [f"{one.json_path}: {one.message}" for one in checking.iter_errors(example)]

    found = {}
    for path in document["paths"].values():
        for one in path.values():
            contents = [*one.get("requestBody", {}).get("content", {}).values()]
            contents += [
                content
                for status, answered in one["responses"].items()
                if status < "300"
                for content in answered.get("content", {}).values()
            ]
            for content in contents:
                found[one["operationId"]] = wrong(content["schema"], content["example"])
    assert {name: said for name, said in found.items() if said} == {}
    with_bodies = {one.id for one in operations if one.body is not None or one.status != 204}
    assert set(found) == with_bodies
    assert wrong({"$ref": "#/components/schemas/Problem"}, {"status": "x"}) != []


async def test_what_a_text_must_look_like_is_told_in_words(api):
    """A pattern says nothing to people: whoever declares one says in words what it asks."""
    text = json.dumps(await described(api))
    told = [part.partition('"')[0] for part in text.split('"description": "')[1:]]
    assert [one for one in told if "of the shape" in one] == []
    refused = await api.post("/people", {"name": "Kim", "email": "kim"})
    said = {"path": "email", "message": "must be an e-mail address such as name@example.org, not 'kim'"}
    assert (refused.status, refused.body["problems"]) == (422, [said])
    known = with_plugins([("site", DIGITS)])
    shapes = [
        meta.shape
        for declared in (Person, NumberSettings, TenantDetails, NumberGroup, Webhook, Contact)
        for meta, _ in settings_of(declared).values()
        if meta.shape is not None
    ]
    assert len(shapes) >= 8
    for shape in shapes:
        assert known.german(f"must be {shape.en}, not 'x'") == f"verlangt ist {shape.de}: 'x'"


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
} | {
    f"account.{name}"
    for name in (
        *("get", "patch", "sessions", "end_session", "end_sessions", "tokens", "make_token", "revoke_token"),
        *("change_password", "factor", "begin_factor", "confirm_factor", "remove_factor"),
    )
}
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


async def test_the_pages_for_people_tell_every_operation(api, operations):
    """Each can be found, and told by its fields, its errors and a request to copy."""

    async def page(path: str) -> str:
        answer = await api.get(path, Cookie="s=kim", token="")
        assert answer.status == 200, path
        assert "<script>" not in answer.text
        assert " style=" not in answer.text
        return str(answer.text)

    index = await page("/api/docs")
    assert "Authorization: Bearer TOKEN" in index
    parts = {one.tag: await page(f"/api/docs/{one.tag}") for one in operations}
    for one in operations:
        assert f'id="{one.id}"' in index
        assert f'id="{one.id}"' in parts[one.tag]
    assert {code for one in operations for code in codes(one)} <= set(re.findall(r'id="code-([a-z_]+)"', index)) | {
        "store_away",
        "too_busy",
    }
    contact = parts["contact"].partition('id="contact.create"')[2].partition("</section>")[0]
    for said in ("fields.name", "fields.lines[].number", "Idempotency-Key: order-4711", "curl -X POST", "id_taken"):
        assert said in contact, said
    found = await page("/api/docs?search=POST+numbers")
    assert 'id="numbers.assign"' in found
    assert 'id="numbers.list"' not in found
    schemas = await page("/api/docs/schemas")
    referred = {name for text in parts.values() for name in re.findall(r"schemas#schema-([A-Za-z]+)", text)}
    assert referred <= set(re.findall(r'id="schema-([A-Za-z]+)"', schemas))
    assert (await api.get("/api/docs/nothing", Cookie="s=kim", token="")).status == 404


async def test_the_requests_that_the_pages_show_are_answered(api, operations):
    """What people copy is no request that cannot be read: at worst what it names is not there yet."""
    document = await described(api)
    found = {}
    for one in [one for one in operations if one.media not in {STREAM, *BINARY}]:
        words = shlex.split(curl(one, document["paths"][one.path][one.method.lower()], "").replace("\\\n", " "))
        sent = dict(words[place + 1].split(": ", 1) for place, word in enumerate(words) if word == "-H")
        body = words[words.index("-d") + 1] if "-d" in words else None
        if "--data-binary" in words:
            body = one.body.example or "%PDF-1.7"
            body = json.dumps(body) if "yaml" in sent["Content-Type"] else body
        headers = {name.replace("-", "_"): value.replace("TOKEN", "operator") for name, value in sent.items()}
        answer = await api.of("").ask(one.method, words[-1], body, **{**headers, "Idempotency_Key": one.id})
        found[one.id] = (answer.status, answer.body.get("code", "") if isinstance(answer.body, dict) else "")
    assert {name: said for name, said in found.items() if said[0] in (400, 405, 406, 415, 500)} == {}
