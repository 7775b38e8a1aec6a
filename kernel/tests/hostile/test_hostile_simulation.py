"""A simulated call ends in time and says where it hung, and plugins see its caller as they see a real one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .plugins import install

MODULE = """
import asyncio, time
import attrs
from switchhook import Exit, Label, Module, hookimpl

@attrs.frozen
class Stuck(Module):
    kind = "stuck"
    label = Label("Hängt", "Stuck")

    def exits(self):
        return ("next",)

    def lint(self):
        {lint}
        return ()

    async def run(self, session):
        {run}
        return Exit("next")

@hookimpl
def modules():
    return [Stuck]

@hookimpl
def caller_identified(caller):
    {identify}

{top}
"""
FLOW = """
flow: hotline
start: here
last_resort: here
points:
  here: {module: stuck, label: Here, exits: {next: hang-up}}
"""
FOREVER = "time.sleep(600)"
DEADLINE = "8"


def simulate(site: Path, *words: str, **code: str) -> subprocess.CompletedProcess[str]:
    given = {"lint": "pass", "run": "pass", "identify": "pass", "top": "", **code}
    install(site, "stuckplugin", MODULE.format(**given))
    (site / "flow.yaml").write_text(FLOW)
    env = {**os.environ, "PYTHONPATH": str(site), "SWITCHHOOK_CONFIG": str(site / "switchhook.toml")}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "switchhook.cli", *words]
        return subprocess.run(command, cwd=site, env=env, capture_output=True, text=True, timeout=60)

    assert run("init", "--data", "data").returncode == 0
    return run("flows", "simulate", "flow.yaml", *words)


@pytest.mark.parametrize(
    ("code", "where"),
    [
        ({"run": "await asyncio.Event().wait()"}, "it hangs in point 'here' (module 'stuck')"),
        ({"run": "while True: pass"}, "it hangs in point 'here' (module 'stuck'), in code that cannot be interrupted"),
        ({"identify": FOREVER}, "it hangs in the hook 'caller_identified' of plugin 'stuckplugin', in code"),
        ({"lint": FOREVER}, "it hangs in reading the flow, in code that cannot be interrupted"),
        ({"top": FOREVER}, "it hangs in loading the plugins, in code that cannot be interrupted"),
    ],
    ids=["awaits", "spins", "hook", "lint", "import"],
)
def test_what_never_ends_is_given_up_and_named(tmp_path, code, where):
    done = simulate(tmp_path, "--deadline", DEADLINE, **code)
    assert done.returncode == 1
    assert f"Error: this did not end within 8 s: {where}" in done.stderr
    assert done.stdout == ""
    if "cannot be interrupted" in where and "lint" not in code:
        assert "stuckplugin.py" in done.stderr  # the place in the plugin


def test_a_hook_may_change_the_caller_as_in_a_real_call(tmp_path):
    identify = "return attrs.evolve(caller, name=f'{caller.name.title()} {caller.kind} {len(caller.key)}')"
    words = ["--json", "--caller", "0171 1234567", "--name", "ANNA"]
    done = simulate(tmp_path, *words, identify=identify)
    assert done.returncode == 0, done.stderr
    caller = json.loads(done.stdout)["caller"]
    assert (caller["number"], caller["name"]) == ("+491711234567", "Anna mobile 64")


def test_a_hook_that_fails_is_told_and_changes_nothing(tmp_path):
    done = simulate(tmp_path, "--caller", "+4930123456", identify="raise RuntimeError('torn')")
    assert done.returncode == 0
    assert "from +4930123456 " in done.stdout.replace("\n", " ")
    assert "plugin stuckplugin: RuntimeError('torn')" in done.stderr
