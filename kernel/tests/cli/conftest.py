"""Fixtures of the commands about flows and numbers."""

from pathlib import Path

import pytest

from switchhook import hookspecs
from switchhook.cli import workplace
from switchhook.clock import SystemClock
from switchhook.dispatch.dispatcher import Dispatcher
from switchhook.dispatch.faults import Breaker
from switchhook.dispatch.spec import specs_in
from switchhook.flows.registry import ModuleRegistry
from switchhook.portal.plugging import Plugged
from switchhook.prompts.library import PromptLibrary

from .flow_site import WAV, Ask, Site


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    async def plug_in(*_: object, **__: object) -> Plugged:
        breaker = Breaker(SystemClock(), lambda fault: None)
        return Plugged((), Dispatcher(specs_in(hookspecs), {}, breaker), breaker, ModuleRegistry([("test", Ask)]))

    monkeypatch.setattr(workplace, "plug_in", plug_in)
    made = Site(tmp_path)
    PromptLibrary(tmp_path / "data" / "sounds").add("demo/menu", "de", WAV)
    return made
