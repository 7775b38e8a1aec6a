"""Answers of other programs that are still good, for all workers alike."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Column, MetaData, Table, Text, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from switchhook.administration import Moment

KEPT: Final = timedelta(days=1)
ANSWER: Final = Table(
    "routing_answer",
    MetaData(),
    Column("tenant", Text, primary_key=True),
    Column("service", Text, primary_key=True),
    Column("question", Text, primary_key=True),
    Column("answer", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
"""``question`` is a digest; neither numbers nor variables can be read from it."""


async def kept(
    conn: AsyncConnection, tenant: str, service: str, question: str, since: datetime
) -> Mapping[str, object] | None:
    """What a service answered a question since a moment."""
    mine = (ANSWER.c.tenant == tenant, ANSWER.c.service == service, ANSWER.c.question == question)
    found = (await conn.execute(select(ANSWER.c.answer).where(*mine, ANSWER.c.at > since))).scalar()
    return json.loads(found) if found is not None else None


async def keep(
    conn: AsyncConnection, tenant: str, service: str, question: str, answer: Mapping[str, object], now: datetime
) -> None:
    """Keep an answer in place of an older one; those a day old are forgotten."""
    await conn.execute(delete(ANSWER).where(ANSWER.c.tenant == tenant, ANSWER.c.at < now - KEPT))
    make: Any = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    row = {"tenant": tenant, "service": service, "question": question, "answer": json.dumps(dict(answer)), "at": now}
    changed = {"answer": row["answer"], "at": now}
    keys = ["tenant", "service", "question"]
    await conn.execute(make(ANSWER).values(row).on_conflict_do_update(index_elements=keys, set_=changed))
