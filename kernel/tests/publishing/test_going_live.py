import asyncio

import attrs
import pytest
from sqlalchemy import update

from switchhook.access.actor import SYSTEM, Actor
from switchhook.access.demo_limits import DemoLimit
from switchhook.access.tenant import Tenant
from switchhook.alerts.inbox import Alerts
from switchhook.calls.call import Call, Caller
from switchhook.flows.document import FlowRefused
from switchhook.flows.flow import LiveFlow
from switchhook.flows.interpreter import Interpreter
from switchhook.flows.publish import PublishRefused, Source
from switchhook.publishing.refusals import StaleDraft, WarningsUnseen
from switchhook.publishing.trying import Nobody, TriedFlows
from switchhook.resources.record import InUse
from switchhook.schema import SettingsRefused
from switchhook.simulator.script import Script, read_script
from switchhook.simulator.simulate import simulate
from switchhook.store import tables
from switchhook.store.audit import entries
from switchhook.store.routing import Number
from switchhook.testing import PromptShelf

from .conftest import NOW, later, publishing_on
from .samples import HOTLINE


@pytest.fixture
async def hotline(acme, publishing):
    """Version 1 is live and a number leads to it."""
    await acme.import_texts([Source(HOTLINE)], message="first", numbers={"+4922112345": "hotline"})
    await publishing.directory.assign(Number("+4922112345", "acme", "hotline"))
    return acme


async def draft(flows, *change: str):
    now = await flows.draft("hotline")
    return await flows.save_draft("hotline", now.revision, now.document.replace(*change))


async def test_errors_and_guards_prevent_and_warnings_have_to_be_seen(hotline, watcher):
    wrong = await draft(hotline, "no_answer: sorry", "no_answer: gone")
    assert not (await hotline.proof("hotline")).may_publish
    with pytest.raises(PublishRefused, match=r"points.anna.exits.no_answer: error L01: leads to point 'gone'"):
        await hotline.publish("hotline", wrong.revision)
    assert (await hotline.history("hotline"))[0].no == 1
    warned = await draft(hotline, "no_answer: gone", "no_answer: hang-up")
    warned = await draft(hotline, "label: Sorry", 'label: ""')
    with pytest.raises(WarningsUnseen, match="L28"):
        await hotline.publish("hotline", warned.revision)
    watcher.refuse = "not on a Friday"
    with pytest.raises(PublishRefused, match="refused: not on a Friday"):
        await hotline.publish("hotline", warned.revision, accept_warnings=True)
    watcher.refuse = ""
    done = await hotline.publish("hotline", warned.revision, message="Anna's", accept_warnings=True)
    assert (done.version.no, done.changed) == (2, True)
    assert [(flow, version) for _, flow, version in watcher.live][-1] == ("hotline", str(done.version.id))
    newest = (await hotline.history("hotline"))[0]
    assert (newest.no, newest.state, newest.author, newest.message) == (2, "published", "kim", "Anna's")
    told = (await entries(hotline.ground.keeping.store, "acme", kind="flow", id="hotline"))[0]
    assert (told.action, told.actor, told.before, told.after["version"]) == ("publish", "kim", {"version": 1}, 2)
    assert not (await hotline.draft("hotline")).open


async def test_an_older_version_comes_back_and_a_draft_of_it_is_told(hotline):
    changed = await draft(hotline, "label: Anna", "label: Annabel")
    await hotline.publish("hotline", changed.revision)
    open_draft = await draft(hotline, "label: Sorry", "label: Pardon")
    back = await hotline.roll_back("hotline", 1, message="too early")
    assert back.version.no == 1
    assert [(one.no, one.state) for one in await hotline.history("hotline")] == [(2, "archived"), (1, "published")]
    assert (await hotline.draft("hotline")).document == open_draft.document
    with pytest.raises(StaleDraft) as stale:
        await hotline.publish("hotline", open_draft.revision)
    points = {point["id"]: point["label"] for point in stale.value.merged.drawing["points"]}
    assert (points["sorry"], points["anna"]) == ("Pardon", "Anna")
    merged = await hotline.save_draft(
        "hotline", stale.value.revision, stale.value.merged.drawing, based_on=stale.value.based_on
    )
    assert (await hotline.publish("hotline", merged.revision)).version.no == 3


