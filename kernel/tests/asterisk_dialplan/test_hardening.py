"""What a running Asterisk must not do, hold or tell (SEC07, SEC08, SEC11)."""

from __future__ import annotations

import asyncio
import csv

import psutil
import pytest

from switchhook.asterisk.modules import NEEDED, forbidden
from switchhook.asterisk.records import CDR_COLUMNS

from .exchange import Exchange, make_settings, running
from .peer import listening
from .sipp import carrier_calls, phone

pytestmark = pytest.mark.asterisk

NO_HISTORY = "aA=="
"""What comes of a call without the header History-Info: an h alone, in Base64."""
HOSTILE = [
    '"x\\" | \\"1\\"=\\"1" <sip:4930111222@example.org>',
    '"a,b,c" <sip:4930111222@example.org>',
    '"${SHELL(touch /tmp/pwned)}" <sip:4930111222@example.org>',
    '"$[open]1+1]" <sip:4930111222@example.org>',
    '"hangup" <sip:4930111222@example.org>',
]


async def test_modules_are_the_listed_ones_and_all_run(exchange):
    lines = (await exchange.cli("module show")).splitlines()
    modules = {line.split()[0] for line in lines if ".so" in line}
    assert modules == set(NEEDED)
    assert not [line for line in lines if "Not Running" in line]
    assert not [module for module in modules if forbidden(module)]
    assert "No such command" in await exchange.cli("dialplan eval function SHELL(id)") or "SHELL" not in (
        await exchange.cli("core show functions")
    )
    applications = await exchange.cli("core show applications")
    for application in ("System", "TrySystem", "Exec", "DISA", "Originate", "ExternalIVR"):
        assert f" {application}:" not in applications


async def test_no_warning_at_start(exchange):
    messages = exchange.paths.on_host(exchange.paths.log / "messages.log").read_text()
    lines = [line for line in messages.splitlines() if "WARNING" in line or "ERROR" in line]
    assert [line for line in lines if "No music on hold classes" not in line] == []


def sockets(exchange: Exchange) -> set[tuple[str, int]]:
    """Every address this Asterisk takes connections or datagrams at."""
    return {
        (connection.laddr.ip, connection.laddr.port)
        for connection in psutil.Process(exchange.process.pid).net_connections("inet")
        if connection.status in (psutil.CONN_LISTEN, psutil.CONN_NONE)
    }


async def test_everything_listens_on_loopback_alone(exchange, tmp_path):
    settings = exchange.settings
    ours = {("127.0.0.1", settings.ami.port), ("127.0.0.1", settings.asterisk.sip_port)}
    before = sockets(exchange)
    # PJSIP's name resolver asks from a port of the system's choice, one for IPv4 and one for IPv6; it serves nobody.
    resolver = before - ours
    assert before >= ours
    assert {address for address, _ in resolver} <= {"0.0.0.0", "::"}
    assert len(resolver) <= 2
    async with listening(settings.agi.port) as peer, phone(settings, "4930555", tmp_path):
        visit = await peer.visit()
        await visit.sub("play", "beep,s1,,1")
        voice = sockets(exchange) - before
        await visit.done()
    assert {address for address, _ in voice} == {"127.0.0.1"}
    assert all(settings.asterisk.rtp_start <= port <= settings.asterisk.rtp_end for _, port in voice)


async def test_settings_that_make_it_dangerous_are_off(exchange):
    shown = await exchange.cli("core show settings")
    assert "System name:                 t1" in shown
    assert "live_dangerously" not in shown.lower() or "Live dangerously:            No" in shown
    assert "Web Manager (AMI/HTTP):    No" in await exchange.cli("manager show settings")


async def ami(exchange: Exchange, *actions: str) -> list[str]:
    """Log in as the portal does; the answer to each action."""
    user, secret = exchange.settings.ami.user, exchange.settings.ami.secret.reveal()
    reader, writer = await asyncio.open_connection("127.0.0.1", exchange.settings.ami.port)
    answers = []
    async with asyncio.timeout(10):
        await reader.readline()
        for number, action in enumerate([f"Login\r\nUsername: {user}\r\nSecret: {secret}", *actions]):
            writer.write(f"Action: {action}\r\nActionID: id{number}\r\n\r\n".encode())
            answer = ""
            while not (answer.startswith("Response:") and f"ActionID: id{number}" in answer):
                answer = (await reader.readuntil(b"\r\n\r\n")).decode()
            answers.append(answer)
    writer.close()
    await writer.wait_closed()
    assert "Success" in answers[0]
    return answers[1:]


async def test_the_portals_account_may_not_more_than_it_needs(exchange, tmp_path):
    canary = tmp_path / "canary"
    originate = "Originate\r\nChannel: Local/4930200@from-trunk\r\nAsync: true\r\n"
    refused = [
        "Command\r\nCommand: core show version",
        f"{originate}Application: System\r\nData: touch {canary}",
        "GetConfig\r\nFilename: manager.conf",
        "UpdateConfig\r\nSrcFilename: manager.conf\r\nDstFilename: manager.conf",
        "ModuleLoad\r\nModule: func_shell.so\r\nLoadType: load",
        "MixMonitor\r\nChannel: PJSIP/x\r\nFile: x.wav\r\nCommand: id",
        "DBPut\r\nFamily: a\r\nKey: b\r\nVal: c",
        "Setvar\r\nVariable: SHELL(id)\r\nValue: 1",
    ]
    for action, answer in zip(refused, await ami(exchange, *refused), strict=True):
        assert "Response: Error" in answer, (action, answer)
    allowed = ["Ping", "CoreShowChannels", "CoreStatus", f"{originate}Application: Wait\r\nData: 1"]
    allowed.append(f"{allowed[-1]}\r\nVariable: A=${{SHELL(touch {canary})}}")  # a text like any other
    for action, answer in zip(allowed, await ami(exchange, *allowed), strict=True):
        assert "Response: Success" in answer, (action, answer)
    assert not canary.exists()
    await exchange.idle()


