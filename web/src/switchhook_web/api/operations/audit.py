"""Who changed what in a tenant."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from switchhook import Label, setting
from switchhook.administration import Entry, Forbidden, entries

from ..operation import Answer, Asked, Operation
from .common import NumberedQuery, a_page, page_of


@attrs.frozen
class AuditQuery(NumberedQuery):
    """Which changes."""

    kind: str = setting("text", "Art", "Kind", default="")
    id: str = setting("text", "Kennung", "Id", default="")


@attrs.frozen
class AuditCheck:
    """Whether the chain of the whole installation holds; else the first entry that does not, and why."""

    holds: bool
    no: int | None
    why: str


def operations() -> Sequence[Operation]:
    """The record of changes."""
    return [
        Operation(
            id="audit.list",
            method="GET",
            path="/tenants/{tenant}/audit",
            tag="audit",
            summary=Label("Änderungsprotokoll", "The record of changes"),
            run=_list,
            right="audit.view",
            query=AuditQuery,
            answer=page_of(Entry, "integer"),
        ),
        Operation(
            id="audit.check",
            method="GET",
            path="/tenants/{tenant}/audit-check",
            tag="audit",
            summary=Label("Protokoll prüfen", "Check that every change is there as it was written"),
            run=_check,
            right="audit.view",
            answer=AuditCheck,
        ),
    ]


async def _list(asked: Asked) -> Answer:
    if not asked.actor.need("audit.view").everything:
        raise Forbidden("this needs the right audit.view over everything", right="audit.view")
    wanted: AuditQuery = asked.query
    found = await entries(
        asked.administration.keeping.store,
        asked.tenant,
        kind=wanted.kind,
        id=wanted.id,
        before=wanted.after or None,
        limit=wanted.limit + 1,
    )
    shown = list(found)[: wanted.limit]
    return Answer(value=a_page(shown, shown[-1].no if len(found) > len(shown) else 0))


async def _check(asked: Asked) -> Answer:
    broken = await asked.administration.trail.of(asked.tenant, asked.actor).broken()
    return Answer(value=AuditCheck(broken is None, broken.no if broken else None, broken.why if broken else ""))
