from datetime import timedelta

import pytest

from switchhook.access.actor import Actor, Forbidden, Reach
from switchhook.errors import NotFound
from switchhook.flows.document import FlowRefused
from switchhook.flows.publish import Source
from switchhook.publishing.purge import purge_flows
from switchhook.publishing.refusals import FlowInUse, NothingToDiscard, StaleDraft
from switchhook.publishing.values import as_json
from switchhook.resources.record import IdTaken
from switchhook.schema import SettingsRefused
from switchhook.store.audit import entries
from switchhook.store.routing import Number

from .conftest import NOW
from .samples import HOTLINE


async def test_a_flow_grows_from_nothing_through_drafts(acme):
    draft = await acme.create("Büro Köln")
    assert (draft.flow, draft.revision, draft.open, draft.live) == ("buero-koeln", 1, True, None)
    assert "F01" in {one.rule for one in draft.findings}
    drawing = draft.drawing | {"start": "a"}
    drawing["points"] = [{"id": "a", "module": "ring", "position": [40, 80]}]
    saved = await acme.save_draft(draft.flow, 1, drawing)
    assert (saved.revision, saved.drawing["points"][0]["position"]) == (2, [40, 80])
    assert ("F10", "points.a.settings.target") in {(one.rule, one.path) for one in saved.findings}
    assert await acme.save_draft(draft.flow, 2, drawing) == saved
    errors = sum(one.severity == "error" for one in saved.findings)
    (line,) = (await acme.flows()).flows
    assert (line.state, line.errors, line.draft_open, line.author) == ("draft", errors, True, "kim")
    assert as_json(line)["changed"] == "2026-11-27T12:00:00+00:00"


async def test_what_cannot_be_read_is_refused_with_its_place(acme):
    draft = await acme.create("Hotline")
    with pytest.raises(FlowRefused, match=r"points\[0\].position: must be two numbers"):
        await acme.save_draft("hotline", 1, draft.drawing | {"points": [{"id": "a", "position": 7}]})
    with pytest.raises(FlowRefused, match="flow: must stay 'hotline'"):
        await acme.save_draft("hotline", 1, HOTLINE.replace("flow: hotline", "flow: other"))
    with pytest.raises(FlowRefused, match=r"flow.yaml:2:4"):
        await acme.save_draft("hotline", 1, "flow: hotline\n  x: [")
    assert (await acme.draft("hotline")).revision == 1


async def test_of_two_editors_none_loses_anything(acme, publishing):
    lee = publishing.of("acme", Actor("lee", acme.actor.rights))
    await acme.create("Hotline")
    base = await acme.save_draft("hotline", 1, HOTLINE)
    mine, theirs = [(await acme.draft("hotline")).drawing for _ in range(2)]
    mine["points"][0]["label"] = "Menu"
    theirs["points"][0]["exits"]["key:2"] = "anna"
    kept = await lee.save_draft("hotline", base.revision, theirs)
    with pytest.raises(StaleDraft, match="meanwhile by lee") as stale:
        await acme.save_draft("hotline", base.revision, mine)
    told = stale.value
    assert (told.revision, told.author, told.base, told.theirs) == (kept.revision, "lee", base.drawing, kept.drawing)
    assert told.merged.collisions == ()
    done = await acme.save_draft("hotline", told.revision, told.merged.drawing)
    menu = done.drawing["points"][0]
    assert (menu["label"], menu["exits"]["key:2"]) == ("Menu", "anna")
    assert "# asked first" in done.document


async def test_whoever_edits_while_somebody_publishes_is_told(acme):
    await acme.create("Hotline")
    base = await acme.save_draft("hotline", 1, HOTLINE)
    await acme.publish("hotline", base.revision, accept_warnings=True)
    mine = base.drawing | {"label": "Mine"}
    with pytest.raises(StaleDraft) as stale:
        await acme.save_draft("hotline", base.revision, mine)
    assert (stale.value.merged.drawing["label"], stale.value.based_on) == ("Mine", 1)
    again = await acme.save_draft("hotline", stale.value.revision, stale.value.merged.drawing)
    assert (again.open, again.based_on, again.live) == (True, 1, 1)


