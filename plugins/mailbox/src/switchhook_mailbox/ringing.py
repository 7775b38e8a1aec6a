"""The calls about new messages: one attempt at a time, until the messages were heard or the attempts are used up."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from switchhook import Label, Placement, SwitchhookError

from .box import Mailbox
from .mails import NOT_REACHED
from .notice import Notice
from .told import last_attempt, next_ring, pause_after, target_of
from .work import Mailing, alarm, box_of

if TYPE_CHECKING:
    from switchhook.administration import Administration

    from .messages import Message, Rows


async def ring_about(administration: Administration, rows: Rows, box: Mailbox, name: str) -> None:
    """Begin to ring, if the mailbox wants that; while an attempt about it is open, that one is about this message too."""
    if box.call_targets:
        await _ring(administration, rows, box, name, attempt=1, due=administration.clock.now())


async def stop_if_heard(administration: Administration, rows: Rows, name: str) -> None:
    """Ring no longer once each message was heard anywhere."""
    if await rows.newest_new(name) is None:
        await administration.placing.withdraw(rows.tenant, Notice, name, conn=rows.conn)


async def wanted(administration: Administration, placement: Placement) -> str:
    """Why nobody is to be rung at this moment, asked right before the phone rings."""
    from .messages import Rows

    name = str(placement.settings["mailbox"])
    box = await box_of(administration, placement.tenant, name)
    if box is None or not box.call_targets:
        return "the mailbox rings nobody any more"
    now = administration.clock.now()
    if next_ring(box, now) > now:
        return "the mailbox does not ring at this time of day"
    async with administration.store.read() as conn:
        newest = await Rows(conn, placement.tenant).newest_new(name)
    return "" if newest is not None else "the messages were heard"


async def ended(administration: Administration, placement: Placement) -> None:
    """Ring again while there are messages nobody heard, and say so by mail when the attempts are used up."""
    from .messages import Rows

    name, attempt = str(placement.settings["mailbox"]), int(placement.settings["attempt"])
    box = await box_of(administration, placement.tenant, name)
    if box is None or not box.call_targets:
        return
    now = administration.clock.now()
    async with administration.store.write() as conn:
        rows = Rows(conn, placement.tenant)
        newest = await rows.newest_new(name)
        if newest is None or _heard(placement, newest):
            return
        if placement.exit == "heard":
            attempt, due = 1, now
        elif placement.status == "withdrawn":
            due = now
        elif attempt < last_attempt(box):
            attempt, due = attempt + 1, now + pause_after(box, attempt)
        else:
            await _give_up(administration, rows, box, newest)
            return
        await _ring(administration, rows, box, name, attempt=attempt, due=due, key=f"{placement.id}/next")


def _heard(placement: Placement, newest: Message) -> bool:
    """Whether who took the call heard of all there is: nobody is rung again about what was skipped."""
    return placement.exit == "heard" and placement.asked is not None and newest.made <= placement.asked


async def _ring(
    administration: Administration,
    rows: Rows,
    box: Mailbox,
    name: str,
    *,
    attempt: int,
    due: datetime,
    key: str = "",
) -> None:
    try:
        await administration.placing.place(
            rows.tenant,
            Notice(mailbox=name, attempt=attempt),
            target_of(box, attempt),
            subject=name,
            key=key,
            due=next_ring(box, due),
            number=box.numbers[0] if box.numbers else "",
            conn=rows.conn,
        )
    except SwitchhookError as error:  # such as a phone that is gone: the message is safe, and people are told
        newest = await rows.newest_new(name)
        if newest is not None:
            text = Label(
                f"Über Nachrichten der Mailbox {box.name} kann niemand angerufen werden: {error}",
                f"Nobody can be called about messages of the mailbox {box.name}: {error}",
            )
            await alarm(administration, rows, "mailbox.ring", newest, text)


async def _give_up(administration: Administration, rows: Rows, box: Mailbox, newest: Message) -> None:
    """Say once that nobody could be reached: by mail, and without a recipient by an alert."""
    if newest.given_up is not None:
        return
    await rows.give_up(newest, administration.clock.now())
    for address in box.mail_to:
        await Mailing(administration, rows, box, newest).send(NOT_REACHED, address)
    if not box.mail_to:
        text = Label(
            f"Niemand hörte die neuen Nachrichten der Mailbox {box.name}: kein Anruf erreichte jemanden",
            f"Nobody heard the new messages of the mailbox {box.name}: no call reached anybody",
        )
        await alarm(administration, rows, "mailbox.not_reached", newest, text)
