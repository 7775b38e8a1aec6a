"""``switchhook diagnose``: one file, also where nothing runs and where the settings cannot be used."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from click.testing import CliRunner, Result

from switchhook.cli.main import group
from switchhook.config import default_toml, make_secrets


def run(file: Path, wanted: Path) -> Result:
    return CliRunner().invoke(group, ["--config", str(file), "diagnose", str(wanted)])


def told(file: Path, part: str) -> object:
    with zipfile.ZipFile(file) as files:
        return json.loads(files.read(f"{part}.json"))


def test_a_file_is_written_without_a_portal_or_a_database(tmp_path: Path) -> None:
    make_secrets(tmp_path / "data")
    file, wanted = tmp_path / "switchhook.toml", tmp_path / "for-support.zip"
    file.write_text(default_toml(tmp_path / "data"))
    answer = run(file, wanted)
    assert answer.exit_code == 0, answer.output
    assert wanted.stat().st_mode & 0o777 == 0o600
    checks = {check["name"]: check for check in told(wanted, "doctor")}  # type: ignore[attr-defined]
    assert (checks["settings"]["state"], checks["database"]["state"]) == ("ok", "fail")
    assert told(wanted, "calls")["failed"]  # type: ignore[index]
    assert not (tmp_path / "data" / "switchhook.db").exists()
    again = run(file, wanted)
    assert (again.exit_code, "there is a" in again.output) == (1, True)


def test_settings_that_cannot_be_used_are_what_is_told(tmp_path: Path) -> None:
    file, wanted = tmp_path / "switchhook.toml", tmp_path / "for-support.zip"
    file.write_text('[portal]\nsupport_mail = "nobody at home"\nlanguge = "de"\n')
    assert run(file, wanted).exit_code == 0
    (check,) = told(wanted, "doctor")  # type: ignore[misc]
    assert "did you mean 'language'?" in check["found"]
    assert run(file, tmp_path / "none" / "x.zip").exit_code == 1
