"""The faults of panoramisk 1.4's manager, one by one (N1 to N20), against a fake Asterisk on a real socket."""

from __future__ import annotations

import asyncio
import socket

import attrs
import pytest

from switchhook.asterisk.ami_errors import AsteriskRefused
from switchhook.asterisk.ami_event import AmiEvent
from switchhook.asterisk.ami_listener import AmiListener, Asterisk
from switchhook.asterisk.ami_protocol import MAX_MESSAGE, MAX_PENDING
from switchhook.asterisk.ami_state import AmiTiming
from switchhook.errors import AsteriskUnavailable, UnsafeText

from .ami_heard import CALM, Heard, client_for, connected, running
from .ami_peer import DEADLINE, ami_peer, event, message


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
        assert [asked.action for asked in peer.asked] == ["Login", "Ping"]


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


async def test_n7_stopping_while_waiting_to_connect_ends_it_for_good():
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    client = client_for(port, timing=AmiTiming(backoff_first=3600, backoff_last=3600))
    async with running(client):
        with pytest.raises(AsteriskUnavailable, match="Connect call failed"):
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


async def test_n9_a_character_split_over_two_segments_arrives_whole():
    heard = Heard()
    async with ami_peer() as peer, connected(peer.port, heard):
        for byte in event("Newchannel", CallerIDName="Jörg Müller €"):
            peer.connection.send(bytes([byte]))
            await peer.connection.writer.drain()
            await asyncio.sleep(0)
        await heard.until(lambda: heard.names() == ["Newchannel"])
        assert heard.events[-1]["CallerIDName"] == "Jörg Müller €"


async def test_n9_latin_1_harms_nothing():
    heard = Heard()
    async with ami_peer() as peer, connected(peer.port, heard):
        peer.connection.send("Event: Newchannel\r\nCallerIDName: Jörg\r\n\r\n".encode("latin-1"))
        await heard.until(lambda: heard.names() == ["Newchannel"])
        assert heard.events[-1]["CallerIDName"] == "J\N{REPLACEMENT CHARACTER}rg"


async def test_n10_events_are_told_in_the_order_of_the_wire():
    heard = Heard()
    async with ami_peer() as peer, connected(peer.port, heard):
        peer.connection.send(b"".join(event("UserEvent", Number=str(number)) for number in range(2000)))
        await heard.until(lambda: len(heard.names()) == 2000)
        assert [each["Number"] for each in heard.events[1:]] == [str(number) for number in range(2000)]


async def test_n10_f15_a_full_queue_drops_counts_and_tells():
    heard = Heard()
    async with ami_peer() as peer, connected(peer.port, heard, queue_limit=10) as client:
        await heard.until(lambda: heard.marks == ["connected"])
        heard.gate.clear()
        peer.connection.cut()
        await heard.until(lambda: len(heard.marks) == 2)
        await peer.until(lambda: len(peer.connections) == 2)
        await client.ready(DEADLINE)
        peer.connection.send(b"".join(event("UserEvent", Number=str(number)) for number in range(100)))
        await client.action("Ping")
        assert client.dropped_events > 50
        dropped = client.dropped_events
        heard.gate.set()
        await heard.until(lambda: heard.marks[-1].startswith("missed"))
        assert heard.marks[-1] == f"missed {dropped}"
        assert [each["Number"] for each in heard.events if "Number" in each.fields] == [
            str(number) for number in range(100 - dropped)
        ]
        peer.connection.send(event("UserEvent", Number="after"))
        await heard.until(lambda: heard.events[-1].get("Number") == "after")


async def test_n11_only_wanted_classes_of_events_are_asked_for():
    async with ami_peer() as peer, connected(peer.port):
        assert peer.asked_for("Login")[0].header("Events") == "system,call"


async def test_n12_the_first_of_a_repeated_header_counts_whatever_its_case():
    heard = Heard()
    async with ami_peer() as peer, connected(peer.port, heard):
        peer.connection.send(
            message("Event: UserEvent", "Uniqueid: real", "Event: Hangup", "uniqueid: forged", "Uniqueid: forged")
        )
        await heard.until(lambda: heard.names() == ["UserEvent"])
        assert heard.events[-1]["Uniqueid"] == "real"
        assert "forged" not in heard.events[-1].fields.values()
        assert len(peer.connections) == 1


def test_n13_an_unknown_header_is_an_error_and_events_do_not_change():
    happened = AmiEvent("Hangup", {"Uniqueid": "1"})
    with pytest.raises(KeyError):
        happened["Uniqeid"]
    with pytest.raises(AttributeError):
        happened.uniqueid  # noqa: B018
    with pytest.raises(TypeError):
        happened.fields["Uniqueid"] = "2"  # type: ignore[index]


async def test_n15_an_event_with_the_id_of_an_action_is_told():
    heard = Heard()
    async with ami_peer() as peer, connected(peer.port, heard) as client:
        peer.answers["Originate"] = lambda connection, asked: (
            event("OriginateResponse", ActionID=asked.header("ActionID"), Uniqueid="job-1")
            + asked.answer("Message: Originate successfully queued")
            + event("OriginateResponse", ActionID=asked.header("ActionID"), Uniqueid="job-1")
        )
        await client.action("Originate", {"Channel": "Local/1@call", "ChannelId": "job-1"})
        await heard.until(lambda: heard.names() == ["OriginateResponse", "OriginateResponse"])


