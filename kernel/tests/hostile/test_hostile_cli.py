"""The command works with every plugin broken: it is what an operator mends them with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .plugins import install

BROKEN = {
    "absent": "import sax_that_nobody_has\n",
    "exits": "import sys\nsys.exit(3)\n",
    "syntax": "def (:\n",
    "unknownhook": "from switchhook import hookimpl\n\n@hookimpl\ndef choose_flwo(call): ...\n",
    "raises": "from switchhook import hookimpl\n\n@hookimpl\ndef commands():\n    raise RuntimeError('no commands')\n",
    "junk": "from switchhook import hookimpl\n\n@hookimpl\ndef commands():\n    return ['plugins', 7, None]\n",
    "quits": "from switchhook import hookimpl\n\n@hookimpl\ndef commands():\n    raise SystemExit(5)\n",
}
QUARANTINED = {
    "absent": "No module named 'sax_that_nobody_has'",
    "exits": "SystemExit: 3",
    "syntax": "SyntaxError",
    "unknownhook": "there is no hook named choose_flwo",
}


def switchhook(site: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(site), "SWITCHHOOK_CONFIG": str(site / "nonexistent.toml")}
    command = [sys.executable, "-m", "switchhook.cli", *words]
    return subprocess.run(command, cwd=site, env=env, capture_output=True, text=True, timeout=60)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for name, code in BROKEN.items():
        install(tmp_path, name, code)
    return tmp_path


def test_broken_plugins_are_listed_with_why(site):
    ran = switchhook(site, "plugins", "list", "--json")
    assert ran.returncode == 0, ran.stderr
    rows = {row["name"]: row for row in json.loads(ran.stdout) if row["name"] in BROKEN}
    assert set(rows) == set(BROKEN)
    assert {name for name, row in rows.items() if row["state"] == "quarantined"} == set(QUARANTINED)
    for name, why in QUARANTINED.items():
        assert why in rows[name]["reason"]
    people = switchhook(site, "plugins", "list")
    assert people.returncode == 0
    assert "Traceback" not in people.stdout + people.stderr


def test_help_and_version_need_no_plugin(site):
    for words in (("--help",), ("--version",), ("plugins", "--help")):
        ran = switchhook(site, *words)
        assert (ran.returncode, ran.stderr) == (0, ""), words


def test_an_unknown_command_is_told_in_a_sentence(site):
    ran = switchhook(site, "plguins")
    assert ran.returncode == 2
    assert "Traceback" not in ran.stderr


def test_the_check_fails_and_shows_the_trace_of_each(site):
    ran = switchhook(site, "plugins", "check")
    assert ran.returncode == 1
    for name in QUARANTINED:
        assert f"{name}: " in ran.stderr


def test_two_commands_of_one_name_break_no_command_of_the_kernel(tmp_path):
    twin = "import click\nfrom switchhook import hookimpl\n\n@click.command('twin')\ndef twin(): ...\n\n@hookimpl\ndef commands():\n    return [twin]\n"
    install(tmp_path, "anna", twin)
    install(tmp_path, "bert", twin)
    assert switchhook(tmp_path, "plugins", "list").returncode == 0
    ran = switchhook(tmp_path, "twin")
    assert ran.returncode != 0
    assert "'anna'" in ran.stderr
    assert "'bert'" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_command_that_raises_is_the_plugins_own_fault(tmp_path):
    code = "import click\nfrom switchhook import hookimpl\n\n@click.command('bang')\ndef bang():\n    raise RuntimeError('bang')\n\n@hookimpl\ndef commands():\n    return [bang]\n"
    install(tmp_path, "bang", code)
    assert switchhook(tmp_path, "bang").returncode == 1
    assert switchhook(tmp_path, "plugins", "list").returncode == 0
