"""A loop that is blocked is told of, with the plugin at work; one that hangs is given up; one that was stopped is not."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time

from structlog.testing import capture_logs

from switchhook.portal.watchdog import HUNG, Watchdog


async def test_a_blocked_loop_is_told_with_the_plugin_at_work():
    watchdog = Watchdog(lambda: ("slow", "point_entered"), warn=0.6, give_up=60)
    task = asyncio.create_task(watchdog.run())
    with capture_logs() as logs:
        await asyncio.sleep(0.3)
        time.sleep(1.5)  # noqa: ASYNC251 - this is the fault
        await asyncio.sleep(0.3)
    task.cancel()
    (told,) = [entry for entry in logs if entry["event"] == "the event loop is blocked"]
    assert (told["plugin"], told["hook"]) == ("slow", "point_entered")
    assert "time.sleep(1.5)" in told["stack"]


async def test_a_loop_that_hangs_is_given_up():
    given_up = threading.Event()
    task = asyncio.create_task(Watchdog(lambda: None, warn=0.6, give_up=1.0, on_hung=given_up.set).run())
    await asyncio.sleep(0.3)
    assert given_up.wait(10)
    task.cancel()


def test_a_process_that_was_stopped_goes_on():
    code = (
        "import asyncio; from switchhook.portal.watchdog import Watchdog\n"
        "async def main():\n"
        "    task = asyncio.create_task(Watchdog(lambda: None, warn=0.5, give_up=1.0).run())\n"
        "    print('ready', flush=True)\n"
        "    await asyncio.to_thread(input)\n"
        "asyncio.run(main())\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout.readline() == "ready\n"
        subprocess.run(["kill", "-STOP", str(child.pid)], check=True)
        time.sleep(2.5)
        subprocess.run(["kill", "-CONT", str(child.pid)], check=True)
        time.sleep(1.5)
        assert child.poll() is None, f"it gave itself up with {child.returncode}, {HUNG} means hung"
        child.communicate("\n", timeout=20)
        assert child.returncode == 0
    finally:
        child.kill()
        child.wait()
