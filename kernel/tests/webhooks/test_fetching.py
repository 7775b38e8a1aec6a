"""Documents of other servers: fetched outside, not for long, not too large, and not again while they are the same (SEC12)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from aiohttp import web

from switchhook.calls.programs import Unanswered
from switchhook.webhooks.fetching import Fetched, Fetching

from .receiver import receiver

FETCHING = Fetching(allow_private=True)


async def test_a_document_is_fetched_and_not_again_while_it_is_the_same():
    async with receiver() as it:
        it.answer = lambda: web.Response(body=b"\xef\xbb\xbfBEGIN", headers={"ETag": '"1"'})
        url = f"http://127.0.0.1:{it.port}/office.ics?key=1"
        assert await FETCHING.fetch(url) == Fetched("BEGIN", '"1"')
        it.answer = lambda: web.Response(status=304, headers={"ETag": '"1"'})
        assert await FETCHING.fetch(url, etag='"1"') == Fetched("", '"1"', new=False)
        assert it.got[1].headers["If-None-Match"] == '"1"'
        assert it.got[1].path == "/office.ics?key=1"


async def test_a_redirect_is_followed_some_times():
    async with receiver() as it:
        answers = [web.Response(status=302, headers={"Location": "/other"}), web.Response(text="there")]
        it.answer = lambda: answers.pop(0)
        assert (await FETCHING.fetch(f"http://127.0.0.1:{it.port}/")).text == "there"
        assert it.got[1].path == "/other"
        it.answer = lambda: web.Response(status=302, headers={"Location": "/"})
        with pytest.raises(Unanswered, match="more than 3 times"):
            await FETCHING.fetch(f"http://127.0.0.1:{it.port}/")


async def inside(host: str, port: int) -> Sequence[str]:
    return ["10.0.0.1"]


async def test_nobody_inside_is_asked():
    async with receiver() as it:
        for url in (f"http://127.0.0.1:{it.port}/", f"http://[::ffff:127.0.0.1]:{it.port}/", "ftp://example.org/"):
            with pytest.raises(Unanswered):
                await Fetching().fetch(url)
        with pytest.raises(Unanswered, match="no public address"):
            await Fetching(resolve=inside).fetch("https://calendar.example/")
        assert it.got == []


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"status": 500}, "the status 500"),
        ({"text": "x" * 101}, "more than 100 bytes"),
        ({"text": "x", "headers": {"Content-Encoding": "gzip"}}, "packs the document"),
    ],
)
async def test_what_cannot_be_used_is_none(answer, why):
    async with receiver() as it:
        it.answer = lambda: web.Response(**answer)
        with pytest.raises(Unanswered, match=why):
            await FETCHING.fetch(f"http://127.0.0.1:{it.port}/", most=100)


async def test_one_that_says_nothing_or_is_not_there_is_not_waited_for():
    async with receiver() as it:
        it.silent = True
        url = f"http://127.0.0.1:{it.port}/"
        with pytest.raises(Unanswered, match=r"within 0\.2 s"):
            await FETCHING.fetch(url, seconds=0.2)
    with pytest.raises(Unanswered, match="cannot be reached"):
        await FETCHING.fetch(url)