async def test_a_draft_is_discarded_and_the_live_version_is_there_again(acme):
    await acme.create("Hotline")
    with pytest.raises(NothingToDiscard):
        await acme.discard_draft("hotline", 1)
    base = await acme.save_draft("hotline", 1, HOTLINE)
    await acme.publish("hotline", base.revision, accept_warnings=True)
    draft = await acme.rename("hotline", (await acme.draft("hotline")).revision, "Other")
    assert draft.drawing["label"] == "Other"
    back = await acme.discard_draft("hotline", draft.revision)
    assert (back.open, back.document) == (False, HOTLINE)
    told = [entry.action for entry in await entries(acme.ground.keeping.store, "acme", kind="flow")]
    assert told == ["discard", "draft", "publish", "create"]


async def test_a_flow_goes_to_the_trash_only_when_nothing_leads_to_it(acme, publishing):
    await acme.import_texts([Source(HOTLINE)])
    front = HOTLINE.replace("flow: hotline", "flow: front").replace("timeout: sorry", "timeout: flow:hotline")
    await acme.import_texts([Source(front)])
    await publishing.directory.assign(Number("+4922112345", "acme", "hotline", "Head office"))
    with pytest.raises(FlowInUse, match="number 'Head office', flow 'Hotline'"):
        await acme.delete("hotline")
    await publishing.directory.assign(Number("+4922112345", "acme", "front"))
    with pytest.raises(FlowInUse, match="flow 'Hotline'"):
        await acme.delete("hotline")
    await publishing.directory.release("acme", "+4922112345")
    await acme.delete("front")
    gone = await acme.delete("hotline")
    assert gone.deleted is not None
    assert [one.id for one in await acme.trash()] == ["front", "hotline"]
    assert (await acme.flows()).flows == []
    assert (await publishing.directory.load_routing()).published == {}
    with pytest.raises(NotFound, match="lies in the trash"):
        await publishing.directory.assign(Number("+4922112345", "acme", "hotline"))
    with pytest.raises(NotFound, match="lies in the trash"):
        await acme.draft("hotline")
    with pytest.raises(IdTaken, match="perhaps in the trash"):
        await acme.create("New", id="hotline")
    back = await acme.restore("hotline")
    assert (back.live, back.deleted) == (1, None)
    assert await acme.text("hotline", 1) == HOTLINE
    assert set((await publishing.directory.load_routing()).published) == {("acme", "hotline")}


async def test_numbers_bound_who_sees_and_changes_a_flow(acme, publishing):
    second = HOTLINE.replace("flow: hotline", "flow: second").replace("timeout: sorry", "timeout: flow:hotline")
    third = HOTLINE.replace("flow: hotline", "flow: third")
    await acme.import_texts([Source(one) for one in (HOTLINE, second, third)])
    for number, flow in (("+49221100", "hotline"), ("+49221200", "second"), ("+49221300", "third")):
        await publishing.directory.assign(Number(number, "acme", flow))
    rights = dict.fromkeys(("flow.view", "flow.change"), Reach(numbers=frozenset({"+49221200"})))
    lee = publishing.of("acme", Actor("lee", rights))
    seen = {line.id: (line.numbers, line.may_change) for line in (await lee.flows()).flows}
    assert seen == {"hotline": (("+49221100", "+49221200"), False), "second": (("+49221200",), True)}
    drawing = (await lee.draft("second")).drawing
    await lee.save_draft("second", 1, drawing | {"label": "Lee's"})
    for refused, why in (("hotline", Forbidden), ("third", NotFound)):
        with pytest.raises(why):
            await lee.save_draft(refused, 1, drawing | {"id": refused})
        with pytest.raises(why):
            await lee.delete(refused)
    for forbidden in (lee.create("New"), lee.publish("second", 2), lee.import_texts([Source(HOTLINE)])):
        with pytest.raises(Forbidden):
            await forbidden
    nobody = publishing.of("acme", Actor("eva"))
    with pytest.raises(Forbidden, match="right flow"):
        await nobody.flows()
    other = publishing.of("other", acme.actor)
    assert (await other.flows()).flows == []
    with pytest.raises(NotFound):
        await other.draft("hotline")


