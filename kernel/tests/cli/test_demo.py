"""The way into the demonstration's portal; that its call works is seen by ``./dev demo``."""

from __future__ import annotations

import asyncio
import socket
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import attrs
import pytest
from administered import administered

from switchhook.access.actor import SYSTEM
from switchhook.access.tenant import Tenant
from switchhook.clock import SetClock, SystemClock
from switchhook.config import default_toml, load_settings, make_secrets
from switchhook.demo.portal import way_in
from switchhook.demo.serving import until_restart
from switchhook.people.passwords import Cost, Passwords
from switchhook.portal.worker import working
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.store.plugin_choices import note_restart

MAIL = '\n[mail]\nhost = "mail.example.org"\nsender = "a@example.org"\n'


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_a_newcomer_gets_a_link_until_a_password_is_set(store: Store, tmp_path: Path) -> None:
    clock = SetClock(datetime(2026, 11, 27, 12, 0, tzinfo=UTC))
    portal = await administered(store, clock, tmp_path)
    await Directory(store, clock).put_tenant(Tenant("demo", "Demo", clock.now()))
    first, second = await way_in(portal), await way_in(portal)
    assert first.link != second.link
    people = portal.people.of("demo", SYSTEM)
    (one,) = (await people.page()).accounts
    assert (one.username, one.role, one.state) == ("demo", "superadmin", "invited")
    command = "switchhook --config demo.toml"
    assert second.link.startswith("http://127.0.0.1:8080/set-password/")
    assert {"http://127.0.0.1:8080", second.link} < set(second.as_text(command).split())
    assert f"{command} mail show NUMBER" in second.as_text(command)
    assert second.as_json() == {
        "url": "http://127.0.0.1:8080",
        "username": "demo",
        "set_password": second.link,
        "good_for_hours": 72,
        "mails_go_out": False,
    }
    assert second.link not in repr(second)
    links, token = attrs.evolve(portal.links, passwords=Passwords(Cost(1, 8, 1))), second.link.rpartition("/")[2]
    assert (await links.set_password(token, "Kaffee trinken um 9", address="127.0.0.1")).username == "demo"
    links.passwords.close()
    third = await way_in(portal)
    assert (third.link, third.as_json()["set_password"]) == ("", None)
    assert f"{command} people set-password-link demo" in third.as_text(command)
    assert (await portal.post.of("demo", SYSTEM).page()).mails == []  # the link is printed and goes nowhere else


async def test_whoever_made_a_superadmin_of_the_own_keeps_the_demonstrations_away(store: Store, tmp_path: Path) -> None:
    clock = SetClock(datetime(2026, 11, 27, 12, 0, tzinfo=UTC))
    portal = await administered(store, clock, tmp_path, MAIL)
    await Directory(store, clock).put_tenant(Tenant("demo", "Demo", clock.now()))
    people = portal.people.of("demo", SYSTEM)
    await people.create({"username": "kim", "email": "kim@acme.example", "name": "Kim", "role": "superadmin"})
    way = await way_in(portal)
    assert (way.link, way.username, way.mails_go_out) == ("", "", True)
    assert "mail show" not in way.as_text("switchhook")
    assert [one.username for one in (await people.page()).accounts] == ["kim"]


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # the database makes no difference
async def test_the_portal_of_the_demonstration_starts_again_when_an_operator_wishes(
    store: Store, tmp_path: Path
) -> None:
    make_secrets(tmp_path / "data")
    file = tmp_path / "switchhook.toml"
    file.write_text(default_toml(tmp_path / "data", root="/nonexistent", agi_port=free_port(), ami_port=1))
    settings = load_settings(file, {})
    settings = attrs.evolve(settings, web=attrs.evolve(settings.web, enabled=False))
    site = SimpleNamespace(settings=settings, store=store)

    async def wish() -> None:
        async with store.write() as conn:
            await note_restart(conn)

    seen, clock = [], SystemClock()
    for _ in range(2):
        async with working(settings, store, clock) as worker:
            seen.append(worker.plugged.kept.restarts)
            await asyncio.wait_for(until_restart(site, worker, clock, wish), 30)  # type: ignore[arg-type]
    assert seen == [0, 1], "a wish is fulfilled once"
