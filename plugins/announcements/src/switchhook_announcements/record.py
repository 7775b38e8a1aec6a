"""The module ``record-announcement`` (Ansagenaufnahme): whoever knows the PIN records announcements by telephone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar, Final

import attrs

from switchhook import Exit, Label, Listen, Module, Session, StorageFull, setting

from .access import AnnouncementAccess

RECORDED: Final = "announcements.recorded"
DISCARDED: Final = "announcements.discarded"
_TRIES: Final = 3
_TAKES: Final = 20
"""How often somebody may record in one call."""
_LATER: Final = timedelta(minutes=15)
"""When what a caller who hung up left becomes a version, if nobody looked at the announcement before."""


@attrs.frozen
class RecordAnnouncement(Module):
    """PIN, choice of the announcement, tone, recording up to ``#``, then listen, accept, once more or discard.

    A caller who hangs up leaves what was recorded as a version nobody hears yet.
    """

    kind = "record-announcement"
    label = Label("Ansagenaufnahme", "Announcement recording")
    exit_labels: ClassVar[Mapping[str, Label]] = {
        "saved": Label("aufgenommen", "saved"),
        "cancelled": Label("abgebrochen", "cancelled"),
    }
    help = Label("Nimmt Ansagen am Telefon auf, mit PIN.", "Records announcements by telephone, with a PIN.")

    access: str = setting("reference", "Zugang", "Access", to="announcement-access")
    longest: int = setting(
        "integer", "Längste Aufnahme in s", "Longest recording in s", default=180, minimum=5, maximum=600
    )

    def exits(self) -> tuple[str, ...]:
        """``saved`` when something was recorded and accepted, ``cancelled`` for everything else."""
        return ("saved", "cancelled")

    async def run(self, session: Session) -> Exit:
        """Record; see the class."""
        access = await session.resource(AnnouncementAccess, self.access)
        if why := await _kept_out(session, self.access, access):
            return Exit("cancelled", why)
        slot = await _chosen(session, access)
        if not slot:
            return Exit("cancelled", "no announcement was chosen")
        await session.order(RECORDED, {"announcement": slot, "media": "", "live": False}, due=session.now() + _LATER)
        for _ in range(_TAKES):
            await session.play("stock/announcement-record", "stock/beep")
            try:
                media = await self._recorded(session, slot, access)
            except StorageFull:
                await session.play("stock/announcement-full")
                return Exit("cancelled", "the storage is full")
            if not media:
                await session.play("stock/announcement-silent")
                continue
            done = await self._decided(session, slot, media, access)
            if done is not None:
                return done
        return Exit("cancelled", "recorded too often in one call")

    async def _recorded(self, session: Session, slot: str, access: AnnouncementAccess) -> str:
        facts = {"access": access.name}
        made = await session.record_voice(
            "announcement", owner=("announcement", slot), longest=self.longest, last_silence=10, facts=facts
        )
        return "" if made.empty else made.media

    async def _decided(self, session: Session, slot: str, media: str, access: AnnouncementAccess) -> Exit | None:
        """What becomes of a recording; None to record once more."""
        silent = 0
        while silent < _TRIES:
            keys = (await session.read("stock/announcement-review", listen=Listen(1, 5.0))).pressed
            silent = 0 if keys else silent + 1
            match keys:
                case "1":
                    await session.play(f"media/{media}")
                case "2":
                    told = {"announcement": slot, "media": media, "live": access.live}
                    await session.order(RECORDED, told)
                    await session.play("stock/announcement-saved")
                    return Exit("saved", f"announcement {slot!r} was recorded")
                case "3":
                    await session.order(DISCARDED, {"announcement": slot, "media": media})
                    return None
                case "*":
                    await session.order(DISCARDED, {"announcement": slot, "media": media})
                    await session.play("stock/announcement-discarded")
                    return Exit("cancelled", "the recording was discarded")
        return Exit("saved", f"announcement {slot!r} was recorded and waits to be accepted")


async def _kept_out(session: Session, id: str, access: AnnouncementAccess) -> str:  # noqa: A002
    """Why the caller may not record, empty for one who knows the PIN."""
    for _ in range(_TRIES):
        given = await session.read("stock/announcement-pin", listen=Listen(12, 8.0, 3.0, "#"), secret=True)
        if await session.check_pin(AnnouncementAccess.kind, id, given.pressed, [access.pin]) == "ok":
            return ""
        await session.play("stock/invalid")
    return "the PIN was wrong"


async def _chosen(session: Session, access: AnnouncementAccess) -> str:
    """The announcement to record; where there is but one, that."""
    if len(access.announcements) == 1:
        return access.announcements[0]
    for _ in range(_TRIES):
        key = (await session.read("stock/announcement-choose", listen=Listen(1, 5.0))).pressed
        if key.isdigit() and 1 <= int(key) <= len(access.announcements):
            return access.announcements[int(key) - 1]
        await session.play("stock/invalid")
    return ""
