"""Fixtures of the fault tests: one installation a test, closed whatever happens."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from lab import PASSWORD, Lab
from phones import Desk, Phone, Phones

from . import site


@pytest.fixture
async def lab(tmp_path: Path, desk: Desk) -> AsyncIterator[Lab]:
    """A lab whose prompts last 1 s, without a portal yet."""
    async with await site.make(tmp_path / "lab", desk, seconds=1.0) as lab:
        yield lab


@pytest.fixture
async def anna(lab: Lab, phones: Phones) -> Phone:
    """The colleague calls are forwarded to."""
    return await phones.register("anna", PASSWORD, lab.where)
