"""A demo becomes a customer's tenant by an offer that was accepted, and what was accepted stays provable (S04)."""

from __future__ import annotations

import hashlib

import attrs
import pytest
from sqlalchemy import select, update

from switchhook import NotFound
from switchhook.access.actor import ALL_RIGHTS, EVERYTHING, SYSTEM, Actor, Forbidden
from switchhook.people.offer import MOST, OfferClosed, OfferFileRefused
from switchhook.people.offers import TenantOffers
from switchhook.people.tenants import MoveRefused, OfferMissing, OperatedTenants, Tenants
from switchhook.resources.record import StaleVersion
from switchhook.schema import SettingsRefused
from switchhook.store import tables, tables_offers
from switchhook.store.audit import entries

from .conftest import House

PDF = b"%PDF-1.7\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"
SCANS = {"pdf": PDF + b"signed\n%%EOF", "jpg": b"\xff\xd8\xff\xe0" + b"j" * 50, "png": b"\x89PNG\r\n\x1a\n" + b"p" * 50}
ASKED = {"title": "Telefonie M", "price": "49 EUR je Monat", "valid_until": "2026-12-31"}
SUE = Actor("sue", ALL_RIGHTS, "superadmin", "id-sue")


@attrs.frozen
class Desk:
    """Everybody who has to do with the offers to ``new``."""

    house: House

    @property
    def tenants(self) -> OperatedTenants:
        return Tenants(self.house.people).of(SYSTEM)

    def of(self, actor: Actor = SYSTEM, tenant: str = "new") -> TenantOffers:
        return self.house.offers.of(tenant, actor)


@pytest.fixture
async def desk(house: House) -> Desk:
    made = Desk(house)
    await made.tenants.create("new", {"name": "New GmbH"}, state="demo")
    await house.put("sue", "superadmin", tenant="new")
    await house.put("ines", "superadmin", "invited", tenant="new")
    await house.put("adam", "admin", tenant="new")
    return made


async def test_an_offer_is_made_told_accepted_by_name_and_the_demo_becomes_active(desk: Desk) -> None:
    offer = await desk.of().make(PDF, ASKED)
    assert (offer.state, offer.sha256, offer.size) == ("open", hashlib.sha256(PDF).hexdigest(), len(PDF))
    assert {(mail["to"], mail["template"]) for mail in desk.house.mails} == {
        ("sue@acme.example", "offer"),
        ("ines@acme.example", "offer"),
    }
    assert desk.house.mails[0]["values"]["link"] == "https://portal.example/t/new/offers"
    with pytest.raises(OfferMissing, match="New GmbH has not accepted an offer yet"):
        await desk.tenants.move("new", 1, "active")
    desk.house.clock.advance(3600)
    signed = await desk.of(SUE).sign(offer.id, 1, {"name": " Sue  Winter "}, address="192.0.2.7")
    kept = (signed.state, signed.how, signed.signer, signed.decided_by, signed.address, signed.version)
    assert kept == ("accepted", "click", "Sue Winter", "sue", "192.0.2.7", 2)
    assert signed.decided == desk.house.clock.now()
    told = await entries(desk.house.store, "new", kind="offer")
    assert [(one.action, one.actor) for one in told] == [("accept", "sue"), ("create", "system")]
    fields = told[0].after["fields"]
    assert isinstance(fields, dict)
    assert (fields["account"], fields["signer"], fields["sha256"]) == ("id-sue", "Sue Winter", offer.sha256)
    (alert,) = (await desk.house.offers.alerts.of("operator", SYSTEM).page()).alerts
    assert (alert.rule, "Telefonie M" in alert.text.en, "accepted" in alert.text.en) == ("offer.decided", True, True)
    assert (await desk.tenants.move("new", 1, "active")).state == "active"


@pytest.mark.parametrize("kind", SCANS)
async def test_a_signed_copy_accepts_as_well_and_is_kept_with_its_hash(desk: Desk, kind: str) -> None:
    offer = await desk.of().make(PDF, ASKED)
    signed = await desk.of(SUE).bring_signed(offer.id, 1, SCANS[kind], address="192.0.2.7")
    assert (signed.how, signed.scan_sha256) == ("scan", hashlib.sha256(SCANS[kind]).hexdigest())
    file = await desk.of().file(offer.id, "scan")
    assert (file.content, file.name(offer.id)) == (SCANS[kind], f"signed-{offer.id}.{kind}")
    assert [proof.whole for proof in await desk.of(SUE).verify(offer.id)] == [True, True]


async def test_what_is_altered_afterwards_shows(desk: Desk) -> None:
    offer = await desk.of().make(PDF, ASKED)
    await desk.of(SUE).sign(offer.id, 1, {"name": "Sue Winter"}, address="")
    assert [proof.whole for proof in await desk.of().verify(offer.id)] == [True]
    table, other = tables_offers.offer_file, PDF + b" and more\n%%EOF"
    for values in ({"content": other}, {"content": other, "sha256": hashlib.sha256(other).hexdigest()}):
        async with desk.house.store.write() as conn:
            await conn.execute(update(table).values(values))
        (proof,) = await desk.of().verify(offer.id)
        assert (proof.whole, proof.found, proof.audited) == (False, hashlib.sha256(other).hexdigest(), offer.sha256)


