"""Renders pages: whole for a browser, or only the part that htmx asks for, from the same template."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from quart import current_app, render_template, request

from switchhook.administration import Administration


async def render(template: str, *, part: str = "", **context: Any) -> str:
    """A page; htmx gets the block ``part`` of it, or all of its content where ``part`` is empty or not there."""
    if not partial():
        return await render_template(template, layout="layouts/page.html", **context)
    there = part in current_app.jinja_env.get_template(template).blocks
    return await render_template(template, layout="layouts/part.html", part=part if there else "content", **context)


def partial() -> bool:
    """Whether htmx asks for a part of the page."""
    return request.headers.get("HX-Request-Type") == "partial"


def administration() -> Administration:
    """The areas of the portal that pages show."""
    found: Administration = current_app.extensions["administration"]
    return found


def now() -> datetime:
    """The present moment by the portal's clock."""
    return administration().clock.now()
