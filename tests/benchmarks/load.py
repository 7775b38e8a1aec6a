"""SIPp callers with voice and a real RFC 4733 key, lean enough to load a machine: statistics instead of messages."""

from __future__ import annotations

import asyncio
import csv
import shutil
import signal
import time
from collections.abc import Iterable
from pathlib import Path

import attrs
from phones import CALLERS, Media, free_port
from phones.pcap import write_pcap

KEY_AT = 0.35
"""Seconds after the answer at which the caller presses the key: just after the first prompt."""
STAYS = 8.0
"""Seconds after which a caller who was not hung up on counts as a failed call."""
PILED_UP = 3.0
"""Seconds' worth of calls that are open at once: more than three times a call's length, they only get more."""

_SDP = """v=0
o=sipp 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [auto_media_port] RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=ptime:20
a=sendrecv"""

_HEAD = """Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:+4930123456@[local_ip]>;tag=[pid]bench[call_number]
Call-ID: [call_id]
Max-Forwards: 70
Contact: <sip:[local_ip]:[local_port]>"""


@attrs.frozen
class Load:
    """What became of a load: calls ``made`` of those ``wanted``, and ``failed``; ``seconds`` it took.

    ``answers`` are the ms from INVITE to 200, ``lasted`` those from ACK to BYE, one for each call.
    """

    wanted: int
    made: int
    failed: int
    answers: tuple[float, ...]
    lasted: tuple[float, ...]
    seconds: float
    errors: str = ""


