"""Other programs are asked outside, once, and not for long (SEC12)."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from aiohttp import web

from switchhook.calls.programs import Unanswered
from switchhook.clock import SetClock
from switchhook.webhooks.asking import AskedPrograms
from switchhook.webhooks.wire import SIGNATURE, signature

from .receiver import receiver

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
CLOCK = SetClock(NOW)


async def test_a_question_is_signed_and_its_answer_an_object():
    async with receiver() as it:
        it.answer = lambda: web.Response(text='{"exit": "vip"}')
        programs, url = AskedPrograms(CLOCK, allow_private=True), f"http://127.0.0.1:{it.port}/decide"
        assert await programs.ask(url, {"caller": "+49"}, secret="s" * 16) == {"exit": "vip"}
        (got,) = it.got
        assert json.loads(got.body) == {"caller": "+49"}
        assert got.headers[SIGNATURE] == signature("s" * 16, int(NOW.timestamp()), got.body)
        it.answer = lambda: web.Response(text="")
        assert await programs.ask(url, {}) == {}


@pytest.mark.parametrize(
    ("status", "text", "why"),
    [
        (200, "[1]", "no JSON object"),
        (200, "<html>", "no JSON object"),
        (200, '{"a": "' + "x" * 10_000 + '"}', "no JSON object"),
        (302, "{}", "status 302"),
        (500, "{}", "status 500"),
    ],
)
async def test_an_answer_that_cannot_be_used_is_none(status, text, why):
    async with receiver() as it:
        it.answer = lambda: web.Response(status=status, text=text, headers={"Location": "/other"})
        with pytest.raises(Unanswered, match=why):
            await AskedPrograms(CLOCK, allow_private=True).ask(f"http://127.0.0.1:{it.port}/", {})
        assert len(it.got) == 1


async def test_one_that_says_nothing_or_is_not_there_is_not_waited_for():
    async with receiver() as it:
        it.silent = True
        url = f"http://127.0.0.1:{it.port}/"
        with pytest.raises(Unanswered, match=r"did not answer within 0\.2 s"):
            await AskedPrograms(CLOCK, allow_private=True).ask(url, {}, seconds=0.2)
    with pytest.raises(Unanswered, match="cannot be reached"):
        await AskedPrograms(CLOCK, allow_private=True).ask(url, {})


async def test_nobody_inside_is_asked():
    async def inside(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async with receiver() as it:
        for url, programs in (
            (f"http://127.0.0.1:{it.port}/", AskedPrograms(CLOCK)),
            (f"http://decide.example:{it.port}/", AskedPrograms(CLOCK, resolve=inside)),
        ):
            with pytest.raises(Unanswered, match="no public address"):
                await programs.ask(url, {})
        assert it.got == []
