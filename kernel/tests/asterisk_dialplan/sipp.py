"""SIPp as a caller (the phone ``alice``) and as the carrier."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import attrs

from switchhook.config import Settings

from .exchange import free_ports, is_free

SDP = """v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [local_ip]
t=0 0
m=audio [media_port] RTP/AVP {formats}
a=rtpmap:8 PCMA/8000
{telephone_event}a=sendrecv
"""
# 96 is what SIPp sends keys as.
TELEPHONE_EVENT = "a=rtpmap:96 telephone-event/8000\na=fmtp:96 0-15\n"

INVITE = """<send retrans="500"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: {identity};tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: {cseq} INVITE
Contact: <sip:caller@[local_ip]:[local_port]>
Max-Forwards: 70
{headers}Content-Type: application/sdp
Content-Length: [len]

{sdp}]]></send>
"""

ACK = """<send><![CDATA[
ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: {identity};tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: {cseq} ACK
Max-Forwards: 70
Content-Length: 0

]]></send>
"""

REQUEST = """<send retrans="500"><![CDATA[
{method} sip:[service]@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: {identity};tag=[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: {cseq} {method}
Max-Forwards: 70
{headers}Content-Length: [len]

{body}]]></send>
<recv response="200"/>
"""

ANSWER = """<send><![CDATA[
SIP/2.0 {status}
[last_Via:]
[last_From:]
[last_To:];tag=[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:callee@[local_ip]:[local_port]>
Content-Type: application/sdp
Content-Length: [len]

{body}]]></send>
"""

BYE_ANSWER = """<recv request="BYE" timeout="30000"/>
<send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
"""

_KEEP_FROM = '<ereg regexp=".*" search_in="hdr" header="From:" assign_to="from"/>'
_KEEP_TO = '<ereg regexp=".*" search_in="hdr" header="To:" assign_to="to"/>'
_KEPT = '<Reference variables="from,to"/>\n'  # SIPp refuses variables nobody uses

PROVISIONAL = "".join(f'<recv response="{code}" optional="true"/>\n' for code in (100, 180, 183))


def sdp(*, telephone_event: bool = True) -> str:
    return SDP.format(
        formats="8 96" if telephone_event else "8", telephone_event=TELEPHONE_EVENT if telephone_event else ""
    )


def pause(milliseconds: int) -> str:
    return f'<pause milliseconds="{milliseconds}"/>\n'


@attrs.frozen
class Sipp:
    """A running SIPp and the file it writes its messages to."""

    process: asyncio.subprocess.Process
    messages: Path

    async def finished(self, seconds: float = 30) -> int:
        async with asyncio.timeout(seconds):
            return await self.process.wait()

    def received(self, method: str) -> list[str]:
        """The requests or responses received whose first line begins so."""
        parts = re.split(r"^-{20,}.*$", self.messages.read_text(), flags=re.MULTILINE)
        got = [part.partition("bytes :\n\n")[2] for part in parts if "message received" in part]
        return [message for message in got if message.startswith(method)]


@asynccontextmanager
async def _sipp(name: str, scenario: str, directory: Path, *arguments: str) -> AsyncIterator[Sipp]:
    file = directory / f"{name}.xml"
    file.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n<scenario name="{name}">\n{scenario}</scenario>\n')
    messages = directory / f"{name}.log"
    media = free_ports(8, socket.SOCK_DGRAM)
    command = ["sipp", "-sf", str(file), "-i", "127.0.0.1", "-mp", str(media), "-trace_msg"]
    command += ["-key", "open", "["]  # a bracket in the text means a keyword
    command += ["-message_file", str(messages), "-nostdin", "-m", "1", *arguments]
    output = (directory / f"{name}.out").open("wb")
    process = await asyncio.create_subprocess_exec(*command, stdout=output, stderr=output, cwd=directory)
    output.close()
    try:
        yield Sipp(process, messages)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@asynccontextmanager
async def phone(
    settings: Settings,
    number: str,
    directory: Path,
    *,
    then: str = BYE_ANSWER,
    telephone_event: bool = True,
    name: str = "phone",
) -> AsyncIterator[Sipp]:
    """The phone alice calls ``number``; after the answer it does ``then``."""
    identity = "<sip:alice@[local_ip]:[local_port]>"
    body = sdp(telephone_event=telephone_event)
    scenario = (
        INVITE.format(identity=identity, cseq=1, headers="", sdp=body)
        + '<recv response="100" optional="true"/>\n<recv response="401" auth="true"/>\n'
        + ACK.format(identity=identity, cseq=1)
        + INVITE.format(
            identity=identity,
            cseq=2,
            headers="[authentication username=alice password=alice-secret]\n",
            sdp=body,
        )
        + PROVISIONAL
        + '<recv response="200"/>\n'
        + ACK.format(identity=identity, cseq=2)
        + then.replace("{identity}", identity)
    )
    target = f"127.0.0.1:{settings.asterisk.sip_port}"
    async with _sipp(
        name, scenario, directory, target, "-s", number, "-p", str(free_ports(1, socket.SOCK_DGRAM))
    ) as sipp:
        yield sipp


def request(method: str, cseq: int, headers: str = "", body: str = "") -> str:
    """A request of the phone's within the call."""
    return REQUEST.format(method=method, identity="{identity}", cseq=cseq, headers=headers, body=body)


@asynccontextmanager
async def carrier_calls(
    settings: Settings, number: str, directory: Path, *, identity: str, headers: str = "", then: str = BYE_ANSWER
) -> AsyncIterator[Sipp]:
    """A call from the carrier, whose ``From`` and further headers the test chooses."""
    assert settings.trunk is not None
    scenario = (
        INVITE.format(identity=identity, cseq=1, headers=headers, sdp=sdp())
        + PROVISIONAL
        + '<recv response="200"/>\n'
        + ACK.format(identity=identity, cseq=1)
        + then.replace("{identity}", identity)
    )
    target = f"127.0.0.1:{settings.asterisk.sip_port}"
    async with _sipp("carrier", scenario, directory, target, "-s", number, "-p", str(settings.trunk.port)) as sipp:
        yield sipp


@asynccontextmanager
async def carrier(settings: Settings, directory: Path, answer: str) -> AsyncIterator[Sipp]:
    """The carrier takes one call and answers as ``answer`` says (see the functions below)."""
    assert settings.trunk is not None
    scenario = f'<recv request="INVITE"><action>{_KEEP_FROM}{_KEEP_TO}</action></recv>\n{_KEPT}{answer}'
    port = settings.trunk.port
    async with _sipp("carrier", scenario, directory, "-p", str(port)) as sipp:
        while is_free(port, socket.SOCK_DGRAM):
            assert sipp.process.returncode is None, (directory / "carrier.out").read_text()
            await asyncio.sleep(0.02)
        yield sipp


def refuses(status: str) -> str:
    return ANSWER.format(status=status, body="") + '<recv request="ACK"/>\n'


def rings() -> str:
    """Ring until the caller gives up."""
    return (
        ANSWER.format(status="180 Ringing", body="")
        + '<recv request="CANCEL" timeout="30000"/>\n'
        + ANSWER.format(status="200 OK", body="")
        + ANSWER.format(status="487 Request Terminated", body="")
        + '<recv request="ACK"/>\n'
    )


def silent() -> str:
    """Say nothing at all."""
    return pause(20000)


def callee_request(method: str, cseq: int, headers: str = "", body: str = "") -> str:
    """A request of the carrier's within a call it took."""
    return f"""<send retrans="500"><![CDATA[
{method} sip:asterisk@127.0.0.1 SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: [$to];tag=[call_number]
To: [$from]
Call-ID: [call_id]
CSeq: {cseq} {method}
Max-Forwards: 70
{headers}Content-Length: [len]

{body}]]></send>
<recv response="200"/>
"""


def talks(milliseconds: int) -> str:
    """Answer, stay for so long, hang up."""
    answer = ANSWER.format(status="200 OK", body=sdp()) + '<recv request="ACK"/>\n'
    return answer + pause(milliseconds) + callee_request("BYE", 100)


def listens() -> str:
    """Answer and stay until hung up on."""
    return ANSWER.format(status="200 OK", body=sdp()) + '<recv request="ACK"/>\n' + BYE_ANSWER
