"""Serves the pages in the portal's own loop, until its end."""

from __future__ import annotations

import asyncio
import logging
import socket

import structlog
from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config
from quart import Quart

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
    await asyncio.to_thread(compile_templates, app)
    config = Config()
    config.bind = [f"fd://{_listening(web.host, web.port)}"]
    config.graceful_timeout = GRACE
    config.accesslog = None
    config.errorlog = logging.getLogger(__name__)
    config.include_server_header = False
    config.h11_max_incomplete_size = 64 << 10
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
        app.extensions["streams"].end()  # they would go on for ever, and the portal waits for answers under way
        stopped.set()
        await asyncio.wait([serving], timeout=GRACE + 1)
        serving.cancel()


def compile_templates(app: Quart) -> None:
    """Compile all templates, for which callers would wait if each came with the first look at its page."""
    for name in app.jinja_env.list_templates(extensions=["html"]):
        app.jinja_env.get_template(name)


def _listening(host: str, port: int) -> int:
    """The file of a socket that listens there; raises ``OSError``, with nothing left open.

    Hypercorn's own way leaves its socket open when the port is taken, and a portal tries again and again.
    """
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    opened = socket.socket(family, kind, protocol)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.setblocking(False)
        opened.bind(address)
        opened.listen(100)
    except OSError:
        opened.close()
        raise
    return opened.detach()
