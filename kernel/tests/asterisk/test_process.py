"""A real Asterisk started, asked, reloaded, stopped and killed; it outlives whoever started it."""

import asyncio
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from switchhook.asterisk.account import Account, choose_account, first_closed, hand_over
from switchhook.asterisk.launch import alive, dying
from switchhook.asterisk.place import AsteriskPlace, find_asterisk
from switchhook.asterisk.process import AsteriskProcess
from switchhook.errors import AsteriskError, AsteriskUnavailable, ConfigError

from .dying import CountingClock, Dying

MODULES = ("pbx_config.so", "app_playback.so", "app_waituntil.so", "format_wav.so", "func_channel.so")
SUPERUSER = os.geteuid() == 0


def write_conf(home: Path, place: AsteriskPlace) -> Path:
    conf = home / "asterisk"
    conf.mkdir()
    own = {name: home / "state" / name for name in ("astrundir", "astlogdir", "astspooldir", "astdbdir")}
    own |= dict.fromkeys(("astvarlibdir", "astkeydir", "astcachedir"), home / "state" / "var")
    given = {"astetcdir": conf, "astmoddir": place.modules, "astdatadir": place.data, **own}
    lines = [f"{name} => {path}" for name, path in given.items()]
    (conf / "asterisk.conf").write_text("\n".join(["[directories]", *lines, "[options]", "systemname = sh1\n"]))
    (conf / "modules.conf").write_text("\n".join(["[modules]", "autoload = no", *(f"load = {m}" for m in MODULES)]))
    (conf / "logger.conf").write_text("[logfiles]\nfull => notice,warning,error\n")
    (conf / "extensions.conf").write_text("[first]\nexten => 1,1,Hangup()\n")
    return conf


def is_asleep(pid: int) -> bool:
    return Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"sleep")


@pytest.fixture
def home() -> Iterator[Path]:
    """A directory that the account Asterisk runs under can reach, which pytest's own is not."""
    home = Path(tempfile.mkdtemp(prefix="switchhook test "))
    home.chmod(0o755)
    yield home
    shutil.rmtree(home)


@pytest.fixture
async def process(home: Path) -> AsyncIterator[AsteriskProcess]:
    place = find_asterisk()
    process = AsteriskProcess(place, write_conf(home, place))
    yield process
    await process.stop()


@pytest.mark.asterisk
async def test_it_boots_without_root_rights_and_stops(process: AsteriskProcess) -> None:
    assert not (await process.status()).running
    started = await process.start()
    assert started.running
    assert started.booted
    assert started.uid != 0
    assert os.stat(process.conf_file).st_mode & 0o007 == 0 or not SUPERUSER  # it holds secrets
    assert process.place.version_text in await process.command("core show version")
    again = await process.start()
    assert (again.pid, again.born) == (started.pid, started.born)
    await process.stop()
    assert not process.status_now().running
    assert not alive(started.pid or 0)
    await process.stop()


@pytest.mark.asterisk
async def test_a_restart_is_seen_by_another_birth(process: AsteriskProcess) -> None:
    first = await process.start()
    os.kill(first.pid or 0, signal.SIGKILL)
    second = await process.start()  # with the dead one's socket and pid file still lying there
    assert second.booted
    assert (first.pid, first.born) != (second.pid, second.born)


@pytest.mark.asterisk
async def test_one_killed_while_a_start_takes_it_for_running_is_followed_by_another(process: AsteriskProcess) -> None:
    first = await process.start()
    process.clock = CountingClock(1, lambda: os.kill(first.pid or 0, signal.SIGKILL))  # found, and then the wait begins
    second = await process.start()
    assert second.booted
    assert (first.pid, first.born) != (second.pid, second.born)


@pytest.mark.asterisk
async def test_one_that_is_gone_from_sight_but_still_holds_the_socket_is_waited_for(process: AsteriskProcess) -> None:
    """SIGKILL takes the command line first and the sockets a moment later; a start between found "already running"."""
    holder = Dying(process.conf_dir.parent / "state/astrundir", "accept a connection")
    async with holder:
        assert dying(holder.pid)
        assert (await process.start()).booted
        assert not dying(holder.pid)


@pytest.mark.asterisk
async def test_one_that_has_given_its_socket_back_but_not_its_ports_is_waited_for(process: AsteriskProcess) -> None:
    holder = Dying(process.conf_dir.parent / "state/astrundir", "wait for the word")
    process.clock = clock = CountingClock(3, holder.end)
    async with holder:
        assert dying(holder.pid)
        assert (await process.start()).booted
        assert clock.reads >= 3
        assert not dying(holder.pid)


@pytest.mark.asterisk
async def test_another_program_on_the_control_socket_is_named(
    process: AsteriskProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switchhook.asterisk.process._RELEASE_SECONDS", 0.2)
    run = process.conf_dir.parent / "state/astrundir"
    run.mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(run / "asterisk.ctl"))
        other.listen(0)
        with pytest.raises(AsteriskUnavailable, match=r"still holds .*/asterisk\.ctl.*; end it"):
            await process.start()
    assert not process.status_now().running


@pytest.mark.asterisk
async def test_one_that_is_about_to_end_is_not_waited_for_in_vain(process: AsteriskProcess) -> None:
    words = ("sh", "-c", "echo; sleep 0.3", "-f", "-C", str(process.conf_file))
    ending = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    assert ending.stdout is not None
    await ending.stdout.readline()  # by now it has its command line
    assert process.status_now().pid == ending.pid
    started = await process.start()
    assert started.booted
    assert started.pid != ending.pid
    await ending.communicate()


