"""Fixtures of the fault tests: one installation a test, closed whatever happens; and the seed of what is left to chance."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random, SystemRandom

import pytest
from lab import PASSWORD, Lab
from phones import Desk, Phone, Phones

from . import site

SEED = int(os.environ.get("SWITCHHOOK_TEST_SEED") or SystemRandom().randrange(1 << 32))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how to have the same chances again."""
    terminalreporter.write_line(f"chances of tests/faults: SWITCHHOOK_TEST_SEED={SEED}")


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> Random:
    """What is left to chance in a test; the same for the same seed and test, whatever else runs."""
    print(f"SWITCHHOOK_TEST_SEED={SEED}")
    return Random(f"{SEED} {request.node.name}")


@pytest.fixture(params=range(5 if site.LONG else 1))
def away(chance: Random) -> float:
    """Seconds for which nobody is there."""
    return chance.uniform(0.1, 0.6)


@pytest.fixture
async def lab(tmp_path: Path, desk: Desk) -> AsyncIterator[Lab]:
    """A lab whose prompts last 1 s, without a portal yet."""
    async with await site.make(tmp_path / "lab", desk, seconds=1.0) as lab:
        yield lab


@pytest.fixture
async def anna(lab: Lab, phones: Phones) -> Phone:
    """The colleague calls are forwarded to."""
    return await phones.register("anna", PASSWORD, lab.where)
