"""Losing and finding a real Asterisk again (REL05, short form)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from switchhook.asterisk.ami_client import AmiClient
from switchhook.asterisk.ami_state import AmiTiming
from switchhook.asterisk.live import LiveCalls
from switchhook.asterisk.live_values import CallOver, LegBegan

from .lab import LabAsterisk
from .watch import Watch, running

pytestmark = pytest.mark.asterisk


async def place(client: AmiClient, watch: Watch, *jobs: str, exten: str = "s", legs: int = 2) -> None:
    """Begin one call for each job, and wait until all their legs were seen."""
    already = sum(isinstance(change, LegBegan) for change in watch.changes)
    answered = sum(event.name == "OriginateResponse" for event in watch.events)
    for job in jobs:
        fields = {"Channel": "Local/s@wait/n", "Context": "wait", "Exten": exten, "Priority": "1"}
        await client.action("Originate", fields | {"ChannelId": job, "OtherChannelId": f"{job}-other"})
    await watch.until(
        lambda: (
            sum(isinstance(change, LegBegan) for change in watch.changes) == already + legs * len(jobs)
            and sum(event.name == "OriginateResponse" for event in watch.events) == answered + len(jobs)
        )
    )


def view(live: LiveCalls) -> dict[str, tuple[str, str, str]]:
    return {leg.id: (leg.name, leg.state, leg.bridge) for call in live.snapshot() for leg in call.legs}


async def agree(live: LiveCalls, asterisk: LabAsterisk) -> None:
    """Wait until both say the same: Asterisk's console may know a state before its event is out, or after."""
    await asterisk.until(lambda channels: view(live) == channels)


async def test_the_view_equals_core_show_channels(
    asterisk: LabAsterisk, client: AmiClient, watch: Watch, live: LiveCalls
):
    await place(client, watch, "job-1", "job-2")
    await place(client, watch, "job-3", exten="talk", legs=4)
    await watch.until(lambda: [event.name for event in watch.events].count("BridgeEnter") == 2)
    await agree(live, asterisk)
    assert {call.id: len(call.legs) for call in live.snapshot()} == {"job-1": 2, "job-2": 2, "job-3": 4}


async def test_what_ended_unseen_is_found_out_after_the_loss(asterisk: LabAsterisk, watch: Watch, live: LiveCalls):
    def a_client() -> AmiClient:
        return AmiClient("127.0.0.1", asterisk.port, "switchhook", "secret", (live, watch))

    async with running(first := a_client()):
        await watch.until(lambda: watch.connects == 1)
        await place(first, watch, "job-1", "job-2", "job-3")
    gone = live.snapshot()[0]
    for leg in gone.legs:
        await asterisk.cli(f"channel request hangup {leg.name}")
    await asterisk.until(lambda channels: gone.id not in channels and len(channels) == 4)
    async with running(a_client()):
        await watch.until(lambda: watch.connects == 2)
        assert watch.ended("missed") == {gone.id, f"{gone.id}-other"}
        assert CallOver(gone.id, "missed") in watch.changes
        await agree(live, asterisk)
        assert len(live.snapshot()) == 2


async def test_a_restarted_asterisk_is_found_again_and_interrupted_the_older_calls(
    asterisk: LabAsterisk, client: AmiClient, watch: Watch, live: LiveCalls
):
    await place(client, watch, "job-1", "job-2")
    first = live.started
    assert first is not None
    assert datetime.now(UTC) - timedelta(minutes=2) < first < live.snapshot()[0].since
    await asyncio.sleep(1.1)  # Asterisk tells its start in whole seconds; one that restarts faster has had no calls
    await asterisk.kill()
    await watch.until(lambda: len(watch.losses) == 1)
    assert len(live.snapshot()) == 2
    assert live.stale
    await asterisk.start()
    await watch.until(lambda: watch.connects == 2)
    assert watch.ended("interrupted") == {"job-1", "job-1-other", "job-2", "job-2-other"}
    assert live.snapshot() == ()
    assert live.stale == ""
    assert live.started is not None
    assert first < live.started < datetime.now(UTC)
    await place(client, watch, "job-1")
    await agree(live, asterisk)
    assert len(view(live)) == 2


async def test_many_cuts_lose_no_call_and_repeat_no_originate(
    asterisk: LabAsterisk, client: AmiClient, watch: Watch, live: LiveCalls
):
    for number in range(10):
        await place(client, watch, f"job-{number}")
        client.drop("cut by the test")
        await watch.until(lambda wanted=number + 2: watch.connects == wanted)
        await agree(live, asterisk)
    assert len(live.snapshot()) == 10
    assert watch.ended("missed") == set()


async def test_a_hanging_asterisk_is_noticed_and_found_again(asterisk: LabAsterisk, watch: Watch, live: LiveCalls):
    timing = AmiTiming(ping_every=0.2, ping_deadline=1.0, backoff_first=0.05, backoff_last=0.5)
    client = AmiClient("127.0.0.1", asterisk.port, "switchhook", "secret", (live, watch), timing=timing)
    async with running(client):
        await watch.until(lambda: watch.connects == 1)
        await place(client, watch, "job-1")
        asterisk.pause()
        await watch.until(lambda: bool(watch.losses))
        assert watch.losses == ["no sign of life for 2 pings"]
        asterisk.go_on()
        await watch.until(lambda: watch.connects == 2)
        await agree(live, asterisk)
        assert [call.id for call in live.snapshot()] == ["job-1"]
        assert watch.ended("missed") == set()