async def test_only_a_superadmin_of_the_tenant_decides_and_only_an_operator_makes(desk: Desk) -> None:
    offer = await desk.of().make(PDF, ASKED)
    granted = {"offer.view": EVERYTHING, "offer.accept": EVERYTHING}
    for actor in (SYSTEM, Actor("adam", ALL_RIGHTS, "admin", "a"), Actor("uwe", granted, "user", "u")):
        decide = desk.of(actor)
        for work in (
            decide.sign(offer.id, 1, {"name": "X Y"}, address=""),
            decide.bring_signed(offer.id, 1, PDF, address=""),
            decide.decline(offer.id, 1, {"reason": "no"}),
        ):
            with pytest.raises(Forbidden):
                await work
        assert [one.id for one in await decide.list()] == [offer.id]
    for work in (desk.of(SUE).make(PDF, ASKED), desk.of(SUE).withdraw(offer.id, 1)):
        with pytest.raises(Forbidden):
            await work
    weak = Actor("token", {"offer.view": EVERYTHING}, "superadmin", "id-sue")
    with pytest.raises(Forbidden):  # a token of hers that may see alone
        await desk.of(weak).sign(offer.id, 1, {"name": "Sue Winter"}, address="")
    with pytest.raises(Forbidden):
        await desk.of(Actor("nora", {}, "user", "n")).list()
    assert (await desk.of(SUE).get(offer.id)).state == "open"


async def test_another_tenants_offer_is_not_there(desk: Desk) -> None:
    offer = await desk.of().make(PDF, ASKED)
    foreign = desk.of(SUE, "other")
    assert list(await foreign.list()) == []
    for id in (offer.id, "4711", "x", "9" * 30):  # noqa: A001
        for work in (
            foreign.get(id),
            foreign.file(id, "document"),
            foreign.verify(id),
            foreign.sign(id, 1, {"name": "Sue Winter"}, address=""),
        ):
            with pytest.raises(NotFound):
                await work


async def test_what_is_over_declined_or_withdrawn_cannot_be_accepted(desk: Desk) -> None:
    late, declined, withdrawn = [await desk.of().make(PDF, ASKED | {"title": one}) for one in ("a", "b", "c")]
    with pytest.raises(SettingsRefused):
        await desk.of(SUE).decline(declined.id, 1, {"reason": ""})
    answered = await desk.of(SUE).decline(declined.id, 1, {"reason": "too much"})
    assert (answered.state, answered.reason) == ("declined", "too much")
    await desk.of().withdraw(withdrawn.id, 1)
    desk.house.clock.advance(35 * 86_400)
    assert [one.state for one in await desk.of(SUE).list()] == ["withdrawn", "declined", "expired"]
    for one, version in ((late, 1), (declined, 2), (withdrawn, 2)):
        with pytest.raises(OfferClosed):
            await desk.of(SUE).sign(one.id, version, {"name": "Sue Winter"}, address="")
        with pytest.raises(OfferClosed):
            await desk.of(SUE).bring_signed(one.id, version, PDF, address="")
    with pytest.raises(OfferMissing):
        await desk.tenants.move("new", 1, "active")


async def test_two_who_decide_at_once_do_it_once(desk: Desk) -> None:
    offer = await desk.of().make(PDF, ASKED)
    await desk.of().withdraw(offer.id, 1)
    with pytest.raises(StaleVersion):
        await desk.of(SUE).sign(offer.id, 1, {"name": "Sue Winter"}, address="")


@pytest.mark.parametrize(
    "content",
    [b"", b"MZ not a PDF", b"%PDF-1.7 cut off", SCANS["png"], b"<html>%PDF-", PDF[:20] + b"x" * MOST + b"%%EOF"],
    ids=["none", "other", "half", "picture", "hidden", "large"],
)
async def test_what_is_no_pdf_is_not_offered(desk: Desk, content: bytes) -> None:
    with pytest.raises(OfferFileRefused):
        await desk.of().make(content, ASKED)
    assert list(await desk.of().list()) == []
    assert desk.house.mails == []


async def test_offers_are_for_demos_and_good_for_some_time(desk: Desk) -> None:
    with pytest.raises(SettingsRefused, match="is over already"):
        await desk.of().make(PDF, ASKED | {"valid_until": "2026-11-26"})
    with pytest.raises(SettingsRefused, match="title"):
        await desk.of().make(PDF, {"valid_until": "2026-12-31"})
    with pytest.raises(OfferClosed, match="offers are for demos"):
        await desk.of(tenant="acme").make(PDF, ASKED)
    with pytest.raises(NotFound):
        await desk.of(tenant="nope").make(PDF, ASKED)


async def test_a_suspended_demo_is_no_way_round_an_offer(desk: Desk) -> None:
    await desk.tenants.move("new", 1, "suspended")
    with pytest.raises(MoveRefused, match="can become demo or closed"):
        await desk.tenants.move("new", 2, "active")
    assert (await desk.tenants.move("new", 2, "demo")).state == "demo"
    await desk.tenants.move("acme", 1, "suspended")
    with pytest.raises(MoveRefused, match="can become active or closed"):
        await desk.tenants.move("acme", 2, "demo")
    assert (await desk.tenants.move("acme", 2, "active")).state == "active"
    async with desk.house.store.read() as conn:
        rows = (await conn.execute(select(tables.tenant.c.suspended_from))).scalars()
        assert set(rows) == {""}
