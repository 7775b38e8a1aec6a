"""The recordings of a tenant as people hear, hold, prove and delete them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import attrs
from sqlalchemy import ColumnElement, func, or_, select, update

from switchhook import NotFound, SwitchhookError
from switchhook.administration import Actor, Administration, ConsentLine, Forbidden, Sounding, note_news

from .recordings import RECORDING, RUN, Recording, Run, listed
from .retention import RecordingClass
from .work import NEWS

VIEW: Final = "recording.view"
DOWNLOAD: Final = "recording.download"
HOLD: Final = "recording.hold"
DELETE: Final = "recording.delete"
MOST: Final = 200
"""Recordings that are changed at once."""


class RecordingHeld(SwitchhookError):
    """Somebody keeps a recording from being deleted."""

    code = "recording_held"


@attrs.frozen
class Archive:
    """What ``actor`` may do with the recordings of a tenant. Others' are ``NotFound``."""

    administration: Administration
    tenant: str
    actor: Actor

    async def page(self, *, search: str = "", after: int = 0, limit: int = 50) -> tuple[Sequence[Recording], int]:
        """A part of them, newest first, found by number or label; and the cursor of the next part, 0 at the end."""
        self._may(VIEW)
        query = select(RECORDING).where(*self._there()).order_by(RECORDING.c.id.desc()).limit(limit + 1)
        if search:
            query = query.where(or_(*_finding(search)))
        if after:
            query = query.where(RECORDING.c.id < after)
        async with self.administration.store.read() as conn:
            found = listed((await conn.execute(query)).mappings().all())
        shown = found[:limit]
        return shown, shown[-1].id if len(found) > limit else 0

    async def get(self, id: int) -> Recording:  # noqa: A002 - the domain's own word
        """One of them."""
        self._may(VIEW)
        return (await self._found([id]))[0]

    async def sounding(self, recording: Recording, *, save: bool = False) -> Sounding:
        """A recording to be played; to be saved only with the right to."""
        self._may(DOWNLOAD if save else VIEW)
        owner = (RecordingClass.kind, recording.retention)
        return await self.administration.media.belonging(self.tenant, owner).open(recording.media)

    async def consents(self, *, call: str = "", after: int = 0, limit: int = 50) -> Sequence[ConsentLine]:
        """Who answered what, newest first."""
        return await self.administration.consents.of(self.tenant, self.actor, VIEW).page(
            call=call, after=after, limit=limit
        )

    async def proof(self, recording: Recording) -> dict[str, Any]:
        """A recording with everybody's answers, signed: its sound is named by its hash."""
        sounding = await self.sounding(recording)
        answers = await self.consents(call=recording.call, limit=MOST)
        told = {name: str(value) for name, value in attrs.asdict(recording).items() if name != "held_by"}
        lines = [{**attrs.asdict(line), "at": line.at.isoformat()} for line in reversed(answers)]
        document = {"tenant": self.tenant, "recording": told, "sha256": sounding.file.sha256, "consents": lines}
        return self.administration.consents.signed(
            {**document, "made": recording.made.isoformat(), "signed": self.administration.clock.now().isoformat()}
        )

    async def hold(self, ids: Iterable[int], *, held: bool) -> int:
        """Keep recordings from being deleted, by whom that is noted, or let them go again; gives how many there are."""
        self._may(HOLD)
        return await self._change(ids, "hold" if held else "release", held_by=self.actor.name if held else "")

    async def delete(self, ids: Iterable[int]) -> int:
        """Delete recordings for good. Raises :class:`RecordingHeld` for one that is held."""
        self._may(DELETE)
        wanted = list(dict.fromkeys(ids))[:MOST]
        if any(one.held_by for one in await self._found(wanted)):
            raise RecordingHeld("a recording is held; release it before it is deleted")
        now = self.administration.clock.now()
        return await self._change(wanted, "delete", deleted=now, deleted_by=self.actor.name)

    async def runs(self, limit: int = 50) -> Sequence[Run]:
        """When recordings were deleted because of their age, newest first."""
        self._may(VIEW)
        query = select(RUN.c.id, RUN.c.at, RUN.c.deleted, RUN.c.held).where(RUN.c.tenant == self.tenant)
        async with self.administration.store.read() as conn:
            return [Run(*row) for row in await conn.execute(query.order_by(RUN.c.id.desc()).limit(limit))]

    async def _change(self, ids: Iterable[int], action: str, **values: object) -> int:
        admin, now = self.administration, self.administration.clock.now()
        found = await self._found(list(dict.fromkeys(ids))[:MOST])
        async with admin.keeping.turn() as conn:
            for one in found:
                await conn.execute(update(RECORDING).where(*self._there(), RECORDING.c.id == one.id).values(**values))
                told = {"number": one.number, "made": one.made.isoformat(), "label": one.label}
                what = (self.tenant, NEWS, str(one.id))
                await admin.keeping.audit.add(conn, now, self.actor.name, action, what, told, {})
                if action == "delete":
                    owner = (RecordingClass.kind, one.retention)
                    await admin.media.belonging(self.tenant, owner).trash(conn, [one.media])
            await note_news(conn, now, [(self.tenant, NEWS, "")])
        return len(found)

    async def _found(self, ids: Sequence[int]) -> list[Recording]:
        """Each of them; raises ``NotFound`` unless all are there."""
        query = select(RECORDING).where(*self._there(), RECORDING.c.id.in_(ids))
        async with self.administration.store.read() as conn:
            found = {one.id: one for one in listed((await conn.execute(query)).mappings().all())}
        for one in ids:
            if one not in found:
                raise NotFound(f"there is no recording {one}", id=one)
        return [found[one] for one in ids]

    def _there(self) -> tuple[ColumnElement[bool], ...]:
        return RECORDING.c.tenant == self.tenant, RECORDING.c.deleted.is_(None)

    def _may(self, right: str) -> None:
        if not self.actor.need(right).everything:
            raise Forbidden(f"this needs the right {right} over everything", right=right, actor=self.actor.name)


def _finding(text: str) -> tuple[ColumnElement[bool], ...]:
    """A number as people write it, or a part of the label or of who was called."""
    digits = "".join(one for one in text if one.isdigit()).removeprefix("00").removeprefix("0")
    words = [func.lower(one).contains(text.lower(), autoescape=True) for one in (RECORDING.c.label, RECORDING.c.called)]
    return (*words, RECORDING.c.caller.contains(digits, autoescape=True)) if digits else tuple(words)