async def test_the_list_is_searched_and_paged(acme, publishing):
    for name in ("Alpha", "Beta", "Gamma"):
        await acme.create(name)
    await acme.import_texts([Source(HOTLINE)])
    await publishing.directory.assign(Number("+4922112345", "acme", "hotline"))
    assert [one.id for one in (await acme.flows(search="2112345")).flows] == ["hotline"]
    assert [one.id for one in (await acme.flows(search="ALPH")).flows] == ["alpha"]
    assert [one.id for one in (await acme.flows(state="published")).flows] == ["hotline"]
    first = await acme.flows(limit=3)
    rest = await acme.flows(limit=3, after=first.after)
    assert [one.id for one in (*first.flows, *rest.flows)] == ["alpha", "beta", "gamma", "hotline"]
    assert rest.after == ""


async def test_a_copy_leads_to_itself_where_the_flow_did(acme):
    await acme.import_texts([Source(HOTLINE.replace("timeout: sorry", "timeout: flow:hotline"))])
    copy = await acme.copy("hotline", "Hotline 2")
    assert (copy.flow, copy.drawing["label"]) == ("hotline-2", "Hotline 2")
    assert copy.drawing["points"][0]["exits"]["timeout"] == "flow:hotline-2"
    assert "# asked first" not in copy.document


async def test_three_clicks_make_a_flow_from_a_template(acme):
    (offered,) = await acme.template_catalogue()
    assert (offered["kind"], offered["label"]["de"]) == ("hello", "Begrüßung")
    assert [(one["name"], one["required"]) for one in offered["settings"]] == [("prompt", True)]
    draft = await acme.create_from_template("hello", {"prompt": "demo/welcome"}, label="Willkommen")
    (hello,) = draft.drawing["points"]
    assert (draft.drawing["start"], hello["label"], hello["settings"]) == (
        "hello",
        "Gruß",
        {"prompts": ["demo/welcome"]},
    )
    with pytest.raises(SettingsRefused, match="prompt"):
        await acme.create_from_template("hello", {}, label="x")
    with pytest.raises(NotFound, match="did you mean 'hello'"):
        await acme.create_from_template("helo", {}, label="x")


async def test_the_catalogue_says_what_the_editor_needs(acme):
    modules = {one["kind"]: one for one in acme.modules()}
    ask = modules["ask"]
    assert (ask["label"], ask["consumes_input"]) == ({"de": "Menü", "en": "Menu"}, True)
    assert [(one["name"], one["kind"], one["required"]) for one in ask["settings"]] == [
        ("prompts", "prompts", True),
        ("keys", "keys", True),
    ]
    assert acme.exits("ask", {"keys": ["5"]}) == [
        {"name": "key:5", "label": {"de": "Taste 5", "en": "key 5"}, "optional": False},
        {"name": "timeout", "label": {"de": "Keine Eingabe", "en": "no entry"}, "optional": False},
        {"name": "error", "label": {"de": "Störung", "en": "fault"}, "optional": True},
    ]
    assert modules["drop"]["settings"][0]["to"] == "box"


async def test_a_flow_in_the_trash_is_forgotten_after_thirty_days(acme, clock):
    store, audit = acme.ground.keeping.store, acme.ground.keeping.audit
    await acme.import_texts([Source(HOTLINE)])
    await acme.delete("hotline")
    assert await purge_flows(store, audit, NOW + timedelta(days=29)) == 0
    assert await purge_flows(store, audit, NOW + timedelta(days=31)) == 1
    assert await acme.trash() == []
    assert (await acme.create("Hotline")).flow == "hotline"
    assert await audit.broken(store) is None
