"""Decisions of other programs, and telling them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from switchhook import Caller, NotFound, Order, OrderHopeless
from switchhook.store.engine import Store
from switchhook.testing import assert_module_conforms, call
from switchhook_routing import notify
from switchhook_routing.http_decision import HttpDecision
from switchhook_routing.notify import Notify, filled
from switchhook_routing.web_service import WebService

URL = "https://decide.example/calls"
SERVICES = {"crm": WebService(name="CRM", url=URL, secret="s" * 16)}


async def decided(answer: object, store: Store | None = None, **settings):
    module = HttpDecision(service="crm", ways=("sales", "vip"), **settings)
    programs = {} if answer is None else {URL: answer}
    return await call(module, resources=SERVICES, programs=programs, store=store, variables={"x": "1"})


@pytest.mark.parametrize(
    ("answer", "way", "why"),
    [
        ({"exit": "vip"}, "vip", "CRM decided so"),
        ({"exit": "boss"}, "timeout", "CRM named no exit that is allowed"),
        ({"exit": ["vip"]}, "timeout", "CRM named no exit that is allowed"),
        ({"exit": "timeout"}, "timeout", "CRM named no exit that is allowed"),
        ({}, "timeout", "CRM named no exit that is allowed"),
        (None, "timeout", "the program did not answer within 2 s"),
    ],
)
async def test_only_exits_that_are_allowed_are_taken(answer, way, why):
    done = await decided(answer)
    assert (done.exit, done.why, done.variables) == (way, why, {"x": "1"})


async def test_only_variables_that_are_named_are_learned():
    answer = {"exit": "vip", "variables": {"name": "Ann" * 99, "other": "x", "number": 5}}
    done = await decided(answer, learned=("name", "number"))
    assert done.variables == {"x": "1", "name": ("Ann" * 99)[:100]}


async def test_an_answer_is_good_for_a_while(kept: Store):
    assert (await decided({"exit": "vip"}, kept, cache_seconds=60)).exit == "vip"
    assert (await decided({"exit": "sales"}, kept, cache_seconds=60)).exit == "vip"
    assert (await decided(None, kept, cache_seconds=60)).exit == "vip"
    assert (await decided({"exit": "sales"}, kept, cache_seconds=60, told=("x",))).exit == "sales"


def test_ways_no_answer_can_name_are_found():
    module = HttpDecision(service="crm", ways=("ok", "Not so", "timeout"), learned=("A",))
    assert [(one.rule, one.path) for one in module.lint()] == [
        ("L23", "settings.ways[1]"),
        ("L23", "settings.ways[2]"),
        ("decision-variable", "settings.learned[0]"),
    ]


def test_decision_keeps_its_contract():
    words = {"ways": [["sales"], ["a", "b"]], "told": [[], ["x"]], "learned": [[], ["y"]]}
    assert_module_conforms(HttpDecision, settings=words, resources=SERVICES, unreached=("sales", "a", "b"))


async def test_a_notification_is_ordered_and_nobody_waits():
    module = Notify(recipients=("a@example.org", "b@example.org"), service="crm")
    done = await call(module, resources=SERVICES)
    assert (done.exit, done.seconds) == ("next", 0.0)
    assert [event.data for event in done.events if event.kind == "order.given"] == [{"order": "routing.notify"}] * 3


def test_texts_are_filled_in():
    assert filled("{caller} called {number}{x}{", {"caller": "+49", "number": "12"}) == "+49 called 12{"


async def test_what_is_told_of_a_suppressed_caller():
    seen: list[Any] = []

    hidden = Caller("", presentation="suppressed", key="k")
    from switchhook.calls.surroundings import NoDesk

    original = NoDesk.order

    async def note(self, call, kind, payload, due, once):
        seen.append(payload)

    NoDesk.order = note
    try:
        await call(
            Notify(recipients=("a@example.org",), subject="{caller} {time}", text="{x}"),
            caller=hidden,
            variables={"x": "7"},
        )
    finally:
        NoDesk.order = original
    assert (seen[0]["subject"], seen[0]["text"], seen[0]["to"]) == ("unterdrückt 13:00", "7", "a@example.org")


def an_order(**payload: object) -> Order:
    from datetime import UTC, datetime

    now = datetime(2026, 11, 28, tzinfo=UTC)
    told = {"call": "c", "label": "Hotline", "subject": "S", "text": "T", "language": "de", "known": {"caller": "+49"}}
    return Order(7, "acme", notify.KIND, {**told, **payload}, now, now)


async def test_an_order_tells_the_web_service_until_it_answers():
    asked: list[Any] = []

    class Programs:
        async def ask(self, url: str, question: Any, *, secret: str, seconds: float) -> Any:
            asked.append((url, question["id"], question["text"], secret))
            return {}

    class Kept:
        async def get(self, kind: str, service: str) -> Any:
            if service != "crm":
                raise NotFound("there is none")
            return SimpleNamespace(value=SERVICES["crm"])

    portal = SimpleNamespace(keeping=SimpleNamespace(of=lambda tenant, actor: Kept()), programs=Programs())
    await notify.tell(portal, an_order(service="crm"))
    assert asked == [(URL, 7, "T", "s" * 16)]
    with pytest.raises(OrderHopeless):
        await notify.tell(portal, an_order(service="gone"))


def test_notify_keeps_its_contract():
    given = {
        "recipients": [["a@example.org"]],
        "service": ["", "crm"],
        "zone": ["UTC"],
        "subject": ["{caller}", "x"],
        "text": ["", "{label} {x}"],
    }
    assert_module_conforms(Notify, settings=given, resources=SERVICES)
