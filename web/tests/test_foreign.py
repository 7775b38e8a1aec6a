"""What is another tenant's is not there, by any page or operation: asked for by the ids of things that are (SEC15, I01)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from filled import FLOW, NUMBERS, fill
from flows.hotline import with_sounds
from seeded import with_its_own_door
from sqlalchemy import select, update
from test_bad_input import Held
from web_people import ACTORS, NOW, ORIGIN, Portal, build

from switchhook.access.actor import SYSTEM
from switchhook.administration import Administration, Seat, Trial
from switchhook.speech.audio import to_wav, tone
from switchhook.store import tables
from switchhook.store.migrations import migrate
from switchhook_announcements.library_of import of
from switchhook_announcements.productions import Productions
from switchhook_lists.keeping import Entries, Fields
from switchhook_mailbox.messages import Rows
from switchhook_recording.archive import Archive
from switchhook_recording.recordings import add as add_recording
from switchhook_web.app import create_app

WAV = to_wav(tone(440, 0.1))
NOWHERE = {"id": "nobody", "call": "nobody", "flow": "no-flow", "e164": "+4930999", "number": "+4930999"}
"""What nobody has."""
OURS = {"Host": "127.0.0.1:8080", "Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}


class Everybody(Held):
    """Knows people by API tokens as well."""

    async def bearer(self, token: str) -> Seat | None:
        return await self.seat(token)


OF_PLUGINS: dict[str, dict[str, str]] = {
    **{
        kind: {}
        for kind in (
            "announcement",
            "calendar",
            "caller-list",
            "callthrough-account",
            "conference-room",
            "follow-me",
            "mailbox",
            "recording-class",
            "recording-class",
            "ring-group",
            "speed-dial-list",
            "switch",
        )
    },
    "announcement-access": {"pin": "471193", "announcements": ["sales"]},
    "block-key": {"list": "sales"},
    "pin-set": {"pins": "kim 471193"},
    "transfer-key": {"speed_dials": "sales"},
    "web-service": {"url": "https://example.org/calls"},
}
"""What the first-party plugins keep, and what each needs beside its name."""


@attrs.frozen
class House:
    """A portal whose tenant acme has one of everything; ``things`` says what stands for a name below a folder."""

    portal: Portal
    things: dict[str, dict[str, str]]

    def named(self, path: str, name: str) -> str:
        """The id of a thing of acme's that fits into a path."""
        folder = path.split("/<tenant>/" if "<tenant>" in path else "/{tenant}/")[1]
        known = next((ids for start, ids in self.things.items() if folder.startswith(start)), {})
        return known.get(name, self.things[""][name])


@pytest.fixture
async def house(tmp_path: Path) -> Any:
    made = await with_its_own_door(await build(tmp_path, with_sounds))
    administration = made.administration
    await fill(made)
    flows = administration.publishing.of("acme", SYSTEM)
    expected = await flows.expect(FLOW, "It answers", await flows.try_flow(FLOW, Trial()))
    plan = await flows.schedule(FLOW, NOW + timedelta(days=1), version=1, accept_warnings=True)
    kept = administration.keeping.of("acme", SYSTEM)
    grants = [{"right": "number.view", "scope": "all"}]
    await kept.create("rights-template", {"name": "Desk", "grants": grants}, id="desk")
    await kept.create("price-list", {"name": "Sales", "valid_from": "2026-01-01"}, id="sales")
    await kept.create("call-rate", {"name": "Sales", "price_list": "sales", "country": "DE"}, id="sales")
    await kept.create("outbound-permission", {"name": "Sales"}, id="sales")
    shown = {"name": "Sales", "number": "+4989555001", "proof": "its bill"}
    await kept.create("verified-number", shown, id="sales")
    await kept.create("spend-limit", {"name": "Sales", "per_day": "20"}, id="sales")
    crm = {"name": "crm", "url": "https://crm.example/in", "secret": "signs-what-is-sent", "events": ["*"]}
    await kept.create("webhook", crm, id="crm")
    await administration.webhooks.of("acme", SYSTEM).ping("crm")
    for kind, more in OF_PLUGINS.items():
        if kind in administration.keeping.kinds:
            await kept.create(kind, {"name": "Sales", **more}, id="sales")
    words = {"template": "invitation", "language": "en", "subject": "Hello {name}", "body": "{link}"}
    worded = await kept.create("mail-template", words)
    (delivery,) = (await administration.webhooks.of("acme", SYSTEM).page()).deliveries
    mail, *_ = (await administration.post.of("acme", SYSTEM).page()).mails
    alert, *_ = (await administration.alerts.of("acme", SYSTEM).page()).alerts
    offer = await accepted(made)
    media = await administration.media.of("acme", SYSTEM).put(
        "message", ("number-group", "sales"), WAV, original=(".mp3", b"ID3"), label="Sales"
    )
    message = await left(administration)
    talk = await recorded(administration)
    await spoken(administration)
    production = await asked_for(administration)
    entry = await listed(administration)
    things = {
        "x/lists/lists/": {"id": "sales", "entry": entry},
        "x/lists/block/": {"call": "c-1"},
        "caller-lists/": {"id": "sales", "entry": entry},
        "x/recording/recordings/": {"id": talk},
        "recordings/": {"id": talk},
        "x/mailbox/messages/": {"id": message},
        "messages/": {"id": message},
        "storage/": {"id": media.id},
        "media/": {"id": media.id},
        "offers/": {"id": offer},
        "flows/": {"id": str(expected.id)},
        "people/": {"id": "uwe"},
        "calls/": {"id": "c-1"},
        "alerts/": {"id": str(alert.id)},
        "mail/": {"id": str(mail.id)},
        "mails/": {"id": str(mail.id)},
        "webhook-deliveries/": {"id": str(delivery.id)},
        "webhooks/": {"id": "crm"},
        "resources/webhook/": {"id": "crm"},
        "resources/rights-template/": {"id": "desk"},
        "resources/mail-template/": {"id": worded.id},
        "": {
            "entry": entry,
            "call": "c-1",
            "id": "sales",
            "kind": "number-group",
            "flow": FLOW,
            "point": "menu",
            "no": "1",
            "version": "1",
        }
        | {"module": "menu", "production": production}
        | {"e164": next(iter(NUMBERS)), "number": next(iter(NUMBERS)), "plan": str(plan.id)}
        | {"expectation": str(expected.id), "delivery": str(delivery.id), "action": "close"},
    }
    app = await create_app(administration, Everybody(administration.door))
    yield House(Portal(app, administration, made.door, made.faults), things)
    await administration.store.close()


