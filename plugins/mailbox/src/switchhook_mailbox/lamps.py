"""The lamp on a phone that says messages wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from switchhook import NotFound

from .box import Mailbox

if TYPE_CHECKING:
    from switchhook.administration import Administration, Resources

    from .messages import Rows

_EACH = 200
"""Mailboxes read at a time."""


async def show_waiting(administration: Administration, rows: Rows, resources: Resources, box: Mailbox) -> None:
    """Have the phones of a mailbox show how many messages wait, in all mailboxes together that light their lamps."""
    if not box.lamps:
        return
    boxes = await _boxes(resources)
    for phone in box.lamps:
        counts = [await rows.count(name) for name, one in boxes.items() if phone in one.lamps]
        new, old = sum(count.new for count in counts), sum(count.old for count in counts)
        try:
            await administration.lamps.set_messages(rows.tenant, phone, new, old, conn=rows.conn)
        except NotFound:  # the phone left the settings file; its lamp with it
            continue


async def _boxes(resources: Resources) -> dict[str, Mailbox]:
    from switchhook.administration import Listing

    found: dict[str, Mailbox] = {}
    after = ""
    while True:
        page = await resources.page(Mailbox.kind, Listing(after=after, limit=_EACH))
        found |= {record.id: record.value for record in page.records if isinstance(record.value, Mailbox)}
        after = page.after
        if not after:
            return found