async def test_a_roll_back_is_judged_by_what_is_there_now(hotline):
    silent = HOTLINE.replace("stock/unavailable", "stock/other")
    await hotline.import_texts([Source(silent)])
    gone = attrs.evolve(hotline.ground, prompts=NoStock())
    with pytest.raises(PublishRefused, match="L07"):
        await attrs.evolve(hotline, ground=gone).roll_back("hotline", 1, accept_warnings=True)
    assert (await hotline.draft("hotline")).live == 2


class NoStock(PromptShelf):
    def find(self, id, language, tenant=""):  # noqa: A002
        return PromptShelf({}).find(id, language) if id == "stock/unavailable" else PromptShelf().find(id, language)

    def ids(self, tenant):
        return []


async def test_the_difference_is_said_in_words(hotline):
    changed = await draft(hotline, '"key:2": sorry', '"key:2": anna')
    (change,) = (await hotline.proof("hotline")).changes
    assert change.words.de == "Main menu: Taste 2 führt jetzt zu Anna (bisher Sorry)"
    assert change.words.en == "Main menu: key 2 now leads to Anna (so far Sorry)"
    assert (change.point, change.path) == ("menu", "points.menu.exits.key:2")
    await hotline.publish("hotline", changed.revision)
    more = await draft(hotline, "target: anna", 'target: "+4930123456"')
    drawing = more.drawing | {"last_resort": "flow:hotline", "language": "en"}
    drawing["points"] = [
        *drawing["points"],
        {"id": "bye", "module": "say", "label": "Bye", "exits": {"next": "hang-up"}},
    ]
    await hotline.save_draft("hotline", more.revision, drawing)
    said = [one.words.de for one in await hotline.difference("hotline", 2, None)]
    assert said == [
        "Sprache: “de” → “en”",
        "Der letzte Ausweg führt jetzt zu Ablauf Hotline",
        "Anna: Ziel: “anna” → “+4930123456”",
        "Bye: ist neu (Ansage)",
        "Bye: Weiter führt zu Auflegen",
    ]
    assert [one.words.en for one in await hotline.difference("hotline", 2, 1)] == [
        "Main menu: key 2 now leads to Sorry (so far Anna)"
    ]


async def test_what_is_used_stays_while_it_is_published(acme, publishing):
    boxes = publishing.keeping.of("acme", Actor("lee", acme.actor.rights))
    box = await boxes.create("box", {"name": "Letters"})
    text = HOTLINE.replace("module: say", "module: drop").replace("prompts: [stock/unavailable]", "box: letters")
    await acme.create("Hotline")
    kept = await acme.save_draft("hotline", 1, text)
    await boxes.delete("box", "letters", box.version)
    with pytest.raises(PublishRefused, match=r"no box 'letters'"):
        await acme.publish("hotline", kept.revision, accept_warnings=True)
    back = await boxes.restore("box", "letters")
    results = await asyncio.gather(
        acme.publish("hotline", kept.revision, accept_warnings=True),
        boxes.delete("box", "letters", back.version),
        return_exceptions=True,
    )
    refused = [one for one in results if isinstance(one, Exception)]
    assert [type(one) for one in refused] in ([InUse], [PublishRefused])
    live = (await acme.draft("hotline")).live
    deleted = (await boxes.get("box", "letters")).deleted
    assert (live is None) != (deleted is None)


