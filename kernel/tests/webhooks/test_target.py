"""Whom a webhook may reach (SEC12)."""

from __future__ import annotations

from collections.abc import Sequence

import aiohttp
import pytest
from aiohttp import web

from switchhook.webhooks.target import Target, TargetRefused, checked_url, is_public, target_of
from switchhook.webhooks.wire import deliver, signature

from .receiver import receiver

PUBLIC = "93.184.216.34"


async def must_not_be_asked(host: str, port: int) -> Sequence[str]:
    raise AssertionError(f"{host} was looked up")


@pytest.mark.parametrize(
    "url",
    [
        "gopher://example.org/",
        "file:///etc/passwd",
        "ftp://example.org/",
        "//example.org/",
        "example.org",
        "http://",
        "http://user:password@example.org/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://2130706433/",
        "http://127.1/",
        "http://0177.0.0.1/",
        "http://example.org:99999/",
        "http://exa mple.org/",
        "http://example.org\\@127.0.0.1/",
        "http://[fe80::1%25eth0]/",
        "https://example.org/\r\nX: y",
        "",
    ],
)
def test_what_is_no_plain_web_address_is_refused_before_anything_is_asked(url: str) -> None:
    with pytest.raises(TargetRefused):
        checked_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.8.9.10:8080/",
        "http://[::1]/",
        "http://10.1.2.3/",
        "http://172.16.0.1/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[fe80::1]/",
        "http://[fc00::1]/",
        "http://[ff02::1]/",
        "http://[::]/",
        "http://\uff11\uff12\uff17.0.0.1/",
    ],
)
async def test_addresses_that_are_not_the_internets_are_refused(url: str) -> None:
    with pytest.raises(TargetRefused, match="no public address"):
        await target_of(url, must_not_be_asked)
    assert (await target_of(url, must_not_be_asked, allow_private=True)).address


@pytest.mark.parametrize("addresses", [["127.0.0.1"], [PUBLIC, "10.0.0.1"], ["::ffff:10.0.0.1"], ["fe80::1"], ["junk"]])
async def test_a_name_with_any_address_inside_is_refused(addresses: list[str]) -> None:
    async def resolve(host: str, port: int) -> Sequence[str]:
        return addresses

    with pytest.raises(TargetRefused):
        await target_of("https://rebind.example/hook", resolve)


def test_the_internets_addresses_are_public() -> None:
    assert is_public(PUBLIC)
    assert is_public("2606:2800:220:1:248:1893:25c8:1946")


async def test_a_name_is_looked_up_once_and_what_it_says_later_does_not_matter() -> None:
    answers = [[PUBLIC], ["127.0.0.1"]]

    async def flips(host: str, port: int) -> Sequence[str]:
        return answers.pop(0)

    target = await target_of("https://rebind.example/hook", flips)
    assert target.address == PUBLIC
    assert answers == [["127.0.0.1"]]


async def test_the_address_that_was_looked_at_is_used_under_the_name_that_was_given() -> None:
    """``hook.invalid`` has no address in the world: only the pinned one can lead to the receiver."""
    async with receiver() as to:
        target = Target(checked_url(f"http://hook.invalid:{to.port}/a?b=1"), "127.0.0.1")
        answer = await deliver(target, "{}", {"X-Switchhook-Event": "ping"})
    assert (answer.status, answer.text) == (200, "thanks")
    (got,) = to.got
    assert got.headers["Host"] == f"hook.invalid:{to.port}"
    assert got.path == "/a?b=1"


async def test_a_redirect_to_the_inside_is_an_answer_and_is_not_followed() -> None:
    async with receiver() as to:
        to.answer = lambda: web.Response(status=302, headers={"Location": f"http://127.0.0.1:{to.port}/inside"})
        answer = await deliver(Target(checked_url(f"http://hook.invalid:{to.port}/"), "127.0.0.1"), "{}", {})
    assert (answer.status, answer.taken) == (302, False)
    assert [one.path for one in to.got] == ["/"]


async def test_an_endless_or_silent_answer_costs_neither_memory_nor_time() -> None:
    async with receiver() as to:
        to.answer = lambda: web.Response(body=b"x" * 5_000_000)
        target = Target(checked_url(f"http://127.0.0.1:{to.port}/"), "127.0.0.1")
        assert len((await deliver(target, "{}", {})).text) == 500
        to.silent = True
        with pytest.raises((TimeoutError, aiohttp.ClientError)):
            await deliver(target, "{}", {}, timeout=0.2)


def test_a_signature_covers_body_and_time() -> None:
    """The value is that of: printf '%s' '1700000000.{"a":1}' | openssl dgst -sha256 -hmac 0123456789abcdef."""
    told = signature("0123456789abcdef", 1_700_000_000, '{"a":1}')
    assert told == "t=1700000000,v1=9eb18f493f8ec135d9eb2dad817c369bb4e9cbfa818657897a7437c1cd8c3a23"
    assert (
        len(
            {told, signature("0123456789abcdeg", 1_700_000_000, '{"a":1}'), signature("0123456789abcdef", 1, '{"a":1}')}
        )
        == 3
    )
