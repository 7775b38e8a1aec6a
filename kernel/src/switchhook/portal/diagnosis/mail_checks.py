"""What ``switchhook doctor`` asks about mail."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from ...config import Settings
from .examined import Check


def mail(settings: Settings) -> Iterator[Check]:
    """Whether the settings say how mail gets out, and whether the server there lets the portal in."""
    if settings.mail is None:
        found = "no [mail] in the settings: mails are kept and shown, and none gets out"
        yield Check("mail", "warn", found, "give [mail] host and sender; what waits shows: switchhook mail list")
        return
    from ...post.line import Line

    chosen = settings.mail
    trouble = asyncio.run(Line(chosen).trouble())
    if trouble:
        mend = "mend [mail] in the settings, then try: switchhook mail send-test ADDRESS"
        yield Check("mail", "fail", f"{chosen.host} port {chosen.port}: {trouble}", mend)
    else:
        yield Check("mail", "ok", f"{chosen.host} port {chosen.port} lets the portal in")
