"""The doctor sees what is wrong, says how to mend it, and its exit code is for programs."""

import asyncio
import json
import os
import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner

from switchhook.asterisk.configured import asterisk_process, conf_root, render_for, write_configuration
from switchhook.asterisk.place import find_asterisk
from switchhook.cli import plugin_commands
from switchhook.cli.context import Context
from switchhook.cli.doctor import doctor
from switchhook.config import Settings, default_toml, load_settings, make_secrets
from switchhook.dispatch.loader import Source
from switchhook.errors import StoreError
from switchhook.portal.diagnosis import asterisk_checks, machine_checks
from switchhook.portal.diagnosis.examined import Check, examine


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@pytest.fixture
def file(tmp_path: Path, sqlite_template: Path) -> Path:
    data = tmp_path / "data"
    data.mkdir()
    make_secrets(data)
    shutil.copyfile(sqlite_template, data / "switchhook.db")
    (data / "switchhook.db").chmod(0o600)
    agi, ami, sip = free_ports(3)
    file = tmp_path / "switchhook.toml"
    file.write_text(default_toml(data, agi_port=agi, ami_port=ami, sip_port=sip, rtp_start=20000, rtp_end=20009))
    return file


@pytest.fixture
def settings(file: Path) -> Settings:
    return load_settings(file, {})


@contextmanager
def listening(port: int, kind: socket.SocketKind = socket.SOCK_STREAM) -> Iterator[None]:
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", port))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        yield


def by_name(checks: object) -> dict[str, Check]:
    return {check.name: check for check in checks}  # type: ignore[attr-defined]


def run(file: Path, *arguments: str):
    return CliRunner().invoke(doctor, arguments, obj=Context(file))


@pytest.mark.asterisk
def test_a_sound_installation_passes(file: Path, settings: Settings) -> None:
    write_configuration(settings, render_for(settings, find_asterisk(settings)))
    answer = run(file)
    assert answer.exit_code == 0, answer.output
    assert "FAIL" not in answer.output
    assert "rendered, and what the settings say" in answer.output


def test_a_failure_gives_exit_code_one_and_json_for_programs(file: Path, settings: Settings) -> None:
    shutil.rmtree(settings.data_dir)
    answer = run(file, "--json")
    assert answer.exit_code == 1
    found = {check["name"]: check for check in json.loads(answer.output)}
    # its secrets went with it, so not even the settings can be read
    assert found["settings"]["state"] == "fail"
    assert "switchhook init" in found["settings"]["mend"]


def test_no_settings_file_is_one_failed_check(tmp_path: Path) -> None:
    answer = run(tmp_path / "none.toml")
    assert answer.exit_code == 1
    assert "FAIL  settings" in answer.output
    assert "switchhook init" in answer.output


def test_no_asterisk_names_the_command_that_gets_one(settings: Settings) -> None:
    without = attrs.evolve(settings, asterisk=attrs.evolve(settings.asterisk, root="/nonexistent"))
    (check,) = asterisk_checks.asterisk(without)
    assert (check.state, check.mend) == ("fail", "switchhook asterisk install")
    assert "/nonexistent" in check.found


@pytest.mark.asterisk
def test_an_old_configuration_is_seen_but_not_the_numbers_the_portal_wrote(settings: Settings) -> None:
    checks = by_name(asterisk_checks.asterisk(settings))
    assert checks["asterisk configuration"].found == "not rendered yet"
    assert checks["asterisk process"].found == "does not run"
    write_configuration(settings, render_for(settings, find_asterisk(settings)))
    extensions = conf_root(settings) / "current/extensions.conf"
    extensions.write_text(extensions.read_text() + "; a number more\n")
    assert by_name(asterisk_checks.asterisk(settings))["asterisk configuration"].state == "ok"
    moved = attrs.evolve(settings, asterisk=attrs.evolve(settings.asterisk, rtp_end=20019))
    check = by_name(asterisk_checks.asterisk(moved))["asterisk configuration"]
    assert (check.state, check.found) == ("warn", "not what the settings say now: rtp.conf")
    assert "switchhook asterisk render" in check.mend


