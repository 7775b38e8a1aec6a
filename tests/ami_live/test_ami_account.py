"""What the portal's manager account may do on a real Asterisk, and what it may not (SEC07, F17)."""

from __future__ import annotations

import pytest

from switchhook.asterisk.ami_account import MANAGER_EVENTS
from switchhook.asterisk.ami_client import AmiClient
from switchhook.asterisk.ami_errors import AsteriskRefused

from .lab import LabAsterisk, raw_session
from .watch import Watch, running

pytestmark = pytest.mark.asterisk

DENIED = [
    "Action: Command\nCommand: core show version",
    "Action: System\nCommand: touch {mark}",
    "Action: UpdateConfig\nSrcFilename: manager.conf\nDstFilename: manager.conf\nReload: yes",
    "Action: GetConfig\nFilename: manager.conf",
    "Action: GetConfigJSON\nFilename: manager.conf",
    "Action: CreateConfig\nFilename: made.conf",
    "Action: ModuleLoad\nLoadType: load\nModule: app_read.so",
    "Action: ModuleLoad\nLoadType: unload\nModule: app_dial.so",
    "Action: Reload",
    "Action: DialplanExtensionAdd\nContext: wait\nExtension: x\nPriority: 1\nApplication: System\n"
    "ApplicationData: touch {mark}",
]

ORIGINATED = [
    "Application: System\nData: touch {mark}",
    "Application: TrySystem\nData: touch {mark}",
    "Application: Exec\nData: System(touch {mark})",
    "Application: TryExec\nData: System(touch {mark})",
    "Application: AGI\nData: {mark}",
    "Application: EAGI\nData: {mark}",
    "Application: MixMonitor\nData: a.wav,,touch {mark}",
    "Application: Set\nData: A=${{SHELL(touch {mark})}}",
    "Application: Set\nData: A=${{FILE(/etc/passwd)}}",
    "Application: Set\nData: A=${{CURL(http://127.0.0.1/)}}",
    "Application: Dial\nData: Local/${{SHELL(touch {mark})}}@wait",
]


@pytest.mark.parametrize("action", DENIED)
async def test_sec07_the_account_is_denied(asterisk: LabAsterisk, client: AmiClient, action: str):
    mark = asterisk.home / "mark"
    async with raw_session(asterisk.port, "switchhook") as raw:
        answer = await raw.ask(action.format(mark=mark))
    assert "Response: Error" in answer
    assert "Permission denied" in answer or "Invalid/unknown command" in answer
    assert not mark.exists()
    assert not (asterisk.home / "etc" / "made.conf").exists()


async def test_sec07_f17_originate_runs_nothing_dangerous(asterisk: LabAsterisk, client: AmiClient):
    mark = asterisk.home / "mark"
    async with raw_session(asterisk.port, "switchhook") as raw:
        answers = {}
        for what in ORIGINATED:
            action = f"Action: Originate\nChannel: Local/s@wait\n{what.format(mark=mark)}"
            answers[what] = await raw.ask(action)
    assert [what for what, answer in answers.items() if "Originate Access Forbidden" not in answer] == []
    assert not mark.exists()
    assert await asterisk.channels() == {}


async def test_sec07_no_function_is_read_or_written_by_a_variable(asterisk: LabAsterisk, client: AmiClient):
    mark = asterisk.home / "mark"
    async with raw_session(asterisk.port, "switchhook") as raw:
        shell = f"SHELL(touch {mark})"
        assert "Response: Error" in await raw.ask(f"Action: Getvar\nVariable: {shell}")
        assert "Response: Error" in await raw.ask(f"Action: Setvar\nVariable: {shell}\nValue: 1")
        assert "Response: Error" in await raw.ask(f"Action: Setvar\nVariable: FILE({mark})\nValue: 1")
    assert not mark.exists()


