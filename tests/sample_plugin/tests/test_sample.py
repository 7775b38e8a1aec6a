"""How a third party tests its plugin: no Asterisk, no portal, no sounds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from switchhook_sample import plugin
from switchhook_sample.weather import Weather

from switchhook import Caller
from switchhook.testing import assert_module_conforms, call

NIGHT = datetime(2026, 3, 2, 23, tzinfo=UTC)
FLOW = """
flow: hotline
start: weather
points:
  weather:
    module: weather
    settings: {fine: house/fine, bad: house/bad}
    exits: {fine: hang-up, bad: hang-up}
"""


def test_the_module_keeps_its_contract():
    assert_module_conforms(Weather, variables=[{}, {"weather": "bad"}, {"weather": "fog"}])


async def test_the_variable_decides_and_else_the_hour():
    weather = Weather(fine="house/fine", bad="house/bad")
    assert (await call(weather)).heard == ("house/fine",)
    assert (await call(weather, at=NIGHT)).heard == ("house/bad",)
    done = await call(weather, variables={"weather": "bad"})
    assert (done.exit, done.why) == ("bad", "bad weather, the variable 'weather' says so")


@pytest.mark.parametrize(("given", "shown"), [("MÜLLER, ANNA", "Anna Müller"), ("Anna Müller", "Anna Müller")])
async def test_a_flow_with_the_plugin_plugged_in(given, shown):
    done = await call(FLOW, plugins=[plugin], caller=Caller("+4930123456", given))
    assert (done.call.caller.name, done.ways, done.faults) == (shown, (("weather", "fine"),), ())


def test_the_command():
    assert CliRunner().invoke(plugin.weather, ["--hour", "3"]).output == "bad\n"
