"""Makes the demonstration's site: settings, prompts, tenant, hotline, Asterisk; once made, it is used again."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Final

import attrs

from ..access.tenant import Tenant
from ..asterisk.configured import asterisk_process
from ..asterisk.install import install
from ..asterisk.place import AsteriskMissing, AsteriskPlace, default_root, find_asterisk
from ..asterisk.process import AsteriskProcess
from ..clock import Clock, SetClock
from ..config import Settings, default_toml, load_settings, make_secrets
from ..errors import PluginError
from ..flows.document import read_flow
from ..flows.registry import ModuleRegistry
from ..portal.configuration import put_configuration
from ..portal.keeping import keeping_of
from ..portal.plugging import Plugged
from ..portal.sounds import sounds_directory
from ..prompts.build import build_stock_prompts
from ..speech.engines import choose_engine
from ..store.directory import Directory
from ..store.engine import Store
from ..store.migrations import migrate
from ..store.routing import FlowText, Number
from .kept import keep_all
from .services import NEEDED, services

TENANT: Final = "demo"
AGE: Final = timedelta(days=29)
"""How long ago a new demonstration says it was made: its last weeks are lived through afterwards."""
PHONES: Final = """
[phones.otto]
extension = "101"
secret = { file = "secrets/phones" }

[phones.anna]
extension = "102"
secret = { file = "secrets/phones" }

[phones.you]
extension = "103"
secret = { file = "secrets/phones" }
"""

Say = Callable[[str], None]


@attrs.frozen
class Site:
    """A demonstration ready to take calls, with its Asterisk running. ``started`` says that we started Asterisk."""

    settings: Settings
    store: Store
    asterisk: AsteriskProcess
    password: str
    started: bool


async def make_site(home: Path, clock: Clock, plugged: Plugged, say: Say) -> Site:
    """Make what is missing in ``home`` and start Asterisk; each step is told to ``say``.

    Raises ``PluginError`` when a plugin the hotline needs is not installed.
    """
    _check_modules(plugged.modules)
    settings = make_settings(home, say)
    place = _asterisk(settings, say)
    languages = ("en", "de")
    say("speaking the prompts (only those that are new)")
    build_stock_prompts(sounds_directory(settings), choose_engine(), languages)
    store = Store(settings.store.url.reveal())
    await migrate(store)
    await make_tenant(settings, store, clock, plugged, say)
    await put_configuration(settings, place, store, clock)
    process = asterisk_process(settings, place)
    running = process.status_now().running
    if running:
        await process.reload()
    else:
        say(f"starting Asterisk {place.version_text}")
        await process.start()
    password = (settings.data_dir / "secrets" / "phones").read_text(encoding="ascii").strip()
    return Site(settings, store, process, password, started=not running)


async def make_tenant(settings: Settings, store: Store, clock: Clock, plugged: Plugged, say: Say) -> None:
    """The tenant with what it keeps, its flows and its numbers; a new one was made four weeks ago."""
    new = not await Directory(store, clock).numbers(TENANT)
    then = SetClock(clock.now() - AGE) if new else clock
    directory = Directory(store, then)
    if new:
        await directory.put_tenant(Tenant(TENANT, "Demo", then.now(), language="en"))
    await keep_all(keeping_of(settings, store, then, plugged), TENANT)
    await _flows(directory, plugged.modules, say)


def _check_modules(modules: ModuleRegistry) -> None:
    missing = [kind for kind in NEEDED if kind not in modules]
    if missing:
        raise PluginError(
            f"the demonstration needs the modules {', '.join(missing)}; "
            "install them with: pip install switchhook-ivr switchhook-forward switchhook-hours switchhook-mailbox",
            missing=missing,
        )


def make_settings(directory: Path, say: Say) -> Settings:
    """The demonstration's settings, with secrets and free ports; those that are there stay."""
    file = directory / "switchhook.toml"
    if not file.exists():
        say(f"making {directory}")
        directory.mkdir(parents=True, exist_ok=True)
        make_secrets(directory)
        _phone_secret(directory / "secrets" / "phones")
        rtp = _free_port() // 2 * 2
        rtp = rtp if rtp < 60000 else rtp - 10000
        text = default_toml(
            directory,
            systemname="demo",
            agi_port=_free_port(),
            ami_port=_free_port(),
            sip_port=_free_port(),
            rtp_start=rtp,
            rtp_end=rtp + 199,
            web_port=_free_port(),
        )
        file.write_text(text.replace('# tenant = "main"', f'tenant = "{TENANT}"') + PHONES, encoding="utf-8")
    return load_settings(file, os.environ)


def _phone_secret(path: Path) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(12) + "\n")


def _asterisk(settings: Settings, say: Say) -> AsteriskPlace:
    try:
        return find_asterisk(settings)
    except AsteriskMissing:
        say("getting a private Asterisk 22; this takes about a minute, once")
        return install(default_root(), say)


async def _flows(directory: Directory, modules: ModuleRegistry, say: Say) -> None:
    there = {number.e164 for number in await directory.numbers(TENANT)}
    for service in services(modules):
        for name in service.flows:
            await _flow(directory, modules, name, say)
        if service.number not in there:
            await directory.assign(Number(service.number, TENANT, service.flow, label=service.label))


async def _flow(directory: Directory, modules: ModuleRegistry, name: str, say: Say) -> None:
    text = (files(__package__) / name).read_text(encoding="utf-8")
    flow = read_flow(text, modules, name)
    if any(version.state == "published" for version in await directory.versions(TENANT, flow.id)):
        return
    say(f"loading the flow {flow.label!r} of the demo tenant")
    await directory.publish_texts(TENANT, [FlowText(flow.id, flow.label, text)], message="The demonstration's own")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
