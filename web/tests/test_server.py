"""The server of pages in the portal's loop: there until it is cancelled, and a port that is taken is told."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import attrs
import pytest
from jinja2 import Environment
from web_people import Portal, build

from switchhook_web.server import serve


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    port = free_port()
    made = await build(tmp_path, lambda s: attrs.evolve(s, web=attrs.evolve(s.web, port=port)))
    yield made
    await made.administration.store.close()


async def get(port: int, path: str) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
    text = (await asyncio.wait_for(reader.read(), 20)).decode()
    writer.close()
    await writer.wait_closed()
    return text


async def test_pages_are_there_until_the_portal_ends(portal, monkeypatch):
    """And no template is compiled in the thread that serves calls."""
    port, here, whole = portal.administration.settings.web.port, threading.get_ident(), Environment.compile
    compiled = Counter()

    def watched(*arguments, **more):
        compiled[threading.get_ident() == here] += 1
        return whole(*arguments, **more)

    monkeypatch.setattr(Environment, "compile", watched)
    task = asyncio.create_task(serve(portal.administration))
    async with asyncio.timeout(30):
        while True:
            assert not task.done()
            try:
                page = await get(port, "/t/acme")
                break
            except ConnectionRefusedError:
                await asyncio.sleep(0.05)
    assert page.startswith("HTTP/1.1 401")
    assert "<form" in await get(port, "/sign-in")
    assert compiled[False] > 50
    assert compiled[True] == 0
    assert "server:" not in page.lower()
    task.cancel()
    await asyncio.wait([task], timeout=10)
    assert task.cancelled()
    with pytest.raises(ConnectionRefusedError):
        await get(port, "/")


async def test_a_port_that_is_taken_is_an_error_the_portal_tells(portal):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", portal.administration.settings.web.port))
        holder.listen()
        with pytest.raises(OSError, match="in use"):
            await asyncio.wait_for(serve(portal.administration), 20)


async def test_switched_off_there_are_no_pages(portal):
    settings = portal.administration.settings
    off = attrs.evolve(settings, web=attrs.evolve(settings.web, enabled=False))
    assert await serve(attrs.evolve(portal.administration, settings=off)) is None
