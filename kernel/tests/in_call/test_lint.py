"""Codes that cannot be told apart keep a flow from going live (S77)."""

from __future__ import annotations

import pytest

from switchhook import Flow, Point, hookimpl
from switchhook.clock import SetClock
from switchhook.config import default_toml, load_settings, make_secrets
from switchhook.dispatch.loader import Source
from switchhook.in_call.feature import InCallFeature
from switchhook.in_call.lint import in_call_rule
from switchhook.portal.plugging import plug_in
from switchhook.portal.plugin_standing import line_of
from switchhook.schema import Kinds
from switchhook.testing import NOON

from .test_in_call import Ask, Asking, Connect

RULE = in_call_rule(Kinds(InCallFeature, [("test", Ask)]))


@pytest.mark.parametrize(
    ("codes", "flows", "keys", "found"),
    [
        (("*2", "*3", "#2"), (), True, []),
        (("*2", "*2"), (), True, ["the in-call features 'A', 'B' have the same code *2"]),
        (("*2", "*21"), (), True, ["the in-call features 'A', 'B' cannot be told apart: their codes are *2 and *21"]),
        (("*2", "*2"), (), False, []),
        (("*2", "*2"), ("other",), True, []),
        (("*2", "*2"), ("test",), True, ["the in-call features 'A', 'B' have the same code *2"]),
    ],
)
def test_codes_that_cannot_be_told_apart_are_found_in_flows_where_both_are_on(codes, flows, keys, found):
    features = [Ask(name=name, code=code) for name, code in zip("ABC", codes, strict=False)]
    kept = {("ask", one.name): one for one in [Ask(name="A", code=codes[0], flows=flows), *features[1:]]}
    flow = Flow("test", "Test", "it", {"it": Point("it", Connect(in_call=keys), "", {"next": "hang-up"})}, "de")
    findings = RULE.look(flow, kept)
    assert [one.message for one in findings] == found
    assert all(one.severity == "error" and one.german and one.path == "points.it.settings.in_call" for one in findings)
    assert RULE.kinds == ("ask",)


def _settings(data_dir):
    make_secrets(data_dir)
    (data_dir / "switchhook.toml").write_text(default_toml(data_dir))
    return load_settings(data_dir / "switchhook.toml", {})


async def test_the_portal_lists_features_beside_modules_and_keeps_them_as_resources(tmp_path):
    class Both(Asking):
        @hookimpl
        def modules(self):
            return [Connect]

    plugged = await plug_in(SetClock(NOON), lambda fault: None, sources=[Source("both", Both)])
    (plugin,) = plugged.plugins
    line = line_of(_settings(tmp_path), plugged, plugin, None)
    assert (line.modules, line.in_call_features) == ((Connect.label,), (Ask.label,))
    assert plugged.resources.plugin_of("ask") == "both"
    assert plugged.rights.plugin_of("ask.view") == "both"
