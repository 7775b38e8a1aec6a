"""Faults that panoramisk still has: when one of these fails, the guard of that number may be retired."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from panoramisk import Manager
from panoramisk.message import Message

from .ami_peer import DEADLINE, AmiPeer, ami_peer, event, message


@asynccontextmanager
async def upstream(peer: AmiPeer, **settings: object) -> AsyncIterator[Manager]:
    """A bare panoramisk manager, logged in; its endless reconnecting is switched off at the end."""
    peer.answers["Login"] = lambda connection, asked: asked.answer("Message: Authentication accepted") + peer.boot()
    manager = Manager(
        loop=asyncio.get_running_loop(),
        host="127.0.0.1",
        port=peer.port,
        username="switchhook",
        secret="secret",
        **{"reconnect_timeout": 0, "ping_delay": 600, **settings},
    )
    await manager.connect()
    await peer.until(lambda: len(peer.asked_for("Login")) == 1)
    try:
        yield manager
    finally:
        manager.connect = lambda: None
        manager.close()


async def test_n1_n2_an_originate_without_async_still_kills_the_connection():
    errors: asyncio.Queue[dict[str, object]] = asyncio.Queue()
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: errors.put_nowait(context))
    async with ami_peer() as peer:
        peer.answers["Originate"] = lambda connection, asked: asked.answer("Message: Originate successfully queued")
        async with upstream(peer) as manager:
            future = manager.send_action({"Action": "Originate", "Channel": "Local/1@call"})
            error = await asyncio.wait_for(errors.get(), DEADLINE)
            assert isinstance(error["exception"], KeyError)
            assert not future.done()


async def test_n3_actions_are_still_sent_again_after_a_loss():
    async with ami_peer() as peer:
        peer.answers["Originate"] = lambda connection, asked: b""
        async with upstream(peer) as manager:
            manager.send_action({"Action": "Originate", "Channel": "Local/1@call", "Async": "true"})
            await peer.until(lambda: len(peer.asked_for("Originate")) == 1)
            peer.connection.cut()
            await peer.until(lambda: len(peer.asked_for("Originate")) == 2)


async def test_n5_a_line_end_in_a_field_still_begins_another_action():
    async with ami_peer() as peer, upstream(peer) as manager:
        manager.send_action({"Action": "Hangup", "Channel": "x\r\n\r\nAction: Injected"})
        await peer.until(lambda: len(peer.asked_for("Injected")) == 1)


async def test_n9_a_split_character_is_still_lost():
    async with ami_peer() as peer, upstream(peer) as manager:
        names: list[str] = []
        manager.register_event("Newchannel", lambda _, happened: names.append(happened.CallerIDName))
        first, second = event("Newchannel", CallerIDName="Jörg").split(b"\xb6")
        manager.protocol.data_received(first)
        manager.protocol.data_received(b"\xb6" + second)
        assert names == ["Jrg"]


async def test_n12_a_second_event_header_still_breaks_the_dispatch():
    async with ami_peer() as peer, upstream(peer) as manager:
        with pytest.raises(AttributeError):
            manager.protocol.data_received(message("Event: UserEvent", "Event: Hangup"))


def test_n13_every_attribute_still_exists():
    assert Message({"Event": "Hangup"}).uniqeid == ""


async def test_n16_an_action_before_the_connection_still_falls_over():
    manager = Manager(loop=asyncio.get_running_loop())
    with pytest.raises(AttributeError):
        manager.send_action({"Action": "Ping"})
