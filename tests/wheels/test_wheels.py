"""What a company installs: wheels, by pip, into an environment that knows nothing of this checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = ("kernel", "web", "plugins/ivr", "plugins/forward", "tests/sample_plugin")
CLEAN = {
    name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "SWITCHHOOK"))
}


@pytest.mark.timeout(300)
def test_wheels_of_every_distribution_make_one_portal(tmp_path):
    done(sys.executable, "-m", "venv", "env", cwd=tmp_path)
    python, command = tmp_path / "env/bin/python", tmp_path / "env/bin/switchhook"
    pip = (python, "-m", "pip", "--disable-pip-version-check", "--quiet")
    done(*pip, "wheel", "--no-deps", "--wheel-dir", tmp_path, *(ROOT / project for project in PROJECTS), cwd=tmp_path)
    wheels = sorted(tmp_path.glob("*.whl"))
    assert [wheel.name.split("-")[0] for wheel in wheels] == [
        "switchhook",
        "switchhook_forward",
        "switchhook_ivr",
        "switchhook_sample",
        "switchhook_web",
    ]
    done(*pip, "install", *wheels, cwd=tmp_path)

    plugins = {row["name"]: row for row in json.loads(done(command, "plugins", "list", "--json", cwd=tmp_path))}
    assert {name: (row["state"], row["distribution"]) for name, row in plugins.items()} == {
        "forward": ("active", "switchhook-forward"),
        "ivr": ("active", "switchhook-ivr"),
        "sample": ("active", "switchhook-sample"),
        "web": ("active", "switchhook-web"),
    }
    assert plugins["sample"]["hooks"] == ["caller_identified", "commands", "modules", "resources"]
    assert done(command, "weather", "--hour", "12", cwd=tmp_path) == "fine\n"
    assert "weather" in done(command, "--help", cwd=tmp_path)

    administrators_keep_stations(command, tmp_path)
    told = json.loads(done(python, Path(__file__).with_name("try_flow.py"), cwd=tmp_path))
    assert Path(told["from"]).is_relative_to(tmp_path), "not from the checkout"
    assert told["ways"] == [["menu", "key:1"], ["weather", "fine"], ["anna", "answered_end"]]
    assert told["heard"] == ["house/menu", "house/fine"]
    assert (told["name"], told["outcome"], told["faults"]) == ("Anna Müller", "human", [])
    files = done(python, "-c", "import switchhook_sample as s; print(s.__path__[0])", cwd=tmp_path).strip()
    assert (Path(files) / "py.typed").exists()


def administrators_keep_stations(command: Path, directory: Path) -> None:
    """What the plugin declares as one class is kept, checked, taken out and deleted with nothing else of its own."""
    file = directory / "stations.yaml"
    file.write_text(
        "weather-station:\n  hill: {name: Hill, keeper: 0221 12345, neighbour: lake}\n  lake: {name: Lake}\n"
    )
    done(command, "init", cwd=directory)
    kept = (command, "resources")
    assert "Weather stations" in done(*kept, "kinds", cwd=directory)
    assert "create weather-station hill (Hill)" in done(*kept, "apply", file, cwd=directory)
    assert "hill,Hill,'+4922112345,00:00,24:00,lake" in done(*kept, "table", "weather-station", cwd=directory)
    file.write_text("weather-station:\n  lake: {name: Lake, opens: '08:00', closes: '07:00'}\n")
    assert f"{file}:2:" in refused(*kept, "apply", file, cwd=directory)
    assert "is used by weather-station 'Hill'" in refused(*kept, "delete", "weather-station", "lake", cwd=directory)
    assert done(*kept, "verify", cwd=directory) == "every change is as it was written\n"


def refused(*command: str | Path, cwd: Path) -> str:
    """What a command says that must fail."""
    ran = subprocess.run(list(map(str, command)), cwd=cwd, env=CLEAN, capture_output=True, text=True, timeout=200)
    assert ran.returncode == 1, f"{' '.join(map(str, command[:4]))}: {ran.stdout}\n{ran.stderr}"
    return ran.stderr


def done(*command: str | Path, cwd: Path) -> str:
    """What a command prints; it must succeed."""
    ran = subprocess.run(list(map(str, command)), cwd=cwd, env=CLEAN, capture_output=True, text=True, timeout=200)
    assert ran.returncode == 0, f"{' '.join(map(str, command[:4]))}: {ran.stdout}\n{ran.stderr}"
    return ran.stdout
