"""The faults of panoramisk 1.4's manager, one by one (N1 to N8), against a fake Asterisk on a real socket."""

from __future__ import annotations

import asyncio
import socket

import attrs
import pytest

from switchhook.asterisk.ami_event import AmiEvent
from switchhook.asterisk.ami_listener import AmiListener, Asterisk
from switchhook.asterisk.ami_state import AmiTiming
from switchhook.errors import AsteriskUnavailable, UnsafeText

from .ami_heard import CALM, Heard, client_for, connected, running
from .ami_peer import DEADLINE, ami_peer, event


class Faulty(AmiListener):
    def received(self, event: AmiEvent) -> None:
        raise LookupError("a bug in a plugin")

    async def connected(self, asterisk: Asterisk) -> None:
        raise LookupError("another bug in a plugin")


async def test_n1_a_raising_listener_loses_neither_the_connection_nor_the_others_events():
    faults: list[Exception] = []
    heard = Heard()
    async with ami_peer() as peer, connected(peer.port, Faulty(), heard, on_fault=faults.append):
        for number in range(3):
            peer.connection.send(event("Newchannel", Uniqueid=str(number)))
        await heard.until(lambda: len(heard.names()) == 3)
        assert [each["Uniqueid"] for each in heard.events[1:]] == ["0", "1", "2"]
        assert len(peer.connections) == 1
    assert [str(fault) for fault in faults].count("another bug in a plugin") == 1
    assert [str(fault) for fault in faults].count("a bug in a plugin") == 4


async def test_n2_originate_is_always_asynchronous_and_its_answer_ends_the_action():
    async with ami_peer() as peer, connected(peer.port) as client:
        peer.answers["Originate"] = lambda connection, asked: asked.answer("Message: Originate successfully queued")
        (response,) = await client.action("Originate", {"Channel": "Local/1@call", "ChannelId": "job-1"})
        assert response["Message"] == "Originate successfully queued"
        assert peer.asked_for("Originate")[0].header("Async") == "true"
        assert len(peer.connections) == 1


async def test_n3_nothing_is_sent_again_after_a_loss():
    heard = Heard()
    async with ami_peer() as peer, connected(peer.port, heard) as client:
        peer.answers["Originate"] = lambda connection, asked: b""
        asking = asyncio.create_task(client.action("Originate", {"Channel": "Local/1@call"}, deadline=DEADLINE))
        await peer.until(lambda: len(peer.asked_for("Originate")) == 1)
        peer.connection.cut()
        with pytest.raises(AsteriskUnavailable, match="connection to Asterisk lost"):
            await asking
        await heard.until(lambda: heard.marks.count("connected") == 2)
        await client.action("CoreStatus")
        assert len(peer.asked_for("Originate")) == 1


async def test_n4_an_action_without_an_answer_fails_at_its_deadline_and_leaves_nothing():
    async with ami_peer() as peer, connected(peer.port) as client:
        late = []
        peer.answers["CoreStatus"] = lambda connection, asked: late.append(asked) or b""  # type: ignore[func-returns-value]
        with pytest.raises(AsteriskUnavailable, match=r"no answer to CoreStatus within 0\.05 s"):
            await client.action("CoreStatus", deadline=0.05)
        assert client._protocol is not None
        assert client._protocol.pending == 0
        peer.connection.send(late[0].answer("Message: too late"))
        assert await client.action("Ping")


async def test_n4_a_list_broken_off_midway_fails_when_the_connection_does():
    async with ami_peer() as peer, connected(peer.port) as client:
        peer.answers["CoreShowChannels"] = lambda connection, asked: (
            asked.answer("EventList: start")
            + event("CoreShowChannel", ActionID=asked.header("ActionID"), Uniqueid="1")
            + b"Event: CoreShowCha"
        )
        asking = asyncio.create_task(client.action("CoreShowChannels", deadline=DEADLINE))
        await peer.until(lambda: len(peer.asked_for("CoreShowChannels")) == 1)
        peer.connection.cut()
        with pytest.raises(AsteriskUnavailable):
            await asking


