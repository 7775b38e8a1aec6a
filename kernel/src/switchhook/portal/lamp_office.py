"""Lets Asterisk know what lamps are to show: after each change, and everything after each connection to it."""

from __future__ import annotations

import asyncio
from typing import Final

import attrs
import structlog
from sqlalchemy import select, update
from sqlalchemy.engine import RowMapping

from ..asterisk.ami_client import AmiClient
from ..asterisk.ami_listener import AmiListener, Asterisk
from ..asterisk.lamps import show_lamp, show_messages
from ..errors import SwitchhookError
from ..store.engine import Store
from ..store.tables_lamps import lamp

EVERY: Final = 0.5
"""Seconds between two looks at what changed."""
MOST: Final = 500
"""Lamps of one look."""

log = structlog.get_logger(__name__)


@attrs.define
class AsteriskForgot(AmiListener):
    """Remembers that there is a new connection to Asterisk, which may have restarted and know no lamps."""

    forgot: bool = True

    async def connected(self, asterisk: Asterisk) -> None:
        """See :class:`AmiListener`."""
        self.forgot = True


@attrs.define
class LampOffice:
    """Runs in the one process that holds the connection to Asterisk's manager interface."""

    store: Store
    asterisk: AmiClient
    heard: AsteriskForgot

    async def run(self, _: object = None) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.look()
            except SwitchhookError as error:
                log.warning("lamps must wait", why=str(error))
            await asyncio.sleep(EVERY)

    async def look(self) -> None:
        """Show what is not shown yet."""
        if self.asterisk.state.phase != "connected":
            return
        if self.heard.forgot:
            async with self.store.write() as conn:
                await conn.execute(update(lamp).values(shown=0))
            self.heard.forgot = False
        async with self.store.read() as conn:
            rows = (await conn.execute(select(lamp).where(lamp.c.shown < lamp.c.wanted).limit(MOST))).mappings().all()
        for row in rows:
            await self._show(row)
            own = (lamp.c.kind == row["kind"], lamp.c.name == row["name"], lamp.c.shown < row["wanted"])
            async with self.store.write() as conn:
                await conn.execute(update(lamp).where(*own).values(shown=row["wanted"]))

    async def _show(self, row: RowMapping) -> None:
        if row["kind"] == "messages":
            await show_messages(self.asterisk, row["name"], row["new"], row["old"])
        else:
            await show_lamp(self.asterisk, row["name"], lit=row["lit"])