async def test_a_process_that_begins_another_program_is_alive_all_the_time() -> None:
    again = 'test "$1" = 0 && exec sleep 60; exec sh -c "$0" "$0" $(($1 - 1))'
    process = await asyncio.create_subprocess_exec("sh", "-c", again, again, "1000", start_new_session=True)
    while not is_asleep(process.pid):
        assert alive(process.pid)
    process.kill()
    await process.wait()
    assert not alive(process.pid)


@pytest.mark.asterisk
async def test_what_was_rendered_anew_is_taken_up_though_written_by_the_superuser(process: AsteriskProcess) -> None:
    await process.start()
    new = process.conf_dir / "extensions.conf"
    new.unlink()
    new.write_text("[second]\nexten => 2,1,Hangup()\n")
    new.chmod(0o600)
    await process.reload()
    shown = await process.command("dialplan show")
    assert "'second'" in shown
    assert "'first'" not in shown


@pytest.mark.asterisk
async def test_it_outlives_whoever_started_it(process: AsteriskProcess) -> None:
    script = (
        "import asyncio, sys; from pathlib import Path\n"
        "from switchhook.asterisk.place import find_asterisk\n"
        "from switchhook.asterisk.process import AsteriskProcess\n"
        "print(asyncio.run(AsteriskProcess(find_asterisk(), Path(sys.argv[1])).start()).pid)\n"
    )
    starter = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, str(process.conf_dir), stdout=asyncio.subprocess.PIPE, start_new_session=True
    )
    said, _ = await starter.communicate()
    with pytest.raises(ProcessLookupError):
        os.killpg(starter.pid, signal.SIGKILL)  # nothing of it is left in the starter's session
    status = await process.status()
    assert (status.pid, status.booted) == (int(said), True)


@pytest.mark.asterisk
async def test_a_hung_asterisk_is_ended_all_the_same(process: AsteriskProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("switchhook.asterisk.process._NOW_SECONDS", 0.3)
    monkeypatch.setattr("switchhook.asterisk.process._STOP_ASK_SECONDS", 0.5)
    monkeypatch.setattr("switchhook.asterisk.process._TERM_SECONDS", 0.3)
    started = await process.start()
    os.kill(started.pid or 0, signal.SIGSTOP)
    with pytest.raises(AsteriskUnavailable, match="did not answer 'core show uptime' within 1 s"):
        await process.command("core show uptime", deadline=1)
    await process.stop()
    assert not alive(started.pid or 0)


@pytest.mark.asterisk
async def test_a_configuration_that_cannot_work_is_said_with_asterisks_own_words(process: AsteriskProcess) -> None:
    (process.conf_dir / "modules.conf").write_text("[modules]\nautoload = no\nrequire = no_such_module.so\n")
    with pytest.raises(AsteriskUnavailable, match=r"did not get ready; it said: .*no_such_module") as caught:
        await process.start()
    assert str(process.log) in str(caught.value)
    assert not process.status_now().running


async def test_without_a_configuration_the_mending_command_is_named(tmp_path: Path) -> None:
    place = AsteriskPlace(Path("/bin/false"), (22, 0, 0), Path("/m"), Path("/d"))
    with pytest.raises(AsteriskError, match="switchhook asterisk render"):
        await AsteriskProcess(place, tmp_path).start()
    with pytest.raises(AsteriskUnavailable):
        await AsteriskProcess(place, tmp_path).command("core show version")


def test_an_unknown_account_is_a_mistake_in_the_settings() -> None:
    if not SUPERUSER:
        assert choose_account("no-such-account", []) == Account(os.geteuid(), os.getegid())
        return
    with pytest.raises(ConfigError, match="no account 'no-such-account'"):
        choose_account("no-such-account", [])


def test_a_way_closed_to_others_is_found_and_said(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "a").chmod(0o700)
    stranger = Account(64900, 64900)
    closed = first_closed(inner / "x", stranger)
    assert closed is not None
    assert closed in (inner / "x").parents
    assert first_closed(Path("/usr/bin/env"), stranger) is None
    chosen = choose_account("", [inner / "x"])
    if SUPERUSER:
        assert chosen.uid == 0
        assert "is closed to other accounts" in chosen.reason


def test_what_is_handed_over_never_follows_a_link_out(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s")
    secret.chmod(0o600)
    state, conf = tmp_path / "state", tmp_path / "conf"
    state.mkdir()
    conf.mkdir()
    (state / "link").symlink_to(secret)
    (conf / "link").symlink_to(secret)
    (conf / "file").write_text("f")
    hand_over([state], [conf], Account(64900, 64900))
    assert (secret.stat().st_uid, secret.stat().st_mode & 0o777) == (os.geteuid(), 0o600)
    if SUPERUSER:
        assert (state.stat().st_uid, (conf / "file").stat().st_uid) == (64900, 0)
        assert (conf / "file").stat().st_mode & 0o777 == 0o640


async def test_a_name_that_does_not_resolve_shortens_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    from switchhook.asterisk import launch

    def refuse(*_: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    assert "RES_OPTIONS" not in launch._environment() or not launch.name_resolves(socket.gethostname())
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setenv("SWITCHHOOK_AMI_SECRET", "never seen by asterisk")
    environment = launch._environment()
    assert environment["RES_OPTIONS"] == "timeout:1 attempts:1"
    assert not any(name.startswith("SWITCHHOOK") for name in environment)