async def test_n4_a_given_up_action_leaves_nothing():
    async with ami_peer() as peer, connected(peer.port) as client:
        peer.answers["CoreStatus"] = lambda connection, asked: b""
        asking = asyncio.create_task(client.action("CoreStatus", deadline=DEADLINE))
        await peer.until(lambda: len(peer.asked_for("CoreStatus")) == 1)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        assert client._protocol is not None
        assert client._protocol.pending == 0


@pytest.mark.parametrize("hostile", ["1\r\nAction: Command", "1\nAction: Command", "1\n\nAction: Originate", "1\0"])
async def test_n5_f9_no_value_begins_a_second_line_or_action(hostile: str):
    async with ami_peer() as peer, connected(peer.port) as client:
        with pytest.raises(UnsafeText):
            await client.action("Hangup", {"Channel": hostile})
        with pytest.raises(UnsafeText):
            await client.action("Originate", {"Channel": "Local/1@call"}, {"SH_NUMBER": hostile})
        await client.action("Ping")
        assert [asked.action for asked in peer.asked] == ["Challenge", "Login", "Ping"]


async def test_f9_a_variable_sets_no_second_variable():
    async with ami_peer() as peer, connected(peer.port) as client:
        await client.action("Originate", {"Channel": "Local/1@call"}, {"A": "hello,PORTAL_AUTH=1", "B": "b"})
        variables = [line for line in peer.asked_for("Originate")[0].lines if line.startswith("Variable: ")]
        assert variables == ['Variable: A="hello,PORTAL_AUTH=1"', 'Variable: B="b"']


async def test_n6_a_silent_connection_is_given_up_after_two_pings():
    heard = Heard()
    timing = attrs.evolve(CALM, ping_every=0.01, ping_deadline=0.2)
    async with ami_peer() as peer, connected(peer.port, heard, timing=timing):
        peer.frozen = True
        await heard.until(lambda: "lost: no sign of life for 2 pings" in heard.marks)
        peer.frozen = False
        await heard.until(lambda: heard.marks.count("connected") == 2)


async def test_n6_events_are_a_sign_of_life_while_the_pong_is_late():
    heard = Heard()
    timing = attrs.evolve(CALM, ping_every=0.01, ping_deadline=0.5)
    async with ami_peer() as peer, connected(peer.port, heard, timing=timing):
        peer.answers["Ping"] = lambda connection, asked: event("Newstate")
        await peer.until(lambda: len(peer.asked_for("Ping")) == 4)
        assert heard.marks == ["connected"]


def test_n6_a_dead_connection_is_noticed_within_ten_seconds():
    timing = AmiTiming()
    assert timing.ping_every + timing.ping_misses * timing.ping_deadline < 10


