"""What page modules of plugins bring: pages in the frame, German of their own, and operations of the API."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace

import pytest
from web_people import build

from switchhook import Label, Pages, hookimpl
from switchhook.dispatch.loader import Source
from switchhook_web.brought import BroughtRefused, brought
from switchhook_web.extending import Answer, Operation

PAGES = """
from pathlib import Path
from quart import Blueprint
from switchhook import Label
from switchhook_web.extending import Answer, Asked, Operation, a_page, gettext as _, page_of, render, right
blueprint = Blueprint("rain", __name__, template_folder="templates")
LOCALE = Path(__file__).with_name("locale")
@blueprint.get("/today")
@right("call.view")
async def today(tenant: str) -> str:
    return await render("rain/today.html", said=_("It rains on %(tenant)s", tenant=tenant))
async def _list(asked: Asked) -> Answer:
    return Answer(value=a_page([{"drops": 3, "in": asked.tenant}], 0))
OPERATIONS = [Operation(id="rain.list", method="GET", path="/tenants/{tenant}/rain", tag="rain",
    summary=Label("Regen", "Rain"), run=_list, right="webhook.view", answer=page_of(dict[str, str]))]
"""
PAGE = """{% extends layout %}{% block title %}{{ _("Rain") }}{% endblock %}
{% block content %}<p id="rain">{{ said }}</p>{% endblock %}"""
GERMAN = """
msgid "It rains on %(tenant)s"
msgstr "Es regnet auf %(tenant)s"

msgid "Rain"
msgstr "Regen"

msgid "Calls"
msgstr "Unfug"
"""


@pytest.fixture
async def portal(tmp_path, monkeypatch):
    package = tmp_path / "rain_plugin"
    for folder in ("templates/rain", "locale/de"):
        (package / folder).mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "rain_pages.py").write_text(PAGES)
    (package / "templates/rain/today.html").write_text(PAGE)
    (package / "locale/de/rain.po").write_text(GERMAN)
    monkeypatch.syspath_prepend(str(tmp_path))
    plugin = SimpleNamespace(pages=hookimpl(lambda: [Pages("rain_plugin.rain_pages"), Pages("nowhere_at_all")]))
    portal = await build(tmp_path, sources=[Source("rain", lambda: plugin)])
    yield portal
    await portal.administration.store.close()
    for name in [one for one in sys.modules if one.startswith("rain_plugin")]:
        del sys.modules[name]


async def test_a_page_stands_in_the_frame_and_speaks_german(portal):
    client = portal.client("admin")
    page = await (await client.get("/t/acme/x/rain/today")).get_data(as_text=True)
    assert 'id="rain">It rains on acme<' in page
    assert 'aria-label="Menu"' in page
    german = await client.get("/t/acme/x/rain/today", headers={"Accept-Language": "de"})
    page = await german.get_data(as_text=True)
    assert 'id="rain">Es regnet auf acme<' in page
    assert "Unfug" not in page, "a plugin does not change what the web says"
    assert [(one.plugin, one.hook, one.kind) for one in portal.faults] == [("rain", "pages", "import")]


async def test_an_operation_is_answered_and_described_with_its_right(portal):
    client = portal.client("admin")
    found = json.loads(await (await client.get("/api/v1/tenants/acme/rain")).get_data())
    assert found == {"items": [{"drops": 3, "in": "acme"}], "next": None}
    assert (await portal.client("user").get("/api/v1/tenants/acme/rain")).status_code == 403
    described = json.loads(await (await client.get("/api/v1/openapi.json")).get_data())
    assert described["paths"]["/tenants/{tenant}/rain"]["get"]["operationId"] == "rain.list"


async def nothing(asked) -> Answer:
    return Answer()


@pytest.mark.parametrize(
    ("module", "why"),
    [
        ({}, "no Quart blueprint"),
        ({"OPERATIONS": [3]}, "which is no Operation"),
        ({"OPERATIONS": [("snow.list", "/tenants/{tenant}/snow")]}, "its id begins with 'rain.'"),
        ({"OPERATIONS": [("rain.list", "/rain")]}, "its path with '/tenants/{tenant}/'"),
    ],
    ids=str,
)
def test_what_is_no_page_module_is_refused(monkeypatch, module, why):
    from quart import Blueprint

    def operation(name, path):
        return Operation(id=name, method="GET", path=path, tag="rain", summary=Label("", ""), run=nothing)

    given = [operation(*one) if isinstance(one, tuple) else one for one in module.get("OPERATIONS", ())]
    known = {"blueprint": Blueprint("rain", "rain"), "OPERATIONS": given} if module else {}
    monkeypatch.setitem(sys.modules, "no_pages", SimpleNamespace(**known))
    with pytest.raises(BroughtRefused, match=why):
        brought("rain", "no_pages")
