"""Serves the pages in the portal's own loop, until its end."""

from __future__ import annotations

import asyncio
import logging

import structlog
from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config

from switchhook.administration import Administration

from .app import create_app

GRACE = 3.0
"""Seconds that answers under way have when the portal ends."""

log = structlog.get_logger(__name__)


async def serve(administration: Administration) -> None:
    """Serve until cancelled; return at once where ``[web] enabled`` says so. Raises ``OSError`` without its port."""
    web = administration.settings.web
    if not web.enabled:
        return
    app = await create_app(administration)
    host = f"[{web.host}]" if ":" in web.host else web.host
    config = Config()
    config.bind = [f"{host}:{web.port}"]
    config.graceful_timeout = GRACE
    config.accesslog = None
    config.errorlog = logging.getLogger(__name__)
    config.include_server_header = False
    config.h11_max_incomplete_size = 64 << 10
    config.read_timeout = 60
    config.keep_alive_timeout = 30
    stopped = asyncio.Event()
    serving = asyncio.create_task(
        hypercorn_serve(app, config, shutdown_trigger=stopped.wait),
        name="web server",
    )
    log.info("the portal's pages are served", address=web.url)
    try:
        await asyncio.shield(serving)
    finally:
        stopped.set()
        await asyncio.wait([serving], timeout=GRACE + 1)
        serving.cancel()