def test_n7_the_wait_before_an_attempt_grows_from_1_to_30_s_and_varies():
    timing = AmiTiming()
    assert [timing.backoff(attempt, 1.0) for attempt in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    assert [timing.backoff(attempt, 0.0) for attempt in range(7)] == [1, 1, 2, 4, 8, 15, 15]
    assert timing.backoff(10_000, 0.5) == 22.5


async def test_n7_the_attempts_are_counted_from_the_last_good_connection(monkeypatch: pytest.MonkeyPatch):
    attempts: list[int] = []
    monkeypatch.setattr(AmiTiming, "backoff", lambda timing, attempt, chance: attempts.append(attempt) or 0.0)
    heard = Heard()
    async with ami_peer(secret="another") as peer, running(client_for(peer.port, heard)):
        await peer.until(lambda: len(peer.asked_for("Login")) == 4)
        peer.secret = "secret"
        await heard.until(lambda: heard.marks[-1:] == ["connected"])
        refused = len(attempts)
        assert attempts == list(range(refused))
        assert refused >= 3
        peer.connection.cut()
        await heard.until(lambda: heard.marks.count("connected") == 2)
        assert attempts[refused:] == [0]


async def test_n7_stopping_while_waiting_to_connect_ends_it_for_good():
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    client = client_for(port, timing=AmiTiming(backoff_first=3600, backoff_last=3600))
    async with running(client):
        with pytest.raises(AsteriskUnavailable, match="Errno"):
            await client.ready(0.5)
        assert client.state.phase == "lost"
    assert client.state.phase == "stopped"
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []


async def test_n7_a_client_connects_as_soon_as_asterisk_is_there():
    heard = Heard()
    async with ami_peer() as first:
        port = first.port
    async with running(client_for(port, heard)) as client:
        with pytest.raises(AsteriskUnavailable):
            await client.ready(0.1)
        async with ami_peer(bind=port):
            await client.ready(DEADLINE)
            assert client.state.phase == "connected"


async def test_n8_a_refused_login_is_said_and_tried_again_at_growing_distances():
    async with ami_peer(secret="another") as peer:
        waits: list[int] = []
        heard = Heard()
        client = client_for(
            peer.port, heard, timing=attrs.evolve(CALM, backoff_last=0.02), chance=lambda: waits.append(1) or 1.0
        )
        async with running(client):
            await peer.until(lambda: len(peer.asked_for("Login")) == 3)
            assert client.state.phase == "refused"
            assert client.state.reason == "Asterisk refused the manager account 'switchhook': Authentication failed"
            with pytest.raises(AsteriskUnavailable, match="Authentication failed"):
                await client.action("Ping")
            peer.secret = "secret"
            await heard.until(lambda: heard.marks[-1:] == ["connected"])
        refusal = "refused: Asterisk refused the manager account 'switchhook': Authentication failed"
        assert heard.marks == [refusal, "connected"]
        assert len(waits) >= 3


async def test_n8_connected_means_fully_booted():
    heard = Heard()
    async with ami_peer(booted=False) as peer, running(client_for(peer.port, heard)) as client:
        await peer.until(lambda: len(peer.asked_for("Login")) == 1)
        with pytest.raises(AsteriskUnavailable):
            await client.action("CoreStatus")
        assert heard.marks == []
        peer.connection.send(peer.boot())
        await client.ready(DEADLINE)


async def test_n8_an_asterisk_that_never_boots_is_given_up_with_a_hint():
    async with ami_peer(booted=False) as peer:
        client = client_for(peer.port, timing=attrs.evolve(CALM, boot=0.05))
        async with running(client):
            await peer.until(lambda: len(peer.connections) == 2)
            assert "read=system" in client.state.reason


async def test_n19_the_secret_itself_is_never_sent_not_even_when_no_challenge_is_offered():
    """Any program may listen on Asterisk's port while Asterisk is down."""
    async with ami_peer() as peer, connected(peer.port):
        assert [asked.action for asked in peer.asked[:2]] == ["Challenge", "Login"]
    heard = Heard()
    async with ami_peer() as impostor, running(client_for(impostor.port, heard)) as client:
        impostor.answers["Challenge"] = lambda connection, asked: asked.refusal("Must specify AuthType")
        await heard.until(lambda: bool(heard.marks))
        assert client.state.phase == "refused"
        assert "Must specify AuthType" in client.state.reason
    assert impostor.asked_for("Login") == []
    assert not any("secret" in line for asked in peer.asked + impostor.asked for line in asked.lines)


async def test_each_connection_answers_a_challenge_of_its_own():
    heard = Heard()
    async with ami_peer() as peer, connected(peer.port, heard):
        peer.connection.cut()
        await heard.until(lambda: heard.marks.count("connected") == 2)
        first, second = peer.asked_for("Login")
        assert first.header("Key") != second.header("Key")


async def test_the_end_is_said_whether_stopped_or_cancelled():
    async with ami_peer() as peer:
        async with connected(peer.port):
            pass
        await peer.until(lambda: len(peer.asked_for("Logoff")) == 1)
        client = client_for(peer.port)
        task = asyncio.create_task(client.run())
        await client.ready(DEADLINE)
        task.cancel()
        await asyncio.wait([task])
        await peer.until(lambda: len(peer.asked_for("Logoff")) == 2)
        assert peer.asked[-1].action == "Logoff"
