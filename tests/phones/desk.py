"""The process the test phones live in: one baresip runtime on 127.0.0.1, driven over a Unix socket.

Run as ``python desk.py SOCKET``; it ends when its standard input closes. Each connection owns the phones it
made; when it closes, their calls are hung up and their registrations withdrawn, so no test sees another one's phones.
A process of its own, because baresip allows one runtime per process, because a native
crash must not take the tests along, and because a test that blocks its loop must not make the audio stutter.

Lines of JSON both ways. Requests have ``id`` and ``do``, answers the same ``id`` and either ``ok`` or ``error``;
lines with ``event`` come by themselves. Audio is base64 of 16-bit mono PCM at 8 kHz with the monotonic time it came.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import random
import socket
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from baresip import Account, AudioNotActive, AudioRestarted, BaresipError, Call, Config, Event, Runtime, UserAgent
from ports import portion

# The kernel gives every datagram within 127.0.0.0/8 this source, and baresip refuses to dial from any other address.
_HERE = "127.0.0.1"
_TICK = 0.02
_AHEAD = 1280  # bytes queued ahead of the transmit clock: 80 ms
_NAMES = {
    Event.CALL_RINGING: "ringing",
    Event.CALL_PROGRESS: "progress",
    Event.CALL_ESTABLISHED: "established",
    Event.CALL_CLOSED: "closed",
}


class Handset:
    """One call as the desk sees it: moves its audio both ways until it closes."""

    def __init__(self, call: Call, tell: Callable[..., None]) -> None:
        self.call = call
        self._tell = tell
        self._words = b""
        self._again = False
        self._at = 0
        call.on_dtmf(lambda digit: tell(event="key", call=call.handle, key=digit.digit, ms=digit.duration_ms))

    def say(self, pcm: bytes, again: bool) -> None:
        """Transmit ``pcm`` from its beginning instead of whatever was being said; over and over if ``again``."""
        self._words, self._again, self._at = pcm, again, 0

    async def carry_audio(self) -> None:
        """Until cancelled, hand over what arrives and feed what is to be said, at the pace of the call."""
        while True:
            with contextlib.suppress(AudioNotActive, AudioRestarted):
                self._listen()
                self._speak()
            await asyncio.sleep(_TICK)

    def hear_the_rest(self) -> None:
        """Hand over what arrived since the last time, though the call is over."""
        with contextlib.suppress(AudioNotActive, AudioRestarted):
            self._listen()

    def _listen(self) -> None:
        pcm = self.call.audio.read(16000)
        if pcm:
            text = base64.b64encode(pcm).decode()
            self._tell(event="audio", call=self.call.handle, at=time.monotonic(), pcm=text)

    def _speak(self) -> None:
        room = _AHEAD - self.call.audio.info().tx_buffered if self._words else 0
        while room > 0 and self._at < len(self._words):
            taken = self.call.audio.write(self._words[self._at : self._at + room])
            if not taken:
                return
            room -= taken
            self._at += taken
            if self._again and self._at >= len(self._words):
                self._at = 0


class Session:
    """One connection to the desk and the phones it made."""

    def __init__(self, runtime: Runtime, writer: asyncio.StreamWriter) -> None:
        self._runtime = runtime
        self._writer = writer
        self._agents: dict[int, UserAgent] = {}
        self._registered: set[int] = set()
        self._handsets: dict[int, Handset] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def _tell(self, **message: Any) -> None:
        if not self._writer.is_closing():
            self._writer.write(json.dumps(message).encode() + b"\n")

    async def serve(self, reader: asyncio.StreamReader) -> None:
        """Answer requests, each in its own task, until the other side closes; then clear the table."""
        self._runtime.subscribe(self._stack_event)
        async with asyncio.TaskGroup() as group:
            while line := await reader.readline():
                group.create_task(self._answer(json.loads(line)))
        await self._clear()
        self._runtime.unsubscribe(self._stack_event)

    async def _answer(self, request: dict[str, Any]) -> None:
        number, do = request.pop("id"), request.pop("do")
        actions: dict[str, Callable[..., Awaitable[Any]]] = {
            "phone": self._phone,
            "register": self._register,
            "dial": self._dial,
            "answer": self._do_answer,
            "reject": self._reject,
            "hang_up": self._hang_up,
            "hold": self._hold,
            "press": self._press,
            "say": self._say,
        }
        try:
            self._tell(id=number, ok=await actions[do](**request))
        except (BaresipError, ValueError, KeyError) as error:
            self._tell(id=number, error=f"{type(error).__name__}: {error}", status=getattr(error, "status", None))

    async def _phone(self, name: str, user: str, domain: str, password: str, keys: str, registers: bool) -> int:
        mode: Any = "info" if keys == "info" else "rtpevent"
        account = Account(user, domain, password, reg_interval=600 if registers else 0, dtmf_mode=mode)
        shown = f'"{name}" ' if name else ""
        agent = await UserAgent.create(self._runtime, shown + account.aor(), transfer_policy="manual")
        self._agents[agent.handle] = agent
        agent.on_incoming(self._incoming)
        return int(agent.handle)

    async def _register(self, phone: int, timeout: float) -> None:
        await self._agents[phone].register(timeout=timeout)
        self._registered.add(phone)

    async def _dial(self, phone: int, uri: str, headers: dict[str, str]) -> int:
        call = await self._agents[phone].dial(uri, headers)
        self._adopt(call)
        return int(call.handle)

    async def _do_answer(self, call: int) -> None:
        await self._handsets[call].call.answer()

    async def _reject(self, call: int) -> None:
        await self._handsets[call].call.reject()

    async def _hang_up(self, call: int) -> None:
        await self._handsets[call].call.hangup()

    async def _hold(self, call: int, on: bool) -> None:
        handset = self._handsets[call].call
        await (handset.hold() if on else handset.resume())

    async def _press(self, call: int, keys: str, pause: float) -> None:
        await self._handsets[call].call.send_dtmf(keys, interdigit_ms=round(pause * 1000))

    async def _say(self, call: int, pcm: str, again: bool) -> None:
        self._handsets[call].say(base64.b64decode(pcm), again)

    def _incoming(self, call: Call) -> None:
        self._adopt(call)
        self._tell(
            event="incoming",
            phone=call._ua_handle,
            call=call.handle,
            peer=call.peer,
            call_id=call.call_id,
            headers=call.headers,
        )

    def _adopt(self, call: Call) -> None:
        handset = Handset(call, self._tell)
        self._handsets[call.handle] = handset
        self._tasks[call.handle] = asyncio.get_running_loop().create_task(handset.carry_audio())

    def _stack_event(self, event: Any) -> None:
        name = _NAMES.get(event.event)
        if name is None or event.ua not in self._agents:
            return
        if name == "closed" and (task := self._tasks.pop(event.call, None)) is not None:
            task.cancel()
            self._handsets[event.call].hear_the_rest()
        self._tell(event=name, call=event.call, text=event.text, at=time.monotonic(), stats=event.stats)

    async def _clear(self) -> None:
        for number in list(self._tasks):
            with contextlib.suppress(BaresipError):  # gone already
                await self._handsets[number].call.hangup()
        for number in self._registered:
            with contextlib.suppress(BaresipError):  # the registrar may be gone
                await self._agents[number].unregister(timeout=1)
        for task in self._tasks.values():
            task.cancel()
        self._agents.clear()


def _free_port() -> int:
    """A port below the ephemeral ones that is free for UDP and TCP, as the one above it is (the stack's TLS)."""
    while True:
        port = random.randrange(*portion(5100, 9900), 2)
        with contextlib.suppress(OSError), contextlib.ExitStack() as probes:
            for kind, number in itertools.product((socket.SOCK_DGRAM, socket.SOCK_STREAM), (port, port + 1)):
                probes.enter_context(socket.socket(socket.AF_INET, kind)).bind((_HERE, number))
            return port


async def main(path: str) -> None:
    """Start the runtime, serve the socket at ``path``, print the SIP port, end with standard input."""
    runtime, port = Runtime(command_timeout=10), _free_port()
    first, end = portion(20000, 26000)
    low = random.randrange(first, end - 498, 2)
    await runtime.start(
        Config(
            net_interface=_HERE,
            max_concurrent_calls=None,
            expose_headers=("P-Asserted-Identity", "Privacy", "Diversion", "From", "To", "Alert-Info", "User-Agent"),
            native_log_level="error",
            # Without a jitter buffer nothing is thrown away for being late on a busy machine.
            extra_config_text=f"sip_listen {_HERE}:{port}\nrtp_ports {low}-{low + 498}\naudio_jitter_buffer_type off\n",
        )
    )

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Session(runtime, writer).serve(reader)
        writer.close()

    server = await asyncio.start_unix_server(connected, path, limit=2**26)
    print(port, flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()
    await runtime.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
