"""``./dev``, run as a newcomer runs it, with stand-ins for what would be fetched from the network."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

DEV = Path(__file__).parents[2] / "dev"
SHELL = shutil.which("sh") or "/bin/sh"
TOOLS = ("sh", "env", "id", "dirname", "cat", "cksum", "mkdir", "rm", "cp", "chmod")

# Stands for Python: knows its version, has ensurepip unless told otherwise, makes an environment whose python
# is this script again, and writes down what it was asked to run.
PYTHON = """#!/bin/sh
case "$*" in
*version_info*[:2]*) echo 3.11 ;;
*"version_info <"*) exit ${FAKE_OLD:-0} ;;
*"import ensurepip"*) [ -z "${FAKE_NO_VENV:-}" ] || [ -e "$FAKE_NO_VENV" ] ;;
--version) echo "Python 3.11.2" ;;
"-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" && echo "venv" >>"$FAKE_LOG" ;;
"-m pip "*) echo "pip $*" >>"$FAKE_LOG"; echo "noise from pip"; exit ${FAKE_PIP:-0} ;;
"-m nox "*)
    echo "nox $*" >>"$FAKE_LOG"
    echo "noise from nox, certificates of the system: ${UV_SYSTEM_CERTS:-no}" >&2
    case "$*" in *install-only*)
        mkdir -p "$FAKE_CHECKOUT/.dev/nox/demo/bin"
        printf '#!/bin/sh\\necho "switchhook $*" >>"$FAKE_LOG"\\necho "{}"\\n' >"$FAKE_CHECKOUT/.dev/nox/demo/bin/switchhook"
        chmod 755 "$FAKE_CHECKOUT/.dev/nox/demo/bin/switchhook"
        echo "noise on standard output"
        ;;
    esac
    exit ${FAKE_NOX:-0} ;;
