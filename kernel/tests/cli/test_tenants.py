from __future__ import annotations

import asyncio
import json

from switchhook.access.actor import ALL_RIGHTS, Actor
from switchhook.cli.workplace import administered
from switchhook.config import load_settings

from .flow_site import Site


def accept(site: Site) -> None:
    """What the superadmin does in the browser."""
    ann = Actor("ann", ALL_RIGHTS, "superadmin", "ann")

    async def sign() -> None:
        async with administered(load_settings(site.directory / "switchhook.toml", {})) as administration:
            await administration.offers.of("acme", ann).sign("1", 1, {"name": "Ann Boss"}, address="192.0.2.7")

    asyncio.run(sign())


def test_a_tenant_is_made_renamed_and_led_through_its_states(site: Site) -> None:
    made = site.run(
        "tenants", "create", "acme", "Acme GmbH", "--demo", "--superadmin", "Ann", "--email", "ann@acme.example"
    )
    assert made.output == "tenant 'acme' (Acme GmbH) is demo\n"
    site.run("tenants", "rename", "acme", "Acme AG")
    assert "has not accepted an offer yet" in site.run("tenants", "state", "acme", "active", code=1).output
    file = site.directory / "offer.pdf"
    file.write_bytes(b"%PDF-1.7 %%EOF")
    told = site.run("tenants", "offer", "acme", str(file), "--title", "Telephony", "--until", "2099-12-31").output
    assert told == "offer 1 (Telephony) is open, good until 2099-12-31\n"
    accept(site)
    assert "is active" in site.run("tenants", "state", "acme", "active").output
    told = site.run("tenants", "offers", "acme", "--verify").output
    assert told.startswith("offer 1 (Telephony) is accepted by Ann Boss\n    document: is what it was")
    (acme,) = [one for one in json.loads(site.run("tenants", "list", "--json").output) if one["id"] == "acme"]
    assert (acme["name"], acme["state"], acme["people"], acme["version"]) == ("Acme AG", "active", 1, 3)
    assert "can become suspended or closed" in site.run("tenants", "state", "acme", "active", code=1).output
    assert "there is a tenant 'acme' already" in site.run("tenants", "create", "acme", "X", code=1).output
    assert "belong together" in site.run("tenants", "create", "b", "B", "--email", "b@b.de", code=2).output