async def test_calls_keep_the_version_they_began_with(hotline, publishing, clock):
    """While a caller listens in the menu, another version is published; the next caller gets that."""
    changed = await draft(hotline, '"key:1": anna', '"key:1": sorry')

    async def flows():
        known = await publishing.context("acme")
        return LiveFlow("1", 1, "acme", known.flows["hotline"]), TriedFlows(
            "acme", known.flows["hotline"], dict(known.flows), ""
        )

    @attrs.frozen
    class Publishes(Nobody):
        async def entered(self, call, point):
            if point.id == "menu":
                await hotline.publish("hotline", changed.revision, accept_warnings=True)

    paths = []
    for observer in (Publishes(), Nobody()):
        live, known = await flows()
        script = Script(read_script("1"))
        call = Call("c", "acme", "+4922112345", Caller("+4930123456"), NOW)
        done = await simulate(
            call, live, script, interpreter=Interpreter(known, observer), prompts=PromptShelf(), gate=Open()
        )
        paths.append([event.point for event in done.events if event.kind == "point.entered"])
    assert paths == [["menu", "anna"], ["menu", "sorry"]]


class Open:
    async def check(self, call, plan, leg):
        return plan


# -- later ------------------------------------------------------------------------------------------


async def test_a_version_goes_live_at_its_moment_and_only_once(hotline, publishing, clock, watcher):
    changed = await draft(hotline, "label: Anna", "label: Annabel")
    with pytest.raises(SettingsRefused, match="a moment to come"):
        await hotline.schedule("hotline", NOW, revision=changed.revision)
    planned = await hotline.schedule("hotline", later(3600), revision=changed.revision, message="at one")
    assert (planned.no, planned.state) == (2, "waiting")
    assert (await hotline.flow("hotline")).scheduled == later(3600)
    assert [(one.no, one.state) for one in await hotline.history("hotline")] == [(2, "scheduled"), (1, "published")]
    assert await publishing.publish_due() == 0
    clock.advance(3600)
    twin = await publishing_on(publishing.keeping.store, clock, watcher)
    watcher.live.clear()
    assert sum(await asyncio.gather(publishing.publish_due(), twin.publish_due())) == 1
    assert [flow for _, flow, _ in watcher.live] == ["hotline"]
    assert [(one.no, one.state) for one in await hotline.history("hotline")] == [(2, "published"), (1, "archived")]
    assert [one.state for one in await hotline.planned("hotline")] == ["done"]
    assert await publishing.publish_due() == 0


async def test_a_plan_that_no_longer_holds_is_an_alert_and_changes_nothing(hotline, publishing, clock):
    changed = await draft(hotline, "next: hang-up", "next: flow:second")
    await hotline.import_texts([Source(HOTLINE.replace("flow: hotline", "flow: second"))])
    await hotline.schedule("hotline", later(60), revision=changed.revision, accept_warnings=True)
    clock.advance(60)
    silent = attrs.evolve(publishing, prompts=PromptShelfWithout())
    assert await silent.publish_due() == 0
    assert (await hotline.draft("hotline")).live == 1
    (planned,) = await hotline.planned("hotline")
    assert planned.state == "failed"
    assert "L07" in planned.reason
    (alert,) = (await Alerts(publishing.keeping.store, clock).of("acme", hotline.actor).page()).alerts
    assert (alert.rule, alert.key, alert.severity) == ("flow-not-published", "hotline", "error")
    assert "ging nicht wie geplant live" in alert.text.de


class PromptShelfWithout(NoStock):
    """Without the apology."""


async def test_a_plan_is_cancelled_and_what_it_uses_is_free_again(acme, publishing, clock):
    boxes = publishing.keeping.of("acme", acme.actor)
    box = await boxes.create("box", {"name": "Letters"})
    text = HOTLINE.replace("module: say", "module: drop").replace("prompts: [stock/unavailable]", "box: letters")
    await acme.create("Hotline")
    kept = await acme.save_draft("hotline", 1, text)
    planned = await acme.schedule("hotline", later(60), revision=kept.revision, accept_warnings=True)
    with pytest.raises(InUse, match="flow 'Hotline'"):
        await boxes.delete("box", "letters", box.version)
    assert (await acme.cancel("hotline", planned.id)).state == "cancelled"
    await boxes.delete("box", "letters", box.version)
    clock.advance(60)
    assert await publishing.publish_due() == 0
    assert [one.state for one in await acme.history("hotline")] == ["draft"]


