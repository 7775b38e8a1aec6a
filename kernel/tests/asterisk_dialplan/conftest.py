from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from switchhook.asterisk.fallback import NumberFallback

from .exchange import Exchange, make_settings, running


@pytest.fixture
async def exchange(tmp_path) -> AsyncIterator[Exchange]:
    numbers = [
        NumberFallback(number="4930200", kind="hangup"),
        NumberFallback(number="4930201", kind="ring", target="PJSIP/4930999@trunk", ring_seconds=2, sound="beep"),
    ]
    async with running(make_settings(tmp_path), *numbers) as started:
        yield started
