"""What people did in the demonstration's portal in the last weeks: the audit trail, charges, and versions to look at."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

import attrs

from ...access.actor import ALL_RIGHTS, SYSTEM, Actor
from ...clock import SetClock
from ...errors import NotFound
from ...people.people import nobody_is_told
from ...portal.administration import Administration
from ...resources.amending import amend
from ..site import TENANT

ANNA: Final = Actor("anna", ALL_RIGHTS, "superadmin")
OTTO: Final = Actor("otto", ALL_RIGHTS, "admin")
PEOPLE: Final[tuple[Mapping[str, object], ...]] = (
    {"username": "anna", "email": "anna@switchhook.invalid", "name": "Anna Berg", "role": "admin", "language": "en"},
    {"username": "otto", "email": "otto@switchhook.invalid", "name": "Otto Klein", "role": "user", "language": "de"},
)
CHANGES: Final[tuple[tuple[int, Actor, str, str, Mapping[str, Any]], ...]] = (
    (24, OTTO, "ring-group", "team", {"members": [{"target": "you"}, {"target": "anna", "delay": 12}]}),
    (17, ANNA, "mailbox", "office-mailbox", {"longest": 90}),
    (16, ANNA, "mailbox", "office-mailbox", {"longest": 120}),
    (9, OTTO, "ring-group", "team", {"members": [{"target": "you"}, {"target": "anna", "delay": 8}]}),
    (3, ANNA, "switch", "office-switch", {"name": "Office open"}),
)
"""How many days ago who changed which fields of what; in the end it is as it was made."""


async def make_changes(then: Administration, clock: SetClock, now: datetime) -> None:
    """Do it all, each at its moment."""
    clock.moment = now - timedelta(days=27, hours=2)
    people = attrs.evolve(then.people, invite=nobody_is_told).of(TENANT, SYSTEM)
    for values in PEOPLE:
        account = await people.create(values)
        link = await then.helping.of(TENANT, SYSTEM).make_link(account.id)
        nobody_knows = secrets.token_urlsafe(24)
        await then.links.set_password(link.rpartition("/")[2], nobody_knows, address="127.0.0.1")
    clock.moment = now - timedelta(days=26)
    storage = then.extra_storage.of(TENANT, ANNA)
    quote = await storage.quote(1)
    usage = await then.media.of(TENANT, ANNA).usage()
    await storage.order(usage.version, 1, str(quote.now))
    for days, who, kind, id, fields in CHANGES:  # noqa: A001 - the domain's own word
        clock.moment = now - timedelta(days=days, hours=days % 5)
        resources = then.keeping.of(TENANT, who)
        with suppress(NotFound):  # somebody deleted it
            await amend(resources, kind, id, fields)
    clock.moment = now
    await then.extra_storage.bill()
