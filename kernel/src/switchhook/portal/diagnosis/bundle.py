"""The bundle for support: one archive that tells how an installation is, and nothing of the people in it."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

import attrs

from ...clock import Clock
from ...config import Settings
from ...errors import StoreError, SwitchhookError
from ...flows.registry import ModuleRegistry
from ...store.engine import Store
from .doctor import Installed
from .examined import Check
from .masking import Masker
from .sweep import sweep
from .told_calls import told_calls
from .told_flows import told_flows
from .told_machine import told_log, told_machine
from .told_plugins import told_faults, told_plugins
from .told_settings import secrets_of, told_settings
from .told_store import told_alerts, told_database, told_post

SECONDS: Final = 40.0
"""What one part may take, while all of them are gathered at once."""
MOST: Final = 2_000_000
"""Characters of one part."""
_README: Final = """\
What this is: the state of a Switchhook installation, for those who help its operator.

It holds no passwords, tokens or other secrets, no full numbers, no names of callers and no mail addresses. What has a
name, an id or a number stands as a mark such as flow#3f2a1c; the same mark means the same thing within this archive,
and nothing outside it. Texts of people stand as their length, secrets as ***.

machine.json   versions, system, disk           settings.json  the settings
doctor.json    what switchhook doctor finds      plugins.json   plugins and their state
faults.json    the last faults, where they were  database.json  tables, revisions, rows
flows.json     the flows that are live           calls.json     the latest calls and what happened in them
post.json      mails and deliveries by state     alerts.json    the latest alerts
asterisk.json  the last warnings of Asterisk, and what the portal knows of it
"""


@attrs.frozen(kw_only=True)
class Ground:
    """What a bundle is made of; ``examined`` blocks, and is asked in a thread."""

    settings: Settings
    clock: Clock
    store: Store | None
    """None where there is no database: asking for one would make it."""
    installed: Installed
    modules: ModuleRegistry
    examined: Callable[[], Sequence[Check]]
    suspended: Callable[[str], bool] = lambda _: False
    exchange: Callable[[], Mapping[str, object]] = dict
    """What is known of Asterisk at this moment."""
    mask: Masker = attrs.field(factory=Masker)


async def bundle(ground: Ground, *, seconds: float = SECONDS) -> bytes:
    """The archive (zip). A part that fails or takes too long says so in its place and keeps no other from being there."""
    parts = _parts(ground)
    told = await asyncio.gather(*(_told(part, seconds) for part in parts.values()))
    return await asyncio.to_thread(archive, dict(zip(parts, told, strict=True)), list(secrets_of(ground.settings)))


def archive(parts: Mapping[str, Any], known: Sequence[str]) -> bytes:
    """The parts as files of one archive, each cut to what a mail can carry and gone over once more."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as files:
        files.writestr("README.txt", _README)
        for name, value in parts.items():
            files.writestr(f"{name}.json", sweep(_text(value), known))
    return made.getvalue()


def _parts(ground: Ground) -> Mapping[str, Callable[[], Awaitable[Any]]]:
    settings, mask = ground.settings, ground.mask

    def of_store(told: Callable[[Store], Awaitable[Any]]) -> Callable[[], Awaitable[Any]]:
        async def part() -> Any:
            if ground.store is None:
                raise StoreError("there is no database")
            return await told(ground.store)

        return part

    async def doctor() -> Any:
        return [attrs.asdict(check) for check in await asyncio.to_thread(ground.examined)]

    async def plugins() -> Any:
        return told_plugins(ground.installed, ground.suspended, mask)

    async def chosen() -> Any:
        return told_settings(settings, ground.installed, mask)

    async def asterisk() -> Any:
        return {"now": ground.exchange(), "log": await asyncio.to_thread(told_log, settings)}

    return {
        "machine": lambda: asyncio.to_thread(told_machine, settings, ground.clock.now()),
        "settings": chosen,
        "doctor": doctor,
        "plugins": plugins,
        "faults": of_store(lambda store: told_faults(store, mask)),
        "database": of_store(lambda store: told_database(store, ground.installed.migrations)),
        "flows": of_store(lambda store: told_flows(store, ground.modules, mask)),
        "calls": of_store(lambda store: told_calls(store, mask)),
        "post": of_store(lambda store: told_post(store, mask)),
        "alerts": of_store(lambda store: told_alerts(store, mask)),
        "asterisk": asterisk,
    }


async def _told(part: Callable[[], Awaitable[Any]], seconds: float) -> Any:
    try:
        async with asyncio.timeout(seconds):
            return await part()
    except TimeoutError:
        return {"failed": f"not there within {seconds:g} s"}
    except Exception as error:  # noqa: BLE001, RUF100 - whatever it is stands in the bundle, without its words
        code = error.code if isinstance(error, SwitchhookError) else ""
        return {"failed": type(error).__name__, "code": code}


def _text(value: Any) -> str:
    """The part as JSON; where that is too long its longest list is halved until it is not."""
    while len(text := json.dumps(value, indent=1, ensure_ascii=False, default=_unlike)) > MOST:
        holder, key = _longest(value)
        if holder is None:
            return json.dumps({"failed": "too long", "characters": len(text)})
        if key is None:
            value = {"cut": True, "items": holder[: len(holder) // 2]}
        else:
            value = {**value, "cut": True, key: holder[: len(holder) // 2]}
    return text


def _longest(value: Any) -> tuple[Any, str | None]:
    if isinstance(value, list):
        return (value, None) if len(value) > 1 else (None, None)
    lists = [
        (len(json.dumps(one, default=_unlike)), key)
        for key, one in value.items()
        if isinstance(one, list) and len(one) > 1
    ]
    if not lists:
        return None, None
    key = max(lists)[1]
    return value[key], key


def _unlike(value: object) -> str:
    """Of a value that is no JSON only what it is."""
    return f"({type(value).__name__})"
