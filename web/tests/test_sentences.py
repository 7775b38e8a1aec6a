"""Sentences of the kernel and of plugins in German."""

from __future__ import annotations

import seeded
from web_people import HOST

from switchhook import Label
from switchhook_web.sentences import with_plugins

OURS = [
    Label("{targets}: besetzt", "{targets}: busy"),
    Label("{targets}: keine Antwort", "{targets}: no answer"),
    Label("keine Taste gedrückt", "no key pressed"),
    Label("{why}; alle {tries} Versuche sind verbraucht", "{why:said}; all {tries:word} tries are used"),
]


def test_parts_are_german_too_and_what_is_unknown_stays():
    german = with_plugins(("ours", one) for one in OURS).german
    assert german("no key pressed; all 3 tries are used") == "keine Taste gedrückt; alle 3 Versuche sind verbraucht"
    assert german("anna, bert: no answer; +49221: busy") == "anna, bert: keine Antwort; +49221: besetzt"
    assert german("a.keys[0]: must be a text, not 4; b: is missing; it holds a text") == (
        "a.keys[0]: verlangt ist ein Text: 4; b: fehlt: ein Text"
    )
    assert german("there is no contact \"it's\" (did you mean 'its'?)") == (
        "\"it's\" gibt es nicht (contact) (meinten Sie 'its'?)"
    )
    assert german("flow m:1:1: refused: no key pressed (plugin cost)\nflow m:1:1: points.a: is missing") == (
        "flow m:1:1: abgelehnt: keine Taste gedrückt (Plugin cost)\nflow m:1:1: points.a: fehlt"
    )
    assert german("it rains; no key pressed") == "it rains; keine Taste gedrückt"
    assert german("no key pressed " * 400) == "no key pressed " * 400


def test_a_template_that_is_none_is_its_plugins_fault_alone():
    wrong: list[tuple[str, str]] = []
    bad = [Label("{b}", "a {a}"), Label("x", "{"), Label("x", "y {a:what}"), Label("x", "y {}"), Label("x", "y {a.b}")]
    known = with_plugins([("bad", one) for one in bad] + [("good", OURS[2])], lambda *said: wrong.append(said))
    assert [plugin for plugin, _ in wrong] == ["bad"] * 5
    assert known.german("no key pressed") == "keine Taste gedrückt"


async def test_pages_say_it_in_german_and_programs_are_told_in_english(portal):
    german = {"Accept-Language": "de"}
    missing = await (await portal.client("admin").get("/t/acme/calls/c-9", headers=german)).get_data(as_text=True)
    assert "Den Anruf &#39;c-9&#39; gibt es nicht" in missing
    bearer = {"Authorization": "Bearer api-admin", **HOST}
    told = await portal.client().get("/api/v1/tenants/acme/calls/c-9", headers={**german, **bearer})
    assert (told.status_code, (await told.get_json())["detail"]) == (404, "there is no call 'c-9'")


async def test_the_reasons_of_a_call_are_german_with_those_of_plugins(portal, monkeypatch):
    monkeypatch.setattr(seeded, "REASON", "no key pressed; all 3 tries are used")
    await seeded.put_call(portal, "c-1", "+4930100")
    pages = {}
    for language in ("de", "en"):
        answer = await portal.client("admin").get("/t/acme/calls/c-1", headers={"Accept-Language": language})
        pages[language] = await answer.get_data(as_text=True)
    assert "keine Taste gedrückt; alle 3 Versuche sind verbraucht" in pages["de"]
    assert "no key pressed; all 3 tries are used" in pages["en"]
    assert portal.faults == []