async def left(administration: Administration) -> str:
    """A message in acme's mailbox."""
    found = await administration.plugged.hooks.collect("migrations")
    assert await migrate(administration.store, [one.value for one in found]) == []
    owner = ("mailbox", "sales")
    media = await administration.media.belonging("acme", owner).put("message", owner, WAV)
    row = {"mailbox": "sales", "media": media.id, "made": NOW, "caller": "+4930", "label": "Sales", "seconds": 0.5}
    async with administration.store.write() as conn:
        kept_message = await Rows(conn, "acme").add(row)
    assert kept_message is not None
    return str(kept_message.id)


async def recorded(administration: Administration) -> str:
    """A recorded talk of acme's."""
    owner = ("recording-class", "sales")
    media = await administration.media.belonging("acme", owner).put("recording", owner, WAV)
    async with administration.store.write() as conn:
        row = {"retention": "sales", "media": media.id, "caller": "+4930", "made": NOW, "seconds": 0.5}
        assert await add_recording(conn, "acme", row)
    (found,), _ = await Archive(administration, "acme", SYSTEM).page()
    return str(found.id)


async def listed(administration: Administration) -> str:
    """A caller on acme's list."""
    made = await Entries(administration, "acme", SYSTEM).add("sales", "0221555", begins=True, fields=Fields("Sales"))
    return str(made.id)


async def spoken(administration: Administration) -> None:
    """A version of acme's announcement, and how a word of acme's is spoken."""
    await (await of(administration)).of("acme", SYSTEM).upload("sales", WAV)
    words = {"word": "Sales", "spoken": "Seils"}
    await administration.keeping.of("acme", SYSTEM).create("pronunciation", words, id="sales")


async def asked_for(administration: Administration) -> str:
    """An announcement that acme wants to have produced."""
    productions = Productions(await of(administration), "acme", SYSTEM)
    return (await productions.ask({"title": "Sales", "text": "Sales"})).id


async def accepted(made: Portal) -> str:
    """An offer that acme accepted with a signed copy when it was a demo."""
    offers, acme = made.administration.offers, update(tables.tenant).where(tables.tenant.c.id == "acme")
    async with made.administration.store.write() as conn:
        await conn.execute(acme.values(state="demo"))
    values = {"title": "Telephony", "valid_until": "2026-12-31"}
    offer = await offers.of("acme", SYSTEM).make(b"%PDF-1.7 %%EOF", values)
    await offers.of("acme", ACTORS["superadmin"][1]).bring_signed(offer.id, 1, b"%PDF-1.7 %%EOF", address="")
    async with made.administration.store.write() as conn:
        await conn.execute(acme.values(state="active"))
    return offer.id


SETS = ("template", "wording_language", "language", "kind", "speech", "prompt", "rate")
"""Names in paths that stand for what every tenant has, such as kinds and templates that come with the portal."""


