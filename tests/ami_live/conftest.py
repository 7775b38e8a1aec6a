from __future__ import annotations

from collections.abc import AsyncIterator

import attrs
import pytest

from switchhook.asterisk.ami_client import AmiClient
from switchhook.asterisk.ami_state import AmiTiming
from switchhook.asterisk.live import LiveCalls
from switchhook.clock import SystemClock

from .lab import LabAsterisk
from .watch import Watch, running


@pytest.fixture
async def asterisk() -> AsyncIterator[LabAsterisk]:
    lab = LabAsterisk.make()
    await lab.start()
    yield lab
    await lab.kill()
    lab.remove()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def live(watch: Watch) -> LiveCalls:
    return LiveCalls(SystemClock(), watch.changed)


@pytest.fixture
async def client(asterisk: LabAsterisk, watch: Watch, live: LiveCalls) -> AsyncIterator[AmiClient]:
    timing = attrs.evolve(AmiTiming(), backoff_first=0.05, backoff_last=0.5)
    made = AmiClient("127.0.0.1", asterisk.port, "switchhook", "secret", (live, watch), timing=timing)
    async with running(made):
        await watch.until(lambda: watch.connects == 1)
        yield made
