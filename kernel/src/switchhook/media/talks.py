"""Recorded talks: who agreed is written down, durably, before Asterisk is told to write a single sound."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Final

import attrs
import structlog
from sqlalchemy import delete, insert, select
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from ..calls.call import Call, Caller
from ..calls.prompts import Prompt
from ..calls.recording import StorageFull
from ..calls.talk import CALLED, CALLER, AskedParty, TalkDone, TalkPlan, version_of
from ..clock import Clock
from ..consent import (
    Asked,
    Consent,
    ConsentEvent,
    ConsentMode,
    ConsentOrder,
    Heard,
    Joined,
    Note,
    Pressed,
    Recorder,
    Unanswered,
    Wanted,
    after,
)
from ..errors import NotFound
from ..store.engine import Store, StoreAway
from ..store.tables_consent import consent as ledger
from ..store.tables_consent import talk as table
from ..store.tables_media import media as media_table
from . import rows
from .files import TALK, TALK_ALONE, MediaFiles
from .room import Room

PATIENCE: Final = 2.0
"""Seconds for what is written down; somebody waits for it on the line."""
OF_A_LEG: Final = 1000
"""Recordings of a leg have steps below zero: this many for each step of the call, so that none is another's."""
FORGOTTEN: Final = timedelta(days=2)
"""After which a leg that was to be recorded is surely over."""

log = structlog.get_logger(__name__)


@attrs.frozen
class Said:
    """What whoever was called answered, as Asterisk tells it: on which call and step, the verdict and the key."""

    call: str
    step: int
    verdict: str
    key: str
    who: str


@attrs.frozen
class Talks:
    """The book of real talks; see :class:`switchhook.calls.talk.TalkBook`."""

    store: Store
    clock: Clock
    files: MediaFiles
    room: Room

    async def note(self, call: Call, mode: ConsentMode, note: Note) -> None:
        """See :meth:`TalkBook.note`."""
        row = self._row(call.tenant, call.id, 0, mode, note, shown(call.caller))
        async with _in_time(), self.store.write() as conn:
            await conn.execute(insert(ledger).values(row))
        await self.store.on_disk()

    async def prepare(self, call: Call, step: int, plan: TalkPlan, notice: Prompt, label: str) -> None:
        """See :meth:`TalkBook.prepare`."""
        async with _in_time():
            async with self.store.read() as conn:
                usage, going = await rows.usage_of(conn, call.tenant), await rows.talks_going_on(conn)
            try:
                usage.must_have_room("recording")
            except StorageFull:
                await self.room.refused(call.tenant)
                raise
            if not await asyncio.to_thread(self.files.has_room_for_talks, going + 1):
                await self.room.no_disk(str(self.files.directory))
                raise StorageFull("the disk is full, so nothing can be recorded; the operator has to free some space")
            version = await asyncio.to_thread(version_of, notice)
            row = {"call": call.id, "step": step, "tenant": call.tenant, "plan": attrs.asdict(plan)}
            row |= {"notice": version, "label": label, "caller": shown(call.caller), "made": self.clock.now()}
            async with self.store.write() as conn:
                await conn.execute(delete(table).where(table.c.call == call.id, table.c.step == step))
                await conn.execute(insert(table).values(row))

    async def done(self, call: Call, step: int) -> TalkDone:
        """See :meth:`TalkBook.done`."""
        answers = (
            select(ledger.c.verdict, ledger.c.prompt, ledger.c.key)
            .where(ledger.c.tenant == call.tenant, ledger.c.call == call.id, ledger.c.step == step)
            .order_by(ledger.c.id)
        )
        async with _in_time(), self.store.read() as conn:
            asked = [AskedParty(*row) for row in await conn.execute(answers)]
            begun = (await conn.execute(_begun(call.tenant, call.id, step))).scalars().all()
        return TalkDone(asked, str(begun[0]) if begun else "")

    async def answered(self, said: Said) -> str:
        """Write down what whoever is called answered; the name of the file Asterisk is to write, or empty for none.

        The consent and the row of the recording are on the disk before this
        returns. Raises :class:`NotFound` for a leg that is not to be recorded.
        """
        async with _in_time():
            async with self.store.read() as conn:
                row = (await conn.execute(_this(said))).mappings().first()
                if row is None:
                    raise NotFound("no leg of this call is to be recorded", call=said.call, step=said.step)
                caller = (await conn.execute(_of_caller(row["tenant"], said.call))).mappings().first()
            plan = _plan(row["plan"])
            name = await self._written(row, plan, _orders(plan, caller, row["notice"], said), said)
        await self.store.on_disk()
        return name

    async def _written(self, row: RowMapping, plan: TalkPlan, orders: Sequence[ConsentOrder], said: Said) -> str:
        media = secrets.token_hex(12)
        begins = Recorder("start") in orders
        try:
            async with self.store.write() as conn:
                for note in orders:
                    if isinstance(note, Note):
                        about = self._row(row["tenant"], said.call, said.step, plan.mode, note, said.who)
                        await conn.execute(insert(ledger).values(about))
                if begins:
                    await self._begin(conn, row, plan, media)
        except IntegrityError:  # two of several who were rung agreed at the very same moment
            log.warning("a talk is not recorded: another leg of it began to be", call=said.call)
            return ""
        return (media + (TALK_ALONE if plan.mode == "agent_only" else TALK)) if begins else ""

    async def _begin(self, conn: AsyncConnection, row: RowMapping, plan: TalkPlan, media: str) -> None:
        wish = plan.wish(row["label"])
        begun = len((await conn.execute(_begun(row["tenant"], row["call"], row["step"]))).all())
        step = -(row["step"] * OF_A_LEG + begun)
        facts = {**wish.facts, "caller": row["caller"]}
        mine = {"tenant": row["tenant"], "id": media, "of": wish.of, "call": row["call"], "step": step}
        mine |= {"owner_kind": wish.owner_kind, "owner": wish.owner, "label": row["label"], "longest": wish.longest}
        await rows.begin(conn, {**mine, "facts": facts, "made": self.clock.now()})

    def _row(self, tenant: str, call: str, step: int, mode: ConsentMode, note: Note, who: str) -> dict[str, Any]:
        row = {"tenant": tenant, "call": call, "step": step, "party": note.party, "side": note.side, "who": who}
        said = {"verdict": note.verdict, "mode": mode, "prompt": note.prompt, "key": note.key}
        return {**row, **said, "at": self.clock.now()}

    async def forget(self) -> None:
        """Take away what is only there while a leg is on."""
        async with self.store.write() as conn:
            await conn.execute(delete(table).where(table.c.made < self.clock.now() - FORGOTTEN))