esac
"""


class Checkout:
    """A checkout in a directory with a space in its name, and a PATH with nothing but the stand-ins."""

    def __init__(self, home: Path) -> None:
        self.path = home / "check out"
        self.bin = home / "bin"
        self.log = home / "log"
        self.path.mkdir()
        self.bin.mkdir()
        self.log.touch()
        shutil.copy(DEV, self.path / "dev")
        (self.path / "uv.lock").write_text("locked")
        (self.path / "noxfile.py").touch()
        (self.path / "pyproject.toml").touch()
        for name in TOOLS:
            self.put(name, f'#!{SHELL}\nexec {shutil.which(name)} "$@"\n')
        self.put("python3.11", PYTHON)
        assert not any(path.is_symlink() for path in self.bin.iterdir())

    def put(self, name: str, script: str) -> None:
        # a new file each time and never a link: what is written must not reach the machine's own program
        (self.bin / name).unlink(missing_ok=True)
        (self.bin / name).write_text(script)
        (self.bin / name).chmod(0o755)

    def run(self, *arguments: str, cwd: str = "/", **environment: str) -> subprocess.CompletedProcess[str]:
        given = {"PATH": str(self.bin), "FAKE_LOG": str(self.log), "FAKE_CHECKOUT": str(self.path), **environment}
        command = [str(self.path / "dev"), *arguments]
        return subprocess.run(command, cwd=cwd, env=given, capture_output=True, text=True, timeout=30, check=False)

    def did(self) -> list[str]:
        """What was run since the last time."""
        lines = self.log.read_text().splitlines()
        self.log.write_text("")
        return lines


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_a_session_makes_the_tools_once_and_passes_its_arguments_on(checkout: Checkout) -> None:
    first = checkout.run("test", "-k", "two words", cwd=str(checkout.bin))
    assert first.returncode == 0, first.stderr
    assert first.stdout == ""
    made, installed, ran = checkout.did()
    assert made == "venv"
    assert "uv>=" in installed
    assert "nox>=" in installed
    assert ran.endswith("--session test -- -k two words")
    assert f"--noxfile {checkout.path}/noxfile.py" in ran
    assert checkout.run("lint").returncode == 0
    assert len(checkout.did()) == 1


def test_uv_trusts_what_the_machine_trusts(checkout: Checkout) -> None:
    """A company's proxy signs with an authority of its own, which uv's own list lacks."""
    there = Path("/etc/ssl/certs/ca-certificates.crt").exists()
    assert f"certificates of the system: {'1' if there else 'no'}" in checkout.run("lint").stderr
    assert "certificates of the system: 0" in checkout.run("lint", UV_SYSTEM_CERTS="0").stderr


def test_a_session_that_fails_fails(checkout: Checkout) -> None:
    assert checkout.run("test", FAKE_NOX="3").returncode == 3


def test_an_interrupted_or_moved_environment_is_made_anew(checkout: Checkout) -> None:
    failed = checkout.run("lint", FAKE_PIP="1")
    assert failed.returncode == 1
    assert "could not be installed from PyPI" in failed.stderr
    checkout.did()
    assert checkout.run("lint").returncode == 0
    assert checkout.did()[0] == "venv"
    checkout.path = checkout.path.rename(checkout.path.with_name("moved"))
    assert checkout.run("lint").returncode == 0
    assert checkout.did()[0] == "venv"


def test_the_demonstration_starts_directly_the_second_time(checkout: Checkout) -> None:
    first = checkout.run("demo", "--once", "--json")
    assert first.returncode == 0, first.stderr
    assert first.stdout == "{}\n"  # nothing but the course of the call
    assert [line.split()[0] for line in checkout.did()] == ["venv", "pip", "nox", "switchhook"]
    second = checkout.run("demo", "--once", "--json")
    assert second.stdout == "{}\n"
    (ran,) = checkout.did()
    assert ran.startswith("switchhook demo --data /")
    assert ran.endswith(" --once --json")


def test_the_demonstrations_data_lies_where_asterisk_can_use_it(checkout: Checkout) -> None:
    def data(uid: int, **environment: str) -> str:
        checkout.put("id", f"#!/bin/sh\necho {uid}\n")
        checkout.did()
        assert checkout.run("demo", **environment).returncode == 0
        return checkout.did()[-1].removeprefix("switchhook demo --data ")

    as_root = data(0)
    assert as_root.startswith("/var/lib/switchhook/demo-")  # never below /root, which is closed to Asterisk's account
    assert data(1000, HOME="/home/ann").startswith("/home/ann/.local/share/switchhook/demo-")  # a blank in the path
    checkout.path = checkout.path.rename(checkout.path.with_name("checkout"))
    assert data(1000) == f"{checkout.path}/.dev/demo"
    assert data(0) != as_root  # two checkouts do not share one demonstration


@pytest.mark.parametrize("name", ["uv.lock", "pyproject.toml", "plugins/new/pyproject.toml"])
def test_what_the_demonstration_needs_is_installed_again_when_it_changed(checkout: Checkout, name: str) -> None:
    checkout.run("demo")
    checkout.did()
    changed = checkout.path / name
    changed.parent.mkdir(parents=True, exist_ok=True)
    changed.write_text("changed")
    assert checkout.run("demo").returncode == 0
    assert [line.split()[0] for line in checkout.did()] == ["nox", "switchhook"]


def test_an_install_that_fails_is_not_taken_for_done(checkout: Checkout) -> None:
    assert checkout.run("demo", FAKE_NOX="1").returncode == 1
    checkout.did()
    assert checkout.run("demo").returncode == 0
    assert [line.split()[0] for line in checkout.did()] == ["nox", "switchhook"]


@pytest.mark.parametrize("arguments", [(), ("help",), ("--help",)])
def test_help_needs_nothing_and_names_every_session(checkout: Checkout, arguments: tuple[str, ...]) -> None:
    answer = checkout.run(*arguments)
    assert answer.returncode == 0
    for session in (
        "demo",
        "test",
        "test-3.13",
        "lint",
        "typing",
        "docs",
        "wheels",
        "isolated",
        "bench",
        "screenshots",
        "browser-postgresql",
        "faults-long",
        "properties",
    ):
        assert f"\n  {session} " in answer.stdout
    assert checkout.did() == []
    assert not (checkout.path / ".dev").exists()


def test_an_option_in_the_place_of_a_session_is_refused(checkout: Checkout) -> None:
    answer = checkout.run("--once")
    assert answer.returncode == 1
    assert "unknown option --once; see ./dev help" in answer.stderr


def test_as_root_missing_packages_are_installed(checkout: Checkout, tmp_path: Path) -> None:
    checkout.put("id", "#!/bin/sh\necho 0\n")
    checkout.put("apt-get", f'#!/bin/sh\necho "apt $*" >>"$FAKE_LOG"\necho noise\n: >"{tmp_path}/venv"\n')
    answer = checkout.run("lint", FAKE_NO_VENV=str(tmp_path / "venv"))
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == ""
    did = checkout.did()
    assert did[:2] == ["apt -q update", "apt -q install -y --no-install-recommends python3.11-venv"]
    assert "dev: installing python3.11-venv with apt-get" in answer.stderr


def test_others_are_told_what_to_install(checkout: Checkout) -> None:
    checkout.put("id", "#!/bin/sh\necho 1000\n")
    answer = checkout.run("lint", FAKE_NO_VENV="/nonexistent")
    assert answer.returncode == 1
    assert "install with: sudo apt-get update && sudo apt-get install python3.11-venv" in answer.stderr
    answer = checkout.run("lint", FAKE_OLD="1")
    assert answer.returncode == 1
    assert "sudo apt-get install python3 python3-venv" in answer.stderr


def test_a_newer_python_does_when_there_is_no_3_11(checkout: Checkout) -> None:
    # what a version manager puts on PATH for a version that is not installed
    (checkout.bin / "python3.11").rename(checkout.bin / "python3.13")
    checkout.put("python3.11", "#!/bin/sh\necho 'no such version' >&2\nexit 127\n")
    assert checkout.run("lint").returncode == 0
    assert checkout.did()[0] == "venv"


def test_ci_runs_exactly_the_tests() -> None:
    run = DEV.parent / ".ci" / "run"
    assert os.access(run, os.X_OK)
    assert run.read_text() == '#!/bin/sh\nexec "$(dirname -- "$0")/../dev" test "$@"\n'
