"""``switchhook asterisk``: render, start, status, reload and stop of a real Asterisk, as an operator would."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from switchhook.asterisk.configured import asterisk_process
from switchhook.asterisk.place import AsteriskPlace
from switchhook.cli import asterisk as asterisk_commands
from switchhook.cli.asterisk import asterisk
from switchhook.cli.context import Context
from switchhook.config import default_toml, load_settings, make_secrets

from .test_doctor import free_ports


@pytest.fixture
def file() -> Iterator[Path]:
    # not pytest's tmp_path: its parents are closed to the account Asterisk runs under
    home = Path(tempfile.mkdtemp(prefix="switchhook-"))
    home.chmod(0o755)
    make_secrets(home / "data")
    agi, ami, sip, rtp = free_ports(4)
    rtp = min(rtp, 65000) & ~1  # an even one, for RTCP takes the next
    file = home / "switchhook.toml"
    file.write_text(
        default_toml(home / "data", agi_port=agi, ami_port=ami, sip_port=sip, rtp_start=rtp, rtp_end=rtp + 9)
    )
    yield file
    run(file, "stop")
    shutil.rmtree(home)


def run(file: Path, *arguments: str) -> Result:
    return CliRunner().invoke(asterisk, arguments, obj=Context(file))


@pytest.mark.asterisk
def test_from_nothing_to_running_and_back(file: Path) -> None:
    assert "does not run" in run(file, "status").output
    assert run(file, "status").exit_code == 1
    started = run(file, "start")
    assert started.exit_code == 0, started.output
    assert "warning" not in started.output  # no root rights
    status = json.loads(run(file, "status", "--json").output)
    assert (status["running"], status["booted"]) == (True, True)
    assert status["uid"] != 0
    again = run(file, "render")
    assert again.exit_code == 0, again.output
    assert "switchhook asterisk reload" in again.output
    assert run(file, "reload").exit_code == 0
    assert run(file, "reload", "--everything").exit_code == 0
    assert "0 active calls" in run(file, "status").output
    assert run(file, "stop").output == "Asterisk is stopped\n"
    assert run(file, "stop").output == "Asterisk does not run\n"


@pytest.mark.asterisk
def test_every_needed_module_of_the_rendered_configuration_loads(file: Path) -> None:
    assert run(file, "start").exit_code == 0
    process = asterisk_process(load_settings(file, {}))
    log = (process.log.parent / "messages.log").read_text()
    assert "ERROR" not in log


@pytest.mark.asterisk
def test_rendered_files_can_be_looked_at_without_being_written(file: Path) -> None:
    shown = run(file, "render", "--print").output
    assert "; ==== extensions.conf ====" in shown
    assert "astmoddir" in shown
    assert not (file.parent / "data" / "asterisk").exists()


def test_install_goes_where_the_settings_want_it(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the doctor advises has to mend what the doctor found."""
    asked: list[Path | None] = []

    def unpack(root: Path | None, *_: object, **__: object) -> AsteriskPlace:
        asked.append(root)
        return AsteriskPlace(Path("/asterisk"), (22, 0, 0), Path("/m"), Path("/d"), root=root or Path("/cache"))

    monkeypatch.setattr(asterisk_commands, "install", unpack)
    monkeypatch.delenv("SWITCHHOOK_ASTERISK_ROOT", raising=False)
    assert run(file, "install").output == "/cache\n"
    assert 'Name it in the settings: [asterisk] root = "/opt/a"' in run(file, "install", "--root", "/opt/a").output
    file.write_text(file.read_text().replace('root = ""', 'root = "/opt/b"'))
    assert run(file, "install").output == "/opt/b\n"
    assert run(file.with_name("none.toml"), "install").output == "/cache\n"
    assert asked == [None, Path("/opt/a"), Path("/opt/b"), None]