async def test_n16_an_action_without_a_connection_fails_at_once():
    client = client_for(1)
    with pytest.raises(AsteriskUnavailable, match="not connected yet"):
        await client.action("Ping")


async def test_n16_an_action_after_a_loss_fails_at_once_and_is_never_sent():
    heard = Heard()
    calm = attrs.evolve(CALM, backoff_first=3600, backoff_last=3600)
    async with ami_peer() as peer:
        async with connected(peer.port, heard, timing=calm) as client:
            peer.connection.cut()
            await heard.until(lambda: heard.marks[-1:] != ["connected"] and len(heard.marks) == 2)
            with pytest.raises(AsteriskUnavailable):
                await client.action("Originate", {"Channel": "Local/1@call"})
        assert peer.asked_for("Originate") == []


async def test_n17_a_list_is_whole_by_its_own_closing_event_not_by_english_words():
    async with ami_peer() as peer, connected(peer.port) as client:
        peer.channels = [{"Uniqueid": str(number), "Note": "Complete"} for number in range(500)]
        response, *items = await client.action("CoreShowChannels")
        assert response["Response"] == "Success"
        assert [item["Uniqueid"] for item in items] == [str(number) for number in range(500)]
        peer.answers["Hangup"] = lambda connection, asked: asked.answer("Message: events will follow, Added to queue")
        assert len(await client.action("Hangup", {"Channel": "PJSIP/a-1"})) == 1


async def test_n17_two_lists_at_once_do_not_mix():
    async with ami_peer() as peer, connected(peer.port) as client:
        peer.channels = [{"Uniqueid": "1"}, {"Uniqueid": "2"}]
        answers = await asyncio.gather(*(client.action("CoreShowChannels") for _ in range(20)))
        assert {len(answer) for answer in answers} == {3}


async def test_n18_each_connect_and_loss_is_told_in_order():
    heard = Heard()
    async with ami_peer() as peer, connected(peer.port, heard):
        await heard.until(lambda: heard.marks == ["connected"])
        for round_ in range(2, 5):
            peer.connection.cut()
            await heard.until(lambda wanted=round_: heard.marks.count("connected") == wanted)
        assert [mark.partition(":")[0] for mark in heard.marks] == ["connected", *["lost", "connected"] * 3]


async def test_n19_a_message_without_end_is_given_up_at_1_mib():
    heard = Heard()
    async with ami_peer() as peer, connected(peer.port, heard):
        peer.connection.send(b"Event: Newchannel\r\nX: " + b"x" * (MAX_MESSAGE + 1))
        await heard.until(lambda: f"lost: a message longer than {MAX_MESSAGE} bytes" in heard.marks)


async def test_n19_the_secret_is_never_shown():
    client = client_for(1, secret="hunter2")
    assert "hunter2" not in repr(client)
    async with ami_peer(secret="another") as peer:
        client = client_for(peer.port, secret="hunter2")
        async with running(client):
            await peer.until(lambda: len(peer.asked_for("Login")) == 2)
            assert "hunter2" not in client.state.reason


async def test_whoever_is_no_asterisk_never_sees_the_secret_answered():
    async with ami_peer(greeting=b"SSH-2.0-OpenSSH_9.2\r\n") as peer, running(client_for(peer.port)) as client:
        await peer.until(lambda: len(peer.connections) == 2)
        assert client.state.reason == "connection to Asterisk lost: whoever answers there is no Asterisk manager"


async def test_actions_in_waiting_are_bounded():
    async with ami_peer() as peer, connected(peer.port) as client:
        peer.answers["CoreStatus"] = lambda connection, asked: b""
        waiting = [asyncio.create_task(client.action("CoreStatus", deadline=DEADLINE)) for _ in range(MAX_PENDING)]
        await peer.until(lambda: len(peer.asked_for("CoreStatus")) == MAX_PENDING)
        with pytest.raises(AsteriskUnavailable, match="wait for Asterisk already"):
            await client.action("CoreStatus")
        client.drop("enough")
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
        assert {str(outcome) for outcome in outcomes} == {"connection to Asterisk lost: enough"}


async def test_stopping_fails_what_is_pending():
    async with ami_peer() as peer:
        async with connected(peer.port) as client:
            peer.answers["CoreStatus"] = lambda connection, asked: b""
            asking = asyncio.create_task(client.action("CoreStatus", deadline=DEADLINE))
            await peer.until(lambda: len(peer.asked_for("CoreStatus")) == 1)
        with pytest.raises(AsteriskUnavailable):
            await asking


async def test_an_answer_that_says_no_is_an_error_with_asterisks_words():
    async with ami_peer() as peer, connected(peer.port) as client:
        peer.answers["CoreShowChannels"] = lambda connection, asked: asked.refusal("Permission denied")
        with pytest.raises(AsteriskRefused, match="Permission denied") as refused:
            await client.action("CoreShowChannels")
        assert refused.value.data == {"action": "CoreShowChannels", "answer": "Permission denied"}


async def test_a_sweep_is_called_for_from_time_to_time():
    heard = Heard()
    timing = attrs.evolve(CALM, ping_every=0.01, sweep_every=0.01)
    async with ami_peer() as peer, connected(peer.port, heard, timing=timing):
        await heard.until(lambda: heard.marks.count("sweep") >= 2)
