"""The faults of panoramisk 1.4's manager, continued (N9 to N19), against a fake Asterisk on a real socket."""

from __future__ import annotations

import asyncio

import attrs
import pytest

from switchhook.asterisk.ami_errors import AsteriskRefused
from switchhook.asterisk.ami_event import AmiEvent
from switchhook.asterisk.ami_protocol import MAX_MESSAGE, MAX_PENDING
from switchhook.errors import AsteriskUnavailable

from .ami_heard import CALM, Heard, client_for, connected, running
from .ami_peer import DEADLINE, ami_peer, event, message


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


async def test_n15_an_event_that_comes_before_the_list_is_no_item_of_it():
    heard = Heard()
    async with ami_peer(channels=[{"Uniqueid": "1"}]) as peer, connected(peer.port, heard) as client:
        peer.answers["CoreShowChannels"] = lambda connection, asked: (
            event("UserEvent", ActionID=asked.header("ActionID"))
            + asked.listing("CoreShowChannel", peer.channels, "CoreShowChannelsComplete")
        )
        assert len(await client.action("CoreShowChannels")) == 2
        await heard.until(lambda: heard.names() == ["UserEvent"])


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
