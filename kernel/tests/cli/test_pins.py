"""``switchhook pins``: an operator sees and ends locks, and the audit tells."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

from click.testing import CliRunner, Result

from switchhook.calls.call import Call, Caller
from switchhook.calls.pins import USUAL, PinAttempt
from switchhook.cli.main import group
from switchhook.clock import SystemClock
from switchhook.config import default_toml, load_settings, make_secrets
from switchhook.pins.book import StoredPins
from switchhook.store.audit import entries
from switchhook.store.engine import Store


async def lock(url: str) -> None:
    store, clock = Store(url), SystemClock()
    for n in range(USUAL.per_subject):
        call = Call(f"c-{n}", "main", "+49221", Caller(key=f"k{n}"), clock.now())
        await StoredPins(store, clock).judge(PinAttempt(call, 1, "mailbox", "office", USUAL), right=False)
    await store.close()


async def told(url: str) -> list[str]:
    store = Store(url)
    found = [f"{one.actor} {one.action} {one.id}" for one in await entries(store, "main", kind="pin")]
    await store.close()
    return found


def test_a_lock_is_listed_and_ended(tmp_path: Path, sqlite_template: Path) -> None:
    make_secrets(tmp_path)
    shutil.copyfile(sqlite_template, tmp_path / "switchhook.db")
    file = tmp_path / "switchhook.toml"
    file.write_text(default_toml(tmp_path))
    url = load_settings(file, {}).store.url.reveal()

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(group, ["--config", str(file), "pins", *arguments])

    assert run("list").output == "No PIN is locked.\n"
    asyncio.run(lock(url))
    assert run("list").output.startswith("mailbox          office ")
    assert [one["subject"] for one in json.loads(run("list", "--json").output)] == ["office"]
    assert run("unlock", "mailbox", "office").output == "mailbox office is unlocked\n"
    again = run("unlock", "mailbox", "office")
    assert (again.exit_code, "no PIN for mailbox 'office' is locked" in again.output) == (1, True)
    assert asyncio.run(told(url)) == ["system unlock mailbox/office"]
