from __future__ import annotations

import json

from .flow_site import Site


def test_a_tenant_is_made_renamed_and_led_through_its_states(site: Site) -> None:
    made = site.run(
        "tenants", "create", "acme", "Acme GmbH", "--demo", "--superadmin", "Ann", "--email", "ann@acme.example"
    )
    assert made.output == "tenant 'acme' (Acme GmbH) is demo\n"
    site.run("tenants", "rename", "acme", "Acme AG")
    assert "is active" in site.run("tenants", "state", "acme", "active").output
    (acme,) = [one for one in json.loads(site.run("tenants", "list", "--json").output) if one["id"] == "acme"]
    assert (acme["name"], acme["state"], acme["people"], acme["version"]) == ("Acme AG", "active", 1, 3)
    assert "can become suspended or closed" in site.run("tenants", "state", "acme", "active", code=1).output
    assert "there is a tenant 'acme' already" in site.run("tenants", "create", "acme", "X", code=1).output
    assert "belong together" in site.run("tenants", "create", "b", "B", "--email", "b@b.de", code=2).output
