"""The in-call feature ``block-key`` (Sperren per Taste): whoever took a call puts its caller on a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs

from switchhook import (
    InCallFeature,
    Label,
    NumberRefused,
    Order,
    Served,
    Session,
    SwitchhookError,
    TalkGoesOn,
    in_call_code,
    setting,
)

from .caller_list import CallerList
from .entry import kept_of

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from switchhook.administration import Administration

BLOCKED: Final = "lists.blocked"
"""The order that has the audit tell of it."""


@attrs.frozen
class BlockKey(InCallFeature):
    """Puts the caller on ``list``, also one who suppresses the number, and plays ``tone`` to the served party.

    The talk goes on. It holds for the caller's next call.
    """

    kind = "block-key"
    label = Label("Sperren per Taste", "Block by key")
    plural = Label("Sperren per Taste", "Blocks by key")
    icon = "ban"
    order = 141
    help = Label(
        "Der Angerufene drückt den Code, etwa *4, und der Anrufer steht auf der Liste.",
        "Whoever took the call presses the code, such as *4, and the caller is on the list.",
    )
    columns = ("code", "list")

    code: str = in_call_code("*4")
    list: str = setting("reference", "Liste", "List", to=CallerList.kind)
    tone: str = setting("prompt", "Ton danach", "Tone after it", default="stock/beep")
    refused: str = setting(
        "prompt",
        "Ansage, wenn es nicht geht",
        "Prompt when it is not possible",
        default="stock/invalid",
        help=Label(
            "Etwa wenn das Netz keine Rufnummer gab; nur der Angerufene hört sie.",
            "Such as when the network gave no number; the served party alone hears it.",
        ),
    )

    async def run(self, served: Served, keys: str) -> TalkGoesOn:
        """Block the caller; see the class."""
        session = served.session
        try:
            why = await self._block(session, await session.resource(CallerList, self.list))
        except (NumberRefused, StoreRefused) as refused:
            if self.refused:
                await served.play(self.refused)
            return TalkGoesOn(str(refused))
        if self.tone:
            await served.play(self.tone)
        return TalkGoesOn(why)

    async def _block(self, session: Session, kept: CallerList) -> str:
        kind, value, line = kept_of(session.call.caller)
        what: dict[str, Any] = {"kind": kind, "value": value, "line": line, "call": session.call.id}
        what |= {"author": f"{self.name} ({self.code})", "made": session.now()}
        if kind == "suppressed":
            what["until"] = kept.ending(session.now(), None)
        told = await _stored(session, self.list, what)
        if told:
            await session.order(BLOCKED, {"entry": told.pop("id"), "told": told})
        return f"the caller is on the list {kept.name}"


class StoreRefused(SwitchhookError):
    """The caller could not be put on a list at this moment."""

    code = "store_away"


async def _stored(session: Session, list_id: str, what: Mapping[str, Any]) -> dict[str, Any]:
    """Put the caller on the list; gives what is told of the entry, nothing where the caller was there already."""

    async def work(conn: AsyncConnection) -> dict[str, Any]:
        from .rows import EntryThere, Rows  # a database is nothing a portal that starts again waits for

        try:
            made = await Rows(conn, session.call.tenant).add(list_id, what)
        except EntryThere:
            return {}
        return {**made.told(), "id": made.id}

    try:
        return await session.stored(work, otherwise={})
    except SwitchhookError as away:
        raise StoreRefused(str(away)) from away


async def audit(administration: Administration, order: Order) -> None:
    """Have the audit tell that a caller was blocked by key."""
    from .keeping import AUDITED

    keeping = administration.keeping
    what = (order.tenant, AUDITED, str(order.payload["entry"]))
    async with keeping.turn() as conn:
        await keeping.audit.add(conn, keeping.clock.now(), "in-call key", "create", what, {}, order.payload["told"])
