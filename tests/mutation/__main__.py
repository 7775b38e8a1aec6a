"""``./dev mutation``: change the core modules in small ways, one at a time, and see whether their tests notice.

What is changed are bodies of functions; tables and patterns beside them are held by tests of every entry. Arguments
name modules, such as ``rating/rating.py``; without any, all are gone through.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import chdir
from pathlib import Path
from typing import Final

import attrs
from mutmut.mutation.diff_apply import get_diff_for_mutant

ROOT: Final = Path(__file__).resolve().parents[2]
LEAST: Final = 90
"""Of a hundred changes to a module, so many must make a test fail."""
MODULES: Final[Mapping[str, Sequence[str]]] = {
    "asterisk/plain_text.py": ("asterisk/test_quoting.py", "asterisk/test_ami_quoting.py"),
    "asterisk/quoting.py": ("asterisk/test_quoting.py",),
    "asterisk/ami_quoting.py": ("asterisk/test_ami_quoting.py",),
    "asterisk/dial_target.py": ("asterisk/test_quoting.py",),
    "calls/number_class.py": ("calls/test_number_class.py",),
    "calls/numbers.py": ("calls/test_numbers.py", "calls/test_number_class.py", "calls/test_beginnings.py"),
    "outbound/judging.py": ("outbound/test_judging.py",),
    "outbound/authorizing.py": ("outbound/test_authorizing.py",),
    "rating/price_list.py": ("rating/test_rating.py",),
    "rating/rating.py": ("rating/test_rating.py",),
    "consent/machine.py": ("consent/test_machine.py",),
    "consent/values.py": ("consent/test_machine.py",),
}
"""What Asterisk is told, who may be called, what it costs and who agreed to be recorded, each with the tests that run
for every change: those of them that come by it. They know no database, no Asterisk and no network.
"""
KILLED: Final = frozenset({1, 3})
TOO_LONG: Final = frozenset({36, 24, -24, 152, 255, -9})
"""How mutmut notes that a test failed, and that it never ended, which is noticed as well."""

SETTINGS: Final = """
[tool.pytest.ini_options]
addopts = ["--import-mode=importlib", "-p", "no:cacheprovider", "-p", "no:schemathesis", "-p", "no:xdist"]
asyncio_mode = "auto"
asyncio_default_fixture_loop_scope = "function"

[tool.mutmut]
source_paths = ["src"]
also_copy = ["conftest.py"]
only_mutate = {modules}
pytest_add_cli_args_test_selection = {tests}
timeout_constant = 4.0
"""
CONFTEST: Final = """
import gc
from functools import _lru_cache_wrapper

from hypothesis import HealthCheck, Phase, settings

# The same examples for each change, none of them looked for in what failed before, and none made smaller.
settings.register_profile(
    "mutation", derandomize=True, database=None, max_examples=50, deadline=None,
    suppress_health_check=tuple(HealthCheck), phases=(Phase.explicit, Phase.generate),
)
settings.load_profile("mutation")
caches = []


def pytest_collection_finish() -> None:
    caches[:] = [one for one in gc.get_objects()
                 if isinstance(one, _lru_cache_wrapper) and one.__module__.startswith("switchhook")]


def pytest_runtest_setup() -> None:
    # What was found out before the change would hide it, and from all tests but the first who comes by it.
    for one in caches:
        one.cache_clear()
"""


@attrs.frozen
class Found:
    """What became of the changes to one module: how many there were, and the names of those nobody noticed."""

    module: str
    changes: int
    survived: Sequence[str]

    @property
    def percent(self) -> float:
        return 100 * (self.changes - len(self.survived)) / self.changes if self.changes else 0.0


def stage(place: Path, modules: Sequence[str]) -> None:
    """Lay out the kernel with its tests as mutmut wants a project: one directory of sources, named ``src``."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(ROOT / "kernel" / "src", place / "src", ignore=shutil.ignore_patterns("__pycache__"))
    tests = sorted({test for module in modules for test in MODULES[module]})
    for test in tests:
        (place / "tests" / test).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "kernel" / "tests" / test, place / "tests" / test)
    mutated, selected = [f"src/switchhook/{module}" for module in modules], [f"tests/{test}" for test in tests]
    (place / "pyproject.toml").write_text(SETTINGS.format(modules=json.dumps(mutated), tests=json.dumps(selected)))
    (place / "conftest.py").write_text(CONFTEST)


def found(place: Path, module: str) -> Found:
    """What mutmut wrote down about a module."""
    meta = json.loads((place / "mutants" / "src" / "switchhook" / f"{module}.meta").read_text())
    ends = meta["exit_code_by_key"]
    return Found(module, len(ends), [name for name, end in ends.items() if end not in KILLED | TOO_LONG])


def main(place: Path, modules: Sequence[str]) -> int:
    stage(place, modules)
    mutmut = str(Path(sys.executable).with_name("mutmut"))
    with (place / "mutmut.log").open("w") as log:  # it tells its progress hundreds of times
        ended = subprocess.run([mutmut, "run"], cwd=place, stdout=log, stderr=log, check=False).returncode
    if ended:
        print((place / "mutmut.log").read_text()[-8000:])
        return ended
    all_found = [found(place, module) for module in modules]
    with chdir(place):
        for one in all_found:
            for name in one.survived:
                print(get_diff_for_mutant(name, path=f"src/switchhook/{one.module}"))
    for one in all_found:
        told = "" if one.percent >= LEAST else f"  FAILED, at least {LEAST} are wanted"
        print(f"{one.module:<28} {one.changes:4} changes, {one.percent:5.1f} % noticed{told}")
    return int(any(one.percent < LEAST for one in all_found))


if __name__ == "__main__":
    unknown = set(sys.argv[2:]) - MODULES.keys()
    if unknown:
        sys.exit(f"not gone through: {', '.join(sorted(unknown))}; there are {', '.join(MODULES)}")
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:] or list(MODULES)))
