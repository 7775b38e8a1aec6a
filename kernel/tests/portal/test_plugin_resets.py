"""A reset ends a suspension once, in each process that was running when it was said."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from switchhook.clock import SetClock
from switchhook.dispatch.faults import Breaker, Fault
from switchhook.portal.plugin_resets import PluginResets

NOW = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.fixture
def breaker() -> Breaker:
    return Breaker(SetClock(NOW), lambda fault: None)


def suspend(breaker: Breaker, plugin: str) -> None:
    for _ in range(breaker.limit):
        breaker.report(plugin, "choose_flow", "raised", "again")
    assert breaker.suspended(plugin)


def test_a_reset_counts_once_and_for_its_plugin_alone(breaker: Breaker) -> None:
    resets = PluginResets(breaker)
    resets.obey({"bad": 3})
    suspend(breaker, "bad")
    suspend(breaker, "worse")
    resets.obey({"bad": 3})
    assert breaker.suspended("bad")
    resets.obey({"bad": 4})
    assert not breaker.suspended("bad")
    assert breaker.suspended("worse")
    suspend(breaker, "bad")
    resets.obey({"bad": 4})
    assert breaker.suspended("bad")
    resets.obey({"bad": 4, "worse": 1})
    assert not breaker.suspended("worse")


def test_a_plugin_without_its_tables_stays_out(breaker: Breaker) -> None:
    resets = PluginResets(breaker)
    resets.obey({})
    breaker.suspend(Fault("bad", "migrations", "migration", "no table", NOW))
    resets.obey({"bad": 1})
    assert breaker.suspended("bad")
