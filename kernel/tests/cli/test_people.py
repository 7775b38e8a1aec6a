from __future__ import annotations

import asyncio
import re

from switchhook.asterisk.live import LiveCalls
from switchhook.cli.workplace import workplace
from switchhook.clock import SystemClock
from switchhook.config import load_settings
from switchhook.people.passwords import Cost
from switchhook.portal.administration import administration_of

from .flow_site import Site

PASSWORD = "Kaffee trinken um 9"


def token(output: str) -> str:
    (found,) = re.findall(r"^http://127\.0\.0\.1:8080/set-password/(\S+)$", output, re.MULTILINE)
    return found


def entered(site: Site, link: str, password: str) -> str:
    """Set a password at a link, and sign in with it; the role."""

    async def work() -> str:
        settings, clock = load_settings(site.directory / "switchhook.toml", {}), SystemClock()
        async with workplace(settings, None) as here:
            cheap = Cost(time=1, memory=8, parallelism=1)
            live = LiveCalls(clock)
            portal = administration_of(settings, here.directory.store, clock, here.plugged, live, cost=cheap)
            await portal.links.set_password(link, password, address="127.0.0.1")
            return (await portal.door.sign_in("root", password, address="127.0.0.1", agent="")).seat.actor.role

    return asyncio.run(work())


def test_the_first_operator_gets_in_by_a_printed_link_and_another_time_as_well(site: Site) -> None:
    assert "switchhook people add-operator" in site.run("init").output
    added = site.run("people", "add-operator", "root", "--email", "root@example.org")
    assert "good for 72 hours, and once" in added.output
    assert entered(site, token(added.output), PASSWORD) == "operator"
    again = site.run("people", "set-password-link", "ROOT")
    assert "good for 30 minutes" in again.output
    assert entered(site, token(again.output), "Ein anderer Kaffee") == "operator"
    assert "nobody has the user name 'rot'" in site.run("people", "set-password-link", "rot", code=1).output
    twice = site.run("people", "add-operator", "root", "--email", "root@example.org", code=1)
    assert "'root' is taken" in twice.output