def test_ports_are_free_or_named(settings: Settings) -> None:
    assert {check.state for check in asterisk_checks.ports(settings)} == {"ok"}
    with (
        listening(settings.ami.port),
        listening(settings.asterisk.sip_port, socket.SOCK_DGRAM),
        listening(settings.agi.port),
    ):
        checks = by_name(asterisk_checks.ports(settings))
    assert (checks["ami.port"].state, checks["asterisk.sip_port"].state) == ("fail", "fail")
    assert f"127.0.0.1:{settings.ami.port} is in use" in checks["ami.port"].found
    assert checks["agi.port"].state == "warn"  # it may well be the portal


def voice(settings: Settings, start: int, end: int) -> Check:
    (check,) = asterisk_checks.voice_ports(
        attrs.evolve(settings, asterisk=attrs.evolve(settings.asterisk, rtp_start=start, rtp_end=end))
    )
    return check


def test_voice_ports_are_enough_and_free(settings: Settings) -> None:
    assert voice(settings, 20000, 20399) == Check(
        "asterisk.rtp_start", "ok", "20000-20399: 100 conversations at a time"
    )
    few = voice(settings, 20000, 20009)
    assert (few.state, few.found) == ("warn", "20000-20009: 2 conversations at a time")
    assert "raise asterisk.rtp_end" in few.mend
    with listening(20102, socket.SOCK_DGRAM):
        check = voice(settings, 20000, 20399)
    assert (check.state, "1 of the ports, 20102 first" in check.found) == ("warn", True)
    assert "another range" in check.mend


def test_voice_ports_that_the_system_gives_to_anybody(settings: Settings, tmp_path: Path, monkeypatch) -> None:
    given = tmp_path / "range"
    given.write_text("20300\t60999\n")
    monkeypatch.setattr(asterisk_checks, "_OUTGOING", given)
    check = voice(settings, 20000, 20399)
    assert (check.state, "gives 20300-60999 to any program" in check.found) == ("warn", True)
    assert "below 20300" in check.mend
    assert voice(settings, 20000, 20299).state == "ok"


@pytest.mark.asterisk
async def test_a_running_asterisk_is_told_from_one_that_does_not_answer(settings: Settings) -> None:
    write_configuration(settings, render_for(settings, find_asterisk(settings)))
    process = asterisk_process(settings)
    started = await process.start()
    try:
        found = await asyncio.to_thread(lambda: by_name(asterisk_checks.asterisk(settings))["asterisk process"])
        assert found.found.startswith("runs")  # as root, where pytest's directories are closed to other accounts
        assert (found.state, bool(found.mend)) == (("warn", True) if started.uid == 0 else ("ok", False))
        ports = by_name(await asyncio.to_thread(lambda: list(asterisk_checks.ports(settings))))
        assert ports["asterisk.sip_port"].found.endswith("is held by our Asterisk")
        os.kill(started.pid or 0, signal.SIGSTOP)
        found = await asyncio.to_thread(lambda: by_name(asterisk_checks.asterisk(settings))["asterisk process"])
        assert (found.state, found.found) == ("fail", f"pid {started.pid} does not answer its console")
        assert str(process.log) in found.mend
    finally:
        os.kill(started.pid or 0, signal.SIGKILL)
        await process.stop()


def test_an_address_that_is_not_this_machines_is_a_failure(settings: Settings) -> None:
    elsewhere = attrs.evolve(settings, agi=attrs.evolve(settings.agi, host="192.0.2.1"))
    check = by_name(asterisk_checks.ports(elsewhere))["agi.port"]
    assert check.state == "fail"
    assert "not to be had" in check.found


def test_a_data_directory_that_is_not_there_and_secrets_for_everybody(settings: Settings) -> None:
    (settings.data_dir / "secrets" / "ami").chmod(0o644)
    checks = by_name(machine_checks.data_directory(settings))
    assert checks["data directory"].state == "ok"
    assert checks["secrets"].mend == f"chmod 600 {settings.data_dir}/secrets/ami"
    (settings.data_dir / "switchhook.db").chmod(0o644)
    assert "/switchhook.db" in by_name(machine_checks.data_directory(settings))["secrets"].found
    (check,) = machine_checks.data_directory(attrs.evolve(settings, data_dir=Path("/nonexistent")))
    assert (check.state, check.found) == ("fail", "/nonexistent: No such file or directory")


