"""Takes mail out of the outbox: each at least once, those to one recipient in order, and nobody waits for another."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NoReturn

import attrs
import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from ..config.settings import Mail as MailSettings
from ..errors import SwitchhookError
from ..store import tables_post
from ..store.news import note_news
from .attachment import enclosed
from .line import Line, Outcome
from .mail import Mail, MailState
from .message import message_of
from .outbox import Post, Settled, mail_of

BATCH: Final = 10
EVERY: Final = 1.0
"""Seconds between two looks at an outbox in which nothing is due."""
GIVE_UP: Final = timedelta(hours=48)
FIRST_PAUSE: Final = 60.0
LONGEST_PAUSE: Final = 3600.0
LAST_WORD: Final = 5.0
"""Seconds a mail that is on the wire gets when the portal stops."""
_MAIL: Final = tables_post.mail
_WAITING: Final = ("queued", "deferred")
SETTLED: Final = ("sent", "bounced", "dead")

log = structlog.get_logger(__name__)

Bell = Callable[[AsyncConnection, Mail], Awaitable[None]]
"""Told in the same transaction of a mail that was refused or given up."""
Server = Callable[[str], Awaitable[None]]
"""Told what is wrong with the mail server as a whole; of an empty text when it took a mail."""
Ordering = Callable[[AsyncConnection, Mail, Settled], Awaitable[None]]
"""Gives the order a mail asked for, in the same transaction that notes what became of it."""


async def no_orders(conn: AsyncConnection, mail: Mail, settled: Settled) -> None:
    """Nobody takes orders."""


@attrs.frozen
class Sending:
    """Sends what is due. Several processes may do so at once: a mail is leased to one of them."""

    post: Post
    settings: MailSettings
    bell: Bell
    server: Server
    order: Ordering = no_orders
    node: str = ""
    """Whose leases are its own: of each node one process sends, and one that starts follows one that is gone."""

    async def run(self) -> NoReturn:
        """Until cancelled; the mail that is on the wire then gets a few seconds to be through."""
        free = not self.node
        while True:
            try:
                free = free or await self.take_back()
                taken = await self.once()
            except SwitchhookError as error:
                log.warning("mail must wait", why=str(error))
                taken = 0
            if not taken:
                await asyncio.sleep(EVERY)

    async def take_back(self) -> bool:
        """Free what a process of this node had taken when it was killed: its lease would last for an hour."""
        mine = _MAIL.c.state.in_(_WAITING) & _MAIL.c.lease.startswith(f"{self.node}.", autoescape=True)
        async with self.post.store.write() as conn:
            await conn.execute(update(_MAIL).where(mine).values(lease="", leased=None))
        return True

    async def once(self) -> int:
        """Take some mails that are due and try each; gives how many there were."""
        lease = f"{self.node}.{secrets.token_hex(8)}"
        rows = await self._take(lease)
        line, away = Line(self.settings), ""
        try:
            for row in rows:
                away = await _through(self._one(line, row, lease, away))
        finally:
            await line.close()
            await self._give_back(lease)
        if rows:
            await self.server(away)
        return len(rows)

    async def _one(self, line: Line, row: RowMapping, lease: str, away: str) -> str:
        """Try one mail and note it; gives what is wrong with the server, with which no other needs to be tried."""
        outcome = Outcome("deferred", away, server=True) if away else await self._deliver(line, row)
        await self._note(row, lease, outcome)
        return outcome.reply if outcome.server else ""

    async def _deliver(self, line: Line, row: RowMapping) -> Outcome:
        mail = mail_of(row)
        try:
            letter = self.post.letter(row["sealed"])
        except SwitchhookError as error:  # sealed with a lost key
            return Outcome("bounced", f"it cannot be written: {error}"[:300])
        try:
            files = await enclosed(self.post.library, mail.tenant, letter.attachments)
        except (SwitchhookError, OSError) as error:  # a store or disk that is away for a while
            return Outcome("deferred", f"its files cannot be read: {error}"[:300])
        try:
            message = await asyncio.to_thread(message_of, mail, letter, self.settings.sender, files)
        except (SwitchhookError, ValueError) as error:  # a domain no server understands
            return Outcome("bounced", f"it cannot be written: {error}"[:300])
        return await line.deliver(message, mail.recipient)

    async def _take(self, lease: str) -> Sequence[RowMapping]:
        """Lease the oldest waiting mail of each recipient, if it is due and nobody else works on it."""
        now = self.post.clock.now()
        older = _MAIL.alias("older")
        first = ~select(older.c.id).where(
            older.c.tenant == _MAIL.c.tenant,
            older.c.recipient == _MAIL.c.recipient,
            older.c.state.in_(_WAITING),
            older.c.id < _MAIL.c.id,
        ).exists()  # fmt: skip
        free = (_MAIL.c.state.in_(_WAITING), _MAIL.c.due <= now, or_(_MAIL.c.leased.is_(None), _MAIL.c.leased <= now))
        due = select(_MAIL.c.id).where(*free, first).order_by(_MAIL.c.due, _MAIL.c.id).limit(BATCH)
        due = due.with_for_update(skip_locked=True)
        until = now + timedelta(seconds=120 + 12 * BATCH * self.settings.timeout)
        taking = update(_MAIL).where(_MAIL.c.id.in_(due), *free).values(lease=lease, leased=until).returning(_MAIL)
        async with self.post.store.write() as conn:
            rows = (await conn.execute(taking)).mappings().all()
        return sorted(rows, key=lambda row: int(row["id"]))

    async def _note(self, row: RowMapping, lease: str, outcome: Outcome) -> None:
        now = self.post.clock.now()
        values = after_try(outcome, row["since"], row["tries"] + 1, now)
        noting = update(_MAIL).where(_MAIL.c.id == row["id"], _MAIL.c.lease == lease).values(values).returning(_MAIL)
        async with self.post.store.write() as conn:
            noted = (await conn.execute(noting)).mappings().first()
            await note_news(conn, now, [(row["tenant"], "mails", "")])
            if noted is not None and noted["state"] in ("bounced", "dead"):
                await self.bell(conn, mail_of(noted))
            if noted is not None and noted["settled"] and noted["state"] in SETTLED:
                await self.order(conn, mail_of(noted), Settled(**json.loads(noted["settled"])))

    async def _give_back(self, lease: str) -> None:
        """Let others take at once what was not tried."""
        async with self.post.store.write() as conn:
            free = {"lease": "", "leased": None}
            done = await conn.execute(update(_MAIL).where(_MAIL.c.lease == lease).values(free))
        if done.rowcount:
            log.info("mails were taken and not tried", mails=done.rowcount)


def after_try(outcome: Outcome, since: datetime, tries: int, now: datetime) -> dict[str, object]:
    """What is kept of a mail after a try. What it said is erased once it is out, and sealed as long as it is not."""
    state: MailState = outcome.state
    if state == "deferred" and now - since >= GIVE_UP:
        state = "dead"
    kept: dict[str, object] = {"state": state, "reply": outcome.reply, "tries": tries, "tried": now}
    kept |= {"lease": "", "leased": None, "due": now + timedelta(seconds=pause(tries))}
    return kept | ({"sealed": ""} if state == "sent" else {})


def pause(tries: int) -> float:
    """Seconds until the next try: a minute after the first, twice as long after each, an hour at most."""
    return float(min(FIRST_PAUSE * 2 ** min(tries - 1, 10), LONGEST_PAUSE))


async def _through(work: Coroutine[Any, Any, str]) -> str:
    """The result; who stops the portal meanwhile waits for it some seconds, for half a mail would be sent again."""
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task], timeout=LAST_WORD)
        task.cancel()
        raise
