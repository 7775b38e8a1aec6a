from __future__ import annotations

import sys

import importlib_metadata
import pytest

from switchhook.dispatch.loader import Source, installed_plugins, unique
from switchhook.errors import PluginError

from .portal_of import hooked, plugin
from .test_every_hook import implementing


def good(name: str = "good"):
    return plugin(name, implementing("choose_flow", lambda: None))


def failing(name: str, error: BaseException) -> Source:
    def load():
        raise error

    return Source(name, load)


@pytest.mark.parametrize(
    "error", [ImportError("no module named sax"), SystemExit(1), SyntaxError("invalid"), ValueError("x")], ids=repr
)
def test_a_plugin_that_cannot_be_imported_is_quarantined_alone(error):
    portal = hooked([failing("bad", error), good()])
    states = {p.name: p.state for p in portal.loaded.plugins}
    assert states == {"bad": "quarantined", "good": "active"}
    assert type(error).__name__ in portal.loaded.plugins[0].reason
    assert [(f.plugin, f.kind) for f in portal.faults] == [("bad", "import")]


def test_an_unknown_hook_or_argument_quarantines_that_plugin_alone():
    def choose_flwo(call):
        return None

    def choose_flow(nonsense):
        return None

    portal = hooked([plugin("misspelt", choose_flwo), plugin("nonsense", choose_flow), good()])
    states = {p.name: p.state for p in portal.loaded.plugins}
    assert states == {"misspelt": "quarantined", "nonsense": "quarantined", "good": "active"}
    assert "there is no hook named choose_flwo" in portal.loaded.plugins[1].reason
    assert [i.plugin for i in portal.loaded.implementations["choose_flow"]] == ["good"]


def test_of_two_plugins_with_one_name_the_second_is_quarantined_and_both_are_named():
    portal = hooked([good("twin"), plugin("twin", implementing("choose_flow", lambda: "x"))])
    assert [p.state for p in portal.loaded.plugins] == ["active", "quarantined"]
    assert "dist-twin" in portal.loaded.plugins[1].reason
    assert len(portal.loaded.implementations["choose_flow"]) == 1


def test_plugins_are_in_order_of_name_with_the_operators_choice_on_top():
    portal = hooked([good("b"), good("c"), good("a")], order=["c"])
    assert [i.plugin for i in portal.loaded.implementations["choose_flow"]] == ["c", "a", "b"]


def test_a_disabled_plugin_is_not_even_imported():
    portal = hooked([failing("off", RuntimeError("imported"))], disabled=["off"])
    assert portal.loaded.plugins[0].state == "disabled"
    assert portal.faults == []


def test_two_contributions_of_one_name_name_both_plugins():
    with pytest.raises(PluginError, match=r"module 'menu' is brought by both 'a' and 'b'"):
        unique([("a", "menu"), ("b", "menu")], "module")


def test_installed_plugins_are_found_by_entry_point(tmp_path, monkeypatch):
    (tmp_path / "sample_plugin.py").write_text("STATE = 'imported'\n")
    info = tmp_path / "sample-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: sample\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[switchhook]\nsample = sample_plugin\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    importlib_metadata.MetadataPathFinder.invalidate_caches()
    found = {source.name: source for source in installed_plugins()}
    assert (found["sample"].distribution, found["sample"].version) == ("sample", "1.2")
    assert found["sample"].load().STATE == "imported"
