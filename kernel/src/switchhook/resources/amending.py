"""Changes of single fields by whoever edits no form: a call, or a job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

import attrs
from sqlalchemy import insert, select

from ..schema import plain_value
from ..store import tables
from .record import Record, StaleVersion
from .resource import secrets_of, shown
from .service import Keeping, Resources

TRIES: Final = 3
_ONCE: Final = tables.repeated
_KEPT: Final = tables.kept


async def kept_everywhere(keeping: Keeping, kind: str) -> Sequence[Record]:
    """Every record of a kind that is not in the trash, of all tenants: for services that look after them."""
    query = select(_KEPT).where(_KEPT.c.kind == kind, _KEPT.c.deleted.is_(None)).order_by(_KEPT.c.tenant, _KEPT.c.id)
    async with keeping.store.read() as conn:
        return await keeping.rows.all(conn, query)


async def amend(resources: Resources, kind: str, id: str, values: Mapping[str, object], *, once: str = "") -> Record:  # noqa: A002
    """Give some fields of a record new values, whatever version it has; gives the record as it is then.

    The same ``once`` changes nothing a second time, for 30 days. Guards are
    asked and observers told as of any change. Raises ``NotFound``,
    ``SettingsRefused``, ``ChangeRefused``, and ``StaleVersion`` when others
    change it all the time.
    """
    resources.actor.need(f"{kind}.change")
    for _ in range(TRIES - 1):
        with suppress(StaleVersion):
            return await _once(resources, kind, id, values, once)
    return await _once(resources, kind, id, values, once)


async def _once(resources: Resources, kind: str, id: str, values: Mapping[str, object], once: str) -> Record:  # noqa: A002
    before = await resources.get(kind, id)
    resources.sight.must_reach("change", before)
    secrets = {name: getattr(before.value, name) for name in secrets_of(type(before.value))}
    plain = {name: plain_value(value) for name, value in values.items()}
    value = resources.read(kind, {**shown(before.value), **secrets, **plain})
    resources.sight.must_fit(attrs.evolve(before, value=value))
    await resources.approve(resources.proposal("change", before, attrs.evolve(before, value=value)))
    now = resources.keeping.clock.now()
    async with resources.keeping.turn() as conn:
        if once:
            query = select(_ONCE.c.id).where(_ONCE.c.tenant == resources.tenant, _ONCE.c.key == once)
            if (await conn.execute(query)).first() is not None:
                return before
            mark = {"tenant": resources.tenant, "key": once, "digest": "", "kind": kind, "id": id, "at": now}
            await conn.execute(insert(_ONCE).values(mark))
        kept = await resources.current(conn, kind, id, before.version)
        after = attrs.evolve(kept, version=kept.version + 1, value=value, author=resources.actor.name, changed=now)
        await resources.refuse_lost(conn, kept.value, value)
        await resources.keeping.rows.put(conn, after, new=False)
        await resources.tell(conn, "change", kept, after)
    await resources.announce(resources.proposal("change", kept, after))
    return after
