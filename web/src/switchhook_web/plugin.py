"""What the portal's pages bring to the kernel's hooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from switchhook import Card, MenuEntry, Service, hookimpl

if TYPE_CHECKING:  # every command imports this module, and most have no use for what pages need
    from switchhook.administration import Administration


@hookimpl
def services() -> Sequence[Service]:
    """The server of pages and of the API."""
    return [Service("web", serve)]


async def serve(administration: Administration) -> None:
    """Serve until cancelled; what browsers need is imported beside the calls, which do not wait for it."""
    import asyncio
    from importlib import import_module

    server = await asyncio.to_thread(import_module, "switchhook_web.server")
    pages = await asyncio.to_thread(import_module, "switchhook_web.pages")
    await asyncio.to_thread(pages.found)
    await server.serve(administration)


@hookimpl
def menu_entries() -> Sequence[MenuEntry]:
    """The entries of all page modules, called ``MENU`` there."""
    from .pages import found

    return [entry for module in found() for entry in getattr(module, "MENU", ())]


@hookimpl
def cards() -> Sequence[Card]:
    """The cards of all page modules, called ``CARDS`` there."""
    from .pages import found

    return [card for module in found() for card in getattr(module, "CARDS", ())]
