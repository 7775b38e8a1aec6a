"""``./dev bench``: measure, print, and write docs/benchmarks.md. No figure decides whether it passes."""

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

from benchmarks import mailbox, portal_pages  # noqa: E402 - the path comes first
from benchmarks.run import Plan, measure_all  # noqa: E402

QUICK = Plan(rounds=1, rate=40, seconds=5, held_seconds=4, memory_callers=100, waiting=500)
FULL = Plan(rounds=3, rate=50, seconds=8, held_seconds=15, memory_callers=300, waiting=500)
MESSAGES = 20.0
"""Callers a second who leave a message."""
PAGE = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round, about 3 minutes; writes no page")
    parser.add_argument("--page", type=Path, help=f"where the page goes (default: {PAGE}, with --quick nowhere)")
    parser.add_argument("--mailbox", action="store_true", help="only messages, about 3 minutes; writes no page")
    parser.add_argument("--pages", action="store_true", help="only the portal's pages, about a minute; writes no page")
    arguments = parser.parse_args()
    plan = QUICK if arguments.quick else FULL
    began = time.monotonic()
    home = Path(tempfile.mkdtemp(prefix="switchhook-bench-"))
    home.chmod(0o755)  # Asterisk may run under an account of its own
    try:
        text = ""
        if not (arguments.pages or arguments.mailbox):
            text = asyncio.run(measure_all(home, plan, datetime.now(UTC), _machine(), _command(arguments.quick))) + "\n"
        if not arguments.pages:
            (home / "mailbox").mkdir(mode=0o755)
            left = asyncio.run(mailbox.measure_mailbox(home / "mailbox", plan.rounds, MESSAGES, plan.seconds))
            text += mailbox.section(left) + "\n"
        if not arguments.mailbox:
            text += portal_pages.section(asyncio.run(portal_pages.measure_pages(home)))
    finally:
        shutil.rmtree(home, ignore_errors=True)
    target = arguments.page or (None if arguments.quick or arguments.pages or arguments.mailbox else PAGE)
    if target is not None:
        target.write_text(text, encoding="utf-8")
        print(f"written: {target}")
    else:
        print(text)
    print(f"took {(time.monotonic() - began) / 60:.1f} minutes")


def _command(quick: bool) -> str:
    return "./dev bench --quick" if quick else "./dev bench"


def _machine() -> str:
    return (
        f"{os.cpu_count()} shared cores, {platform.machine()}, {platform.system()} {platform.release().split('-')[0]},"
        f" Python {platform.python_version()}"
    )


if __name__ == "__main__":
    main()