@pytest.mark.parametrize(("free", "state"), [(50_000_000_000, "ok"), (1_000_000_000, "warn"), (100_000_000, "fail")])
def test_the_disk(settings: Settings, monkeypatch: pytest.MonkeyPatch, free: int, state: str) -> None:
    usage = shutil.disk_usage(settings.data_dir)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=free))
    (check,) = machine_checks.disk(settings)
    assert (check.state, bool(check.mend)) == (state, state != "ok")


def test_a_host_name_that_does_not_resolve(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_checks, "name_resolves", lambda _: True)
    assert [check.state for check in machine_checks.host_name(settings)] == ["ok"]
    monkeypatch.setattr(machine_checks, "name_resolves", lambda _: False)
    (check,) = machine_checks.host_name(settings)
    assert check.state == "warn"
    assert f"127.0.1.1 {socket.gethostname()}" in check.mend


class MovingClock:
    """A clock whose time of day jumps while its monotonic time stands still."""

    def __init__(self, year: int, jump: float) -> None:
        self._moment, self._jump = datetime(year, 6, 1, tzinfo=UTC), timedelta(seconds=jump)

    def now(self) -> datetime:
        self._moment += self._jump
        return self._moment

    def monotonic(self) -> float:
        return 0.0


@pytest.mark.parametrize(("year", "jump", "state"), [(1970, 0, "fail"), (2031, 2, "warn"), (2031, 0, "ok")])
def test_the_clock(settings: Settings, monkeypatch: pytest.MonkeyPatch, year: int, jump: float, state: str) -> None:
    monkeypatch.setattr(machine_checks, "SystemClock", lambda: MovingClock(year, jump))
    check = by_name(machine_checks.clock(settings))["clock"]
    assert (check.state, bool(check.mend)) == (state, state != "ok")


def test_a_machine_without_time_zones(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    import zoneinfo

    def unknown(name: str) -> None:
        raise zoneinfo.ZoneInfoNotFoundError(name)

    monkeypatch.setattr(zoneinfo, "ZoneInfo", unknown)
    assert by_name(machine_checks.clock(settings))["time zones"].mend == "apt-get install tzdata"


def test_an_examination_that_breaks_off_keeps_what_it_found_and_stops_no_other(settings: Settings) -> None:
    def first(_: Settings) -> Iterator[Check]:
        yield Check("before", "ok", "")
        raise StoreError("the store is gone")

    def second(_: Settings) -> Iterator[Check]:
        yield Check("after", "ok", "")

    found = [(check.name, check.state, check.found) for check in examine(settings, [first, second])]
    assert found == [("before", "ok", ""), ("first", "fail", "the store is gone"), ("after", "ok", "")]


def test_without_any_plugin_no_call_gets_anywhere(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugin_commands, "installed_plugins", list)
    assert "pip install switchhook-ivr" in run(file).output


def test_no_time_zone_set(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_checks, "_LOCAL_TIME", settings.data_dir / "none")
    assert "timedatectl set-timezone" in by_name(machine_checks.clock(settings))["time zone"].mend


def test_a_plugin_that_cannot_be_loaded_fails_by_name(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> object:
        raise ImportError("no module named nothing")

    monkeypatch.setattr(plugin_commands, "installed_plugins", lambda: [Source("bad", broken, "switchhook-bad", "1")])
    answer = run(file)
    assert answer.exit_code == 1
    assert "FAIL  plugin bad" in answer.output
    assert "pip uninstall switchhook-bad" in answer.output


def test_a_required_plugin_that_is_not_there_fails_by_name(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCHHOOK_PLUGINS_REQUIRED", "ivr, budget")
    result = run(file, "--json")
    (check,) = (one for one in json.loads(result.output) if one["name"] == "required plugins")
    assert (check["state"], check["found"]) == ("fail", "the plugin 'budget', which is not installed")


def test_the_doctor_changes_nothing(file: Path, settings: Settings) -> None:
    before = sorted(os.walk(settings.data_dir))
    run(file)
    assert sorted(os.walk(settings.data_dir)) == before
