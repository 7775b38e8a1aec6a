"""What ``switchhook doctor`` asks about the database: there, whole, up to date and writable. It changes nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import delete, false, make_url, text

from ...config import Settings
from ...store.engine import Store
from ...store.migrations import standings
from ...store.plugin_migrations import PluginMigrations
from ...store.tables import number
from .examined import Check

_REACH_SECONDS: Final = 10.0
_RESTORE: Final = "stop the portal and restore a backup (docs/how-to/back-up.md)"


def database(settings: Settings, plugins: Sequence[PluginMigrations] = ()) -> list[Check]:
    """All that can be said of it; a database that cannot be read is one failed check and no more."""
    url = settings.store.url.reveal()
    try:
        store = Store(url)
    except ModuleNotFoundError as error:  # the driver comes with an extra
        return [Check("database", "fail", str(error), "pip install 'switchhook[postgresql]'")]
    parsed = make_url(url)
    if store.dialect == "sqlite" and not Path(parsed.database or "").is_file():
        mend = "restore a backup, or make a new one: switchhook init"
        return [Check("database", "fail", f"there is no {parsed.database}", mend)]
    shown = parsed.render_as_string(hide_password=True)
    return asyncio.run(_look(store, shown, plugins))


async def _look(store: Store, shown: str, plugins: Sequence[PluginMigrations]) -> list[Check]:
    try:
        async with asyncio.timeout(_REACH_SECONDS):
            version = await _version(store)
        checks = [Check("database", "ok", f"{shown} ({version})"), await _whole(store)]
        if checks[-1].state != "ok":
            return checks
        standing = await standings(store, plugins)
        checks += [_tables(owner, state) for owner, state in standing.items()]
        if standing["kernel"] == "current":
            checks.append(await _writable(store))
    except Exception as error:  # noqa: BLE001, RUF100 - each driver raises its own, and each is a finding
        why = f"{shown}: {_sentence(error)}"
        return [Check("database", "fail", why, _MEND[store.dialect])]
    finally:
        await store.close()
    return checks


_MEND: Final = {
    "sqlite": f"give the file to the account the portal runs under; when it is damaged, {_RESTORE}",
    "postgresql": "start the database, or mend [store] url in the settings (docs/how-to/postgresql.md)",
}


async def _version(store: Store) -> str:
    ask = "SELECT 'SQLite ' || sqlite_version()" if store.dialect == "sqlite" else "SELECT version()"
    async with store.read() as conn:
        return str((await conn.execute(text(ask))).scalar_one()).partition(" (")[0]


async def _whole(store: Store) -> Check:
    """PostgreSQL keeps checksums of its own and has no such question."""
    if store.dialect != "sqlite":
        return Check("database file", "ok", "kept by PostgreSQL")
    damage = await store.damage()
    if damage:
        return Check("database file", "fail", f"it is damaged: {damage}", _RESTORE)
    return Check("database file", "ok", "whole")


def _tables(owner: str, standing: str) -> Check:
    name = "database tables" if owner == "kernel" else f"tables of {owner}"
    if standing == "behind":
        mend = "make a backup and restart the portal, which brings them up to date"
        return Check(name, "warn", "of an older version, or not made yet", mend)
    if standing == "unknown":
        mend = f"install the version they belong to again, or {_RESTORE}"
        return Check(name, "fail", "made by a version this one does not know", mend)
    return Check(name, "ok", "up to date")


async def _writable(store: Store) -> Check:
    try:
        async with asyncio.timeout(_REACH_SECONDS), store.write() as conn:
            await conn.execute(delete(number).where(false()))  # needs the right to write and touches nothing
    except Exception as error:  # noqa: BLE001, RUF100 - each driver raises its own, and each is a finding
        if store.dialect == "sqlite":
            mend = "give the file and its directory to the account the portal runs under; end what keeps it locked"
        else:
            mend = "use the primary server, and give the account its tables: ALTER TABLE ... OWNER TO ..."
        return Check("database writing", "fail", _sentence(error), mend)
    return Check("database writing", "ok", "possible")


def _sentence(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {_REACH_SECONDS:.0f} s"
    cause = getattr(error.__cause__, "orig", None) or getattr(error, "orig", None) or error
    return " ".join(str(cause).split()) or type(cause).__name__
