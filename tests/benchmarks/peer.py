"""A handler on panoramisk 1.4 as its documentation shows it, on uvloop: the call that Switchhook is compared with.

Run as ``python peer.py PORT``; says ``ready`` on standard output.
"""

from __future__ import annotations

import asyncio
import sys

ROUTE = "bench"
WAITING = "waiting"
_KEY = "1"
_PATIENCE_MS = 10_000
_LONG_MS = 120_000


async def call(request) -> None:
    """The measured call."""
    first, second, wrong = (request.headers[f"agi_arg_{number}"] for number in (1, 2, 3))
    await request.send_command("ANSWER")
    reply = await request.send_command(f"GET DATA {first} {_PATIENCE_MS} 1")
    if reply["result"][0] == _KEY:
        await request.send_command('SET VARIABLE CUSTOMER "4711"')
        await request.send_command('SET VARIABLE LANGUAGE_CHOSEN "en"')
        await request.send_command('SET VARIABLE PRIORITY "high"')
        await request.send_command(f'STREAM FILE {second} ""')
    else:
        await request.send_command(f'STREAM FILE {wrong} ""')
    await request.send_command("HANGUP")


async def wait(request) -> None:
    """A caller who waits for a key."""
    await request.send_command("ANSWER")
    reply = await request.send_command(f"GET DATA {request.headers['agi_arg_1']} {_LONG_MS} 1")
    if "error" not in reply:
        await request.send_command("HANGUP")


async def serve(port: int) -> None:
    """Until terminated."""
    from panoramisk import fast_agi

    application = fast_agi.Application(loop=asyncio.get_running_loop())
    application.add_route(ROUTE, call)
    application.add_route(WAITING, wait)
    server = await asyncio.start_server(application.handler, "127.0.0.1", port, backlog=1024)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(int(sys.argv[1])))
