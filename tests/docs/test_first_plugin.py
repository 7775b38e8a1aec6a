"""The tutorial's plugin, installed as its own pyproject.toml says, through the command line as the tutorial does."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from pages import DOCS

PLUGIN = Path(__file__).parent / "first_plugin"
TUTORIAL = DOCS / "tutorial" / "first-plugin.md"


@pytest.fixture
def switchhook(tmp_path):
    """Run the command where the plugin is installed: its entry point and its code on the path."""
    project = tomllib.loads((PLUGIN / "pyproject.toml").read_text())["project"]
    installed = tmp_path / "site" / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    points = project["entry-points"]["switchhook"].items()
    (installed / "entry_points.txt").write_text(
        "[switchhook]\n" + "".join(f"{key} = {value}\n" for key, value in points)
    )
    environ = {name: value for name, value in os.environ.items() if not name.startswith("SWITCHHOOK_")}
    environ["PYTHONPATH"] = os.pathsep.join([str(installed.parent), str(PLUGIN / "src")])

    def run(*words: str, **outside: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "switchhook.cli", *words],
            cwd=tmp_path,
            env=environ | outside,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("init", "--data", str(tmp_path / "data"))
    return run


def test_it_is_listed_with_its_hooks(switchhook):
    (listed,) = [row for row in json.loads(switchhook("plugins", "list", "--json")) if row["name"] == "daytime"]
    assert listed["state"] == "active"
    assert listed["distribution"] == "switchhook-daytime"
    assert listed["hooks"] == ["leg_allowed", "modules"]
    switchhook("plugins", "check")


def test_the_operators_setting_reaches_it_from_the_file_and_from_outside(switchhook, tmp_path, monkeypatch):
    def night_ends(**outside):
        (row,) = json.loads(switchhook("plugins", "settings", "daytime", "--json", **outside))
        return row["value"]

    assert night_ends() == "6"
    (section,) = re.findall(r"```toml\n(\[plugin\.daytime\].*?)```", TUTORIAL.read_text(), re.DOTALL)
    with (tmp_path / "switchhook.toml").open("a") as file:
        file.write(section)
    assert night_ends() == "5"
    assert night_ends(SWITCHHOOK_PLUGIN_DAYTIME_NIGHT_ENDS="4") == "4"


@pytest.mark.parametrize(("hour", "way"), [("09", "open"), ("20", "closed")])
def test_the_flow_of_the_tutorial_can_be_simulated(switchhook, hour, way):
    at = f"2026-01-15 {hour}:00:00"
    assert f'--at "{at}"' in TUTORIAL.read_text()
    course = json.loads(switchhook("flows", "simulate", str(PLUGIN / "office.yaml"), "--at", at, "--json"))
    exits = {event["point"]: event["data"]["exit"] for event in course["events"] if event["kind"] == "point.left"}
    assert exits["hours"] == way


def test_the_course_in_the_tutorial_is_what_is_printed(switchhook):
    printed = switchhook("flows", "simulate", str(PLUGIN / "office.yaml"), "--at", "2026-01-15 20:00:00")
    shown = re.search(r"```text\n( +0\.000.*?)```", TUTORIAL.read_text(), re.DOTALL)[1]
    for line in shown.strip().splitlines()[:3]:
        assert line.strip() in printed


def test_the_tutorial_shows_all_of_the_plugin():
    """Slices that are included cover each file from the first line to the last mark."""
    text = TUTORIAL.read_text()
    for file in ("pyproject.toml", "office.yaml", "daytime.py", "plugin.py", "test_daytime.py"):
        assert f"{file}\n" in text or f"/{file}" in text
    for file in PLUGIN.rglob("*.py"):
        for mark in re.findall(r"^\s*# \[\w+\]$", file.read_text(), re.MULTILINE):
            assert mark.strip() in text
