"""Getting a private Asterisk: what can go wrong, with a stand-in for mmdebstrap, and the real result."""

import fcntl
import shutil
from pathlib import Path

import pytest

from switchhook.asterisk.install import InstallFailed, default_root, find_asterisk, install

UNPACKS = """
for last do before=$target; target=$this; this=$last; done   # the last but one argument is the target
root=$target
mkdir -p "$root/usr/lib/x86_64-linux-gnu/asterisk/modules" "$root/usr/sbin" "$root/usr/share/asterisk/sounds/en_US_x"
printf '#!/bin/sh\\necho Asterisk 22.10.1\\n' > "$root/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"
cp "$root/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" "$root/usr/sbin/asterisk"
chmod 755 "$root/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"
"""


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH on which only what a test puts there is found beside the shell's own tools."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("apt-get", "dpkg-deb"):
        stand_in(tools, "", name)
    for name in ("sh", "mkdir", "cp", "chmod", "cat", "sleep"):
        wrapper = tools / name  # no link: a test that writes here must not reach the machine's own program
        wrapper.write_text(f'#!/bin/sh\nexec {shutil.which(name)} "$@"\n')
        wrapper.chmod(0o755)
    (tmp_path / "keyring.gpg").touch()
    monkeypatch.setenv("PATH", str(tools))
    return tools


def stand_in(tools: Path, script: str, name: str = "mmdebstrap") -> None:
    path = tools / name
    path.write_text(f'#!/bin/sh\necho "$@" >> {tools}/{name}.called\n{script}\n')
    path.chmod(0o755)


def run(tmp_path: Path, root: Path, said: list[str] | None = None):
    return install(root, [].append if said is None else said.append, keyring=tmp_path / "keyring.gpg")


def test_an_install_is_whole_reachable_and_made_once(tmp_path: Path, tools: Path) -> None:
    stand_in(tools, UNPACKS)
    said: list[str] = []
    root = tmp_path / "with space" / "asterisk-22"
    place = run(tmp_path, root, said)
    assert (place.root, place.version) == (root, (22, 10, 1))
    assert root.stat().st_mode & 0o777 == 0o755
    assert (root / "usr/share/asterisk/sounds/en").resolve() == root / "usr/share/asterisk/sounds/en_US_x"
    assert said[-1] == f"Asterisk 22.10.1 is ready: {root}"
    assert sorted(path.name for path in root.parent.iterdir()) == [".asterisk-22.lock", "asterisk-22"]
    command = (tools / "mmdebstrap.called").read_text()
    assert "--variant=extract --mode=chrootless" in command  # nothing of the packages runs, nothing is mounted
    assert f"--keyring={tmp_path / 'keyring.gpg'}" in command
    assert "forky" in command
    assert run(tmp_path, root) == place
    assert (tools / "mmdebstrap.called").read_text() == command


def test_what_an_interrupted_install_left_is_removed_and_not_taken(tmp_path: Path, tools: Path) -> None:
    stand_in(tools, UNPACKS)
    left = tmp_path / "cache" / ".asterisk-22.building-abc"
    (left / "root/usr").mkdir(parents=True)
    broken = tmp_path / "cache" / "asterisk-22"
    (broken / "usr/sbin").mkdir(parents=True)
    said: list[str] = []
    assert run(tmp_path, broken, said).root == broken
    assert not left.exists()
    assert any(str(left) in line for line in said)


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("E: Failed to fetch http://x/InRelease  Could not resolve 'deb.debian.org'", "cannot be reached"),
        ("E: Failed to fetch http://x/  Could not connect to 127.0.0.1:9", "cannot be reached"),
        ("W: GPG error: NO_PUBKEY 0E98404D386FA1D9", "install --only-upgrade debian-archive-keyring"),
        ("tar: ./usr/lib/x: Cannot write: No space left on device", "the disk is full"),
        ("E: Unable to locate package asterisk", "does not offer Asterisk"),
        ("something else went wrong", "mmdebstrap failed (25): something else went wrong"),
    ],
)
def test_why_unpacking_failed_is_said_with_the_mending(tmp_path: Path, tools: Path, output: str, sentence: str) -> None:
    stand_in(tools, f'cat <<"E" >&2\n{output}\nE\nexit 25')
    root = tmp_path / "cache" / "asterisk-22"
    with pytest.raises(InstallFailed) as caught:
        run(tmp_path, root)
    assert sentence in str(caught.value)
    assert caught.value.data["output"] == [output]
    assert [path.name for path in root.parent.iterdir()] == [".asterisk-22.lock"]


def test_without_mmdebstrap_the_package_is_named(tmp_path: Path, tools: Path) -> None:
    with pytest.raises(InstallFailed, match=r"mmdebstrap not found.*apt-get install mmdebstrap"):
        run(tmp_path, tmp_path / "cache" / "asterisk-22")


def test_without_the_archives_keys_nothing_is_fetched(tmp_path: Path, tools: Path) -> None:
    stand_in(tools, UNPACKS)
    (tmp_path / "keyring.gpg").unlink()
    with pytest.raises(InstallFailed, match="apt-get install debian-archive-keyring"):
        run(tmp_path, tmp_path / "cache" / "asterisk-22")
    assert not (tools / "mmdebstrap.called").exists()


def test_a_disk_too_full_is_said_before_anything_is_fetched(
    tmp_path: Path, tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tools, UNPACKS)
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=10_000_000))
    with pytest.raises(InstallFailed, match="has 10 MB free, 629 MB are needed"):
        run(tmp_path, tmp_path / "cache" / "asterisk-22")
    assert not (tools / "mmdebstrap.called").exists()


def test_two_installs_into_one_place_do_not_mix(tmp_path: Path, tools: Path) -> None:
    stand_in(tools, UNPACKS)
    (tmp_path / "cache").mkdir()
    with (tmp_path / "cache" / ".asterisk-22.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(InstallFailed, match="another install"):
            run(tmp_path, tmp_path / "cache" / "asterisk-22")


def test_what_does_not_run_never_gets_to_its_place(tmp_path: Path, tools: Path) -> None:
    stand_in(tools, UNPACKS.replace("echo Asterisk 22.10.1", "exit 1"))
    with pytest.raises(InstallFailed, match="does not run on this machine"):
        run(tmp_path, tmp_path / "cache" / "asterisk-22")
    assert not (tmp_path / "cache" / "asterisk-22").exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, tools: Path) -> None:
    stand_in(tools, UNPACKS)
    (tmp_path / "file").touch()
    with pytest.raises(InstallFailed, match=f"cannot write {tmp_path}/file"):
        run(tmp_path, tmp_path / "file" / "asterisk-22")


def test_an_unpacking_that_is_given_up_ends_with_everything_it_started(
    tmp_path: Path, tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tools, "sleep 3600 & echo $!; wait")
    monkeypatch.setattr("switchhook.asterisk.install._DEADLINE_SECONDS", 0.5)
    said: list[str] = []
    with pytest.raises(InstallFailed, match="gave up after"):
        run(tmp_path, tmp_path / "cache" / "asterisk-22", said)
    sleeper = Path(f"/proc/{int(said[-1])}/stat")
    assert not sleeper.exists() or sleeper.read_text().rpartition(")")[2].split()[0] == "Z"


@pytest.mark.asterisk
def test_the_real_asterisk_answers_through_its_own_loader() -> None:
    place = find_asterisk()
    assert place.version >= (20, 0, 0), default_root()
    assert (place.modules / "res_pjsip.so").is_file()
    assert (place.modules / "res_agi.so").is_file()