def shown(caller: Caller) -> str:
    """A caller as everybody may know: the number where it was shown, else the pseudonym, which tells nobody more."""
    return caller.number if caller.number and caller.presentation != "suppressed" else caller.key[:8]


def _orders(plan: TalkPlan, caller: RowMapping | None, notice: str, said: Said) -> Sequence[ConsentOrder]:
    """What the machine makes of both answers, in the order they were given."""
    consent = plan.consent()
    course: list[ConsentEvent] = [Joined(CALLER, "theirs"), Joined(CALLED, "ours"), Wanted()]
    if caller is not None and caller["verdict"] == "granted":
        course += [Asked(CALLER, caller["prompt"]), Heard(CALLER), Pressed(CALLER, caller["key"])]
    for event in course:
        consent = after(consent, event).consent
    return _fed(consent, [Asked(CALLED, notice), Heard(CALLED), _answer(said, plan)])


def _answer(said: Said, plan: TalkPlan) -> ConsentEvent:
    """A key that neither agrees nor refuses is no answer, and whoever refused did not agree, whatever else is told."""
    known = plan.accept if said.verdict == "granted" else plan.refuse
    return Pressed(CALLED, said.key) if said.key and said.key == known else Unanswered(CALLED)


def _fed(consent: Consent, events: Sequence[ConsentEvent]) -> tuple[ConsentOrder, ...]:
    orders: tuple[ConsentOrder, ...] = ()
    for event in events:
        step = after(consent, event)
        consent, orders = step.consent, (*orders, *step.orders)
    return orders


def _plan(kept: dict[str, Any]) -> TalkPlan:
    return TalkPlan(**{**kept, "owner": tuple(kept["owner"])})


def _this(said: Said) -> Any:
    return select(table).where(table.c.call == said.call, table.c.step == said.step)


def _of_caller(tenant: str, call: str) -> Any:
    """The last thing the caller said of it."""
    mine = (ledger.c.tenant == tenant, ledger.c.call == call, ledger.c.party == CALLER)
    return select(ledger).where(*mine).order_by(ledger.c.id.desc()).limit(1)


def _begun(tenant: str, call: str, step: int) -> Any:
    within = media_table.c.step.between(-(step * OF_A_LEG + OF_A_LEG - 1), -step * OF_A_LEG)
    mine = (media_table.c.tenant == tenant, media_table.c.call == call, within)
    return select(media_table.c.id).where(*mine).order_by(media_table.c.step.desc())


@asynccontextmanager
async def _in_time() -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except TimeoutError:
        raise StoreAway("the database was too slow to write down who agreed to a recording") from None
