"""Recordings as people hear, hold, prove and delete them, in the browser and by the API, and how they get old."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import attrs
import pytest
from web_people import NOW, Portal, build, post

from switchhook.access.actor import SYSTEM, Actor, Reach
from switchhook.administration import Forbidden
from switchhook.calls.call import Call, Caller
from switchhook.consent import Note
from switchhook.dispatch.loader import Source
from switchhook.errors import NotFound
from switchhook.media.consents import holds
from switchhook.portal.media import talks_of
from switchhook.portal.order_office import OrderOffice
from switchhook.speech.audio import to_wav, tone
from switchhook.store.migrations import migrate
from switchhook_recording import plugin, work
from switchhook_recording.archive import Archive, RecordingHeld
from switchhook_recording.plugin import migrations

LIST = "/t/acme/x/recording/recordings"


@attrs.define
class Shelf:
    """A portal with recordings of the class ``years``."""

    portal: Portal

    @property
    def admin(self):
        return self.portal.administration

    def archive(self, actor=SYSTEM, tenant: str = "acme") -> Archive:
        return Archive(self.admin, tenant, actor)

    async def records(self, call: str = "c1", tenant: str = "acme", caller: str = "+4930123") -> None:
        """A talk is recorded, and kept."""
        made = Call(call, tenant, "+4922155501", Caller(caller, presentation="shown"), NOW)
        talks = talks_of(self.admin.settings, self.admin.store, self.admin.clock)
        for party, side in (("caller", "theirs"), ("called", "ours")):
            await talks.note(made, "announce_and_key", Note(party, side, "granted", "ask@1", "1"))
        facts = {"label": "Sales", "number": made.number, "caller": caller, "mode": "announce_and_key"}
        owner = ("recording-class", "years")
        file = await self.admin.media.of(tenant, SYSTEM).put("recording", owner, to_wav(tone(440, 0.3)), facts=facts)
        for _ in range(2):  # told twice is told once
            await self.admin.orders.give(tenant, work.KEPT, {"media": file.id, "owner": "years", "call": call})
        await (await OrderOffice(self.admin).working()).all_due()

    async def ids(self, **wanted) -> list[int]:
        return [one.id for one in (await self.archive().page(**wanted))[0]]


@pytest.fixture
async def shelf(tmp_path):
    portal = await build(tmp_path, sources=[Source("recording", lambda: plugin)])
    assert await migrate(portal.administration.store, migrations()) == []
    await portal.administration.keeping.of("acme", SYSTEM).create("recording-class", {"name": "Years"}, id="years")
    made = Shelf(portal)
    await made.records()
    yield made
    await portal.administration.store.close()


async def test_a_talk_that_was_kept_is_listed_once_with_who_agreed(shelf) -> None:
    (found,), after = await shelf.archive().page()
    assert (found.caller, found.number, found.label, found.mode, after) == (
        "+4930123", "+4922155501", "Sales", "announce_and_key", 0,
    )  # fmt: skip
    assert [line.party for line in await shelf.archive().consents(call="c1")] == ["called", "caller"]
    assert len(await shelf.ids(search="030 123")) == len(await shelf.ids(search="sales")) == 1
    assert await shelf.ids(search="0171") == []


async def test_others_recordings_are_not_there(shelf) -> None:
    (id,) = await shelf.ids()  # noqa: A001
    for asked in (shelf.archive(tenant="other").get(id), shelf.archive(tenant="other").delete([id])):
        with pytest.raises(NotFound):
            await asked
    assert await shelf.archive(tenant="other").consents() == []


@pytest.mark.parametrize("right", ["recording.view", "recording.download", "recording.hold", "recording.delete"])
async def test_each_right_is_needed_for_what_it_says(shelf, right: str) -> None:
    (found,), _ = await shelf.archive().page()
    others = ("recording.view", "recording.download", "recording.hold", "recording.delete")
    reach = {word: Reach(everything=True) for word in others if word != right}
    mine = shelf.archive(Actor("uwe", reach, "user", "uwe"))
    asked = {
        "recording.view": lambda: mine.page(),
        "recording.download": lambda: mine.sounding(found, save=True),
        "recording.hold": lambda: mine.hold([found.id], held=True),
        "recording.delete": lambda: mine.delete([found.id]),
    }
    with pytest.raises(Forbidden):
        await asked[right]()


async def test_what_is_held_is_deleted_by_nobody_and_no_age(shelf) -> None:
    (id,) = await shelf.ids()  # noqa: A001
    await shelf.archive().hold([id], held=True)
    shelf.admin.clock.advance(timedelta(days=91).total_seconds())
    assert await work.delete_old(shelf.admin) == 0
    with pytest.raises(RecordingHeld):
        await shelf.archive().delete([id])
    await shelf.archive().hold([id], held=False)
    assert await work.delete_old(shelf.admin) == 1


async def test_recordings_are_deleted_after_the_days_of_their_class_with_a_report(shelf) -> None:
    (found,), _ = await shelf.archive().page()
    shelf.admin.clock.advance(timedelta(days=89).total_seconds())
    assert await work.delete_old(shelf.admin) == 0
    await shelf.records("c2")
    shelf.admin.clock.advance(timedelta(days=2).total_seconds())
    assert await work.delete_old(shelf.admin) == 1
    assert [one.call for one in (await shelf.archive().page())[0]] == ["c2"]
    assert [(run.deleted, run.held) for run in await shelf.archive().runs()] == [(1, 0)]
    with pytest.raises(NotFound):
        await shelf.admin.media.of("acme", SYSTEM).open(found.media)


async def test_a_proof_holds_for_everybody_with_the_public_key_until_a_word_of_it_is_changed(shelf) -> None:
    (found,), _ = await shelf.archive().page()
    proof = json.loads(json.dumps(await shelf.archive().proof(found)))
    consents = shelf.admin.consents
    assert consents.holds(proof)
    assert holds(proof, consents.public_key)
    assert [line["verdict"] for line in proof["document"]["consents"]] == ["granted", "granted"]
    proof["document"]["consents"][0]["key"] = "2"
    assert not consents.holds(proof)
    assert not holds({"document": {}}, consents.public_key)
    assert not holds(await shelf.archive().proof(found), base64.b64encode(bytes(32)).decode())


async def test_the_pages_show_a_recording_its_consents_and_the_check_of_its_proof(shelf) -> None:
    client, (id,) = shelf.portal.client("admin"), await shelf.ids()  # noqa: A001
    for path, said in ((LIST, "030 123"), (f"{LIST}/{id}", "ask@1"), ("/t/acme/x/recording/consents", "ask@1")):
        assert said in await (await client.get(path)).get_data(as_text=True)
    proof = await (await client.get(f"{LIST}/{id}/proof")).get_data(as_text=True)
    for given, kind in ((proof, "alert-success"), (proof.replace("granted", "refused"), "alert-danger")):
        answer = await post(client, "/t/acme/x/recording/retention", {"proof": given})
        assert kind in await answer.get_data(as_text=True)
    sound = await client.get(f"{LIST}/{id}/sound?download")
    assert sound.headers["Content-Disposition"].startswith('attachment; filename="recording-')
    for path, action in (("_hold", "hold"), ("_hold", "release"), ("_delete", "")):
        answer = await post(client, f"{LIST}/{path}", {"action": action, "recording": str(id)})
        assert answer.status_code == 303
    assert await shelf.ids() == []
