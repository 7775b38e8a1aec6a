"""The live view: what events make of it."""

from __future__ import annotations

import pytest

from switchhook.asterisk.ami_event import AmiEvent
from switchhook.asterisk.live import LiveCalls
from switchhook.asterisk.live_values import CallOver, LegBegan, LegChanged, LegEnded
from switchhook.clock import SetClock
from switchhook.errors import AsteriskUnavailable

from .live_watched import NOW, Watched, channel


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


class Taking:
    """An Asterisk that takes every action."""

    def __init__(self):
        self.taken = []

    async def action(self, name, fields=None, variables=None, *, deadline=5.0):
        self.taken.append((name, dict(fields or {})))
        return (AmiEvent("Response", {}),)

    def drop(self, reason):
        raise AssertionError(reason)


async def test_a_call_is_ended_by_its_own_leg_alone_and_only_while_asterisk_is_there():
    watched, asterisk = Watched(), Taking()
    watched.begins("1.1")
    with pytest.raises(AsteriskUnavailable, match="cannot be ended"):
        await watched.live.hang_up("1.1")
    await watched.live.connected(asterisk)
    watched.begins("1.2", Channel="PJSIP/trunk-0000002")
    asterisk.taken.clear()
    assert await watched.live.hang_up("1.2")
    assert asterisk.taken == [("Hangup", {"Channel": "PJSIP/trunk-0000002", "Cause": "16"})]
    assert not await watched.live.hang_up("1.9")
    await watched.live.lost("it is gone")
    with pytest.raises(AsteriskUnavailable):
        await watched.live.hang_up("1.2")
