"""Who changed what in a tenant."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from switchhook import Label, setting
from switchhook.administration import Entry, Forbidden, entries

from ..operation import Answer, Asked, Operation


@attrs.frozen
class AuditQuery:
    """Which changes."""

    limit: int = setting("integer", "Zeilen", "Rows", default=50, minimum=1, maximum=200)
    before: int = setting("integer", "Vor Nummer", "Before number", default=0, minimum=1)
    kind: str = setting("text", "Art", "Kind", default="")
    id: str = setting("text", "Kennung", "Id", default="")


@attrs.frozen
class AuditPage:
    """Changes, newest first; ``next`` is the number to go on before, null at the end."""

    items: Sequence[Entry]
    next: int | None


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
            answer=AuditPage,
        )
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
        before=wanted.before or None,
        limit=wanted.limit + 1,
    )
    shown = list(found)[: wanted.limit]
    return Answer(value=AuditPage(shown, shown[-1].no if len(found) > len(shown) else None))
