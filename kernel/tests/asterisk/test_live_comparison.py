"""The live view: what losses, gaps and comparisons with Asterisk make of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import attrs
import pytest

from switchhook.asterisk.ami_errors import AsteriskRefused
from switchhook.asterisk.ami_event import AmiEvent
from switchhook.asterisk.live_values import CallOver, LegEnded
from switchhook.errors import AsteriskUnavailable

from .ami_heard import CALM, Heard, connected
from .ami_peer import ami_peer, event
from .live_watched import NOW, Watched, channel


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


async def test_the_start_is_reckoned_from_the_uptime_whatever_zone_asterisk_lives_in():
    watched, heard = Watched(), Heard()
    async with ami_peer(started="23:59:59") as peer, connected(peer.port, watched.live, heard):
        await heard.until(lambda: heard.marks == ["connected"])
        assert watched.live.started == NOW - timedelta(seconds=2)
        peer.connection.cut()
        await heard.until(lambda: heard.marks.count("connected") == 2)
        assert watched.live.started == NOW - timedelta(seconds=2)


async def test_the_start_of_a_new_asterisk_is_not_known_before_it_told_its_uptime():
    watched = Watched()
    async with ami_peer() as peer, connected(peer.port) as client:
        watched.happens("FullyBooted", Uptime="100")
        await watched.live.connected(client)
        assert watched.live.started == NOW - timedelta(seconds=101)
        await watched.live.lost("gone")
        peer.started = "11:11:11"
        await watched.live.connected(client)
        assert watched.live.started is None


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


@attrs.define(eq=False)
class Silent:
    """An Asterisk whose connection stands, but which answers nothing in time."""

    dropped: list[str] = attrs.field(factory=list)

    async def action(
        self,
        name: str,
        fields: Mapping[str, str] | None = None,
        variables: Mapping[str, str] | None = None,
        *,
        deadline: float = 5.0,
    ) -> tuple[AmiEvent, ...]:
        raise AsteriskUnavailable(f"no answer to {name} within {deadline:g} s")

    def drop(self, reason: str) -> None:
        self.dropped.append(reason)


async def test_a_connection_on_which_the_calls_cannot_be_read_is_given_up():
    watched, silent = Watched(), Silent()
    watched.begins("1")
    with pytest.raises(AsteriskUnavailable):
        await watched.live.connected(silent)
    assert silent.dropped == ["the live calls could not be read: no answer to CoreStatus within 9 s"]
    assert watched.live.stale == silent.dropped[0]
    assert watched.ids() == {"1": ["1"]}


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