@attrs.define
class Callers:
    """``calls`` callers of ``number``, ``rate`` a second, who press the key and wait to be hung up on.

    With ``hold`` they press nothing and hang up themselves after that many seconds; those who are ``silent`` send
    sound without voice. ``impatient`` ends the load at
    the first failed call, or when calls pile up. Only with ``watched`` the times of single calls are known: SIPp's own statistics count in
    steps of 4 ms.
    """

    home: Path
    where: str
    port: int
    number: str
    calls: int
    rate: float
    hold: float = 0
    impatient: bool = False
    watched: bool = False
    silent: bool = False
    _process: asyncio.subprocess.Process | None = attrs.field(default=None, init=False)

    async def run(self, ready: asyncio.Event | None = None) -> Load:
        """Make the calls. ``ready`` is set once all have been made, for callers who hold."""
        self.home.mkdir(parents=True)
        began = time.monotonic()
        with (self.home / "output").open("wb") as out:
            self._process = await asyncio.create_subprocess_exec(
                *self._command(), cwd=self.home, stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out
            )
            await self._watch(ready)
        seconds = time.monotonic() - began
        made, failed, _ = self._counted()
        assert made, f"SIPp made no call: {self._errors()}"
        return Load(self.calls, made, failed, *self._times(), seconds, self._errors() if failed else "")

    async def _watch(self, ready: asyncio.Event | None) -> None:
        assert self._process is not None
        deadline = time.monotonic() + self.calls / self.rate * 2 + self.hold + STAYS + 40
        while self._process.returncode is None:
            try:
                await asyncio.wait_for(asyncio.shield(self._process.wait()), 0.5)
            except TimeoutError:
                made, failed, open_calls = self._counted()
                if ready is not None and made >= self.calls:
                    ready.set()
                lost = failed or open_calls > self.rate * PILED_UP
                if self.impatient and lost and self._process.returncode is None:
                    self._process.send_signal(signal.SIGUSR1)  # no new calls; those there are go on to their end
                if time.monotonic() > deadline:
                    self._process.kill()

    def _command(self) -> list[str]:
        sipp = shutil.which("sipp")
        assert sipp, "no sipp on PATH (Debian: apt-get install sip-tester)"
        voice = 0.0 if self.silent else 300.0
        media = Media(self.hold + 1, freq=voice) if self.hold else Media(3.0, keys="1", keys_at=KEY_AT)
        stream = write_pcap(media, self.home / "media.pcap")
        (self.home / "caller.xml").write_text(scenario(self.number, stream, self.hold))
        options = f"-i {CALLERS} -p {self.port} -mi {CALLERS} -mp {free_port(CALLERS) // 2 * 2} -nostdin -skip_rlimit"
        options += f" -m {self.calls} -r {self.rate:g} -l 5000 -fd 1 -trace_stat -trace_err"
        options += " -trace_shortmsg" if self.watched else ""
        files = ["-stf", str(self.home / "statistics"), "-error_file", str(self.home / "errors")]
        return [sipp, "-sf", str(self.home / "caller.xml"), *options.split(), *files, self.where]

    def _counted(self) -> tuple[int, int, int]:
        file = self.home / "statistics"
        return counted(file.read_text()) if file.exists() else (0, 0, 0)

    def _times(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        lines = [line for file in self.home.glob("*_shortmessages.log") for line in file.read_text().splitlines()]
        return times(lines)

    def _errors(self) -> str:
        texts = [self.home / "errors", self.home / "output"]
        return "\n".join(file.read_text(errors="replace")[-500:] for file in texts if file.exists())


def counted(statistics: str) -> tuple[int, int, int]:
    """Calls made, calls failed and calls open, from SIPp's statistics."""
    rows = list(csv.DictReader(statistics.splitlines(), delimiter=";"))
    whole = [row for row in rows if row.get("FailedCall(C)")]
    if not whole:
        return 0, 0, 0
    return tuple(int(whole[-1][name]) for name in ("TotalCallCreated", "FailedCall(C)", "CurrentCall"))  # type: ignore[return-value]


def times(lines: Iterable[str]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """From SIPp's short log: ms from each INVITE to its 200, and from its ACK to the BYE that came."""
    seen: dict[tuple[str, str], float] = {}
    answers, lasted = [], []
    for line in lines:
        _, _, at, way, call, cseq, first = line.split("\t")[:7]
        what = f"{way} {first.split()[1] if first.startswith('SIP/2.0') else first.split()[0]}"
        moment = float(at)
        if what == "R 200" and "INVITE" in cseq and (call, "200") not in seen and (call, "S INVITE") in seen:
            seen[call, "200"] = moment
            answers.append(1000 * (moment - seen[call, "S INVITE"]))
        elif what == "R BYE" and (call, what) not in seen and (call, "S ACK") in seen:
            lasted.append(1000 * (moment - seen[call, "S ACK"]))
        seen.setdefault((call, what), moment)
    return tuple(answers), tuple(lasted)


def scenario(number: str, stream: Path, hold: float) -> str:
    """SIPp's scenario of one caller."""
    target = f"sip:{number}@[remote_ip]:[remote_port]"
    to = f"To: <sip:{number}@[remote_ip]:[remote_port]>"
    invite = f"INVITE {target} SIP/2.0\n{_HEAD}\n{to}\nCSeq: 1 INVITE\nContent-Type: application/sdp\n"
    ack = f"ACK [next_url] SIP/2.0\n{_HEAD}\n[last_To:]\nCSeq: 1 ACK\nContent-Length: 0\n"
    text = f'<send retrans="500"><![CDATA[\n{invite}Content-Length: [len]\n\n{_SDP}\n]]></send>\n'
    text += "".join(f'<recv response="{code}" optional="true"/>\n' for code in (100, 180, 183))
    text += '<recv response="200" rrs="true" timeout="20000"/>\n'
    text += f"<send><![CDATA[\n{ack}\n]]></send>\n"
    text += f'<nop><action><exec play_pcap_audio="{stream}"/></action></nop>\n'
    text += _leave(hold, to) if hold else _be_hung_up_on()
    return f'<?xml version="1.0" encoding="UTF-8" ?>\n<scenario name="bench">\n{text}</scenario>\n'


def _be_hung_up_on() -> str:
    ok = "SIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\nContent-Length: 0\n"
    return f'<recv request="BYE" timeout="{round(STAYS * 1000)}"/>\n<send><![CDATA[\n{ok}\n]]></send>\n'


def _leave(hold: float, to: str) -> str:
    bye = f"BYE [next_url] SIP/2.0\n{_HEAD}\n[last_To:]\nCSeq: 2 BYE\nContent-Length: 0\n"
    pause = f'<pause milliseconds="{round(hold * 1000)}"/>\n'
    return f'{pause}<send retrans="500"><![CDATA[\n{bye}\n]]></send>\n<recv response="200"/>\n'
