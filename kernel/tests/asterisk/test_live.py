"""The live view: what events and comparisons make of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs
import pytest

from switchhook.asterisk.ami_errors import AsteriskRefused
from switchhook.asterisk.ami_event import AmiEvent
from switchhook.asterisk.live import LiveCalls
from switchhook.asterisk.live_values import CallOver, LegBegan, LegChanged, LegEnded, LiveChange
from switchhook.clock import SetClock
from switchhook.errors import AsteriskUnavailable

from .ami_heard import CALM, Heard, connected
from .ami_peer import ami_peer, event

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def channel(id_: str, call: str = "", **fields: str) -> dict[str, str]:
    described = {"Channel": f"PJSIP/{id_}", "ChannelStateDesc": "Ring", "CallerIDNum": "0301234567", "Context": "call"}
    return {**described, "Exten": "100", "Uniqueid": id_, "Linkedid": call or id_, **fields}


@attrs.define(eq=False)
class Watched:
    changes: list[LiveChange] = attrs.field(factory=list)
    live: LiveCalls = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.live = LiveCalls(SetClock(NOW), self.changes.append)

    def happens(self, name: str, **fields: str) -> None:
        self.live.received(AmiEvent(name, fields))

    def begins(self, id_: str, call: str = "", **fields: str) -> None:
        self.happens("Newchannel", **channel(id_, call, **fields))

    def ids(self) -> dict[str, list[str]]:
        return {call.id: [leg.id for leg in call.legs] for call in self.live.snapshot()}


def test_two_calls_of_the_same_second_stay_two():
    watched = Watched()
    watched.begins("sh1-1764000000.12")
    watched.begins("sh1-1764000000.13")
    assert watched.ids() == {"sh1-1764000000.12": ["sh1-1764000000.12"], "sh1-1764000000.13": ["sh1-1764000000.13"]}
    assert watched.live.call("sh1-1764000000.12") is not None
    assert watched.live.call("sh1-1764000000") is None


def test_a_call_from_ring_to_hang_up():
    watched = Watched()
    watched.begins("1.1", CallerIDNum="<unknown>")
    watched.happens("Newstate", **channel("1.1", ChannelStateDesc="Up"))
    watched.begins("1.2", "1.1")
    watched.happens("DialBegin", Uniqueid="1.1", DestUniqueid="1.2")
    watched.happens("DialEnd", Uniqueid="1.1", DestUniqueid="1.2", DialStatus="ANSWER")
    watched.happens("BridgeEnter", **channel("1.1", ChannelStateDesc="Up"), BridgeUniqueid="b")
    assert watched.ids() == {"1.1": ["1.1", "1.2"]}
    watched.happens("BridgeLeave", **channel("1.1", ChannelStateDesc="Up"), BridgeUniqueid="b")
    watched.happens("Hangup", Uniqueid="1.2", Cause="16")
    watched.happens("Hangup", Uniqueid="1.1", Cause="17")
    began = watched.changes[0]
    assert isinstance(began, LegBegan)
    assert (began.leg.caller, began.leg.exten, began.leg.since) == ("", "100", NOW)
    changed = [change.leg for change in watched.changes if isinstance(change, LegChanged)]
    assert [(leg.state, set(leg.dialing), leg.bridge) for leg in changed] == [
        ("Up", set(), ""),
        ("Up", {"1.2"}, ""),
        ("Up", set(), ""),
        ("Up", set(), "b"),
        ("Up", set(), ""),
    ]
    ended = [change for change in watched.changes if isinstance(change, LegEnded | CallOver)]
    assert [(type(change), change.ending) for change in ended] == [
        (LegEnded, "hangup"),
        (LegEnded, "hangup"),
        (CallOver, "hangup"),
    ]
    assert [change.cause for change in ended if isinstance(change, LegEnded)] == [16, 17]
    assert watched.live.snapshot() == ()


def test_nothing_is_kept_of_a_thousand_ended_calls():
    watched = Watched()
    for number in range(1000):
        watched.begins(f"1.{number}")
        watched.happens("Hangup", Uniqueid=f"1.{number}")
    assert watched.live.snapshot() == ()
    assert watched.live._legs == {}


def test_a_leg_that_ends_while_being_dialed_is_dialed_no_more():
    watched = Watched()
    watched.begins("1")
    watched.begins("2", "1")
    watched.happens("DialBegin", Uniqueid="1", DestUniqueid="2")
    watched.happens("Hangup", Uniqueid="2")
    leg = watched.live.leg("1")
    assert leg is not None
    assert leg.dialing == frozenset()


def test_a_call_that_joins_another_is_over_as_joined():
    watched = Watched()
    watched.begins("1")
    watched.begins("2")
    watched.happens("BridgeEnter", **channel("2", "1"), BridgeUniqueid="b")
    assert watched.ids() == {"1": ["1", "2"]}
    assert watched.changes[-1] == CallOver("2", "joined")


def test_a_renamed_channel_keeps_its_identity():
    watched = Watched()
    watched.begins("1")
    watched.happens("Rename", Uniqueid="1", Channel="PJSIP/1", Newname="PJSIP/1<MASQ>")
    leg = watched.live.leg("1")
    assert leg is not None
    assert leg.name == "PJSIP/1<MASQ>"


@pytest.mark.parametrize("name", ["Newstate", "Hangup", "BridgeEnter", "BridgeLeave", "DialBegin", "DialEnd", "Rename"])
def test_an_event_about_an_unknown_leg_changes_nothing(name: str):
    watched = Watched()
    watched.happens(name, **channel("9"), DestUniqueid="8")
    watched.happens(name)
    assert watched.live.snapshot() == ()
    assert watched.changes == []


def test_an_event_told_twice_changes_nothing():
    watched = Watched()
    watched.begins("1")
    watched.begins("1")
    watched.happens("Newstate", **channel("1"))
    assert len(watched.changes) == 1


def test_a_raising_observer_leaves_the_view_right():
    live = LiveCalls(SetClock(NOW), lambda change: 1 / 0)  # type: ignore[arg-type, return-value]
    with pytest.raises(ZeroDivisionError):
        live.received(AmiEvent("Newchannel", channel("1")))
    assert [call.id for call in live.snapshot()] == ["1"]


async def test_after_a_loss_the_view_is_what_asterisk_has_and_ends_missed_are_reported():
    watched, heard = Watched(), Heard()
    async with ami_peer() as peer, connected(peer.port, watched.live, heard):
        peer.channels = [channel("kept"), channel("gone")]
        peer.connection.send(event("Newchannel", **channel("kept")) + event("Newchannel", **channel("gone")))
        await heard.until(lambda: heard.names() == ["Newchannel"] * 2)
        peer.channels = [
            channel("kept", ChannelStateDesc="Up", BridgeId="b"),
            channel("new", "kept", Duration="01:02:03", BridgeId="b"),
        ]
        peer.connection.cut()
        await heard.until(lambda: heard.marks.count("connected") == 2)
        assert watched.ids() == {"kept": ["new", "kept"]} or watched.ids() == {"kept": ["kept", "new"]}
        kept, new = watched.live.leg("kept"), watched.live.leg("new")
        assert kept is not None
        assert new is not None
        assert (kept.state, kept.bridge, new.bridge) == ("Up", "b", "b")
        assert new.since == NOW - timedelta(hours=1, minutes=2, seconds=3)
        ends = [change for change in watched.changes if isinstance(change, LegEnded | CallOver)]
        assert [(type(end), end.ending) for end in ends] == [(LegEnded, "missed"), (CallOver, "missed")]
        assert watched.live.stale == ""


async def test_a_restarted_asterisk_interrupts_all_older_calls_even_with_equal_ids():
    watched, heard = Watched(), Heard()
    listed = [channel("job-1"), channel("2")]
    async with ami_peer(channels=listed) as peer, connected(peer.port, watched.live, heard):
        await heard.until(lambda: heard.marks == ["connected"])
        peer.started, peer.channels = "10:05:00", [channel("job-1")]
        peer.connection.cut()
        await heard.until(lambda: heard.marks.count("connected") == 2)
    ends = [change for change in watched.changes if isinstance(change, LegEnded)]
    assert {(end.leg.id, end.ending) for end in ends} == {("job-1", "interrupted"), ("2", "interrupted")}
    assert watched.ids() == {"job-1": ["job-1"]}


async def test_events_during_the_comparison_are_taken_after_it():
    watched, heard = Watched(), Heard()
    async with ami_peer(channels=[channel("1")]) as peer:
        peer.answers["CoreShowChannels"] = lambda connection, asked: (
            event("Newchannel", **channel("2"))
            + asked.listing("CoreShowChannel", peer.channels, "CoreShowChannelsComplete")
            + event("Hangup", Uniqueid="1", Cause="16")
        )
        async with connected(peer.port, watched.live, heard):
            await heard.until(lambda: heard.names() == ["Newchannel", "Hangup"])
    assert watched.ids() == {"2": ["2"]}
    assert [change.ending for change in watched.changes if isinstance(change, LegEnded)] == ["hangup"]


async def test_a_gap_in_the_events_leads_to_a_comparison():
    watched = Watched()
    watched.begins("1")
    async with ami_peer(channels=[channel("2")]) as peer, connected(peer.port) as client:
        await watched.live.missed(client, 7)
    assert watched.ids() == {"2": ["2"]}


async def test_a_sweep_ends_only_what_was_absent_twice():
    watched = Watched()
    watched.begins("1")
    watched.begins("2")
    async with ami_peer(channels=[]) as peer, connected(peer.port) as client:
        await watched.live.sweep(client)
        assert set(watched.ids()) == {"1", "2"}
        peer.channels = [channel("2")]
        await watched.live.sweep(client)
        assert set(watched.ids()) == {"2"}
        peer.channels = []
        await watched.live.sweep(client)
        assert set(watched.ids()) == {"2"}


async def test_without_a_connection_the_calls_are_kept_and_called_stale():
    watched, heard = Watched(), Heard()
    calm = attrs.evolve(CALM, backoff_first=3600, backoff_last=3600)
    async with ami_peer(channels=[channel("1")]) as peer, connected(peer.port, watched.live, heard, timing=calm):
        await heard.until(lambda: heard.marks == ["connected"])
        assert watched.live.stale == ""
        peer.connection.cut()
        await heard.until(lambda: len(heard.marks) == 2)
        assert watched.ids() == {"1": ["1"]}
        assert watched.live.stale.startswith("no connection to Asterisk")


async def test_an_account_that_may_not_ask_is_said_and_the_connection_kept():
    watched, heard = Watched(), Heard()
    faults: list[Exception] = []
    async with ami_peer() as peer:
        peer.answers["CoreShowChannels"] = lambda connection, asked: asked.refusal("Permission denied")
        async with connected(peer.port, watched.live, heard, on_fault=faults.append):
            await heard.until(lambda: heard.marks == ["connected"])
            assert "Permission denied" in watched.live.stale
            assert len(peer.connections) == 1
    assert [type(fault) for fault in faults] == [AsteriskRefused]


async def test_a_comparison_that_breaks_off_is_made_again_on_the_next_connection():
    watched, heard = Watched(), Heard()
    faults: list[Exception] = []
    async with ami_peer(channels=[channel("1")]) as peer:
        peer.answers["CoreShowChannels"] = lambda connection, asked: connection.cut() or b""  # type: ignore[func-returns-value]
        async with connected(peer.port, watched.live, heard, on_fault=faults.append):
            await peer.until(lambda: len(peer.asked_for("CoreShowChannels")) == 1)
            del peer.answers["CoreShowChannels"]
            await heard.until(lambda: heard.marks[-1:] == ["connected"] and watched.live.stale == "")
    assert watched.ids() == {"1": ["1"]}
    assert {type(fault) for fault in faults} == {AsteriskUnavailable}


async def test_fifty_cuts_leave_the_view_equal_to_asterisk():
    """REL05, short form."""
    watched, heard = Watched(), Heard()
    async with ami_peer() as peer, connected(peer.port, watched.live, heard):
        await heard.until(lambda: heard.marks == ["connected"])
        for number in range(50):
            peer.channels = [channel(f"{number}.{leg}", f"{number}.0") for leg in range(number % 4)]
            before = heard.marks.count("connected")
            peer.connection.send(event("Newchannel", **channel("x"))[: number % 40])
            peer.connection.cut()
            await heard.until(lambda before=before: heard.marks.count("connected") > before)
            listed = {fields["Uniqueid"] for fields in peer.channels}
            assert {leg.id for call in watched.live.snapshot() for leg in call.legs} == listed
        assert len(peer.asked_for("Login")) == 51