# -- files ------------------------------------------------------------------------------------------

FRONT = HOTLINE.replace("flow: hotline", "flow: front").replace("timeout: sorry", "timeout: flow:hotline")


@attrs.define
class Breaks:
    """A clock that stops working, as a database may, in the middle of what is done with several flows."""

    left: int

    def now(self):
        self.left -= 1
        if self.left < 0:
            raise RuntimeError("the clock broke")
        return NOW

    def monotonic(self):
        return 0.0


async def test_of_several_files_all_go_live_or_none(acme, publishing):
    both = [Source(FRONT, "front.yaml"), Source(HOTLINE, "hotline.yaml")]
    with pytest.raises(PublishRefused, match=r"front.yaml:\d+:\d+: points.menu.exits.timeout: error L01"):
        await acme.import_texts(both[:1])
    for after in (0, 2, 3, 5):
        breaking = attrs.evolve(publishing, keeping=attrs.evolve(publishing.keeping, clock=Breaks(after)))
        with pytest.raises(RuntimeError, match="broke"):
            await attrs.evolve(acme, ground=breaking).import_texts(both)
        assert (await acme.flows()).flows == []
    done = await acme.import_texts(both, message="both")
    assert [(one.flow.id, one.version.no, one.version.message, one.changed) for one in done] == [
        ("front", 1, "both", True),
        ("hotline", 1, "both", True),
    ]


async def test_the_same_file_again_changes_nothing(hotline, watcher):
    watcher.live.clear()
    (done,) = await hotline.import_texts([Source(HOTLINE)])
    assert (done.version.no, done.changed, watcher.live) == (1, False, [])
    unread, wrong = (Source(HOTLINE.replace(*fault), "new.yaml") for fault in (("say", "sya"), ("hang-up", "gone")))
    with pytest.raises(FlowRefused, match=r"new\.yaml:\d+:5: points.sorry.module: there is no module 'sya'"):
        await hotline.import_texts([unread])
    with pytest.raises(PublishRefused, match="L01: leads to point 'gone'"):
        await hotline.import_texts([wrong])
    watcher.refuse = "not on a Friday"
    with pytest.raises(PublishRefused, match="refused: not on a Friday"):
        await hotline.import_texts([Source(FRONT)])
    assert [one.no for one in await hotline.history("hotline")] == [1]


async def test_what_is_live_is_read_before_anybody_asks(hotline, publishing, clock, watcher, monkeypatch):
    started = await publishing_on(publishing.keeping.store, clock, watcher)
    running = asyncio.create_task(started.run())
    await asyncio.sleep(0)
    (reading,) = (one for one in asyncio.all_tasks() if one.get_name() == "reading the live flows")
    await asyncio.wait_for(reading, 20)
    running.cancel()
    await asyncio.wait([running])
    assert running.cancelled()
    monkeypatch.setattr("switchhook.flows.publish.read_document", lambda *_: pytest.fail("read again"))
    assert (await started.context("acme")).flows["hotline"].points
    assert await started.warm() == 0


async def test_a_demo_has_so_many_live_flows_until_it_is_active(publishing):
    await publishing.directory.put_tenant(Tenant("trial", "Trial", NOW, state="demo"))
    flows = publishing.of("trial", SYSTEM)

    async def live(name: str):
        return await flows.import_texts([Source(HOTLINE.replace("flow: hotline", f"flow: {name}"))])

    for name in ("one", "two", "three", "three"):
        await live(name)
    with pytest.raises(DemoLimit, match=r"may have 3 published flows; the operator lifts this limit \(flows\)"):
        await live("four")
    await flows.delete("one")
    await live("four")
    with pytest.raises(DemoLimit):
        await flows.restore("one")
    tenant = await publishing.directory.tenant("trial")
    async with publishing.keeping.store.write() as conn:
        await conn.execute(update(tables.tenant).where(tables.tenant.c.id == tenant.id).values(state="active"))
    assert (await flows.restore("one")).live == 1
    await live("five")