async def test_wrong_secret_is_refused(exchange):
    reader, writer = await asyncio.open_connection("127.0.0.1", exchange.settings.ami.port)
    writer.write(b"Action: Login\r\nUsername: switchhook\r\nSecret: guess\r\n\r\n")
    async with asyncio.timeout(10):
        await reader.readline()
        assert b"Authentication failed" in await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def test_account_is_told_of_calls_and_of_nothing_else(exchange, tmp_path):
    user, secret = exchange.settings.ami.user, exchange.settings.ami.secret.reveal()
    reader, writer = await asyncio.open_connection("127.0.0.1", exchange.settings.ami.port)
    writer.write(f"Action: Login\r\nUsername: {user}\r\nSecret: {secret}\r\n\r\n".encode())
    async with phone(exchange.settings, "4930200", tmp_path) as caller:
        await caller.finished()
    await exchange.idle()
    writer.write(b"Action: Logoff\r\n\r\n")
    async with asyncio.timeout(10):
        text = (await reader.read(-1)).decode()
    writer.close()
    events = {line.removeprefix("Event: ") for line in text.splitlines() if line.startswith("Event: ")}
    assert {"FullyBooted", "Newchannel", "Hangup", "Cdr"} - events <= {"Cdr"}
    assert not events & {"VarSet", "Newexten", "RTCPSent", "RTCPReceived", "SuccessfulAuth"}


@pytest.mark.parametrize("identity", HOSTILE)
async def test_hostile_caller_changes_no_path_and_stands_in_no_file(exchange, tmp_path, identity):
    async with (
        listening(exchange.settings.agi.port) as peer,
        carrier_calls(exchange.settings, "4930555", tmp_path, identity=identity) as caller,
    ):
        visit = await peer.visit()
        assert visit.arguments[1:] == ["1", "4930555", "trunk", "", "3", NO_HISTORY]
        await visit.sub("play", "beep,s1,,1")
        await visit.done()
        visit.writer.close()
        assert await caller.finished() == 0
    await exchange.event(lambda event: event["eventtype"] == "LINKEDID_END")
    await exchange.idle()
    log = exchange.paths.on_host(exchange.paths.log)
    written = "".join(file.read_text(errors="replace") for file in log.rglob("*") if file.is_file())
    for secret in ("4930111222", "pwned", "a,b,c", "x\\", "hangup>"):
        assert secret not in written
    rows = list(csv.reader(exchange.paths.on_host(exchange.paths.cdr_spool).read_text().splitlines()))
    assert [len(row) for row in rows] == [len(CDR_COLUMNS)]
    assert float(rows[0][list(CDR_COLUMNS).index("answer")]) > 1_700_000_000


async def test_suppressed_number_is_marked_as_such(exchange, tmp_path):
    headers = "P-Asserted-Identity: <sip:+4930111222@example.org>\nPrivacy: id\n"
    identity = '"Anonymous" <sip:anonymous@anonymous.invalid>'
    async with (
        listening(exchange.settings.agi.port) as peer,
        carrier_calls(exchange.settings, "4930555", tmp_path, identity=identity, headers=headers),
    ):
        visit = await peer.visit()
        assert visit.environment["agi_callerid"] == "+4930111222"
        assert int(visit.environment["agi_callingpres"]) & 0x60 == 0x20
        await visit.done()


async def test_phone_cannot_choose_its_own_number(exchange, tmp_path):
    async with listening(exchange.settings.agi.port) as peer, phone(exchange.settings, "4930555", tmp_path):
        visit = await peer.visit()
        assert visit.environment["agi_callerid"] == "+4930777100"
        await visit.done()


async def test_two_instances_side_by_side(tmp_path):
    one, two = make_settings(tmp_path, systemname="one"), make_settings(tmp_path, systemname="two")
    async with running(one) as first, running(two) as second:
        for exchange in (first, second):
            directory = tmp_path / f"{exchange.settings.asterisk.systemname}-call"
            directory.mkdir()
            async with (
                listening(exchange.settings.agi.port) as peer,
                phone(exchange.settings, "4930555", directory),
            ):
                visit = await peer.visit()
                assert visit.environment["agi_uniqueid"].startswith(f"{exchange.settings.asterisk.systemname}-")
                await visit.done()
                visit.writer.close()
                await exchange.event(lambda event: event["eventtype"] == "LINKEDID_END")
        assert len({event["linkedid"] for event in first.events()}) == 1
        assert len({event["linkedid"] for event in second.events()}) == 1


async def test_number_of_a_caller_from_the_carrier_is_his_own(exchange, tmp_path):
    """The carrier's own number must not stand in for callers whose number comes in From alone."""
    async with (
        listening(exchange.settings.agi.port) as peer,
        carrier_calls(exchange.settings, "4930555", tmp_path, identity="<sip:+4930111333@example.org>"),
    ):
        visit = await peer.visit()
        assert visit.environment["agi_callerid"] == "+4930111333"
        await visit.done()
