"""The administration of a portal that serves no calls, on a store of the tests."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from switchhook.access.account import OPERATOR_TENANT, Account, Grant
from switchhook.access.tenant import Tenant
from switchhook.asterisk.live import LiveCalls
from switchhook.clock import SetClock
from switchhook.config import default_toml, load_settings, make_secrets
from switchhook.dispatch.loader import Source
from switchhook.people import accounts
from switchhook.portal.administration import Administration, administration_of
from switchhook.portal.plugging import plug_in
from switchhook.store.directory import Directory
from switchhook.store.engine import Store


async def administered(
    store: Store, clock: SetClock, directory: Path, more: str = "", **hooks: object
) -> Administration:
    """With the tenants ``acme`` and ``other``, and one plugin that implements ``hooks``; ``more`` goes into the settings."""
    make_secrets(directory / "data")
    file = directory / "switchhook.toml"
    file.write_text(default_toml(directory / "data") + more)
    settings = load_settings(file, {})
    plugged = await plug_in(clock, _fail, sources=[Source("watcher", lambda: SimpleNamespace(**hooks))])
    for name in ("acme", "other", OPERATOR_TENANT):
        await Directory(store, clock).put_tenant(Tenant(name, name.title(), clock.now()))
    return administration_of(settings, store, clock, plugged, LiveCalls(clock))


async def person(
    store: Store,
    clock: SetClock,
    name: str,
    *,
    tenant: str = "acme",
    role: str = "admin",
    language: str = "de",
    **more: object,
) -> Account:
    """An active account with the mail address ``NAME@example.org``."""
    account = Account(
        id=name, tenant=tenant, username=name, email=f"{name}@example.org", name=name.title(), role=role, state="active",
        created=clock.now(), changed=clock.now(), language=language, **more,
    )  # fmt: skip
    async with store.write() as conn:
        await accounts.put(conn, account, new=True)
    return account


HANDLES = (Grant("alert.handle"),)


def _fail(fault: object) -> None:
    raise AssertionError(fault)
