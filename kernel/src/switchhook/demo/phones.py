"""The demonstration's two telephones, a process of their own: one calls the hotline, the other is the colleague.

Run as ``python -m switchhook.demo.phones HOST PORT NUMBER SECONDS``. Standard input brings the phones' password and then
the keys to press, a line each; what happens is told as lines on standard output.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import math
import random
import socket
import struct
import sys
from typing import Any, Final

from baresip import Account, AudioNotActive, AudioRestarted, Call, Config, Event, Runtime, UserAgent

TICK: Final = 0.02
RATE: Final = 8000
TALK: Final = 1.0
"""Seconds the colleague talks before hanging up."""


def tone(frequency: float, seconds: float) -> bytes:
    """A quiet sine as 16-bit PCM; a caller who sends nothing costs Asterisk seconds of waiting for media."""
    samples = (int(3000 * math.sin(2 * math.pi * frequency * n / RATE)) for n in range(int(RATE * seconds)))
    return b"".join(struct.pack("<h", sample) for sample in samples)


async def speak(call: Call, frequency: float) -> None:
    """Send a tone, and take what is heard, until cancelled."""
    pcm, at = tone(frequency, 1.0), 0
    while True:
        with contextlib.suppress(AudioNotActive, AudioRestarted):
            call.audio.read(16000)
            if call.audio.info().tx_buffered < 1280:
                at += call.audio.write(pcm[at : at + 640])
                at %= len(pcm)
        await asyncio.sleep(TICK)


async def colleague(agent: UserAgent, group: asyncio.TaskGroup) -> None:
    """Take every call after a short ring, talk, hang up."""
    calls: asyncio.Queue[Call] = asyncio.Queue()
    agent.on_incoming(calls.put_nowait)
    while True:
        call = await calls.get()
        tell("the colleague's phone rings")
        await asyncio.sleep(0.3)
        await call.answer()
        voice = group.create_task(speak(call, 660.0))
        await asyncio.sleep(TALK)
        voice.cancel()
        await call.hangup()


def tell(text: str) -> None:
    """Say what happened."""
    print(text, flush=True)  # noqa: T201 - this process speaks on its standard output


async def keys(lines: asyncio.StreamReader, call: Call) -> None:
    """Press the keys that come on standard input."""
    while line := (await lines.readline()).decode().strip():
        await call.send_dtmf(line)
        tell(f"the caller presses {line}")


async def main(host: str, port: int, number: str, seconds: float) -> None:
    """Register both phones, call, and end with the call or after ``seconds``."""
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    password = (await lines.readline()).decode().strip()
    runtime = Runtime()
    extra = f"sip_listen {host}:{free_port(host)}\n"
    await runtime.start(
        Config(net_interface=host, max_concurrent_calls=None, native_log_level="error", extra_config_text=extra)
    )
    try:
        async with asyncio.timeout(seconds):
            await one_call(runtime, lines, f"{host}:{port}", password, number)
    finally:
        await runtime.close()


async def one_call(runtime: Runtime, lines: asyncio.StreamReader, domain: str, password: str, number: str) -> None:
    """The demonstration's call, to its end."""
    anna = await registered(runtime, "anna", domain, password)
    otto = await registered(runtime, "otto", domain, password)
    tell("the phones are registered")
    over = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(colleague(anna, group))]
        call = await otto.dial(f"sip:{number}@{domain}")
        ended = call.handle

        def look(event: Any) -> None:
            if event.event == Event.CALL_CLOSED and event.call == ended:
                over.set()

        runtime.subscribe(look)
        tasks += [group.create_task(speak(call, 440.0)), group.create_task(keys(lines, call))]
        await over.wait()
        for task in tasks:
            task.cancel()
    tell("the call is over")


async def registered(runtime: Any, name: str, domain: str, secret: str) -> UserAgent:
    """A phone that is registered with Asterisk."""
    account = Account(name, domain, secret, reg_interval=60, dtmf_mode="rtpevent")
    agent = await UserAgent.create(runtime, account.aor())
    await agent.register(timeout=5)
    return agent


def free_port(host: str) -> int:
    """A port below the ephemeral ones that is free for UDP and TCP, as is the next one, which the stack takes for TLS."""
    while True:
        port = random.randrange(5100, 9900, 2)  # noqa: S311 - no secret
        with contextlib.suppress(OSError), contextlib.ExitStack() as probes:
            for kind, number in itertools.product((socket.SOCK_DGRAM, socket.SOCK_STREAM), (port, port + 1)):
                probes.enter_context(socket.socket(socket.AF_INET, kind)).bind((host, number))
            return port


if __name__ == "__main__":
    given = sys.argv[1:]
    asyncio.run(main(given[0], int(given[1]), given[2], float(given[3])))
