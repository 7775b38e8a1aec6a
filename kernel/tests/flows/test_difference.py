import attrs
from hypothesis import given, settings

from switchhook.flows.difference import Change, difference
from switchhook.flows.document import read_flow
from switchhook.flows.flow import Point

from .samples import REGISTRY, Say, clean_flows
from .test_document import DEMO


def test_changes_are_told_point_by_point():
    before = read_flow(DEMO, REGISTRY)
    text = (
        DEMO.replace("label: Demo hotline", "label: Hotline")
        .replace("[demo/menu]", "[demo/menu, demo/more]")
        .replace("timeout: sorry", "timeout: menu")
        .replace('    cost_centre: "100"\n', "")
    )
    after = read_flow(text, REGISTRY)
    after = attrs.evolve(after, points={**after.points, "new": Point("new", Say(prompts=("p",)))})
    assert list(map(str, difference(before, after))) == [
        "label: 'Demo hotline' became 'Hotline'",
        "points.welcome.cost_centre: removed '100'",
        "points.menu.settings.prompts: ['demo/menu'] became ['demo/menu', 'demo/more']",
        "points.menu.exits.timeout: 'sorry' became 'menu'",
        "points.new: added 'say'",
    ]
    assert difference(after, before)[-1] == Change(
        "removed", "points.new", before={"module": "say", "settings": {"prompts": ["p"]}}
    )


@settings(max_examples=40)
@given(clean_flows(), clean_flows())
def test_there_is_a_difference_exactly_when_the_flows_differ(before, after):
    assert difference(before, before) == []
    assert bool(difference(before, after)) == (before != after)