def pages(house: House) -> Iterator[tuple[str, str, str]]:
    """Every page that shows or changes one thing, by its id, and the same for a thing that nobody has."""
    for rule in house.portal.app.url_map.iter_rules():
        names = [one for one in sorted(rule.arguments - {"tenant"}) if one not in SETS]
        if "tenant" not in rule.arguments or not names or rule.defaults:
            continue
        there = nowhere = re.sub(r"<int:(\w+)>", r"<\1>", rule.rule)
        for name in (*names, "kind"):
            there = there.replace(f"<{name}>", house.named(rule.rule, name))
            nowhere = nowhere.replace(f"<{name}>", NOWHERE.get(name, house.named(rule.rule, name)))
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, there, nowhere


def operations(house: House) -> Iterator[tuple[Any, str, str]]:
    """The same for the API."""
    for one in house.portal.app.extensions["api"].operations:
        names = [name for name in one.names if name not in ("tenant", *SETS)]
        if not one.of_tenant or not names:
            continue
        there = nowhere = f"/api/v1{one.path}".replace("{tenant}", "<tenant>")
        for name in names:
            there = there.replace(f"{{{name}}}", house.named(one.path, name))
            nowhere = nowhere.replace(f"{{{name}}}", NOWHERE.get(name, house.named(one.path, name)))
        yield one, there, nowhere


async def kept(portal: Portal) -> dict[str, list[str]]:
    """Everything that is acme's."""
    async with portal.administration.store.read() as conn:
        found = {}
        for table in tables.metadata.sorted_tables:
            if "tenant" in table.c:
                rows = (await conn.execute(select(table).where(table.c.tenant == "acme"))).all()
                found[table.name] = sorted(map(repr, rows))
        return found


async def page(portal: Portal, role: str, method: str, path: str) -> tuple[int, str]:
    more: dict[str, Any] = {"form": {"csrf": f"csrf-of-{role}", "version": "1", ":version": "1"}}
    headers = {**OURS, "X-CSRF-Token": f"csrf-of-{role}"}
    if method == "PUT":
        more = {"json": {"revision": 1, "document": {}}}
    answer = await portal.client(role).open(path, method=method, headers=headers, **({} if method == "GET" else more))
    return answer.status_code, (await answer.get_data()).decode(errors="replace")


def asked(there: str, nowhere: str) -> list[tuple[str, str]]:
    """Three paths and the tenants they are asked in: acme's thing in acme, and in one's own tenant; one nobody has."""
    return [(there, "acme"), (there, "other"), (nowhere, "other")]


def hidden(found: list[tuple[int, str]], *, operators: bool) -> bool:
    """Whether answers tell nothing: the tenant is not there, and its thing is like one that nobody has."""
    (tenant, _), (thing, _), (missing, _) = found
    told = any(word in text for _, text in found for word in ("Hotline", "Uwe", "Sales", "crm.example"))
    refused = {403, 404} if operators else {404}
    return tenant in refused and thing == missing >= 400 and not told


async def test_no_page_shows_or_changes_what_is_another_tenants(house: House) -> None:
    before, tried, wrong = await kept(house.portal), 0, []
    for method, there, nowhere in list(pages(house)):
        mine, theirs, missing = (one.replace("<tenant>", t) for one, t in asked(there, nowhere))
        if method == "GET":
            assert (await page(house.portal, "admin", method, mine))[0] == 200, mine
        found = [await page(house.portal, "stranger", method, path) for path in (mine, theirs, missing)]
        tried += len(found)
        if not hidden(found, operators=there.endswith("/release")):
            wrong.append((method, there, found))
    assert wrong == [], "\n".join(map(str, wrong))
    assert tried > 150
    assert await kept(house.portal) == before


async def test_no_operation_shows_or_changes_what_is_another_tenants(house: House) -> None:
    before, tried, wrong = await kept(house.portal), 0, []
    client = house.portal.app.test_client(use_cookies=False)

    async def ask(one: Any, path: str, role: str) -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {role}", **({"If-Match": '"1"'} if one.versioned else {})}
        body: dict[str, Any] = {}
        if one.body is not None:
            headers["Content-Type"] = one.body.media[0]
            body = {"data": "{}"}
        answer = await client.open(path, method=one.method, headers=headers, **body)
        return answer.status_code, (await answer.get_data()).decode(errors="replace")

    for one, there, nowhere in list(operations(house)):
        mine, theirs, missing = (path.replace("<tenant>", t) for path, t in asked(there, nowhere))
        if one.method == "GET":
            assert (await ask(one, mine, "admin"))[0] == 200, mine
        found = [await ask(one, path, "stranger") for path in (mine, theirs, missing)]
        tried += len(found)
        if not hidden(found, operators=one.above):
            wrong.append((one.id, there, found))
    assert wrong == [], "\n".join(map(str, wrong))
    assert tried > 150
    assert await kept(house.portal) == before
