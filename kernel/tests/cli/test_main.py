from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing

import click
import pytest
from click.testing import CliRunner

from switchhook.cli.main import COMMANDS, group


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_listed_with_what_it_says_of_itself(name):
    command = group.get_command(click.Context(group), name)
    assert command is not None
    assert (command.help or "").startswith(COMMANDS[name][1].rstrip("."))


def test_help_lists_every_command_and_imports_no_database():
    code = "import sys; from switchhook.cli.main import group; group.main(['--help'], standalone_mode=False);"
    code += "assert 'sqlalchemy' not in sys.modules, 'the help imports SQLAlchemy'"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60).stdout
    assert all(name in told for name in COMMANDS)


def test_an_expected_error_is_one_sentence(tmp_path):
    result = CliRunner().invoke(group, ["--config", str(tmp_path / "none.toml"), "calls", "list"])
    assert result.exit_code == 1
    assert "make one with `switchhook init`" in result.output
    assert "Traceback" not in result.output


def test_an_unknown_command_is_refused():
    result = CliRunner().invoke(group, ["flowz"])
    assert result.exit_code == 2
    assert "No such command 'flowz'" in result.output


def test_init_makes_what_run_needs_and_overwrites_nothing(tmp_path):
    file, data = tmp_path / "switchhook.toml", tmp_path / "data"
    made = CliRunner().invoke(group, ["--config", str(file), "init", "--data", str(data)])
    assert made.exit_code == 0, made.output
    assert (data / "secrets" / "agi").stat().st_mode & 0o777 == 0o600
    listed = CliRunner().invoke(group, ["--config", str(file), "flows", "list"])
    assert listed.exit_code == 0, listed.output
    before = file.read_text()
    again = CliRunner().invoke(group, ["--config", str(file), "init", "--data", str(data)])
    assert again.exit_code == 0
    assert f"kept {file}" in again.output
    assert file.read_text() == before


def test_init_makes_what_is_missing_beside_settings_that_exist(tmp_path):
    """Such as the store, when the settings name another one than before."""
    file, data = tmp_path / "switchhook.toml", tmp_path / "data"
    CliRunner().invoke(group, ["--config", str(file), "init", "--data", str(data)])
    file.write_text(file.read_text().replace("[store]", f'[store]\nurl = "sqlite:///{tmp_path}/other.db"'))
    (data / "secrets" / "ami").unlink()
    secret = (data / "secrets" / "agi").read_text()
    again = CliRunner().invoke(group, ["--config", str(file), "init", "--data", str(tmp_path / "elsewhere")])
    assert again.exit_code == 0, again.output
    assert (data / "secrets" / "agi").read_text() == secret
    assert (data / "secrets" / "ami").exists()
    assert not (tmp_path / "elsewhere").exists()
    with closing(sqlite3.connect(tmp_path / "other.db")) as store:
        assert store.execute("SELECT id FROM tenant").fetchall() == [("main",)]
