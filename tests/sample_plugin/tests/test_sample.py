"""How a third party tests its plugin: no Asterisk, no portal, no sounds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from switchhook_sample import plugin
from switchhook_sample.plugin import Sample
from switchhook_sample.station import Station
from switchhook_sample.weather import Weather

from switchhook import Caller, ConfigError
from switchhook.testing import assert_module_conforms, call, configured

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
    assert_module_conforms(Weather, variables=[{}, {"weather": "bad"}, {"weather": "fog"}], plugins=[Sample])


async def test_the_variable_decides_and_else_the_hour():
    weather = Weather(fine="house/fine", bad="house/bad")
    assert (await call(weather, plugins=[Sample])).heard == ("house/fine",)
    assert (await call(weather, plugins=[Sample], at=NIGHT)).heard == ("house/bad",)
    done = await call(weather, plugins=[Sample], variables={"weather": "bad"})
    assert (done.exit, done.why) == ("bad", "bad weather, the variable 'weather' says so")


@pytest.mark.parametrize(("given", "shown"), [("MÜLLER, ANNA", "Anna Müller"), ("Anna Müller", "Anna Müller")])
async def test_a_flow_with_the_plugin_plugged_in(given, shown):
    done = await call(FLOW, plugins=[Sample], caller=Caller("+4930123456", given))
    assert (done.call.caller.name, done.ways, done.faults) == (shown, (("weather", "fine"),), ())


async def test_the_operator_decides_what_the_weather_is_and_that_names_stay():
    plugged = configured(Sample, otherwise="bad", names=False)
    done = await call(FLOW, plugins=[plugged], caller=Caller("+4930123456", "MÜLLER, ANNA"))
    assert (done.call.caller.name, done.ways) == ("MÜLLER, ANNA", (("weather", "bad"),))
    assert done.why == "bad weather, by the operator's setting"


def test_a_wrong_setting_is_refused_with_what_was_meant():
    with pytest.raises(ConfigError, match=r"must be one of 'hour', 'fine', 'bad', not 'bd' \(did you mean 'bad'"):
        configured(Sample, otherwise="bd")


def test_a_station_closes_after_it_opens():
    assert [problem.path for problem in Station(name="Hill", opens="08:00", closes="07:30").check()] == ["closes"]
    assert list(Station(name="Hill").check()) == []


def test_the_command():
    assert CliRunner().invoke(plugin.weather, ["--hour", "3"]).output == "bad\n"
