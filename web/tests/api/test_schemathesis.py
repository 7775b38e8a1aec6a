"""Requests made up from the description: nothing breaks, and no answer is one that was not declared."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from switchhook.speech.audio import to_wav, tone
from switchhook.store.engine import Store
from switchhook.store.migrations import migrate

from .site import Client, administered, all_plugins, app_of

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ENDLESS = ("GET /tenants/{tenant}/live",)
"""Answers that do not end by themselves; test_live.py asks for them."""
EXAMPLES, FIXED, SAME = 5, 2, 1
"""Requests for each operation; for one that is told little beside a path; and for one that all kinds share."""
OF_ANY_KIND = re.compile(r".* /tenants/{tenant}/(resources|tables)/(?!contact|team)[a-z-]+(/(?!{id}$).*|)")
"""What is the same operation for every kind of resource but for its fields."""


WAV = to_wav(tone(440, 0.1))
THERE: Mapping[str, Mapping[str, str]] = {
    **{kind: {"name": "Kim"} for kind in ("team", "announcement", "mailbox", "calendar", "switch", "ring-group")},
    "contact": {"name": "Kim", "pin": "4711"},
}
"""One thing of some kinds, each with the id ``kim``."""


@schemathesis.serializer("application/pdf", "image/jpeg", "image/png")
def as_bytes(_: Any, value: Any) -> bytes:
    """A made up file as it is sent."""
    return value if isinstance(value, bytes) else str(getattr(value, "data", value)).encode()


class Beside:
    """The portal on a loop of its own, asked from this thread as a WSGI application."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.app: Any = None
        self.token = "sue"
        """Who asks: somebody who may do everything in the tenant, in person."""

    def do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def end(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        status, headers, body = self.do(self._answer(environ))
        start_response(f"{status} ", headers)
        return [body]

    async def _answer(self, environ: dict[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
        headers = {name[5:].replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
        headers |= {"Content-Type": environ["CONTENT_TYPE"]} if environ.get("CONTENT_TYPE") else {}
        length = int(environ.get("CONTENT_LENGTH") or 0)
        path = quote(environ["PATH_INFO"].encode("latin-1"))
        response = await self.app.test_client(use_cookies=False).open(
            f"{path}?{environ['QUERY_STRING']}",
            method=environ["REQUEST_METHOD"],
            headers={**headers, "Authorization": f"Bearer {self.token}"},
            data=environ["wsgi.input"].read(length) if length else None,
        )
        return response.status_code, list(response.headers.items()), await response.get_data()


@pytest.fixture
def besides(postgresql: Any, tmp_path: Path) -> Iterator[Sequence[Beside]]:
    """The same portal on each database: what is made up, which takes longest, is asked of both."""
    postgresql.sql("CREATE DATABASE made_up")
    found = [Beside(), Beside()]
    stores = [Store(f"sqlite:///{tmp_path / 'store.db'}"), Store(postgresql.url("made_up"))]
    for one, store in zip(found, stores, strict=True):
        (tmp_path / store.dialect).mkdir()
        one.do(begun(one, store, tmp_path / store.dialect))
    yield found
    for one, store in zip(found, stores, strict=True):
        one.do(store.close())
        one.end()


async def begun(one: Beside, store: Store, home: Path) -> None:
    """A portal with all plugins and one thing of some kinds."""
    await migrate(store)
    one.app = await app_of(await administered(store, home, all_plugins()))
    api = Client(one.app)
    for kind, fields in THERE.items():
        assert (await api.post(f"/resources/{kind}", {"fields": fields})).status == 201, kind
    assert (await api.post("/flow-templates/announcement", {"label": "Kim"})).status == 201
    assert (
        await api.ask("POST", "/announcements/kim/versions", WAV, Content_Type="application/octet-stream")
    ).status == 200


@pytest.mark.timeout(400)  # hundreds of operations on both databases, beside other tests
def test_no_made_up_request_breaks_anything_or_is_answered_as_nobody_was_told(besides: Sequence[Beside]) -> None:
    sqlite, _ = besides
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", sqlite)
    above = {f"{one.method} {one.path}" for one in sqlite.app.extensions["api"].operations if one.above}
    operations = [one.ok() for one in schema.get_all_operations()]
    answered = {}
    for one in sorted(operations, key=lambda one: one.label in above):  # the operator's may close the tenant
        if one.label not in ENDLESS:
            for portal in besides:
                portal.token = "operator" if one.label in above else "sue"
            answered[one.label] = asked(one, besides)
    assert len(answered) > 300
    assert len(above & set(answered)) > 20
    assert {label for label, said in answered.items() if not said - {401, 403}} == set()
    assert {200, 201, 404} <= set().union(*answered.values())


def asked(operation: Any, besides: Sequence[Beside]) -> set[int]:
    """What some requests to an operation were answered with; raises for what must not be."""
    found: set[int] = set()

    @settings(
        max_examples=examples_of(operation),
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    @given(case=operation.as_strategy().map(_ours))
    def ask(case: Any) -> None:
        for portal in besides:
            operation.schema.app = portal
            found.add(case.call_and_validate(checks=CHECKS).status_code)

    ask()
    return found


def examples_of(operation: Any) -> int:
    """How many requests tell something of an operation."""
    if OF_ANY_KIND.fullmatch(operation.label):
        return SAME
    return EXAMPLES if operation.body or operation.query else FIXED


def _ours(case: Any) -> Any:
    """Requests that mostly concern what is there: others would all be answered in the same way."""
    if "tenant" in (case.path_parameters or {}):
        case.path_parameters["tenant"] = "acme"
    for name in ("id", "flow"):
        if name in (case.path_parameters or {}) and len(case.path_parameters[name]) > 1:
            case.path_parameters[name] = "kim"
    if "no" in (case.path_parameters or {}) and len(case.path_parameters["no"]) > 1:
        case.path_parameters["no"] = "1"
    if "If-Match" in (case.headers or {}) and len(case.headers["If-Match"]) > 3:
        case.headers["If-Match"] = '"1"'
    return case
