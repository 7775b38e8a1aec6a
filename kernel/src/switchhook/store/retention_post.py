"""Forgets mails, alerts and deliveries that are long over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, update

from . import tables_post
from .engine import Store

LETTER_DAYS: Final = 14
"""Days for which what a mail said is kept sealed that never got out, so that it can be sent again."""
DELIVERY_DAYS: Final = 14
_MAIL, _ALERT, _DELIVERY = tables_post.mail, tables_post.alert, tables_post.webhook_delivery


async def forget_post(store: Store, now: datetime, keep_days: int) -> None:
    """Erase what is older than it may be kept; ``keep_days`` 0 keeps mails and alerts for good, but not what mails said."""
    lost = ("bounced", "dead")
    before = now - timedelta(days=keep_days)
    async with store.write() as conn:
        old = (_MAIL.c.state.in_(lost), _MAIL.c.tried < now - timedelta(days=LETTER_DAYS), _MAIL.c.sealed != "")
        await conn.execute(update(_MAIL).where(*old).values(sealed=""))
        over = (_DELIVERY.c.state.in_(("delivered", "dead")), _DELIVERY.c.tried < now - timedelta(days=DELIVERY_DAYS))
        await conn.execute(delete(_DELIVERY).where(*over))
        if keep_days:
            await conn.execute(delete(_MAIL).where(_MAIL.c.state.in_(("sent", *lost)), _MAIL.c.created < before))
            await conn.execute(delete(_ALERT).where(_ALERT.c.state == "closed", _ALERT.c.last < before))
