"""``./dev bench``: measure, print, and write sections of docs/benchmarks.md. No figure decides whether it passes."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path = [entry for entry in sys.path if Path(entry or ".").resolve() != Path(__file__).resolve().parent]

from benchmarks import conference, mailbox, portal_pages, run  # noqa: E402 - the path comes first
from benchmarks.run import Plan  # noqa: E402
from benchmarks.sections import TITLES, Stamp, renewed, section  # noqa: E402

QUICK = Plan(rounds=1, rate=40, seconds=5, held_seconds=4, memory_callers=100, waiting=500, messages=10)
FULL = Plan(rounds=3, rate=50, seconds=8, held_seconds=15, memory_callers=300, waiting=500, messages=10)
PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
NOTES = Path(__file__).with_name("notes.md")
"""Where the time of a call goes: written by people who looked, kept with the figures."""


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    for name, title in TITLES.items():
        parser.add_argument(
            f"--{name}", action="store_true", help=f"only {title!r}, and others that are named; else all"
        )
    parser.add_argument("--quick", action="store_true", help="one short round; writes no page")
    parser.add_argument("--page", type=Path, help=f"where the page is (default: {PAGE}, with --quick nowhere)")
    arguments = parser.parse_args()
    plan = QUICK if arguments.quick else FULL
    target = arguments.page or (None if arguments.quick else PAGE)
    began = time.monotonic()
    for name in [name for name in TITLES if getattr(arguments, name)] or list(TITLES):
        text = section(name, _stamp(), _measured(name, plan))
        print(text)
        if target is not None:  # at once: what comes later may fail
            page = target.read_text(encoding="utf-8") if target.exists() else ""
            target.write_text(renewed(page, {name: text}), encoding="utf-8")
            print(f"written: {target}")
    print(f"took {(time.monotonic() - began) / 60:.1f} minutes")


def _measured(name: str, plan: Plan) -> str:
    home = Path(tempfile.mkdtemp(prefix="switchhook-bench-"))
    home.chmod(0o755)  # Asterisk may run under an account of its own
    try:
        match name:
            case "calls":
                return asyncio.run(run.calls(home, plan)).text(NOTES.read_text(encoding="utf-8"))
            case "waiting":
                return asyncio.run(run.waiting(home, plan)).text()
            case "kernel":
                return run.kernel().text()
            case "pages":
                return portal_pages.text(asyncio.run(portal_pages.measure_pages(home)))
            case "conference":
                return conference.text(asyncio.run(conference.measure_conference(home, plan.rounds, plan.held_seconds)))
            case _:
                left = mailbox.measure_mailbox(home, plan.rounds, plan.messages, plan.seconds)
                return mailbox.text(asyncio.run(left))
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _stamp() -> Stamp:
    cores = os.cpu_count() or 1
    system = f"{platform.system()} {platform.release().split('-')[0]}, Python {platform.python_version()}"
    machine = f"{cores} shared cores, {platform.machine()}, {system}"
    return Stamp(datetime.now(UTC), machine, os.getloadavg()[0], cores)


if __name__ == "__main__":
    main()