async def test_the_account_may_do_what_the_portal_needs(asterisk: LabAsterisk, client: AmiClient, watch: Watch):
    await client.action("CoreStatus")
    await client.action("CoreShowChannels")
    await client.action("Originate", {"Channel": "Local/s@wait/n", "Context": "wait", "Exten": "talk", "Priority": "1"})
    await watch.until(lambda: [event.name for event in watch.events].count("BridgeEnter") == 2)
    for name in [name for name, _, _ in (await asterisk.channels()).values()]:
        try:
            await client.action("Hangup", {"Channel": name})
        except AsteriskRefused as refusal:
            # Its other half went first.
            assert "No such channel" in str(refusal)  # noqa: PT017
    await watch.until(lambda: [event.name for event in watch.events].count("Hangup") == 4)


async def test_only_the_wanted_events_arrive(asterisk: LabAsterisk, client: AmiClient, watch: Watch):
    await client.action("Originate", {"Channel": "Local/s@wait/n", "Context": "wait", "Exten": "talk", "Priority": "1"})
    await watch.until(lambda: [event.name for event in watch.events].count("BridgeEnter") == 2)
    async with raw_session(asterisk.port, "everything") as other:
        await other.ask("Action: UserEvent\nUserEvent: Unwanted")
    await client.action("Ping")
    names = {event.name for event in watch.events}
    assert names <= set(MANAGER_EVENTS)
    assert {"FullyBooted", "Newchannel", "Newstate", "DialBegin", "DialEnd", "OriginateResponse"} <= names


async def test_f9_a_hostile_variable_arrives_whole_and_alone(client: AmiClient, watch: Watch):
    hostile = 'hello,SH_AUTH=1"\\,x=${CHANNEL}'
    fields = {"Channel": "Local/s@wait/n", "Context": "wait", "Exten": "s", "Priority": "1", "ChannelId": "job-1"}
    await client.action("Originate", fields, {"SH_NAME": hostile})
    await watch.until(lambda: any(event.name == "OriginateResponse" for event in watch.events))
    name = next(event["Channel"] for event in watch.events if event.get("Uniqueid") == "job-1")
    (kept,) = await client.action("Getvar", {"Channel": name, "Variable": "SH_NAME"})
    (other,) = await client.action("Getvar", {"Channel": name, "Variable": "SH_AUTH"})
    assert (kept["Value"], other["Value"]) == (hostile, "")


async def test_f16_one_channel_id_lives_once(asterisk: LabAsterisk, client: AmiClient, watch: Watch):
    fields = {"Channel": "Local/s@wait/n", "Context": "wait", "Exten": "s", "Priority": "1"}
    ids = {"ChannelId": "job-1", "OtherChannelId": "job-1-other"}

    def responses() -> list[str]:
        return [event["Response"] for event in watch.events if event.name == "OriginateResponse"]

    await client.action("Originate", fields | ids)
    await watch.until(lambda: len(responses()) == 1)
    await client.action("Originate", fields | ids)
    await watch.until(lambda: len(responses()) == 2)
    assert responses() == ["Success", "Failure"]
    assert set(await asterisk.channels()) == set(ids.values())


async def test_a_wrong_secret_is_refused_and_said(asterisk: LabAsterisk, client: AmiClient):
    seen = Watch()
    other = AmiClient("127.0.0.1", asterisk.port, "switchhook", "wrong", (seen,))
    async with running(other):
        await seen.until(lambda: bool(seen.refusals))
        assert other.state.phase == "refused"
        assert "Authentication failed" in other.state.reason


async def test_f15_a_client_that_stops_reading_harms_only_itself(
    asterisk: LabAsterisk, client: AmiClient, watch: Watch
):
    async def sessions() -> int:
        return (await asterisk.cli("manager show connected")).count("everything")

    async with (
        raw_session(asterisk.port, "everything", events="on") as deaf,
        raw_session(asterisk.port, "everything") as loud,
    ):
        deaf.writer.transport.pause_reading()
        assert await sessions() == 2
        for _ in range(300):
            for _ in range(100):
                await loud.ask("Action: UserEvent\nUserEvent: Flood\nText: " + "x" * 950)
            if await sessions() == 1:
                break
        assert await sessions() == 1
        assert "Success" in await loud.ask("Action: Ping")
    assert client.state.phase == "connected"
    assert client.dropped_events == 0
